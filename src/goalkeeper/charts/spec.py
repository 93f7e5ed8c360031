"""What a chart says, apart from how it is drawn: one spec gives the SVG, the text and the table."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from goalkeeper.reports.views import Band, Reading
from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.units import Unit, format_interval, format_value

LARGEST = 1e15  # beyond any count of service work; keeps differences of two bounds finite


class Kind(StrEnum):
    """The drawings there are."""

    TREND = "trend"  # one line over time with its interval
    TRACK = "track"  # the same on its way to a goal, with the days to come
    SPARK = "spark"  # the same without words, as high as a line of text
    INTERVALS = "intervals"  # a row for each estimate on a shared scale
    STRIP = "strip"  # one such row without words
    BARS = "bars"  # a row for each amount, counted from zero


def finite(value: float | None) -> float | None:
    """The value held within the bounds a drawing can show; None for not-a-number."""
    if value is None or math.isnan(value):
        return None
    return max(-LARGEST, min(LARGEST, float(value)))


def _side(value: float | None) -> float | None:
    """One end of an interval: as ``finite``, but an open end stays infinite."""
    return value if value is not None and math.isinf(value) else finite(value)


@dataclass(frozen=True, slots=True)
class Mark:
    """One value with its interval; without a value it is a gap and ``gap`` says why.

    ``weak`` marks a value of too few rows to judge: it is drawn hollow. ``so_far`` marks that of a period that is not
    over: hollow too, and the line to it is dotted.
    """

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    gap: str = ""
    weak: bool = False
    so_far: bool = False

    def __post_init__(self) -> None:
        value = None if self.value is None or math.isinf(self.value) else finite(self.value)
        object.__setattr__(self, "value", value)
        object.__setattr__(self, "low", _side(self.low) if value is not None else None)
        object.__setattr__(self, "high", _side(self.high) if value is not None else None)

    @property
    def is_hollow(self) -> bool:
        """Whether more rows may move it far."""
        return self.weak or self.so_far

    @property
    def name(self) -> str:
        """The label in words: "2026-11, so far" where the period is not over."""
        return f"{self.label}, so far" if self.so_far else self.label

    @property
    def has_interval(self) -> bool:
        """Whether both ends are known (an end may be infinite)."""
        return self.low is not None and self.high is not None


def mark_of(label: str, reading: Reading, judge: int = 30) -> Mark:
    """The mark of a reading; hollow where it is counted from fewer than ``judge``."""
    estimate = reading.value
    if isinstance(estimate, NoEstimate):
        return Mark(label, None, n=reading.n, gap=estimate.words)
    weak = estimate.low is not None and reading.n < judge
    return Mark(label, estimate.value, estimate.low, estimate.high, reading.n, weak=weak, so_far=reading.so_far)


@dataclass(frozen=True, slots=True)
class Note:
    """Something that happened at the mark number ``at``."""

    at: int
    words: str


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """A chart in words and numbers; one without a takeaway cannot be made.

    ``series`` runs from the oldest or top mark to the newest or bottom one; ``interval`` names what the band
    is, ``axis`` what the labels are. ``days`` and ``currency`` are as in ``units.format_value``. ``limits`` are, mark
    by mark, between which values chance alone keeps it; ``pace`` is where a track begins. ``fan`` is, mark by mark,
    where a forecast lies: low, middle, high.
    """

    kind: Kind
    title: str
    takeaway: str
    unit: Unit
    series: tuple[Mark, ...]
    interval: str = "95 % interval"
    target: float | None = None
    benchmark: Band | None = None
    notes: tuple[Note, ...] = field(default=())
    axis: str = "Period"
    days: bool = True
    currency: str = ""
    limits: tuple[tuple[float, float] | None, ...] = ()
    pace: float | None = None
    fan: tuple[tuple[float, float, float] | None, ...] = ()

    def __post_init__(self) -> None:
        if not self.title.strip() or not self.takeaway.strip():
            raise ValueError("a chart needs a title and a takeaway in words, so that nobody has to see it to read it")
        object.__setattr__(self, "target", finite(self.target))
        object.__setattr__(self, "pace", finite(self.pace))

    @property
    def last(self) -> Mark | None:
        """The newest mark which has a value."""
        return next((mark for mark in reversed(self.series) if mark.value is not None), None)

    @property
    def label(self) -> str:
        """What a screen reader says in place of the drawing."""
        last = self.last
        said = f"Last: {last.name}, {self.words(last.value)}." if last else "No values."
        notes = "".join(f" Note {number}: {note.words}." for number, note in enumerate(self.notes, 1))
        return f"{self.title}. {self.takeaway.rstrip('.')}. {said}{notes}"

    def words(self, value: float | None, *, digits: int | None = None) -> str:
        """A value in the chart's unit."""
        return format_value(value, self.unit, digits=digits, currency=self.currency, days=self.days)

    def interval_words(self, mark: Mark) -> str:
        """The interval of a mark in the chart's unit; a dash where it has none."""
        return format_interval(mark.low, mark.high, self.unit, currency=self.currency, days=self.days)

    def runs(self) -> Iterator[list[tuple[int, Mark]]]:
        """Stretches of neighbouring marks with a value; a gap ends a stretch."""
        run: list[tuple[int, Mark]] = []
        for index, mark in enumerate(self.series):
            if mark.value is not None:
                run.append((index, mark))
            elif run:
                yield run
                run = []
        if run:
            yield run
