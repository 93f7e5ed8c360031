"""Who is there at a period's first and last instant, who came and who left: on four customers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import duckdb
import pytest

from goalkeeper.engines.spans import spans_sql
from goalkeeper.engines.sql import Asked
from goalkeeper.formulas import Arrivals, Departures, Lasting, LevelRatio, Retained, RetainedAmount, Spans

DAY = 86_400_000

# Days 10 to 19 are period 0, days 20 to 29 period 1; the data is known up to the end of day 29.
ROWS = f"""
CREATE TABLE rows_ AS
SELECT who_, plan, since_ * {DAY}::BIGINT AS since_, until_ * {DAY}::BIGINT AS until_, mrr, why FROM (VALUES
    ('anna',  'basic', 0,  15,   10.0, NULL),   -- there at 10, gone at 15,
    ('anna',  'gold',  18, NULL, 30.0, NULL),   -- back before the period is over, and paying more
    ('bert',  'basic', 5,  20,   10.0, NULL),   -- gone at the very instant that period 1 begins
    ('carla', 'gold',  10, NULL, 40.0, NULL),   -- came at the first instant of period 0: new in it
    ('dora',  'basic', 12, 14,   10.0, NULL),   -- came and went within period 0
    ('emil',  'basic', 2,  NULL, 10.0, 'test')
) v(who_, plan, since_, until_, mrr, why)
"""


@pytest.fixture
def con() -> Any:
    connection = duckdb.connect()
    connection.execute(ROWS)
    connection.execute(
        f"CREATE TABLE instants AS SELECT start_d * {DAY}::BIGINT AS start_t, end_d * {DAY}::BIGINT - 1 AS t, period "
        "FROM (VALUES (10, 20, 0), (20, 30, 1)) v(start_d, end_d, period)"
    )
    return connection


def rows(con: Any, formula: Spans, *splits: str) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = con.execute(spans_sql(Asked(formula, "rows_", "why", splits))).fetchall()
    return found


GIVEN: dict[str, Any] = {"dataset": "tickets", "opened": "since_", "ended": "until_"}


def test_retained_are_those_of_the_start_who_are_there_at_the_end(con: Any) -> None:
    # Period 0 begins with anna and bert; anna left and came back, bert went as it ended, before period 1 began.
    assert rows(con, Retained(**GIVEN, who="who_")) == [(0, 2, 1, 0), (1, 2, 2, 0)]
    assert rows(con, Retained(**GIVEN, who="who_", lost=True)) == [(0, 2, 1, 0), (1, 2, 0, 0)]
    # Of all there at any time, dora came and went within period 0.
    assert rows(con, Retained(**GIVEN, who="who_", lost=True, of_all=True)) == [(0, 4, 2, 0), (1, 2, 0, 0)]
    assert rows(con, Retained(**GIVEN, who="who_"), "plan") == [(0, "basic", 2, 1, 0), (1, "gold", 2, 2, 0)]


def test_whoever_goes_is_lost_in_one_period_of_any_length(con: Any) -> None:
    con.execute("INSERT INTO instants SELECT min(start_t), max(t), 2 FROM instants")
    for until in (20 * DAY - 1, 20 * DAY, 20 * DAY + 1):
        con.execute(f"UPDATE rows_ SET until_ = {until} WHERE who_ = 'bert'")
        for lost, at in ((Retained(**GIVEN, who="who_", lost=True), 2), (Departures(**GIVEN), 2)):
            first, second, both = (row[at] for row in rows(con, lost))
            came_and_went = 2 if isinstance(lost, Departures) else 0  # anna, who is back, and dora
            assert (first + second, both) == (1 + came_and_went, 1 + came_and_went)


def test_retained_amount_counts_growth_unless_capped(con: Any) -> None:
    # anna 10 → 30, bert 10 → 0.
    assert rows(con, RetainedAmount(**GIVEN, who="who_", amount="mrr"))[0][:4] == (0, 2, 30, 20)
    assert rows(con, RetainedAmount(**GIVEN, who="who_", amount="mrr", capped=True))[0][:4] == (0, 2, 10, 20)


def test_the_currencies_of_both_ends_are_told(con: Any) -> None:
    # anna pays in one at the start of period 0 and in another at its end; in period 1 all pay in one.
    found = rows(con, RetainedAmount(**GIVEN, who="who_", amount="mrr", currency="plan"))
    assert [row[-3:-1] for row in found] == [("basic", "gold"), ("gold", "gold")]


def test_a_currency_split_off_has_an_end_of_its_own(con: Any) -> None:
    # In "basic" anna's and bert's 10 are gone at the end; what anna pays by then is in another. Nobody names doris's.
    con.execute(
        f"INSERT INTO rows_ VALUES ('anna', 'gold', 0, {10 * DAY}, 5, NULL), ('anna', 'gold', 0, NULL, 2, NULL)"
    )
    con.execute("INSERT INTO rows_ VALUES ('doris', NULL, 0, NULL, 7, NULL)")
    found = rows(con, RetainedAmount(**GIVEN, who="who_", amount="mrr", currency="plan"), "plan")
    assert [(row[1], *row[2:5], *row[-3:-1]) for row in found if row[0] == 0] == [
        ("basic", 2, 0, 20, "basic", "basic"),
        ("gold", 1, 32, 2, "gold", "gold"),
        (None, 1, 7, 7, None, None),
    ]


def test_lost_are_only_those_for_the_reason_asked_for(con: Any) -> None:
    # Of gus and hanna, there at 10 and gone at 20, only gus had the basic plan.
    con.execute(f"INSERT INTO rows_ VALUES ('gus', 'basic', 0, {12 * DAY}, 1, NULL)")
    con.execute(f"INSERT INTO rows_ VALUES ('hanna', 'gold', 0, {13 * DAY}, 1, NULL)")
    lost = Retained(**GIVEN, who="who_", lost=True)
    assert rows(con, lost)[0] == (0, 4, 3, 0)  # and bert
    assert rows(con, replace(lost, because="plan = 'basic'"))[0] == (0, 4, 2, 0)
    assert rows(con, replace(lost, because="mrr > NULL"))[0] == (0, 4, 0, 0)


def test_leaving_counts_no_change_of_those_who_stay(con: Any) -> None:
    # anna pays 30 at the end of period 0, but counts with her 10; bert, with 10, and gus, with 1, are gone.
    con.execute(f"INSERT INTO rows_ VALUES ('gus', 'basic', 0, {12 * DAY}, 1, NULL)")
    assert rows(con, RetainedAmount(**GIVEN, who="who_", amount="mrr", leaving=True))[0][:4] == (0, 3, 10, 21)


def test_how_long_spans_last_up_to_the_last_instant(con: Any) -> None:
    """In days; period 0 ends just before day 20, when bert is still there."""
    found = rows(con, Lasting(**GIVEN, horizon_s=1))
    days = [(period, round(value / 86_400, 3), *rest) for period, value, *rest in found]
    # anna 15 done, again 2 so far; bert 15; carla 10; dora 2 done. A second short of the whole days.
    assert days[:5] == [(0, 2, 0, 1, 0), (0, 2, 1, 0, 0), (0, 10, 0, 1, 0), (0, 15, 0, 1, 0), (0, 15, 1, 0, 0)]
    assert [row[1:4] for row in days[5:]] == [(2, 1, 0), (12, 0, 1), (15, 2, 0), (20, 0, 1)]


def test_arrivals_are_first_spans(con: Any) -> None:
    # carla and dora came in period 0; anna came back, which is no arrival.
    assert rows(con, Arrivals(**GIVEN, who="who_")) == [(0, 2, 2, 0), (1, 2, 0, 0)]


def test_departures_per_time_held(con: Any) -> None:
    # Period 0 holds anna 5 + 2 days, bert 10, carla 10, dora 2; anna and dora left, and bert as it ended.
    assert rows(con, Departures(**GIVEN)) == [(0, pytest.approx(29), 3, 0), (1, pytest.approx(20), 0, 0)]


def test_a_departure_at_midnight_belongs_to_no_period_twice(con: Any) -> None:
    con.execute(f"INSERT INTO rows_ VALUES ('fritz', 'basic', 0, {20 * DAY - 1}, 1.0, NULL)")
    assert sum(row[2] for row in rows(con, Departures(**GIVEN))) == 4


def test_a_level_ratio_divides_what_covers_the_last_instant(con: Any) -> None:
    ratio = LevelRatio(**GIVEN, over="mrr", under="CASE WHEN plan = 'gold' THEN 1 ELSE 0 END")
    assert rows(con, ratio) == [(0, 3, 80, 2, 0), (1, 2, 70, 2, 0)]
