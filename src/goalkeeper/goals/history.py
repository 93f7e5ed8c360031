"""What a team's own data shows of something watched: the last quarter, and the weeks before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import dropwhile

from goalkeeper.goals.outlook import MOST_WEEKS, Weeks
from goalkeeper.goals.plan import JUDGED_WEEKS, Watched
from goalkeeper.measure import Cell, measure, running
from goalkeeper.measure.periods import Period, begin
from goalkeeper.stats.estimate import NoEstimate, Result
from goalkeeper.warehouse.known import newest_local
from goalkeeper.workspace import Workspace


class History:
    """Measures what is watched, each thing once; ``until`` is the last day of the data, which may not be whole.

    An earlier day given as ``until`` leaves out what happened from it on.
    """

    def __init__(self, workspace: Workspace, until: date | None = None) -> None:
        workspace.require_facts()
        self.workspace = workspace
        newest = newest_local(workspace.store, workspace.settings.timezone).date()
        self.until = min(until or newest, newest)
        self._weeks: dict[str, Weeks] = {}
        self._over: dict[tuple[str, date, date], Cell] = {}
        self._running: dict[tuple[str, date], dict[date, Cell]] = {}

    def recent(self, watched: Watched, until: date | None = None) -> Cell:
        """Its `recent_weeks` up to the last whole day of the data, or up to an earlier ``until``."""
        end = min(until or self.until, self.until)
        return self.over(watched, end - timedelta(weeks=watched.recent_weeks), end)

    def rows_coming(self, watched: Watched) -> float:
        """How many rows come in the weeks that a goal is judged by, going by the recent days on which it is known."""
        recent = self.recent(watched)
        if watched.formula.depends_on_length:
            return recent.n
        known = known_in(recent.period, self.days(watched, recent.period))
        return recent.n / known.days * 7 * JUDGED_WEEKS if known else 0

    def days(self, watched: Watched, span: Period) -> list[date]:
        """The days of a span that have rows of it, in order."""
        return [cell.period.since for cell in self.cells(watched, span.since, span.until, "day") if cell.n]

    def over(self, watched: Watched, since: date, until: date) -> Cell:
        """Its value over the days from ``since`` to the one before ``until``.

        Of employees over the last whole quarter before ``until``: few answers of theirs are told of other days.
        """
        if watched.formula.people:
            until = begin(until, "quarter")
            since = begin(until - timedelta(days=1), "quarter")
        key = (repr_of(watched), since, until)
        if key not in self._over:
            none = Cell(Period(since, until, f"{since} to {until}"), {}, NoEstimate("no_data"), 0)
            self._over[key] = next(self.cells(watched, since, until), none)
        return self._over[key]

    def running(self, watched: Watched, since: date, day: date, *, tuned_for: int) -> Cell:
        """Its value from ``since`` through a whole day of the data, with an interval that holds on all days at once."""
        key = (repr_of(watched), since)
        if key not in self._running:
            question, zone = watched.question(since, self.until), self.workspace.settings.timezone
            cells = running(self.workspace.store, watched.measured, question, zone=zone, tuned_for=tuned_for)
            self._running[key] = {cell.period.last: cell for cell in cells}
        return self._running[key][day]

    def weeks(self, watched: Watched, until: date | None = None) -> Weeks:
        """Whole weeks from Monday, at most MOST_WEEKS, the last one over before ``until``.

        Those before the first with a value are left out.
        """
        whole = self._all_weeks(watched)
        later = (whole.until - begin(until, "week")).days // 7 if until else 0
        if later <= 0:
            return whole
        return Weeks(whole.results[: max(0, len(whole.results) - later)], whole.until - timedelta(weeks=later))

    def _all_weeks(self, watched: Watched) -> Weeks:
        key = repr_of(watched)
        if key not in self._weeks:
            until = begin(self.until, "week")
            cells = self.cells(watched, until - timedelta(weeks=MOST_WEEKS), until, "week")
            seen: Sequence[Result] = [cell.value for cell in cells]
            self._weeks[key] = Weeks(tuple(dropwhile(lambda value: isinstance(value, NoEstimate), seen)), until)
        return self._weeks[key]

    def cells(
        self, watched: Watched, since: date, until: date, every: str = "", by: tuple[str, ...] = ()
    ) -> Iterator[Cell]:
        """Its cells in periods and splits."""
        question, zone = replace(watched.question(since, until, every), by=by), self.workspace.settings.timezone
        return iter(measure(self.workspace.store, watched.measured, question, zone=zone))


def known_in(span: Period, days: Sequence[date]) -> Period | None:
    """The part of a span from the first to the last of some days; up to its ends where they are under a week away.

    None where there are no days.
    """
    if not days:
        return None
    since, until = min(days), max(days) + timedelta(days=1)
    since = span.since if (since - span.since).days < 7 else since
    until = span.until if (span.until - until).days < 7 else until
    return Period(since, until, f"{since} to {until}")


def repr_of(watched: Watched) -> str:
    """What tells two things watched apart, as a text."""
    return repr((watched.metric.key, watched.variant, watched.statistic, watched.clock, dict(watched.where)))
