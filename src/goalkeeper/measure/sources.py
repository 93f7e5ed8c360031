"""From when to when each source is known, where a question splits by source or asks for some of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import partial

from sqlglot import exp

from goalkeeper.datasets import Dataset
from goalkeeper.engines.sql import Asked
from goalkeeper.engines.text import literal
from goalkeeper.formulas import Formula, Rate, Total, tests_of
from goalkeeper.measure.cover import OF_TICKETS, Cover
from goalkeeper.measure.periods import Period, day_of, local_day
from goalkeeper.measure.reach import Reach, is_silent
from goalkeeper.sums import kept_sums
from goalkeeper.warehouse.known import epoch_ms, newest_moment, rhythm_of
from goalkeeper.warehouse.store import Store

UNLIKE = 0.1
"""By how much the parts known of two periods may differ, or a part from the whole."""


def cover_by_source(store: Store, asked: Asked, data: Dataset, cover: Cover, zone: str) -> Cover | None:
    """The cover with that of each source; of the sources alone that a condition leaves, where it names some.

    None where it leaves none that is known.
    """
    test = _of_source(asked.where)
    if not isinstance(asked.formula, Rate | Total) or "source" not in data.splits:
        return cover
    if "source" not in asked.splits and test == "true":
        return cover
    horizons = dict(store.rows("SELECT source_id, horizon_t FROM meta.horizons"))
    rows, tickets = f"SELECT DISTINCT source FROM {data.source} d", "SELECT source_id AS source FROM meta.horizons"
    named = tickets if data.name in OF_TICKETS else rows
    found = {}
    for (source,) in store.rows(f"SELECT source FROM ({named}) WHERE {test}"):
        of_one = replace(asked, splits=(), where=f"source = {literal(source)}")
        kept = kept_sums(store, of_one, data.name, frozenset({"source"}))
        low, high = store.rows(kept.days if kept else days_sql(of_one))[0]
        if low is not None:
            last = max(day_of(high), _day(horizons.get(source), zone) or day_of(high))
            found[source] = replace(cover, first=day_of(low), last=min(last, cover.last))
    if test == "true":
        return replace(cover, of_source=found)
    if not found:
        return None
    first, last = min(each.first for each in found.values()), max(each.last for each in found.values())
    return replace(cover, first=first, last=last, of_source=found)


def reach_of_sources(store: Store, formula: Formula, data: Dataset, zone: str) -> dict[str, Reach]:
    """From when to when each of several sources is known whose rows add up; empty where no number is their sum."""
    if not isinstance(formula, Rate | Total) or "source" not in data.splits:
        return {}
    day, of_tickets = f"d.{formula.at}", data.name in OF_TICKETS
    horizons = dict(store.rows("SELECT source_id, horizon_t FROM meta.horizons"))
    if of_tickets and len(horizons) < 2:
        return {}
    found = store.rows(
        f"SELECT source, min({day}), max({day}) FROM {data.source} d WHERE source IS NOT NULL GROUP BY 1"
    )
    if len(found) < 2:
        return {}
    newest = local_day(epoch_ms(newest_moment(store)), zone)
    reaches = {}
    for source, low, high in found:
        last = max(day_of(high), _day(horizons.get(source), zone) or day_of(high))
        days = f"SELECT DISTINCT {day} AS day FROM {data.source} d WHERE source = {literal(source)}"
        is_over = is_silent(newest - last, partial(rhythm_of, store, days))
        reaches[source] = Reach(day_of(low), last if is_over else None)
    return reaches


def unlike_sources(reaches: Mapping[str, Reach], now: Period, before: Period) -> tuple[str, ...]:
    """The sources that are known of unlike parts of two periods, so that their sums say nothing of each other."""
    of_now, of_before = _parts_known(reaches, now), _parts_known(reaches, before)
    return tuple(source for source in of_now if abs(of_now[source] - of_before[source]) > UNLIKE)


def cut_off(reaches: Mapping[str, Reach], span: Period) -> tuple[str, ...]:
    """The sources that are known of less of a period than another is, though of a part."""
    return tuple(source for source, part in _parts_known(reaches, span).items() if UNLIKE < part < 1 - UNLIKE)


def _parts_known(reaches: Mapping[str, Reach], span: Period) -> dict[str, float]:
    """How many of the days of a period that any source is known of each is."""
    days = {source: known.days if (known := reach.clip(span)) else 0 for source, reach in sorted(reaches.items())}
    most = max(days.values(), default=0)
    return {source: each / most if most else 0.0 for source, each in days.items()}


def days_sql(asked: Asked) -> str:
    """The query of the first and the last day that rows fall on."""
    day = f"d.{asked.formula.at}"
    return f"SELECT min({day}), max({day}) FROM {asked.source} d WHERE {asked.rows}"


def _of_source(where: str) -> str:
    """What of a condition speaks of the source alone, as SQL."""
    alone = [part for part in tests_of(where) if {column.name for column in part.find_all(exp.Column)} == {"source"}]
    return " AND ".join(f"({part.sql(dialect='duckdb')})" for part in alone) or "true"


def _day(ms: int | None, zone: str) -> date | None:
    return None if ms is None else local_day(ms, zone)
