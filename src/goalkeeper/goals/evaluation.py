"""What is found of a goal on one evening: value, chance, status, counterweights; as it is kept."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.forecast.chance import Chance
from goalkeeper.units import Unit


class Status(StrEnum):
    """Where a goal stands."""

    REACHED = "Reached"
    ON_PACE = "On pace"  # a chance of 67 % and more
    EITHER = "Could go either way"
    BEHIND = "Behind"  # a chance under 33 %, or due and not reached
    TOO_EARLY = "Too early to say"  # no whole week of its time is over
    NO_DATA = "Not enough data"


class Holding(StrEnum):
    """Whether a counterweight keeps its limit."""

    HOLDS = "holds"  # the whole interval lies on the good side of the limit
    BROKEN = "broken"  # the whole interval lies beyond it
    CANNOT_SAY = "cannot say yet"


@dataclass(frozen=True, slots=True)
class Guard:
    """A counterweight on one evening; ``bound`` is its limit as a value.

    ``name`` is its metric, with its segment where that is not the goal's;
    ``in_days`` says whether durations may be told in days.
    """

    metric: str
    name: str
    unit: Unit
    in_days: bool
    value: Result
    bound: float
    is_upper: bool
    holding: Holding


@dataclass(frozen=True, slots=True)
class Step:
    """A milestone: the value of the weeks up to its day, and whether that reaches it; None before that day."""

    by: date
    to: float
    value: Result | None = None
    is_reached: bool | None = None


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """What forecasts like this one were worth in the past: the figures of ``stats.forecast.back_test``."""

    origins: int
    independent: int
    brier: float
    brier_as_before: float
    skill: float
    coverage: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """A goal on the evening of ``day``, found from data that reaches into ``data_until``.

    ``value`` is of the days from ``since`` through ``last``. While the goal runs these are all since its start, with an
    interval that holds however often one looks; once it is due, the weeks it is judged by, with a plain one. ``level``
    is the smoothed value of the last week and ``pace`` where it would be if it moved evenly.
    """

    goal: str
    meaning: str
    day: date
    computed_at: datetime
    data_until: date
    since: date
    last: date
    value: Result
    level: Result
    pace: float | None
    chance: Chance | None
    why_no_chance: str
    track_record: TrackRecord | None
    status: Status
    is_closed: bool
    is_final: bool
    guards: tuple[Guard, ...] = ()
    steps: tuple[Step, ...] = ()

    @property
    def is_late(self) -> bool:
        """Whether it was found only when the data had gone on for more than the next day."""
        return self.data_until > self.day + timedelta(days=1)

    @property
    def expense(self) -> tuple[Guard, ...]:
        """The counterweights that were broken for reaching it."""
        is_reached = self.status is Status.REACHED
        return tuple(each for each in self.guards if is_reached and each.holding is Holding.BROKEN)

    @property
    def is_met(self) -> bool:
        """Whether it is reached, and at nobody's expense."""
        return self.status is Status.REACHED and not self.expense

    @property
    def words(self) -> str:
        """The status in words: "Reached at the expense of reopened" where a counterweight is broken."""
        names = " and ".join(each.name[:1].lower() + each.name[1:] for each in self.expense)
        return f"{self.status} at the expense of {names}" if names else self.status

    def to_json(self) -> str:
        """All of it as a text."""
        return json.dumps(asdict(self), ensure_ascii=False, default=str)

    @classmethod
    def from_json(cls, text: str) -> Evaluation:
        """That text, read back."""
        found = json.loads(text)
        days = {name: date.fromisoformat(found[name]) for name in ("day", "data_until", "since", "last")}
        chance, record = found["chance"], found["track_record"]
        return cls(
            **found
            | days
            | {
                "computed_at": datetime.fromisoformat(found["computed_at"]),
                "value": _result(found["value"]),
                "level": _result(found["level"]),
                "chance": Chance(**chance) if chance else None,
                "track_record": TrackRecord(**record) if record else None,
                "status": Status(found["status"]),
                "guards": tuple(_guard(each) for each in found["guards"]),
                "steps": tuple(_step(each) for each in found["steps"]),
            }
        )


def _result(found: dict[str, Any]) -> Result:
    return Estimate(**found) if "value" in found else NoEstimate(**found)


def _guard(found: dict[str, Any]) -> Guard:
    read = {"value": _result(found["value"]), "unit": Unit(found["unit"]), "holding": Holding(found["holding"])}
    return Guard(**found | read)


def _step(found: dict[str, Any]) -> Step:
    value = found["value"]
    return Step(**found | {"by": date.fromisoformat(found["by"]), "value": _result(value) if value else None})
