"""Measures one metric: its sums from the engine, per period and split, made into estimates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from goalkeeper.engines.sql import Asked, left_out_sql, sums_sql
from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.formulas import Formula, Level, LevelShare, Predicate
from goalkeeper.formulas.shapes import CALENDAR, WORKING
from goalkeeper.measure.estimates import Cell, Estimates
from goalkeeper.measure.periods import Period, day_number, day_of, periods
from goalkeeper.measure.statistics import Rows, estimate
from goalkeeper.metrics import Metric
from goalkeeper.stats.estimate import Floors
from goalkeeper.warehouse.store import Store

FLOORS = Floors()
MOST_SPLITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of a metric; ``until`` is the day after the last one. Empty means: all there is."""

    by: tuple[str, ...] = ()
    where: str = ""
    since: date | None = None
    until: date | None = None
    every: str = ""
    clock: str = ""
    statistic: str = ""
    variant: str = ""
    level: float = 0.95


def measure(store: Store, metric: Metric, question: Question, *, zone: str) -> Estimates:
    """The metric's cells; UsageError where the question names what the metric does not have.

    Every period of the range has a cell for each split value seen in the range, so an empty one says so.
    """
    formula = metric.variant(question.variant)
    data = metric.dataset(question.variant)
    statistic = question.statistic or metric.headline(question.variant)
    if statistic not in formula.statistics:
        raise UnknownName("statistic", statistic, formula.statistics, where=metric.key)
    clock = _clock(metric, formula, question.clock)
    for split in question.by:
        if split not in data.splits:
            raise UnknownName("split", split, data.splits, where=metric.key)
    if len(question.by) > MOST_SPLITS:
        raise UsageError(f"{len(question.by)} splits at once.", hint=f"At most {MOST_SPLITS}.")
    if not 0.5 <= question.level < 1:
        raise UsageError(f"a level of {question.level:g}.", hint="Valid: from 0.5 to below 1, such as 0.95.")
    where = Predicate(question.where, data.names, where="--where").sql() if question.where else "true"
    asked = Asked(formula, data.source, data.left_out, question.by, where, clock or CALENDAR)
    as_of = newest_moment(store)
    spans = _periods(store, asked, question, as_of)
    if not spans:
        return Estimates(metric, question.variant, statistic, clock, question.level, as_of, question.by, ())
    _give_periods(store, spans, zone, as_of)
    groups = _groups(store, sums_sql(asked), question.by)
    left = _left_out(store, asked)
    cells = _cells(formula, statistic, question, spans, groups, left)
    return Estimates(metric, question.variant, statistic, clock, question.level, as_of, question.by, tuple(cells))


def _clock(metric: Metric, formula: Formula, asked: str) -> str:
    """The clock the number is read on; empty where time of day plays no part. Working time is the default."""
    if asked not in ("", CALENDAR, WORKING):
        raise UnknownName("clock", asked, (CALENDAR, WORKING), where=metric.key)
    if not formula.has_clock:
        if asked:
            raise UsageError(f"{metric.name} is the same on both clocks.", where=metric.key, hint="Leave --clock out.")
        return ""
    return asked or WORKING


def newest_moment(store: Store) -> datetime:
    """Up to when the data reaches, UTC; now where there is none."""
    moments = [
        "SELECT max(make_timestamp(horizon_t * 1000)) AS t FROM meta.horizons",
        "SELECT max(make_timestamp(started_at * 1000)) FROM facts.calls",
        "SELECT max(make_timestamp(responded_at * 1000)) FROM facts.answers",
    ]
    found: datetime | None = store.one(f"SELECT max(t) FROM ({' UNION ALL '.join(moments)})")
    return found or datetime.now(UTC).replace(tzinfo=None)


def _periods(store: Store, asked: Asked, question: Question, as_of: datetime) -> list[Period]:
    since, until = question.since, question.until
    if since is None or until is None:
        low, high = _range(store, asked)
        if isinstance(asked.formula, Level | LevelShare):
            high = day_number(as_of.date())
        if low is None or high is None:
            return []
        since = since or day_of(low)
        until = until or max(day_of(high), since) + timedelta(days=1)
    return periods(since, until, question.every)


