"""Printed queries: valid in every dialect, and where they run their sums are those that `measure` rests on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from unittest.mock import patch

import pandas as pd
import pytest
import sqlglot
from chdb.session import Session
from sqlglot import exp

from connectors.test_presets_fivetran import TABLES as TABLES_OF_A_DESK
from connectors.test_presets_fivetran import comment, ticket, user
from goalkeeper.engines.dialects import DIALECTS, printed
from goalkeeper.errors import UsageError
from goalkeeper.formulas import Mean, Part
from goalkeeper.measure.measure import Question, fetch_sums
from goalkeeper.measure.printed import CANONICAL, FIVETRAN, WarehouseQuestion, warehouse_query
from goalkeeper.measure.printed.compose import PRINTED, composed, named
from goalkeeper.metrics import METRICS, Metric
from goalkeeper.metrics.needs import NOTHING_UNTOLD
from measure.crowd import Crowd
from measure.printed.servers import Row, copy_to_clickhouse, copy_to_postgres, fivetran_to_postgres, postgres
from measure.small import Small

SINCE, UNTIL, TODAY = date(2026, 3, 2), date(2026, 4, 20), date(2026, 5, 1)
Run = Callable[[str], list[Row]]
ASKED = [
    pytest.param(key, variant, id=f"{key} {variant}".strip())
    for key, metric in METRICS.items()
    for variant in ("", *metric.variants)
    if metric.dataset(variant).name in PRINTED
]


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    with Crowd(11, tickets=80).load(tmp_path_factory.mktemp("crowd")) as small:
        yield small


@pytest.fixture(scope="module")
def in_duckdb(crowd: Small) -> Run:
    return crowd.workspace.store.rows


@pytest.fixture(scope="module")
def in_postgres(crowd: Small) -> Iterator[Run]:
    with postgres() as connection:
        copy_to_postgres(crowd.workspace.store, connection)
        yield lambda text: connection.execute(text.replace("%", "%%") if False else text).fetchall()  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def in_clickhouse(crowd: Small, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    session = Session()
    copy_to_clickhouse(crowd.workspace.store, session, tmp_path_factory.mktemp("parquet"))
    yield lambda text: [tuple(json.loads(line)) for line in str(session.query(text, "JSONCompactEachRow")).splitlines()]
    session.close()


def question(metric: Metric, variant: str) -> Question:
    return Question(by=metric.dataset(variant).splits[1:2], since=SINCE, until=UNTIL, every="week", variant=variant)


def asked(dialect: str, small: Small | None, what: Question, **more: Any) -> WarehouseQuestion:
    settings = {"settings": small.workspace.settings.facts} if small else {}
    return WarehouseQuestion(question=what, dialect=dialect, today=TODAY, **settings, **more)


def expected(small: Small, metric: Metric, what: Question) -> list[Row]:
    """The rows of `measure`'s own query as the printed one gives them: period, split, sums.

    A printed query knows nothing of loads, so it counts what no source tells too.
    """
    with patch("goalkeeper.measure.measure.of_who_tells", lambda asked, _names: (asked, NOTHING_UNTOLD)):
        sums = fetch_sums(small.workspace.store, metric, what, zone="Europe/Berlin")
    found: list[Row] = []
    for (period, by), rows in sums.groups.items():
        names = [name for name in rows if name not in ("period", "low_money", "high_money")]
        if isinstance(sums.formula, Part):
            names = ["n", "pending"]
            rows = rows | {"n": rows["k"]}
        if isinstance(sums.formula, Mean):
            columns = [rows["n"].sum(), (rows["value"] * rows["n"]).sum(), rows["pending"].sum()]
            found.append((period, *by, *(float(each) for each in columns)))
        else:
            found += [(period, *by, *map(float, row)) for row in zip(*(rows[name] for name in names), strict=True)]
    return sorted(found, key=str)


def seen(rows: list[Row], width: int) -> list[Row]:
    """Printed rows without their label and their value."""
    return sorted(
        ((int(period), by, *(float(each) for each in sums[: width - 2])) for period, _label, by, *sums in rows), key=str
    )


def agrees(small: Small, run: Run, dialect: str, key: str, variant: str) -> None:
    metric = METRICS[key]
    for clock in ("calendar", "working") if metric.variant(variant).has_clock else ("",):
        what = question(metric, variant)
        what = Question(by=what.by, since=SINCE, until=UNTIL, every="week", variant=variant, clock=clock)
        rows = run(warehouse_query(metric, asked(dialect, small, what)))
        wanted = expected(small, metric, what)
        assert seen(rows, len(wanted[0]) if wanted else 0) == wanted


@pytest.mark.parametrize(("key", "variant"), ASKED)
def test_duckdb_gives_the_sums(crowd: Small, in_duckdb: Run, key: str, variant: str) -> None:
    agrees(crowd, in_duckdb, "duckdb", key, variant)


@pytest.mark.parametrize(("key", "variant"), ASKED)
def test_postgres_gives_the_sums(crowd: Small, in_postgres: Run, key: str, variant: str) -> None:
    agrees(crowd, in_postgres, "postgres", key, variant)


# One of each shape over each dataset: ClickHouse takes seconds to plan each.
SHAPES = {
    (metric.formula.dataset, type(metric.formula)): pytest.param(key, "", id=key)
    for key, metric in METRICS.items()
    if metric.formula.dataset in PRINTED and metric.formula.dataset != "open_spans"
}


@pytest.mark.parametrize(("key", "variant"), SHAPES.values())
def test_clickhouse_gives_the_sums(crowd: Small, in_clickhouse: Run, key: str, variant: str) -> None:
    agrees(crowd, in_clickhouse, "clickhouse", key, variant)


# What a dialect lacks, or reads otherwise than DuckDB.
LACKS = {
    "snowflake": ("TO_TIMESTAMP", "EPOCH_MS"), "bigquery": ("EPOCH_MS", "TIMESTAMP_MILLIS", "SPLIT_PART", " DIV "),
    "databricks": ("EPOCH_MS", "TIMESTAMP_MILLIS"), "spark": ("EPOCH_MS", "TIMESTAMP_MILLIS"),
    "redshift": ("EPOCH_MS", "POWER"), "trino": ("EPOCH_MS", "FROM_UNIXTIME", "TRUNCATE"),
    "postgres": ("EPOCH_MS", "TO_TIMESTAMP", "DIV(", "ANY_VALUE"),
    "clickhouse": ("EPOCH_MS", "fromUnixTimestamp64Milli"),
    "duckdb": (),
}  # fmt: skip
LACKED_SOMEWHERE = (
    "FILTER(", "FILTER (", "IGNORE NULLS", "GREATEST(", "LEAST(", "UNNEST(", "RECURSIVE", "QUALIFY", "ASOF", "ARG_MAX",
    "ANTI JOIN", "SEMI JOIN", "GROUP BY ALL", "NULLS FIRST", "NULLS LAST", "//",
)  # fmt: skip


@pytest.mark.parametrize(
    ("key", "tables"),
    [(each.values[0], CANONICAL) for each in ASKED if not each.values[1]]
    + [(each.values[0], FIVETRAN) for each in SHAPES.values()],
)
def test_every_dialect_reads_it(key: str, tables: str) -> None:
    what = asked("duckdb", None, question(METRICS[key], ""), tables=tables)
    _, query = composed(METRICS[key], what)
    made = {cte.alias for cte in query.find_all(exp.CTE)}
    assert {table.name for table in query.find_all(exp.Table) if not table.db} <= made
    for dialect in DIALECTS:
        text = printed(named(query, dialect), dialect)
        sqlglot.parse_one(text, dialect=dialect, error_level=sqlglot.ErrorLevel.RAISE)
        words = [*LACKS[dialect], *(word for word in LACKED_SOMEWHERE if (dialect, word) != ("duckdb", "//"))]
        assert [word for word in words if word in text] == [], dialect


def test_what_is_not_needed_is_left_out() -> None:
    shares = warehouse_query(METRICS["reopen_rate"], asked("duckdb", None, Question(clock="")))
    times = warehouse_query(METRICS["first_response_time"], asked("duckdb", None, Question(clock="working")))
    assert ("turns_at" in shares, "interactions" in shares) == (False, False)
    assert "turns_at" in times
    assert "calendar" in times


def test_mistakes_name_what_is_valid() -> None:
    with pytest.raises(UsageError, match="no single query can make"):
        warehouse_query(METRICS["churn_rate"], asked("postgres", None, Question()))
    with pytest.raises(UsageError, match="oracle"):
        warehouse_query(METRICS["reopen_rate"], asked("oracle", None, Question()))
    with pytest.raises(UsageError, match="files"):
        warehouse_query(METRICS["reopen_rate"], asked("postgres", None, Question(), tables="files"))
    with pytest.raises(UsageError, match="schema"):
        warehouse_query(METRICS["reopen_rate"], asked("postgres", None, Question(), schema="a; DROP TABLE b"))
    two_years = Question(since=date(2024, 1, 1), until=date(2026, 1, 1), every="day")
    with pytest.raises(UsageError, match="400"):
        warehouse_query(METRICS["reopen_rate"], asked("postgres", None, two_years))
    for question in (Question(by=("country",)), Question(where="country = 'DE'")):
        with pytest.raises(UsageError, match="the country of a customer"):
            warehouse_query(METRICS["speed_of_answer"], asked("postgres", None, question))


DESK = {
    "ticket": [
        ticket(1, merged_ticket_ids="[2,3]"), ticket(2), ticket(3), ticket(4, status="hold", priority="urgent"),
        ticket(5, requester_id=2, via_channel="web", created_at="2025-03-05 10:00:00"),
        ticket(6, requester_id=50,
               via_channel="web", created_at="2025-03-12 10:00:00", updated_at="2025-03-13 11:00:00"),
    ],
    "ticket_comment": [
        *TABLES_OF_A_DESK["ticket_comment"], comment(21, 4, "09:20:00", 50), comment(22, 3, "09:45:00", 1),
        comment(23, 5, "08:00:00", 50), comment(24, 1, "10:30:00", 1), comment(25, 1, "11:30:00", 50),
    ],
    "user": [user(1, "end-user"), user(2, "end-user"), user(50, "agent")],
    "ticket_field_history": [
        *TABLES_OF_A_DESK["ticket_field_history"],
        *(
            {"ticket_id": number, "field_name": "status", "updated": f"2025-03-{at}", "value": value, "user_id": 50}
            for number, at, value in [
                (4, "04 09:30:00", "pending"), (4, "05 09:30:00", "hold"), (5, "06 12:00:00", "solved"),
                (1, "05 08:00:00", "open"), (1, "06 08:00:00", "solved"),
            ]
        ),
    ],
    "group": [
        {"id": number, "name": name, "_fivetran_synced": "2025-04-01 00:00:00"} for number, name in [(7, "A"), (8, "B")]
    ],
    "brand": [{"id": 3, "name": "Shop", "subdomain": "shop", "_fivetran_synced": "2025-04-01 00:00:00"}],
    "satisfaction_rating": [
        {"id": 31, "ticket_id": 1, "score": "good", "created_at": "2025-03-06 09:00:00",
         "updated_at": "2025-03-06 10:00:00", "requester_id": 1, "comment": None},
        {"id": 32, "ticket_id": 5, "score": "bad", "created_at": "2025-03-07 09:00:00",
         "updated_at": "2025-03-08 10:00:00", "requester_id": 2, "comment": "Slow"},
    ],
}  # fmt: skip
OF_FIVETRAN = [each for each in ASKED if METRICS[each.values[0]].dataset(each.values[1]).name != "calls"]


@pytest.fixture(scope="module")
def fivetran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Small, Run]]:
    """A desk loaded through the preset, and the same tables as Fivetran would have them in PostgreSQL."""
    folder = tmp_path_factory.mktemp("zendesk")
    (folder / "files").mkdir()
    for name, rows in DESK.items():
        pd.DataFrame(rows).to_csv(folder / "files" / f"{name}.csv", index=False)
    with Small(folder) as small, postgres() as connection:
        report = small.workspace.load(folder / "files", mapping="zendesk-fivetran", source="zendesk")
        assert report.held == 1  # an event before its ticket
        small.workspace.refresh()
        fivetran_to_postgres(DESK, connection)
        yield small, lambda text: connection.execute(text).fetchall()  # type: ignore[call-overload]


@pytest.mark.parametrize(("key", "variant"), OF_FIVETRAN)
def test_fivetran_tables_give_the_sums_of_their_export(fivetran: tuple[Small, Run], key: str, variant: str) -> None:
    small, run = fivetran
    metric = METRICS[key]
    for clock in ("calendar", "working") if metric.variant(variant).has_clock else ("",):
        what = Question(
            by=metric.dataset(variant).splits[1:2], since=date(2025, 3, 3), until=date(2025, 4, 7), every="week",
            variant=variant, clock=clock,
        )  # fmt: skip
        rows = run(warehouse_query(metric, asked("postgres", small, what, tables="fivetran-zendesk")))
        wanted = expected(small, metric, what)
        assert wanted or key not in ("first_response_time", "resolution_time", "reopen_rate", "backlog", "csat")
        assert seen(rows, len(wanted[0]) if wanted else 0) == wanted
