"""What a customer is worth by what is known of a year, and that worth against the cost of winning one."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np

from goalkeeper.stats.bootstrap import RESAMPLES, bootstrap_of_sums
from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.sums import Floats

DAY_S = 86_400
TWO_YEARS_S = 2 * 365 * DAY_S
_SHORT_S = 7 * DAY_S  # that little missing at the beginning of two years changes nothing
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class OrderSums:
    """Sums of buyers, one entry a piece of them.

    What was paid in the last year, in how many orders, by how many buyers; how many bought in the year before, and how
    many of them again in the last; what it cost to win how many customers.
    """

    paid: Floats
    orders: Floats
    buyers: Floats
    before: Floats
    kept: Floats
    won_for: Floats
    won: Floats


@dataclass(frozen=True, slots=True)
class SubscriptionSums:
    """Sums of subscribers, one entry a piece of them.

    How many there are, and their revenue in a month; that of those of whom the cost of serving is known, and that
    cost; how many were lost, in how many months of all; what it cost to win how many customers.
    """

    customers: Floats
    revenue: Floats
    costed: Floats
    serving: Floats
    lost: Floats
    months: Floats
    won_for: Floats
    won: Floats


Sums = TypeVar("Sums", OrderSums, SubscriptionSums)


def worth_of_orders(
    sums: OrderSums, seen_s: float, level: float = 0.95, *, most_years: float = 5.0, per_cost: bool = False
) -> Result:
    """(Σpaid/orders) · (orders/buyers) · years, years = 1 ÷ (1 − kept/before), at most ``most_years``.

    With ``per_cost`` over Σwon_for/won. NoEstimate where less than two years were seen, or nobody bought in the first.
    Limits by a bootstrap of the pieces.
    """
    total = _total(sums)
    if not total.buyers:
        return NoEstimate("no_data")
    if seen_s < TWO_YEARS_S - _SHORT_S:
        return NoEstimate("history", seen_s, TWO_YEARS_S)
    if not total.before or (per_cost and not total.won_for):
        return NoEstimate("no_denominator")

    def number(each: OrderSums) -> Floats:
        years = _years(each.before, each.before - each.kept, most_years)
        return each.paid / each.buyers * years / (each.won_for / each.won if per_cost else 1.0)

    years = _years(total.before, total.before - total.kept, most_years).item()
    order, often = (total.paid / total.orders).item(), (total.orders / total.buyers).item()
    note = f"{order:,.2f} an order × {often:.2f} orders a year × {years:.2f} years"
    return _estimate(sums, number, level, int(total.buyers.item()), _noted(note, years, most_years))


def worth_of_subscriptions(
    sums: SubscriptionSums, level: float = 0.95, *, most_years: float = 5.0, per_cost: bool = False
) -> Result:
    """(1 − Σserving/Σcosted) · Σrevenue/customers ÷ (lost/months), at most ``most_years`` of months.

    With ``per_cost`` over Σwon_for/won. Where no cost of serving is known the margin is 1 and the note says so.
    Limits by a bootstrap of the pieces.
    """
    total = _total(sums)
    if not total.customers:
        return NoEstimate("no_data")
    if not total.months or (per_cost and not total.won_for):
        return NoEstimate("no_denominator")
    has_margin = bool(total.costed)

    def margin(each: SubscriptionSums) -> Floats:
        return 1 - each.serving / each.costed if has_margin else np.ones_like(each.revenue)

    def number(each: SubscriptionSums) -> Floats:
        months = _MONTHS * _years(each.months / _MONTHS, each.lost, most_years)
        return margin(each) * each.revenue / each.customers * months / (each.won_for / each.won if per_cost else 1.0)

    years = _years(total.months / _MONTHS, total.lost, most_years).item()
    kept = f"a margin of {margin(total).item() * 100:.0f} % of " if has_margin else ""
    cost = "" if has_margin else "; before the cost of serving, which is not known"
    note = f"{kept}{(total.revenue / total.customers).item():,.2f} a month × {years * _MONTHS:.1f} months{cost}"
    return _estimate(sums, number, level, int(total.customers.item()), _noted(note, years, most_years))


def _years(held: Floats, lost: Floats, most: float) -> Floats:
    """Held over lost, at most so many; also where nobody was lost."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(held > 0, np.minimum(np.divide(held, lost), most), np.nan)


def _estimate(sums: Sums, number: Callable[[Sums], Floats], level: float, n: int, note: str) -> Result:
    kind = type(sums)

    def of_matrix(matrix: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            return number(kind(*matrix.T))

    pieces = np.column_stack([getattr(sums, each.name) for each in fields(sums)]).astype(np.float64)
    value = float(of_matrix(pieces.sum(axis=0)[None, :])[0])
    if not math.isfinite(value):
        return NoEstimate("not_finite")
    low, high = bootstrap_of_sums(pieces, of_matrix, level)
    method = f"bootstrap of customers, {RESAMPLES} resamples, seed 1"
    return Estimate(value, min(low, value), max(high, value), level, n, method, note)


def _total(sums: Sums) -> Sums:
    return type(sums)(*(getattr(sums, each.name).sum(keepdims=True) for each in fields(sums)))


def _noted(note: str, years: float, most: float) -> str:
    return f"{note}, the most that is counted" if years >= most else note
