"""From when to when the data is known: outside of it, nothing counted is not zero."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from goalkeeper.datasets import Dataset
from goalkeeper.formulas import Formula, Rate, Spans
from goalkeeper.measure.periods import Period, day_of, local_day
from goalkeeper.warehouse.known import known_from_to, newest_moment
from goalkeeper.warehouse.store import Store

_OF_TICKETS = ("tickets", "turns", "open_spans")


@dataclass(frozen=True, slots=True)
class Cover:
    """The local days from the first row to the last moment known (``until_ms``), that day included."""

    first: date
    last: date
    until_ms: int

    def days(self, span: Period) -> int:
        """How many days of a period are covered."""
        first, last = max(span.since, self.first), min(span.last, self.last)
        return max(0, (last - first).days + 1)


def cover_of(store: Store, formula: Formula, data: Dataset, zone: str) -> Cover | None:
    """What the dataset covers, whatever is asked of it; None where it has no row.

    Only rates and spans need it: all other shapes have no number where they have no row.
    """
    first: date | None
    known = known_from_to(store, data.reads) if isinstance(formula, Spans) else None
    if known:
        first = local_day(_millis(known[0]), zone)
    elif isinstance(formula, Spans):
        opened = store.one(f"SELECT min({formula.opened}) FROM {data.source} d")
        first = None if opened is None else local_day(opened, zone)
    else:
        number = store.one(f"SELECT min(d.{formula.at}) FROM {data.source} d")
        first = None if number is None else day_of(number)
    if first is None:
        return None
    until = store.one("SELECT max(horizon_t) FROM meta.horizons") if data.name in _OF_TICKETS else None
    until_ms = until if until is not None else _millis(known[1] if known else newest_moment(store))
    return Cover(first, max(first, local_day(until_ms, zone)), until_ms)


def _millis(moment: datetime) -> int:
    return round(moment.replace(tzinfo=UTC).timestamp() * 1000)


def needs_cover(formula: Formula) -> bool:
    """Whether a formula has a number where it has no row."""
    return isinstance(formula, Rate | Spans)
