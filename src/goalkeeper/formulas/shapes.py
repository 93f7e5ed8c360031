"""The shapes. Each says which dataset it counts over, on which day a row falls, and which rows count.

``among`` are the rows that the metric speaks of at all; ``of`` is the population among them, ``pending`` those of it
whose window is not closed yet: they are shown, not counted. ``left_out`` adds reasons to the dataset's own.
``counts`` is what the population is called where that is not the metric's own word. ``window_days`` is how long a
row has to wait until it can be judged. ``{clock}`` in a column name
becomes "_working" on the working clock.
The statistics follow from the shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

CALENDAR, WORKING = "calendar", "working"


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """What all shapes share."""

    dataset: str
    at: str
    among: str = "true"
    of: str = "true"
    pending: str = "false"
    left_out: Mapping[str, str] = field(default_factory=dict)
    counts: str = ""
    window_days: int = 0

    statistics: ClassVar[tuple[str, ...]] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """Every piece of formula text it holds."""
        return (self.among, self.of, self.pending, *self.left_out.values(), *self.values)

    @property
    def values(self) -> tuple[str, ...]:
        """The texts of its own shape."""
        return ()

    @property
    def has_clock(self) -> bool:
        """Whether it can be read on the working clock too."""
        return any("{clock}" in text for text in self.texts)

    def on(self, clock: str, text: str) -> str:
        """A text on that clock."""
        return text.replace("{clock}", "_working" if clock == WORKING else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Share(Formula):
    """Hits among the population: n, k → Wilson."""

    hits: str
    statistics: ClassVar[tuple[str, ...]] = ("share",)

    @property
    def values(self) -> tuple[str, ...]:
        return (self.hits,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean(Formula):
    """The mean of a value: its distinct values and their counts → bootstrap-t, or t above 20,000 rows."""

    value: str
    statistics: ClassVar[tuple[str, ...]] = ("mean", "median", "p90")

    @property
    def values(self) -> tuple[str, ...]:
        return (self.value,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantile(Formula):
    """A quantile of a value → order statistics."""

    value: str
    statistics: ClassVar[tuple[str, ...]] = ("median", "p90", "mean")

    @property
    def values(self) -> tuple[str, ...]:
        return (self.value,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio(Formula):
    """A sum over a sum: n, Σx, Σy, Σxx, Σyy, Σxy → delta method."""

    over: str
    under: str
    statistics: ClassVar[tuple[str, ...]] = ("ratio",)

    @property
    def values(self) -> tuple[str, ...]:
        return (self.over, self.under)


@dataclass(frozen=True, slots=True, kw_only=True)
class Index(Formula):
    """The share of plus less the share of minus: n, plus, minus → Tango's score interval."""

    plus: str
    minus: str
    statistics: ClassVar[tuple[str, ...]] = ("index",)

    @property
    def values(self) -> tuple[str, ...]:
        return (self.plus, self.minus)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeTo(Formula):
    """A time that some rows have not reached: counts per duration, finished or not → Kaplan–Meier.

    The ``finished_`` statistics look only at those that finished, as other programs do: they flatter.
    """

    duration: str
    done: str
    horizon_s: int = 14 * 86_400
    statistics: ClassVar[tuple[str, ...]] = (
        "median", "p90", "mean", "finished_median", "finished_p90", "finished_mean",
    )  # fmt: skip

    @property
    def values(self) -> tuple[str, ...]:
        return (self.duration, self.done)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate(Formula):
    """Rows per day of the period: events, days → Poisson."""

    statistics: ClassVar[tuple[str, ...]] = ("rate",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Level(Formula):
    """How many spans cover the period's last instant: a stock, so no interval."""

    opened: str
    ended: str
    at: str = ""
    statistics: ClassVar[tuple[str, ...]] = ("level",)

    @property
    def values(self) -> tuple[str, ...]:
        return (self.opened, self.ended)


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelShare(Formula):
    """The share of the spans that cover the period's last instant whose ``since`` lies over ``older_s`` back."""

    opened: str
    ended: str
    since: str
    older_s: int
    at: str = ""
    statistics: ClassVar[tuple[str, ...]] = ("share",)

    @property
    def values(self) -> tuple[str, ...]:
        return (self.opened, self.ended, self.since)
