"""What a team's own data shows of something watched: the last quarter, and the weeks before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, timedelta
from itertools import dropwhile
from zoneinfo import ZoneInfo

from goalkeeper.goals.outlook import RECENT_WEEKS, Weeks
from goalkeeper.goals.plan import Watched
from goalkeeper.measure import Cell, measure
from goalkeeper.measure.periods import Period, begin
from goalkeeper.stats.estimate import NoEstimate, Result
from goalkeeper.warehouse.known import newest_moment
from goalkeeper.workspace import Workspace

MOST_WEEKS = 156


class History:
    """Measures what is watched, each thing once; ``until`` is the last day of the data, which may not be whole."""

    def __init__(self, workspace: Workspace) -> None:
        workspace.require_facts()
        self.workspace = workspace
        zone = ZoneInfo(workspace.settings.timezone)
        self.until = newest_moment(workspace.store).replace(tzinfo=UTC).astimezone(zone).date()
        self._weeks: dict[str, Weeks] = {}
        self._recent: dict[tuple[str, date], Cell] = {}

    def recent(self, watched: Watched, until: date | None = None) -> Cell:
        """The RECENT_WEEKS up to the last whole day of the data, or up to an earlier ``until``."""
        end = min(until or self.until, self.until)
        key = (repr_of(watched), end)
        if key not in self._recent:
            since = end - timedelta(weeks=RECENT_WEEKS)
            cells = self.cells(watched, since, end)
            none = Cell(Period(since, end, f"{since} to {end}"), {}, NoEstimate("no_data"), 0)
            self._recent[key] = next(cells, none)
        return self._recent[key]

    def weeks(self, watched: Watched) -> Weeks:
        """Whole weeks from Monday, at most MOST_WEEKS; those before the first with a value are left out."""
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
        return iter(measure(self.workspace.store, watched.metric, question, zone=zone))


def repr_of(watched: Watched) -> str:
    """What tells two things watched apart, as a text."""
    return repr((watched.metric.key, watched.variant, watched.statistic, watched.clock, dict(watched.where)))
