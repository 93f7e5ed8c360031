"""The queries of each shape, on a table small enough to add up by eye."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from goalkeeper.datasets import DATASETS
from goalkeeper.engines.spans import spans_sql
from goalkeeper.engines.sql import TAKEN, Asked, left_out_sql, sums_sql
from goalkeeper.formulas import (
    Agreement,
    Formula,
    Index,
    Level,
    LevelShare,
    Mean,
    Part,
    Quantile,
    Rate,
    Ratio,
    Share,
    Spans,
    TimeTo,
    Total,
)

ROWS = """
CREATE TABLE rows_ AS SELECT * FROM (VALUES
    -- day, team, kind, x, y, hit, late, since_, until_, why
    (1, 'a',  'p', 1.0, 2.0, true,  false, 0,    1500, NULL),
    (1, 'a',  'p', 3.0, 4.0, false, false, 500,  NULL, NULL),
    (2, 'a',  'p', 3.0, NULL, true, true,  1000, 3000, NULL),
    (2, NULL, 'p', NULL, 5.0, NULL, false, 1000, 2500, NULL),
    (2, NULL, 'p', 9.0, 9.0, true,  false, 0,    NULL, 'spam'),
    (3, 'b',  'p', 7.0, 1.0, true,  NULL,  2600, NULL, NULL),
    (3, 'b',  'q', 8.0, 8.0, true,  false, 2600, NULL, 'spam'),
    (9, 'b',  'p', 7.0, 1.0, true,  false, 9999, NULL, NULL)
) v(day_, team, kind, x, y, hit, late, since_, until_, why)
"""


@pytest.fixture
def con() -> Any:
    connection = duckdb.connect()
    connection.execute(ROWS)
    connection.execute("CREATE TABLE periods AS SELECT * FROM (VALUES (1, 0), (2, 0), (3, 1)) v(day, period)")
    connection.execute(
        "CREATE TABLE instants AS SELECT * FROM (VALUES (0, 1400, 0), (1401, 2700, 1)) v(start_t, t, period)"
    )
    return connection


def asked(formula: Formula, *splits: str, where: str = "true") -> Asked:
    return Asked(formula, "rows_", "why", splits, where)


def sql(formula: Formula, *splits: str, where: str = "true") -> str:
    make = spans_sql if isinstance(formula, Spans) else sums_sql
    return make(asked(formula, *splits, where=where))


def rows(con: Any, formula: Formula, *splits: str, where: str = "true") -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = con.execute(sql(formula, *splits, where=where)).fetchall()
    return found


COMMON: dict[str, Any] = {"dataset": "tickets", "at": "day_"}


def test_share(con: Any) -> None:
    # An unknown hit is no hit; spam and the day outside the periods are not there.
    assert rows(con, Share(**COMMON, hits="hit")) == [(0, 4, 2, 0), (1, 1, 1, 0)]
    assert rows(con, Share(**COMMON, hits="hit", pending="late")) == [(0, 3, 1, 1), (1, 1, 1, 0)]
    assert rows(con, Share(**COMMON, of="x > 1", hits="hit"), "team") == [
        (0, "a", 2, 1, 0),
        (0, None, 0, 0, 0),
        (1, "b", 1, 1, 0),
    ]
    assert rows(con, Share(**COMMON, hits="hit"), where="team = 'a'") == [(0, 3, 2, 0)]


def test_index(con: Any) -> None:
    assert rows(con, Index(**COMMON, plus="x > 2", minus="x < 2")) == [(0, 4, 2, 1, 0), (1, 1, 1, 0, 0)]


def test_rate(con: Any) -> None:
    assert rows(con, Rate(**COMMON)) == [(0, 4, 0), (1, 1, 0)]


def test_ratio_takes_rows_that_have_both(con: Any) -> None:
    assert rows(con, Ratio(**COMMON, over="x", under="y")) == [(0, 2, 4, 6, 10, 20, 14, 0), (1, 1, 7, 1, 49, 1, 7, 0)]


@pytest.mark.parametrize("shape", [Mean, Quantile])
def test_distinct_values_with_their_counts(con: Any, shape: Any) -> None:
    assert rows(con, shape(**COMMON, value="x")) == [(0, 1, 1, 0), (0, 3, 2, 0), (1, 7, 1, 0)]


def test_pending_rows_count_even_without_a_value(con: Any) -> None:
    found = rows(con, Mean(**COMMON, value="y", pending="late"))
    assert sum(row[-1] for row in found) == 1
    assert [row[:3] for row in found if row[2]] == [(0, 2, 1), (0, 4, 1), (0, 5, 1), (1, 1, 1)]


def test_time_to(con: Any) -> None:
    assert rows(con, TimeTo(**COMMON, duration="x", done="hit")) == [(0, 1, 1, 0, 0), (0, 3, 1, 1, 0), (1, 7, 1, 0, 0)]


def test_total_and_part(con: Any) -> None:
    assert rows(con, Total(**COMMON, value="x")) == [(0, 4, 7, 19, 0), (1, 1, 7, 49, 0)]
    assert rows(con, Part(**COMMON), "team") == [(0, "a", 3, 0), (0, None, 1, 0), (1, "b", 1, 0)]


def test_agreement_counts_pairs_that_have_both(con: Any) -> None:
    found = rows(con, Agreement(**COMMON, first="x", second="y", of="why IS NULL"))
    assert found == [(0, 1, 2, 1, 0), (0, 3, 4, 1, 0), (1, 7, 1, 1, 0)]


def test_the_currencies_of_what_is_counted(con: Any) -> None:
    total = Total(**COMMON, value="x", currency="team", of="x > 1")
    assert rows(con, total) == [(0, 2, 6, 18, "a", "a", 0), (1, 1, 7, 49, "b", "b", 0)]
    mean = Mean(**COMMON, value="x", currency="kind")
    assert rows(con, mean)[0] == (0, 1, 1, "p", "p", 0)


def test_level_counts_what_covers_the_instant(con: Any) -> None:
    level = Level(dataset="tickets", opened="since_", ended="until_")
    assert rows(con, level) == [(0, 4, 0), (1, 3, 0)]
    share = LevelShare(dataset="tickets", opened="since_", ended="until_", since="since_", older_s=1)
    assert rows(con, share) == [(0, 4, 1, 0), (1, 3, 2, 0)]  # older than a second: of since 0; then of 500 and 1000


def test_a_span_covers_its_beginning_and_not_its_end(con: Any) -> None:
    con.execute(
        "CREATE OR REPLACE TABLE instants AS SELECT * FROM (VALUES (0, 1500, 0), (1501, 2600, 1)) v(start_t, t, period)"
    )
    level = Level(dataset="tickets", opened="since_", ended="until_")
    assert rows(con, level, where="team IN ('a', 'b')") == [(0, 2, 0), (1, 3, 0)]


def test_left_out_by_reason(con: Any) -> None:
    formula = Rate(**COMMON, left_out={"it's odd": "x > 6"})
    found = con.execute(left_out_sql(asked(formula)) + " ORDER BY ALL").fetchall()
    assert found == [(0, "spam", 1), (1, "it's odd", 1), (1, "spam", 1)]
    assert rows(con, formula) == [(0, 4, 0)]


def test_what_the_metric_does_not_speak_of_is_not_even_left_out(con: Any) -> None:
    formula = Rate(**COMMON, among="kind = 'p'")
    assert con.execute(left_out_sql(asked(formula))).fetchall() == [(0, "spam", 1)]


def test_left_out_by_split(con: Any) -> None:
    found = con.execute(left_out_sql(asked(Rate(**COMMON), "team", "kind")) + " ORDER BY ALL").fetchall()
    assert found == [(0, None, "p", "spam", 1), (1, "b", "q", "spam", 1)]


def test_a_condition_with_or_keeps_to_itself(con: Any) -> None:
    formula = Rate(**COMMON, among="kind = 'p'")
    assert rows(con, formula, where="team = 'b' OR true") == rows(con, formula)


def test_no_dataset_has_a_column_that_the_queries_name() -> None:
    for data in DATASETS.values():
        assert not TAKEN & set(data.names), data.name
