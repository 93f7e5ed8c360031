"""The shapes of what a customer is worth, and of that worth against what it cost to win one.

They look at a period's last instant, and back: over spans, as all shapes of `Spans`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from goalkeeper.formulas.shapes import Spans

YEAR_DAYS = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth(Spans):
    """What these shapes share.

    ``who`` names one customer, and ``piece`` the small group that it is put in for good: the limits come from a
    bootstrap of such groups, whose sums add. ``won_for`` is what it cost to win a customer, on rows of their own that
    hold for a year; with it the worth is told as a multiple of that cost.
    """

    who: str
    piece: str
    amount: str
    won_for: str = ""

    @property
    def values(self) -> tuple[str, ...]:
        won_for = (self.won_for,) if self.won_for else ()
        return (self.opened, self.ended, self.who, self.piece, self.amount, *won_for)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderWorth(Worth):
    """Value of an order × orders a year × years; an order is a span that holds for a year.

    The first two are those of the year before the instant; the years are 1 ÷ the share of the buyers of the year
    before that who did not buy again in it, at most ``most_years``. ``is_order`` tells orders from mere corrections.
    """

    is_order: str
    most_years: float = 5.0
    statistics: ClassVar[tuple[str, ...]] = ("worth",)

    @property
    def values(self) -> tuple[str, ...]:
        return (*super(OrderWorth, self).values, self.is_order)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionWorth(Worth):
    """Margin × revenue of a customer in a month ÷ the share of customers lost in a month, at most ``most_years``.

    The loss is that of the year before the instant: spans with ``leaves`` that ended in it, over the time held.
    ``serving`` is what serving costs in a month; where none is known, the margin is the revenue and the note says so.
    """

    serving: str
    leaves: str
    most_years: float = 5.0
    statistics: ClassVar[tuple[str, ...]] = ("worth",)

    @property
    def values(self) -> tuple[str, ...]:
        return (*super(SubscriptionWorth, self).values, self.serving, self.leaves)


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictedWorth(Spans):
    """What customers will bring in within ``days_ahead``, by how often and how much each has bought so far.

    Orders of one ``on_day`` are one purchase. BG/NBD and gamma-gamma; no number where nobody can say who is gone.
    """

    who: str
    amount: str
    on_day: str
    days_ahead: int
    statistics: ClassVar[tuple[str, ...]] = ("worth",)

    @property
    def values(self) -> tuple[str, ...]:
        return (self.opened, self.ended, self.who, self.amount, self.on_day)
