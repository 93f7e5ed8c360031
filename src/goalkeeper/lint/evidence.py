"""What the check may ask of a team's own data; rules stay pure, and say what they saw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from goalkeeper.goals import Watched
from goalkeeper.goals.outlook import Weeks
from goalkeeper.stats.estimate import NoEstimate, Result

NOT_SEEN = NoEstimate("no_data")


@dataclass(frozen=True, slots=True)
class Response:
    """How many of those asked answer, or, where nobody kept count of that, of the solved tickets: ``of`` says which."""

    rate: Result
    of: str


@dataclass(frozen=True, slots=True)
class Workload:
    """The contacts that come in a week, and the hours there are for them."""

    contacts_a_week: float
    hours_a_week: float


class Evidence(Protocol):
    """What own data shows of something watched."""

    def missing(self, watched: Watched) -> str:
        """Which rows or columns are not there to compute it from; empty where it can be computed."""
        ...

    def unknown(self, watched: Watched) -> Mapping[str, tuple[str, tuple[str, ...]]]:
        """Of each split with a value that the data does not know: that value, and those it knows."""
        ...

    def response(self, watched: Watched) -> Response | None:
        """The response rate behind a survey metric; None for other metrics, or where it cannot be said."""
        ...

    def recent(self, watched: Watched) -> Result:
        """Its value over its recent weeks."""
        ...

    def rows_coming(self, watched: Watched) -> float:
        """How many rows come in the weeks that a goal is judged by."""
        ...

    def weeks(self, watched: Watched) -> Weeks:
        """Its value in each whole week."""
        ...

    def pull(self, one: Watched, other: Watched, level: float) -> Result:
        """The correlation of two over the weeks, time and volume apart; each turned so that up is better."""
        ...

    def workload(self, watched: Watched) -> Workload | None:
        """For a metric that is the work of one contact: how many there are, and how many hours."""
        ...

    def link(self, watched: Watched) -> Result:
        """How its weeks move with those of retention, revenue or cost: the clearest of the correlations."""
        ...


class NoData:
    """No workspace to look into: nothing is seen."""

    def missing(self, watched: Watched) -> str:
        """Nothing is known to be missing."""
        return ""

    def unknown(self, watched: Watched) -> Mapping[str, tuple[str, tuple[str, ...]]]:
        """No value is known to be unknown."""
        return {}

    def response(self, watched: Watched) -> Response | None:
        """Not known."""
        return None

    def recent(self, watched: Watched) -> Result:
        """Not known."""
        return NOT_SEEN

    def rows_coming(self, watched: Watched) -> float:
        """None known."""
        return 0

    def weeks(self, watched: Watched) -> Weeks:
        """None."""
        return Weeks()

    def pull(self, one: Watched, other: Watched, level: float) -> Result:
        """Not known."""
        return NOT_SEEN

    def workload(self, watched: Watched) -> Workload | None:
        """Not known."""
        return None

    def link(self, watched: Watched) -> Result:
        """Not known."""
        return NOT_SEEN
