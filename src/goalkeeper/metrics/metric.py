"""What a metric is: its meaning for people, its formula, and what keeps it honest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from inspect import cleandoc
from math import inf

from goalkeeper.datasets import Dataset, dataset
from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.formulas import (
    Agreement,
    Arrivals,
    Departures,
    Formula,
    Index,
    Lasting,
    Level,
    LevelRatio,
    LevelShare,
    Mean,
    OrderWorth,
    Part,
    Predicate,
    PredictedWorth,
    Quantile,
    Rate,
    Ratio,
    Retained,
    RetainedAmount,
    Share,
    SubscriptionWorth,
    TimeTo,
    Total,
)
from goalkeeper.formulas.shapes import CALENDAR, WORKING
from goalkeeper.units import Better, Unit

UNITS: dict[type[Formula], tuple[Unit, ...]] = {
    Share: (Unit.SHARE,),
    LevelShare: (Unit.SHARE,),
    Index: (Unit.INDEX,),
    TimeTo: (Unit.DURATION,),
    Level: (Unit.COUNT,),
    Rate: (Unit.RATE,),
    Mean: (Unit.DURATION, Unit.COUNT, Unit.SCORE, Unit.MONEY),
    Quantile: (Unit.DURATION, Unit.COUNT, Unit.SCORE, Unit.MONEY),
    Ratio: (Unit.RATIO, Unit.MONEY, Unit.RATE, Unit.DURATION, Unit.SHARE),
    Part: (Unit.SHARE,),
    Total: (Unit.MONEY, Unit.COUNT, Unit.DURATION),
    Agreement: (Unit.RATIO,),
    LevelRatio: (Unit.RATIO, Unit.SHARE),
    Retained: (Unit.SHARE,),
    RetainedAmount: (Unit.SHARE,),
    Arrivals: (Unit.SHARE,),
    Departures: (Unit.SHARE,),
    Lasting: (Unit.DURATION,),
    OrderWorth: (Unit.MONEY, Unit.RATIO),
    SubscriptionWorth: (Unit.MONEY, Unit.RATIO),
    PredictedWorth: (Unit.MONEY,),
}

_WORDS = ("left_out", "counts", "window_days")  # of left_out only the tests are meaning; `pending` says the window
_BOUNDS: dict[Unit, tuple[float, float]] = {Unit.SHARE: (0, 1), Unit.INDEX: (-1, 1), Unit.MONEY: (-inf, inf)}


class Group(StrEnum):
    """The four groups of metrics."""

    OPERATIONAL = "operational"
    QUALITY = "quality"
    STRATEGIC = "strategic"
    PEOPLE = "people"


class Aim(StrEnum):
    """What a goal on a metric pushes people towards; the plan check weighs the aims of a team against each other."""

    SPEED = "speed"  # do it sooner, or more of it in the same time
    CLOSING = "closing"  # count tickets as solved; closing them early reaches it too
    DEFLECTION = "deflection"  # fewer contacts reach a person, or a specialist
    QUALITY = "quality"  # do it well
    LASTING = "lasting"  # the problem stays solved
    RETENTION = "retention"  # customers stay


@dataclass(frozen=True, slots=True)
class Source:
    """Where a definition or a figure comes from."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What others reach: a band (an open side is None), for a channel, clock and statistic, with its source.

    ``grade`` is the evidence: A measured on many firms, B a study, C a practitioner's rule. ``industry`` is empty
    where it holds for all. ``period`` is the length that it speaks of, such as "month", where that matters.
    """

    low: float | None
    high: float | None
    words: str
    source: Source
    grade: str
    channels: tuple[str, ...] = ()
    clock: str = ""
    statistic: str = ""
    industry: str = ""
    period: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric; its formula's text is checked against the dataset's columns when it is made.

    ``aims`` are what a goal on it pushes towards, ``early`` says that a young company can have a goal on it, and
    ``bounds`` the least and the greatest value where the unit does not say them (a rating scale). ``clock`` is the one
    it is read on unless another is asked for; ``every`` the period that it is read by where none is asked for, since
    churn is a month's; ``profile`` whose definition it is, empty for ours.
    """

    key: str
    name: str
    asks: str
    group: Group
    unit: Unit
    better: Better
    formula: Formula
    about: str
    gamed_by: str = ""
    aims: tuple[Aim, ...] = ()
    early: bool = False
    bounds: tuple[float, float] | None = None
    statistic: str = ""
    clock: str = WORKING
    profile: str = ""
    counts: str = ""
    every: str = ""
    variants: Mapping[str, Formula] = field(default_factory=dict)
    watch_with: tuple[str, ...] = ()
    benchmarks: tuple[Benchmark, ...] = ()
    sources: tuple[Source, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "about", cleandoc(self.about))
        for formula in (self.formula, *self.variants.values()):
            self._check(formula)

    def _check(self, formula: Formula) -> None:
        valid = UNITS[type(formula)]
        if self.unit not in valid:
            shape = type(formula).__name__
            raise UsageError(
                f"unit is {self.unit.value}, but the formula is {shape}.",
                where=self.key,
                hint=f"{shape} goes with {', '.join(unit.value for unit in valid)}.",
            )
        names = dataset(formula.dataset).names
        for clock in ("calendar", "working") if formula.has_clock else ("calendar",):
            for text in formula.texts:
                Predicate(formula.on(clock, text), names, where=self.key)
        if formula.at and formula.at not in names:
            raise UnknownName("column", formula.at, names, where=self.key)
        if self.clock not in (CALENDAR, WORKING):
            raise UnknownName("clock", self.clock, (CALENDAR, WORKING), where=self.key)
        if self.statistic and self.statistic not in formula.statistics:
            raise UnknownName("statistic", self.statistic, formula.statistics, where=self.key)

    def variant(self, name: str) -> Formula:
        """The formula, or the named variant of it; UnknownName if there is none."""
        if not name:
            return self.formula
        if name not in self.variants:
            raise UnknownName("variant", name, self.variants, where=self.key)
        return self.variants[name]

    def dataset(self, variant: str = "") -> Dataset:
        """What it counts over."""
        return dataset(self.variant(variant).dataset)

    def counted(self, variant: str = "") -> str:
        """What one counts: "solved tickets"."""
        return self.variant(variant).counts or self.counts

    def headline(self, variant: str = "") -> str:
        """The statistic shown unless another is asked for."""
        return self.statistic or self.variant(variant).statistics[0]

    @property
    def possible(self) -> tuple[float, float]:
        """The least and the greatest value that it can have."""
        return self.bounds or _BOUNDS.get(self.unit, (0, inf))

    def version(self, variant: str = "") -> str:
        """Eight hex digits that change with the meaning: formula and unit, not the words around them."""
        formula = self.variant(variant)
        said = {each.name: getattr(formula, each.name) for each in fields(formula) if each.name not in _WORDS}
        # What is left at its default is not part of it: shapes can learn a new word without changing old meanings.
        defaults = {each.name: each.default for each in fields(formula)}
        parts = [f"{name}={value!r}" for name, value in said.items() if value != defaults[name]]
        meaning = (self.key, self.unit.value, type(formula).__name__, *parts, *formula.left_out.values())
        return hashlib.sha256(repr(meaning).encode()).hexdigest()[:8]

    def benchmark(
        self, channels: set[str], clock: str, statistic: str, period: str = ""
    ) -> tuple[Benchmark | None, str]:
        """The benchmark that compares like with like, or None and why none applies.

        ``channels`` are those that the number covers; ``clock`` is empty where time plays no part; ``period`` is how
        long it covers ("month", "year"), empty for any other length.
        """
        if not self.benchmarks:
            return None, "no published benchmark is like this"
        fitting = [
            each
            for each in self.benchmarks
            if (not each.clock or not clock or each.clock == clock) and each.statistic in ("", statistic)
        ]
        if not fitting:
            first = self.benchmarks[0]
            how = " ".join(filter(None, (first.statistic, f"on the {first.clock} clock" if first.clock else "")))
            return None, f"benchmarks are {how}"
        fitting = [each for each in fitting if each.period in ("", period)]
        if not fitting:
            return None, f"benchmarks are of a {self.benchmarks[0].period}"
        if all(each.industry for each in fitting) and len(fitting) > 1:
            return None, f"benchmarks are per industry ({', '.join(each.industry for each in fitting)})"
        for each in fitting:
            if not each.channels or (channels and channels <= set(each.channels)):
                return each, ""
        wanted = ", ".join(dict.fromkeys(channel for each in fitting for channel in each.channels))
        return None, f"benchmarks are per channel ({wanted}); split by channel to compare"
