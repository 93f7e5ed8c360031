"""From when to when the data is known: outside of it, nothing counted is not zero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from goalkeeper.datasets import Dataset
from goalkeeper.formulas import Formula, Rate, Spans
from goalkeeper.measure.periods import Period, day_of, local_day
from goalkeeper.warehouse.known import epoch_ms, known_from_to, newest_moment
from goalkeeper.warehouse.store import Store

OF_TICKETS = ("tickets", "turns", "open_spans")


@dataclass(frozen=True, slots=True)
class Cover:
    """The local days from the first row to the last moment known (``until_ms``), that day included.

    ``of_source`` holds the same of single sources, where they are asked for.
    """

    first: date
    last: date
    until_ms: int
    of_source: Mapping[str | None, Cover] = field(default_factory=dict)

    def within(self, first: date | None, last: date | None) -> Cover:
        """The same from no earlier than one day, and to no later than another; both may be open."""
        return replace(
            self,
            first=max(self.first, first or self.first),
            last=min(self.last, last or self.last),
            of_source={source: each.within(first, last) for source, each in self.of_source.items()},
        )

    def days(self, span: Period) -> int:
        """How many days of a period are covered."""
        first, last = max(span.since, self.first), min(span.last, self.last)
        return max(0, (last - first).days + 1)


def cover_of(store: Store, formula: Formula, data: Dataset, zone: str) -> Cover | None:
    """What the dataset covers, whatever is asked of it; None where it has no row.

    Only rates and spans need it, and sums to be compared: all other shapes have no number where they have no row.
    """
    if not isinstance(formula, Spans):
        return _of_rows(store, formula, data, zone)
    known = known_from_to(store, data.reads)
    if known:
        first = local_day(epoch_ms(known[0]), zone)
    else:
        opened = store.one(f"SELECT min({formula.opened}) FROM {data.source} d")
        if opened is None:
            return None
        first = local_day(opened, zone)
    of_tickets = data.name in OF_TICKETS or "tickets" in data.reads
    until = store.one("SELECT max(horizon_t) FROM meta.horizons") if of_tickets else None
    until_ms = until if until is not None else epoch_ms(known[1] if known else newest_moment(store))
    return Cover(first, max(first, local_day(until_ms, zone)), until_ms)


def _of_rows(store: Store, formula: Formula, data: Dataset, zone: str) -> Cover | None:
    """Up to the last row, or the last ticket or event of a source that its rows come from."""
    newest_ms, at = epoch_ms(newest_moment(store)), f"d.{formula.at}"
    if data.name in OF_TICKETS:  # their last row is not looked for: there are too many, and the horizon is known
        low = high = store.one(f"SELECT min({at}) FROM {data.source} d")
        until = store.one("SELECT max(horizon_t) FROM meta.horizons") or newest_ms
    else:
        low, high = store.rows(f"SELECT min({at}), max({at}) FROM {data.source} d")[0]
        own = f"SELECT source FROM {data.source} d" if "source" in data.names else "SELECT NULL"
        until = store.one(f"SELECT max(horizon_t) FROM meta.horizons WHERE source_id IN ({own})")
    if low is None:
        return None
    newest = local_day(newest_ms, zone)  # rows after it are planned
    last = min(day_of(high), newest) if until is None else max(min(day_of(high), newest), local_day(until, zone))
    return Cover(day_of(low), max(day_of(low), last), newest_ms)


def needs_cover(formula: Formula) -> bool:
    """Whether a formula has a number where it has no row."""
    return isinstance(formula, Rate | Spans)