def _range(store: Store, asked: Asked) -> tuple[int | None, int | None]:
    """The first and last local day on which a row falls; for stocks by the UTC day of opening."""
    formula = asked.formula
    day = f"d.{formula.at}"
    if isinstance(formula, Level | LevelShare):
        day = f"({asked.text(formula.opened)} // 86400000)"
    low, high = store.rows(f"SELECT min({day}), max({day}) FROM {asked.source} d WHERE {asked.where}")[0]
    return low, high


def _give_periods(store: Store, spans: list[Period], zone: str, as_of: datetime) -> None:
    """The temporary tables that the queries join: local day → period, and each period's last instant."""
    days: list[int] = []
    numbers: list[int] = []
    for number, span in enumerate(spans):
        days += range(day_number(span.since), day_number(span.until))
        numbers += [number] * span.days
    now_ms = round(as_of.replace(tzinfo=UTC).timestamp() * 1000)
    ends = [min(span.end_ms(zone) - 1, now_ms) for span in spans]
    tables = {
        "periods": pa.table({"day": pa.array(days, pa.int32()), "period": pa.array(numbers, pa.int32())}),
        "instants": pa.table({"t": pa.array(ends, pa.int64()), "period": pa.array(range(len(spans)), pa.int32())}),
    }
    for name, table in tables.items():
        store.con.register(f"{name}_arrow", table)
        store.con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM {name}_arrow")
        store.con.unregister(f"{name}_arrow")


Key = tuple[int, tuple[str | None, ...]]


def _groups(store: Store, sql: str, splits: tuple[str, ...]) -> dict[Key, Rows]:
    """The query's rows, cut into one group of columns per cell; the query sorts by period and splits."""
    table = store.con.sql(sql).to_arrow_table()
    if not table.num_rows:
        return {}
    numbers = {name: table[name].to_numpy(zero_copy_only=False) for name in table.column_names if name not in splits}
    codes = [table[name].combine_chunks().dictionary_encode() for name in splits]
    indices = [code.indices.fill_null(-1).to_numpy(zero_copy_only=False) for code in codes]
    breaks = _breaks([numbers["period"], *indices])
    groups: dict[Key, Rows] = {}
    for start, end in pairwise(breaks):
        by = tuple(
            None if index[start] < 0 else code.dictionary[int(index[start])].as_py()
            for code, index in zip(codes, indices, strict=True)
        )
        groups[int(numbers["period"][start]), by] = {name: column[start:end] for name, column in numbers.items()}
    return groups


def _breaks(keys: list[NDArray[Any]]) -> list[int]:
    changes = np.zeros(len(keys[0]) - 1, dtype=bool)
    for key in keys:
        changes |= key[1:] != key[:-1]
    return [0, *(np.flatnonzero(changes) + 1).tolist(), len(keys[0])]


def _left_out(store: Store, asked: Asked) -> dict[Key, dict[str, int]]:
    found: dict[Key, dict[str, int]] = {}
    for period, *by, reason, n in store.rows(left_out_sql(asked)):
        found.setdefault((period, tuple(by)), {})[reason] = n
    return found


def _cells(
    formula: Formula,
    statistic: str,
    question: Question,
    spans: list[Period],
    groups: dict[Key, Rows],
    left: dict[Key, dict[str, int]],
) -> Iterator[Cell]:
    seen = {by for _, by in (*groups, *left)} if question.by else {()}
    order: Callable[[tuple[str | None, ...]], Any] = lambda by: [(part is None, part or "") for part in by]  # noqa: E731
    for number, span in enumerate(spans):
        for by in sorted(seen, key=order):
            rows = groups.get((number, by), {})
            value, n = estimate(formula, rows, statistic, question.level, span.days)
            if not isinstance(formula, Level | LevelShare):
                value = FLOORS.shown(value)
            yield Cell(
                period=span,
                by=dict(zip(question.by, by, strict=True)),
                value=value,
                n=n,
                pending=int(rows["pending"].sum()) if rows else 0,
                left_out=dict(sorted(left.get((number, by), {}).items())),
            )
