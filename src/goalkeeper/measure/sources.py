"""From when to when each source is known, where a question splits by source or asks for some of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlglot import exp

from goalkeeper.datasets import Dataset
from goalkeeper.engines.sql import Asked
from goalkeeper.engines.text import literal
from goalkeeper.formulas import Rate, Total, tests_of
from goalkeeper.measure.cover import OF_TICKETS, Cover
from goalkeeper.measure.periods import day_of, local_day
from goalkeeper.sums import kept_sums
from goalkeeper.warehouse.store import Store


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
