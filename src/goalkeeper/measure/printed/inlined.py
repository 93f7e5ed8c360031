"""The small tables that a warehouse does not have, as relations that any dialect can run: periods, days, clocks.

A clock's days that are alike come as runs: one row for as long as a weekday's hours or a zone's offset stay the same.
A year of office hours takes some 30 rows, so two schedules over five years some 300.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

import pyarrow as pa

from goalkeeper.engines.text import literal
from goalkeeper.measure.periods import Period, day_number

DIGITS = " UNION ALL ".join(f"SELECT {n} AS n" for n in range(10))
WEEK = 7


def days_sql(first_day: int, last_day: int) -> str:
    """Every day of a range, of at most 10,000, as its number since 1970-01-01."""
    number = f"{first_day} + a.n + 10 * b.n + 100 * c.n + 1000 * d.n"
    return (
        f"SELECT CAST(utc_day AS BIGINT) AS utc_day FROM (SELECT {number} AS utc_day FROM digits a CROSS JOIN digits b "
        f"CROSS JOIN digits c CROSS JOIN digits d) WHERE utc_day <= {last_day}"
    )


def period_spans_sql(spans: Sequence[Period], zone: str) -> str:
    """The periods: number, label, first and last day, and the moments from and up to which they last."""
    return _rows(
        ("period", "label", "first_day", "last_day", "start_ms", "end_ms"),
        [
            (
                n, literal(span.label), day_number(span.since), day_number(span.last), span.start_ms(zone),
                span.end_ms(zone),
            )
            for n, span in enumerate(spans)
        ],
    )  # fmt: skip


PERIODS = (
    "SELECT d.utc_day AS day, p.period FROM days d CROSS JOIN period_spans p "
    "WHERE d.utc_day BETWEEN p.first_day AND p.last_day"
)


def zone_runs_sql(table: pa.Table) -> str:
    """Runs of days on which a zone's offset is the same; ``table`` is that of `zone_day_table`."""
    rows = list(zip(*(table[name].to_pylist() for name in table.column_names), strict=True))
    return _rows(("first_day", "last_day", *table.column_names[1:]), _runs(rows, 1))


ZONE_DAYS = """
SELECT d.utc_day, r.offset_before_ms, r.switch_ms, r.offset_after_ms FROM days d CROSS JOIN zone_runs r
WHERE d.utc_day BETWEEN r.first_day AND r.last_day
"""


def calendar_runs_sql(table: pa.Table) -> str:
    """Runs of equal weekdays on which a schedule's hours are the same; ``table`` is that of `calendar_table`."""
    names = [name for name in table.column_names if name not in ("schedule_key", "utc_day", "before_ms")]
    rows = list(zip(*(table[name].to_pylist() for name in ("schedule_key", "utc_day", *names)), strict=True))
    found: list[tuple[object, ...]] = []
    for key, own in groupby(rows, key=lambda row: row[0]):
        days = [row[1:] for row in own]
        found += [(key, *run) for weekday in range(WEEK) for run in _runs(days[weekday::WEEK], WEEK)]
    return _rows(("schedule_key", "first_day", "last_day", *names), found)


def calendar_sql(table: pa.Table) -> str:
    """The calendar table, worked out from its runs."""
    names = [name for name in table.column_names if name not in ("schedule_key", "utc_day", "before_ms")]
    worked = " + ".join(f"r.{close} - r.{open_}" for open_, close in zip(names[::2], names[1::2], strict=True))
    total = (
        "SUM(worked) OVER (PARTITION BY schedule_key ORDER BY utc_day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
    )
    return (
        f"SELECT schedule_key, utc_day, CAST({total} AS BIGINT) - worked AS before_ms, {', '.join(names)} FROM ("
        f"SELECT r.schedule_key, d.utc_day, {worked} AS worked, {', '.join(f'r.{name}' for name in names)} "
        "FROM days d CROSS JOIN calendar_runs r WHERE d.utc_day BETWEEN r.first_day AND r.last_day "
        f"AND (d.utc_day - r.first_day) % {WEEK} = 0)"
    )


def _runs(rows: Iterable[tuple[int, ...]], step: int) -> list[tuple[int, ...]]:
    """First and last day, and the values, of each run of rows of a day and values."""
    found: list[tuple[int, ...]] = []
    for day, *values in rows:
        if found and found[-1][1] == day - step and list(found[-1][2:]) == values:
            found[-1] = (found[-1][0], day, *values)
        else:
            found.append((day, day, *values))
    return found


def _rows(names: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Rows as a query; numbers are whole and as wide as moments."""

    def value(found: object) -> str:
        return found if isinstance(found, str) else f"CAST({found} AS BIGINT)"

    first, *rest = rows
    head = ", ".join(f"{value(found)} AS {name}" for name, found in zip(names, first, strict=True))
    return " UNION ALL ".join([f"SELECT {head}", *(f"SELECT {', '.join(map(str, row))}" for row in rest)])
