"""The shapes. Each says which dataset it counts over, on which day a row falls, and which rows count.

``among`` are the rows that the metric speaks of at all; ``of`` is the population among them, ``pending`` those of it
whose window is not closed yet: they are shown, not counted. ``left_out`` adds reasons to the dataset's own.
``counts`` is what the population is called where that is not the metric's own word. ``window_days`` is how long a
row has to wait until it can be judged. ``{clock}`` in a column name becomes "_working" on the working clock. Where
money is counted, ``currency`` is the column that names it: rows of two currencies are never added. ``people`` marks
answers of employees: no small group of them is shown or can be told from the others.
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
    currency: str = ""
    people: bool = False

    statistics: ClassVar[tuple[str, ...]] = ()
    is_stock: ClassVar[bool] = False  # counted at the period's last instant
    per_time: ClassVar[str] = ""  # of a rate: the time to which its number is
    depends_on_length: ClassVar[bool] = False  # only periods of one length compare: a total, who stayed through it

    @property
    def texts(self) -> tuple[str, ...]:
        """Every piece of formula text it holds."""
        currency = (self.currency,) if self.currency else ()
        return (self.among, self.of, self.pending, *self.left_out.values(), *currency, *self.values)

    @property
    def values(self) -> tuple[str, ...]:
        """The texts of its own shape."""
        return ()

    @property
    def only_grows(self) -> bool:
        """Whether it rises with the age of the data alone, so that no change of it says anything."""
        return False

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
    """A sum over a sum, times ``per``: n, Σx, Σy, Σxx, Σyy, Σxy → delta method."""

    over: str
    under: str
    per: float = 1.0
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
    per_time: ClassVar[str] = "a day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Total(Formula):
    """The sum of a value over a period: n, Σx, Σxx → compound Poisson."""

    value: str
    statistics: ClassVar[tuple[str, ...]] = ("total",)
    depends_on_length: ClassVar[bool] = True

    @property
    def values(self) -> tuple[str, ...]:
        return (self.value,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Formula):
    """A split's rows among all rows of the period: n, k → Wilson; without a split it is the whole.

    A condition on ``splits`` would leave a part as its own whole: they are asked by, and a goal's name its part.
    """

    splits: tuple[str, ...] = ()
    statistics: ClassVar[tuple[str, ...]] = ("share",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement(Formula):
    """How far two judgements of one thing agree beyond chance: counts per pair of judgements → Cohen's κ."""

    first: str
    second: str
    statistics: ClassVar[tuple[str, ...]] = ("kappa",)

    @property
    def values(self) -> tuple[str, ...]:
        return (self.first, self.second)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans(Formula):
    """What the shapes over spans share: rows that hold from ``opened`` up to ``ended``, or still.

    A period looks at them at its first instant, at its last, or in between, so its rows do not add over days.
    """

    opened: str
    ended: str
    at: str = ""

    @property
    def values(self) -> tuple[str, ...]:
        return (self.opened, self.ended)


@dataclass(frozen=True, slots=True, kw_only=True)
class Level(Spans):
    """How many spans cover the period's last instant: a stock, so no interval."""

    statistics: ClassVar[tuple[str, ...]] = ("level",)
    is_stock: ClassVar[bool] = True


NEVER = "never_at"  # a column that is always NULL: what has begun does not end


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelShare(Spans):
    """The share of the spans that cover the period's last instant whose ``since`` lies over ``older_s`` back.

    A stock has no interval; where its rows are a sample of what customers do (``sample``): n, k → Wilson.
    """

    since: str
    older_s: int
    sample: bool = False
    statistics: ClassVar[tuple[str, ...]] = ("share",)
    is_stock: ClassVar[bool] = True

    @property
    def values(self) -> tuple[str, ...]:
        return (self.opened, self.ended, self.since)

    @property
    def only_grows(self) -> bool:
        """Whether nobody leaves those it counts, so that ever more of them are old enough."""
        return self.ended == NEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRatio(Spans):
    """A sum over a sum of the spans that cover the period's last instant: a stock, so no interval."""

    over: str
    under: str
    statistics: ClassVar[tuple[str, ...]] = ("ratio",)
    is_stock: ClassVar[bool] = True

    @property
    def values(self) -> tuple[str, ...]:
        return (self.opened, self.ended, self.over, self.under)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retained(Spans):
    """Of those there at the period's first instant, who is there at its last; or is not, if ``lost``: n, k → Wilson.

    ``who`` names one across its spans. Who came and went within the period was not there at its start. Lost are only
    those for whom ``because`` holds of the span that they were there with. ``of_all`` counts all who were there at any
    instant of the period, who came within it too.
    """

    who: str
    lost: bool = False
    because: str = "true"
    of_all: bool = False
    statistics: ClassVar[tuple[str, ...]] = ("share",)
    depends_on_length: ClassVar[bool] = True

    @property
    def values(self) -> tuple[str, ...]:
        return (self.opened, self.ended, self.who, self.because)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetainedAmount(Spans):
    """The amount at the period's last instant over that at its first, of those there at the first → delta method.

    ``capped`` counts nobody's growth, ``leaving`` nobody's change: who is there keeps the amount of the start.
    ``lost`` is what is missing from 1.
    """

    who: str
    amount: str
    capped: bool = False
    leaving: bool = False
    lost: bool = False
    statistics: ClassVar[tuple[str, ...]] = ("ratio",)
    depends_on_length: ClassVar[bool] = True

    @property
    def values(self) -> tuple[str, ...]:
        return (self.opened, self.ended, self.who, self.amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals(Spans):
    """Who came within the period for the first time, over those there at its first instant → Poisson."""

    who: str
    statistics: ClassVar[tuple[str, ...]] = ("ratio",)
    depends_on_length: ClassVar[bool] = True

    @property
    def values(self) -> tuple[str, ...]:
        return (self.opened, self.ended, self.who)


@dataclass(frozen=True, slots=True, kw_only=True)
class Departures(Spans):
    """Spans that ended within the period, per year of the time they held in it → Poisson."""

    statistics: ClassVar[tuple[str, ...]] = ("rate",)
    per_time: ClassVar[str] = "a year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting(Spans):
    """How long spans last: all that began by the period's last instant, seen up to it → Kaplan–Meier.

    The mean is restricted to ``horizon_s``.
    """

    horizon_s: int
    statistics: ClassVar[tuple[str, ...]] = ("mean", "median", "p90")
