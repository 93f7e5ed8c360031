"""What a customer is worth: the known examples, the bounds, the refusals, and how often the limits hold the truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.worth import (
    TWO_YEARS_S,
    OrderSums,
    SubscriptionSums,
    worth_of_orders,
    worth_of_subscriptions,
)

# Six customers a year at four orders of 50; of the six of the year before four bought again: 1 / (1 - 4/6) = 3 years.
SIX = OrderSums(
    paid=np.full(6, 200.0), orders=np.full(6, 4.0), buyers=np.ones(6), before=np.ones(6),
    kept=np.array([1.0, 1, 1, 1, 0, 0]), won_for=np.full(6, 150.0), won=np.ones(6),
)  # fmt: skip
# Ten customers at 20 a month, 8 of which serving costs; one lost in 40 months: 12 a month for 40 months.
TEN = SubscriptionSums(
    customers=np.ones(10), revenue=np.full(10, 20.0), costed=np.full(10, 20.0), serving=np.full(10, 8.0),
    lost=np.eye(10)[0], months=np.full(10, 4.0), won_for=np.full(10, 96.0), won=np.ones(10),
)  # fmt: skip


def number(result: Result) -> float:
    assert isinstance(result, Estimate), result
    return result.value


class TestOrders:
    def test_value_times_orders_times_years(self) -> None:
        found = worth_of_orders(SIX, TWO_YEARS_S)
        assert number(found) == pytest.approx(50 * 4 * 3)
        assert isinstance(found, Estimate)
        assert found.low is not None
        assert found.low < 600 < (found.high or 0) <= 200 * 5
        assert found.note == "50.00 an order × 4.00 orders a year × 3.00 years"
        assert (found.n, found.method) == (6, "bootstrap of customers, 999 resamples, seed 1")

    def test_over_what_it_cost_to_win_one(self) -> None:
        assert number(worth_of_orders(SIX, TWO_YEARS_S, per_cost=True)) == pytest.approx(600 / 150)
        free = replace(SIX, won_for=np.zeros(6))
        assert worth_of_orders(free, TWO_YEARS_S, per_cost=True) == NoEstimate("no_denominator")
        nobody = replace(SIX, won=np.zeros(6), won_for=np.zeros(6))
        assert worth_of_orders(nobody, TWO_YEARS_S, per_cost=True) == NoEstimate("no_denominator")

    def test_nobody_stays_for_ever(self) -> None:
        found = worth_of_orders(replace(SIX, kept=np.ones(6)), TWO_YEARS_S, most_years=4)
        assert number(found) == pytest.approx(50 * 4 * 4)
        assert isinstance(found, Estimate)
        assert found.note.endswith("4.00 years, the most that is counted")

    def test_two_years_are_needed(self) -> None:
        assert worth_of_orders(SIX, 400 * 86_400) == NoEstimate("history", 400 * 86_400, TWO_YEARS_S)
        assert NoEstimate("history", 400 * 86_400, TWO_YEARS_S).words == "needs data of 730 d, has 400 d of it"
        assert isinstance(worth_of_orders(SIX, TWO_YEARS_S - 3 * 86_400), Estimate)

    def test_nothing_to_go_by(self) -> None:
        none = OrderSums(*(np.zeros(6) for _ in range(7)))
        assert worth_of_orders(none, TWO_YEARS_S) == NoEstimate("no_data")
        assert worth_of_orders(OrderSums(*(np.empty(0) for _ in range(7))), 0) == NoEstimate("no_data")
        newcomers = replace(SIX, before=np.zeros(6), kept=np.zeros(6))
        assert worth_of_orders(newcomers, TWO_YEARS_S) == NoEstimate("no_denominator")


class TestSubscriptions:
    def test_margin_times_revenue_over_churn(self) -> None:
        found = worth_of_subscriptions(TEN)
        assert number(found) == pytest.approx(12 * 40)
        assert isinstance(found, Estimate)
        assert found.note == "a margin of 60 % of 20.00 a month × 40.0 months"
        assert number(worth_of_subscriptions(TEN, per_cost=True)) == pytest.approx(480 / 96)

    def test_without_a_known_cost_it_is_revenue_and_says_so(self) -> None:
        found = worth_of_subscriptions(replace(TEN, costed=np.zeros(10), serving=np.zeros(10)))
        assert number(found) == pytest.approx(20 * 40)
        assert isinstance(found, Estimate)
        assert found.note == "20.00 a month × 40.0 months; before the cost of serving, which is not known"

    def test_without_a_loss_the_longest_time_counts(self) -> None:
        found = worth_of_subscriptions(replace(TEN, lost=np.zeros(10)))
        assert number(found) == pytest.approx(12 * 60)
        assert isinstance(found, Estimate)
        assert found.note.endswith("60.0 months, the most that is counted")

    def test_nothing_to_go_by(self) -> None:
        assert worth_of_subscriptions(replace(TEN, customers=np.zeros(10))) == NoEstimate("no_data")
        assert worth_of_subscriptions(replace(TEN, months=np.zeros(10))) == NoEstimate("no_denominator")


def year_of_orders(rng: np.random.Generator, count: int) -> OrderSums:
    """Each year's buyers are half those of the year before, half new; orders 1 + Poisson(2), of gamma values."""
    before = np.repeat([1.0, 1.0, 0.0], count)
    kept = before * (rng.random(3 * count) < 0.5)
    buyers = np.where(before > 0, kept, 1.0)
    orders = buyers * (1 + rng.poisson(2, 3 * count))
    paid = np.array([rng.gamma(2, 20, int(n)).sum() for n in orders])
    return OrderSums(paid, orders, buyers, before, kept, np.zeros(3 * count), np.zeros(3 * count))


@pytest.mark.slow
@pytest.mark.parametrize(("count", "least"), [(40, 0.90), (400, 0.93)])
def test_the_limits_hold_the_truth_as_often_as_they_say(count: int, least: float) -> None:
    """Truth: 40 an order x 3 a year x 2 years. 400 runs of 95 % are within 3 sigma of 0.033; few pieces lose some."""
    rng = np.random.default_rng(8)
    held = 0
    for _ in range(400):
        found = worth_of_orders(year_of_orders(rng, count), TWO_YEARS_S)
        assert isinstance(found, Estimate)
        held += (found.low or 0) <= 240 <= (found.high or 0)
    assert least <= held / 400 <= 0.983
