"""View models of the reports: what a page, a file or a terminal shows, already computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.units import Better, Unit


class Verdict(StrEnum):
    """What may be said of a metric against the period before."""

    BETTER = "better"
    WORSE = "worse"
    MOVED = "moved"  # it changed, and neither direction is the good one
    SAME = "same"  # the interval of the difference holds zero
    UNKNOWN = "unknown"  # one of the two periods has no estimate


@dataclass(frozen=True, slots=True)
class Reading:
    """One number of one period, with what it was counted from and what it was not.

    ``so_far`` marks that of a period that is not over, where it grows as the period goes on.
    """

    value: Estimate | NoEstimate
    n: int
    pending: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    so_far: bool = False

    @property
    def estimate(self) -> Estimate | None:
        """The estimate, or None where there is not enough data."""
        return self.value if isinstance(self.value, Estimate) else None

    @property
    def left_out_total(self) -> int:
        """How many were left out for any reason."""
        return sum(self.left_out.values())


@dataclass(frozen=True, slots=True)
class Point:
    """One reading of a series, oldest first; ``start`` is the first day it covers."""

    label: str
    start: date
    reading: Reading


@dataclass(frozen=True, slots=True)
class Band:
    """A benchmark: the range others reach, in the metric's unit; an open side is None.

    ``words`` names whom it holds for ("good, e-mail"), ``source`` who says so.
    """

    low: float | None
    high: float | None
    words: str
    source: str


@dataclass(frozen=True, slots=True)
class ScorecardRow:
    """One metric of the scorecard.

    ``change`` is ``reading`` minus ``before`` in the metric's unit; ``changed`` is true only where the
    interval of that difference leaves out zero. ``counted`` names what ``n`` counts ("tickets", "answers");
    ``currency`` stands behind money. ``before_alike`` is what the number before would be in as many days as the period
    has: the change is from it, where the number depends on the days. ``response`` is the share of those asked that
    answered, where it is so small that the answers speak for few.
    """

    key: str
    name: str
    asks: str
    unit: Unit
    better: Better
    statistic: str  # "median", "share", …
    clock: str  # "working", "calendar" or ""
    reading: Reading
    before: Reading | None
    change: Estimate | NoEstimate | None
    changed: bool
    series: tuple[Point, ...]
    benchmark: Band | None
    version: str
    benchmark_note: str = ""  # why no benchmark applies
    counted: str = "cases"
    definition: str = ""
    currency: str = ""
    before_alike: Estimate | None = None
    response: Estimate | None = None

    @property
    def days(self) -> bool:
        """Whether durations may be told in days: not in working time, whose day is not 24 hours long."""
        return self.clock != "working"

    @property
    def verdict(self) -> Verdict:
        """Whether the change is good, bad or none; never a verdict without an interval."""
        if not isinstance(self.change, Estimate):
            return Verdict.UNKNOWN
        if not self.changed or self.change.value == 0:
            return Verdict.SAME
        if self.better is Better.NEITHER:
            return Verdict.MOVED
        return Verdict.BETTER if (self.change.value > 0) == (self.better is Better.HIGHER) else Verdict.WORSE


@dataclass(frozen=True, slots=True)
class Section:
    """Metrics that answer one kind of question; ``group`` is the group of metrics that it belongs to."""

    title: str
    about: str
    rows: tuple[ScorecardRow, ...]
    group: str = ""


@dataclass(frozen=True, slots=True)
class SourceLine:
    """What one source gave, and how fresh it is; ``last_event`` is None where the source has no times."""

    source_id: str
    tables: tuple[str, ...]
    rows: int
    last_event: datetime | None
    quarantined: int


@dataclass(frozen=True, slots=True)
class Scorecard:
    """All metrics of one period against the one before, from ``since`` to the day before ``until``."""

    company: str
    period: str
    since: date
    until: date
    before_period: str
    level: float
    as_of: datetime
    sections: tuple[Section, ...]
    sources: tuple[SourceLine, ...] = ()
    takeaways: tuple[str, ...] = ()
    without_data: tuple[str, ...] = ()  # metrics that the loaded data says nothing of
    not_told: tuple[tuple[str, tuple[str, ...]], ...] = ()  # what no source tells, and which of these it would give

    @property
    def rows(self) -> tuple[ScorecardRow, ...]:
        """Every metric, in the order of the page."""
        return tuple(row for section in self.sections for row in section.rows)
