"""What a method gives back: a number with its interval, or the reason why there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal, Self, get_args

from goalkeeper.units import Unit, format_value

Reason = Literal[
    "no_data",
    "pending",
    "too_few",
    "not_reached",
    "not_followed",
    "history",
    "no_denominator",
    "not_positive",
    "negative",
    "not_finite",
    "impossible",
    "undetermined",
    "currencies",
    "people",
    "not_over",
    "unlike_days",
    "not_told",
    "by_itself",
    "unlike_sources",
]
"""Why there is no estimate. `have` and `need` of NoEstimate mean, for each:

no_data – none; pending – rows whose window is not over, and none; too_few – rows; not_reached – the share finished
and the share asked for; not_followed – the longest time seen and the time asked for, in seconds; history – how long
the data goes back and how long it must, in seconds; no_denominator, not_positive, negative and not_finite – none;
impossible – a count and the count it is taken from; undetermined – none (`what` is what the data leave open);
currencies – none (`what` names two of them); people – none, for the number of a small group is not told either;
not_over – none; unlike_days – the days of the period before and of this one; not_told – none (`what` is what no source
tells); by_itself – none; unlike_sources – none
(`what` names them).
"""
REASONS: tuple[Reason, ...] = get_args(Reason)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number, the interval that holds the truth at `level`, and how many rows (`n`) it rests on.

    A limit of ±inf means "no limit on this side" (the rows say "at least x"); both limits None means that the
    number has no interval at all (a stock counted at an instant). Never nan.
    """

    value: float
    low: float | None
    high: float | None
    level: float
    n: int
    method: str
    note: str = ""

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise ValueError(f"an estimate's value must be finite, not {self.value}")
        if (self.low is None) != (self.high is None):
            raise ValueError("an estimate has both limits or none")
        if self.low is not None and self.high is not None and not self.low <= self.high:
            raise ValueError(f"an estimate's limits are out of order: {self.low}, {self.high}")

    @property
    def width(self) -> float:
        """High minus low; inf where a side is open or there is no interval."""
        return math.inf if self.low is None or self.high is None else self.high - self.low

    def scaled(self, factor: float) -> Self:
        """The number and its limits times a factor above zero."""
        low, high = (None if side is None else side * factor for side in (self.low, self.high))
        return replace(self, value=self.value * factor, low=low, high=high)

    def within(self, least: float, most: float) -> Self:
        """The same with limits that a number from least to most can have; an open side stays open.

        The value stays as it is; where it lies beyond a bound itself, so does the limit on that side.
        """
        low, high = self.low, self.high
        if low is not None and math.isfinite(low) and least <= self.value:
            low = max(low, least)
        if high is not None and math.isfinite(high) and self.value <= most:
            high = min(high, most)
        return self if (low, high) == (self.low, self.high) else replace(self, low=low, high=high)

    def missing_from(self, whole: float) -> Self:
        """What the number leaves of a whole; the limits change places."""
        low, high = (None if side is None else whole - side for side in (self.high, self.low))
        return replace(self, value=whole - self.value, low=low, high=high)


@dataclass(frozen=True, slots=True)
class NoEstimate:
    """Not enough to say a number: why, what there is, what it takes; `what` names the rows in words."""

    reason: Reason
    have: int | float = 0
    need: int | float = 0
    what: str = "answers"

    def __post_init__(self) -> None:
        if self.reason not in REASONS:
            raise ValueError(f"no reason '{self.reason}'; valid: {', '.join(REASONS)}")

    @property
    def words(self) -> str:
        """The reason as a person reads it: "needs 5 answers, has 3"."""
        have, need = self.have, self.need
        match self.reason:
            case "no_data":
                return "no data"
            case "pending":
                return f"nothing decided yet, {have:,} pending"
            case "too_few":
                return f"needs {need:,} {self.what}, has {have:,}"
            case "not_reached":
                return f"needs {_percent(need, have)} finished, has {_percent(have, need)}"
            case "not_followed":
                return (
                    f"needs {format_value(need, Unit.DURATION)} of waiting seen, "
                    f"has {format_value(have, Unit.DURATION)}"
                )
            case "history":
                return (
                    f"needs data of {format_value(need, Unit.DURATION)}, has {format_value(have, Unit.DURATION)} of it"
                )
            case "no_denominator":
                return "nothing to divide by"
            case "not_positive":
                return "needs values above zero"
            case "negative":
                return "a duration is below zero"
            case "not_finite":
                return "a value is infinite or not a number"
            case "impossible":
                return f"counts that cannot be: {have:,} of {need:,}"
            case "undetermined":
                return f"the data do not determine {self.what}"
            case "currencies":
                return f"{self.what} are not added; filter by currency"
            case "people":
                return "hidden, so that no small group of people can be told"
            case "not_over":
                return "the data ends before the period does, and a part does not compare with a whole"
            case "unlike_days":
                return f"{have:,} days do not compare with {need:,}"
            case "not_told":
                return f"no source tells {self.what}"
            case "by_itself":
                return "it rises with the age of the data alone, so no change of it is judged"
            case "unlike_sources":
                return f"{self.what} is known of unlike parts of the two"


Result = Estimate | NoEstimate
"""What every method returns."""


@dataclass(frozen=True, slots=True)
class Floors:
    """How many rows it takes to show a number, to judge it (colour, arrow), and to call a share known."""

    show: int = 5
    judge: int = 30
    known: int = 100

    def shown(self, result: Result) -> Result:
        """The same result, or NoEstimate where it rests on fewer rows than may be shown."""
        if isinstance(result, Estimate) and result.n < self.show:
            return NoEstimate("no_data") if result.n == 0 else NoEstimate("too_few", result.n, self.show)
        return result

    def judges(self, n: int) -> bool:
        """Whether n rows are enough to colour a number."""
        return n >= self.judge

    def knows(self, n: int) -> bool:
        """Whether n answers are enough to call a share known."""
        return n >= self.known


def _percent(share: float, other: float) -> str:
    """A share with just the decimals that tell it from the other one."""
    for digits in (0, 1, 2):
        if round(share, digits + 2) != round(other, digits + 2):
            break
    return format_value(share, Unit.SHARE, digits=digits)
