"""The model of a plan: what a team agreed to reach, by when, who owns it, and what may not get worse for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from enum import StrEnum
from typing import Literal

from goalkeeper.engines.text import literal
from goalkeeper.formulas import Formula, Part, Share
from goalkeeper.goals.values import Limit, value_words
from goalkeeper.measure import Question
from goalkeeper.metrics import Aim, Metric
from goalkeeper.tomlfile import Path_, TomlFile
from goalkeeper.units import format_value

MEASURE = "measure"
JUDGED_WEEKS = 4
"""A goal is judged by its value over the last so many weeks up to the due day."""

RECENT_WEEKS = 13
"""The weeks that "recent" means: a quarter."""

MAIN_PRIORITIES = 3
"""Goals of these priorities, and those without one, are a team's primary goals."""


class Stage(StrEnum):
    """How far a company is, by its recurring revenue a month in thousands."""

    PRE_LAUNCH = "pre-launch"
    UNDER_50K = "under-50k"
    TO_500K = "50k-500k"
    OVER_500K = "over-500k"

    @property
    def rank(self) -> int:
        """0 for the earliest."""
        return list(Stage).index(self)


def first_stage(metric: Metric) -> Stage:
    """The first stage at which a company can have a goal on a metric."""
    if Aim.RETENTION in metric.aims:
        return Stage.OVER_500K
    return Stage.UNDER_50K if metric.early else Stage.TO_500K


class Shape(StrEnum):
    """What a goal asks of its metric."""

    REACH = "reach"  # from a start to a target by a day
    HOLD = "hold"  # stay beyond a line
    RISE = "rise"  # move in one direction over the period
    RANGE = "range"  # stay between two lines


TARGET_KEYS = {Shape.REACH: "to", Shape.HOLD: "hold", Shape.RANGE: "range", Shape.RISE: "trend"}
"""The key of a plan file that says each shape's target."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who answers for a goal: a team, an agent of the data, or any other person."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


@dataclass(frozen=True, slots=True)
class Watched:
    """A metric read in one way over one segment; ``where`` maps splits to the values that count."""

    metric: Metric
    variant: str = ""
    statistic: str = ""
    clock: str = ""
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def condition(self) -> str:
        """The segment as a condition on the metric's dataset; empty for all."""
        return _condition(self.where)

    @property
    def part(self) -> Mapping[str, tuple[str, ...]]:
        """What of the segment names the part of a Part; the rest is its whole."""
        own = self.formula.splits if isinstance(self.formula, Part) else ()
        return {split: values for split, values in self.where.items() if split in own}

    @property
    def measured(self) -> Metric:
        """The metric to be asked the `question`: of a named part, its share of the whole."""
        if not self.part:
            return self.metric
        shared = {each.name: getattr(self.formula, each.name) for each in fields(Formula)}
        return replace(self.metric, formula=Share(**shared, hits=_condition(self.part)), variants={})

    @property
    def segment(self) -> str:
        """The segment in words: "topic billing, channel email or web"; empty for all."""
        return ", ".join(f"{split} {' or '.join(values)}" for split, values in self.where.items())

    @property
    def words(self) -> str:
        """The metric and its segment in words."""
        return f"{self.metric.name} ({self.segment})" if self.where else self.metric.name

    @property
    def formula(self) -> Formula:
        """The formula that is read."""
        return self.metric.variant(self.variant)

    @property
    def version(self) -> str:
        """The version of the metric's definition."""
        return self.metric.version(self.variant)

    @property
    def recent_weeks(self) -> int:
        """How many weeks show how it is now; what depends on their number compares only with as many later."""
        return JUDGED_WEEKS if self.formula.depends_on_length else RECENT_WEEKS

    @property
    def recent_words(self) -> str:
        """These weeks in words: "last quarter"."""
        return "last quarter" if self.recent_weeks == RECENT_WEEKS else f"last {self.recent_weeks} weeks"

    def question(self, since: date | None = None, until: date | None = None, every: str = "") -> Question:
        """What to ask of what is `measured`; ``until`` is the day after the last one."""
        whole = {split: values for split, values in self.where.items() if split not in self.part}
        return Question(
            where=_condition(whole), since=since, until=until, every=every, clock=self.clock, statistic=self.statistic,
            variant="" if self.part else self.variant,
        )  # fmt: skip

    def format(self, value: float | None) -> str:
        """A measured value of the metric for people."""
        return format_value(value, self.metric.unit, days=self.in_days)

    def named(self, value: float | None) -> str:
        """A value that the plan itself names, for people."""
        return value_words(value, self.metric.unit, days=self.in_days)

    @property
    def in_days(self) -> bool:
        """Whether durations may be told in days: not in working time, whose day is not 24 hours long."""
        return not self.formula.has_clock or self.clock == "calendar"


def _condition(where: Mapping[str, tuple[str, ...]]) -> str:
    tests = []
    for split, values in where.items():
        listed = ", ".join(literal(value) for value in values)
        tests.append(f"{split} IN ({listed})")
    return " AND ".join(tests)


