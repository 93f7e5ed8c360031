"""The days on which all that a number is made of is known: where one table is silent, others do not make up for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, partial

from goalkeeper.formulas import Formula, Rate
from goalkeeper.measure.periods import Period, local_day
from goalkeeper.metrics.needs import needed_tables
from goalkeeper.warehouse.known import QUIET, epoch_ms, newest_moment, rhythm, seen
from goalkeeper.warehouse.store import Store

# A table is known up to the newest moment unless it is silent for over a week, and for over twice as long as ever
# before; of one with something on fewer days nobody can tell.
LEAST_DAYS = 30
ONE_DAY = timedelta(days=1)
# Of tables whose rows say when they hold: from when to when any does; an end that is left out goes on.
_VALID = {
    "agent_shifts": ("CAST(min(started_at) AS DATE)", "CAST(max(started_at) AS DATE)"),
    "agent_costs": ("min(valid_from)", "CASE WHEN count(*) = count(valid_to) THEN max(valid_to) END"),
    "cost_items": ("min(period_start)", "NULL"),  # one for a time says nothing of the time after
}


@dataclass(frozen=True, slots=True)
class Reach:
    """From when to when all of it is known, the last day included; None: without an end.

    ``back`` of the days before the first are those that a look back takes.
    """

    first: date | None = None
    last: date | None = None
    back: timedelta = timedelta(0)

    def clip(self, span: Period) -> Period | None:
        """What of a period is known; None for nothing."""
        since = span.since if self.first is None else max(span.since, self.first)
        until = span.until if self.last is None else min(span.until, self.last + ONE_DAY)
        return replace(span, since=since, until=until) if since < until else None

    def holds(self, day: date) -> bool:
        """Whether all is known on a day."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


EVERYWHERE = Reach()


def reach_of(store: Store, formula: Formula, zone: str, names: Mapping[str, Collection[str]] | None) -> Reach:
    """Where the tables that a formula needs are all known; of a rate of one table, its cover tells that.

    ``names`` are what sources tell, as `told` gives them.
    """
    all_told = names[""] if names else ()
    groups = needed_tables(formula, all_told)
    if isinstance(formula, Rate) and len(groups) == 1 and len(groups[0]) == 1:
        return EVERYWHERE
    filled = {name.split(".")[0] for name in all_told} if names else store.filled()
    spans = _spans(store, {table for group in groups for table in group if table in filled}, zone)
    earliest = min((first for first, _ in spans.values()), default=date.max)
    newest = local_day(epoch_ms(newest_moment(store)), zone)
    known = {table: _known(store, table, span, earliest, newest) for table, span in spans.items()}
    found = [_of_any([_looked_back(known.get(table, EVERYWHERE), back, spans.get(table))
                      for table, back in group.items() if table in filled]) for group in groups]  # fmt: skip
    firsts, lasts = [each for each in found if each.first], [each.last for each in found if each.last]
    first = max(firsts, key=lambda each: each.first or date.min, default=EVERYWHERE)
    return Reach(first.first, min(lasts, default=None), first.back)


def _spans(store: Store, tables: set[str], zone: str) -> dict[str, tuple[date, date]]:
    """The first and the last day on which something happened, of the tables of which anything tells that."""
    found = {}
    for table in tables & _VALID.keys():
        low, high = store.rows(f"SELECT {', '.join(_VALID[table])} FROM canon.{table}")[0]
        if low:
            found[table] = (low, high or date.max)
    for table, (first, last) in seen(store).items():
        if table in tables:
            found[table] = (local_day(epoch_ms(first), zone), local_day(epoch_ms(last), zone))
    return found


def _looked_back(known: Reach, days: int, span: tuple[date, date] | None) -> Reach:
    """Where what looks back so many days at a table is known."""
    return replace(known, first=span[0] + days * ONE_DAY, back=days * ONE_DAY) if days and span else known


def _of_any(found: list[Reach]) -> Reach:
    """Where any of some tables is known."""
    if not found:
        return EVERYWHERE
    first = min(found, key=lambda each: each.first or date.min)
    lasts = [each.last for each in found if each.last]
    return Reach(first.first, max(lasts) if len(lasts) == len(found) else None, first.back)


def _known(store: Store, table: str, span: tuple[date, date], earliest: date, newest: date) -> Reach:
    """From when to when a table is known: all the time but where it is silent for too long, before or after."""
    first, last = span
    if table in _VALID:
        return Reach(first if first - earliest > QUIET else None, last if newest - last > QUIET else None)
    beat = cache(partial(rhythm, store, table))
    return Reach(first if is_silent(first - earliest, beat) else None, last if is_silent(newest - last, beat) else None)


def is_silent(since: timedelta, rhythm: Callable[[], tuple[int, timedelta]]) -> bool:
    """Whether what was silent for a time is not loaded any more, rather than quiet as it has been before.

    ``rhythm`` gives on how many days something happened, and the longest time between two of them.
    """
    if since <= QUIET:
        return False
    days, longest = rhythm()
    return days >= LEAST_DAYS and since > 2 * longest