@dataclass(frozen=True, slots=True)
class Counterweight:
    """What may not get worse while the goal is pursued, and the limit it must not cross."""

    path: Path_
    watched: Watched
    limit: Limit
    start: float | None = None
    """The value that a relative limit counts from; measured when the plan is agreed where it is None."""

    def bound(self, start: float) -> float:
        """The limit as a value of the metric, counted from a start."""
        return self.limit.bound(start)


@dataclass(frozen=True, slots=True)
class Milestone:
    """A value to have been reached by a day on the way."""

    path: Path_
    by: date
    to: float


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A rule that the plan is allowed to break, and why."""

    path: Path_
    code: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One goal. ``to`` is the target of REACH and the line of HOLD; ``low`` and ``high`` are the lines of RANGE.

    ``start`` is a number, "measure" (taken from the data when the plan is agreed), or None where nothing is said.
    """

    path: Path_
    id: str
    name: str
    watched: Watched
    shape: Shape
    start: float | Literal["measure"] | None = None
    to: float | None = None
    low: float | None = None
    high: float | None = None
    rising: bool | None = None
    by: date | None = None
    owners: tuple[Owner, ...] = ()
    priority: int | None = None
    because: str = ""
    must_not_get_worse: tuple[Counterweight, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    reward: str = ""
    watch_gaming: bool = False
    allow: tuple[Acceptance, ...] = ()

    @property
    def metric(self) -> Metric:
        """The metric it is about."""
        return self.watched.metric

    @property
    def is_primary(self) -> bool:
        """Whether it is one of its owners' primary goals."""
        return self.priority is None or self.priority <= MAIN_PRIORITIES

    @property
    def has_start(self) -> bool:
        """Whether the start is a number already."""
        return isinstance(self.start, int | float)

    def aims_at(self, *aims: Aim) -> bool:
        """Whether it pushes people towards any of these."""
        return any(aim in self.metric.aims for aim in aims)

    def shares_people_with(self, other: Goal) -> bool:
        """Whether some owner has both; a goal without owners is everybody's."""
        return not self.owners or not other.owners or not set(self.owners).isdisjoint(other.owners)

    def meets(self, value: float) -> bool | None:
        """Whether a value lies where the goal wants it; None for RISE, which asks for a direction."""
        if self.shape is Shape.RANGE and self.low is not None and self.high is not None:
            return self.low <= value <= self.high
        if self.to is None:
            return None
        return value >= self.to if self.upwards else value <= self.to

    @property
    def upwards(self) -> bool:
        """Whether higher is better for the goal, also where the metric has no better direction."""
        if self.rising is not None:
            return self.rising
        if self.metric.better == "neither" and isinstance(self.start, int | float) and self.to is not None:
            return self.to >= self.start
        return self.metric.better != "lower"

    @property
    def weekly_line(self) -> float | None:
        """The target, where the value of a single week compares with it."""
        return None if self.watched.formula.depends_on_length else self.to

    @property
    def owner_words(self) -> str:
        """Who answers for it, in words: "team billing, person Ann"; empty where nobody does."""
        return ", ".join(f"{owner.kind} {owner.name}" for owner in self.owners)

    @property
    def aim_words(self) -> str:
        """What it asks in words: "from 65 % to 75 %", "at least 85 %", "rising", "20 % to 40 %"."""
        show = self.watched.named
        match self.shape:
            case Shape.REACH:
                start = f"from {show(self.start)} " if isinstance(self.start, int | float) else ""
                return f"{start}to {show(self.to)}"
            case Shape.HOLD:
                return f"at {'least' if self.upwards else 'most'} {show(self.to)}"
            case Shape.RISE:
                return "rising" if self.upwards else "falling"
            case Shape.RANGE:
                return f"between {show(self.low)} and {show(self.high)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan; ``until`` is the day after its last one, both None where it names no period."""

    document: TomlFile = field(repr=False, compare=False)
    name: str
    since: date | None = None
    until: date | None = None
    stage: Stage | None = None
    industry: str = ""
    subscription_business: bool = False
    review: str | tuple[date, ...] = ""
    goals: tuple[Goal, ...] = ()
    allow: tuple[Acceptance, ...] = ()

    @property
    def last(self) -> date | None:
        """The last day of its period."""
        return date.fromordinal(self.until.toordinal() - 1) if self.until else None

    def due(self, goal: Goal) -> date | None:
        """The last day on which a goal counts: its own, or that of the plan."""
        return goal.by or self.last

    def goal(self, id: str) -> Goal | None:
        """The goal of that id."""
        return next((goal for goal in self.goals if goal.id == id), None)

    def beside(self, goal: Goal) -> tuple[Watched, ...]:
        """What else the goal's people watch: its counterweights and their other goals."""
        others = (each.watched for each in self.goals if each is not goal and each.shares_people_with(goal))
        return (*(each.watched for each in goal.must_not_get_worse), *others)
