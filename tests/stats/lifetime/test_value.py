from __future__ import annotations

import numpy as np
import pytest

from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.stats.lifetime.bg_nbd import BgNbd
from goalkeeper.stats.lifetime.gamma_gamma import GammaGamma
from goalkeeper.stats.lifetime.purchases import Purchases
from goalkeeper.stats.lifetime.value import Horizon, future_values, mean_future_value

BUYING, SPENDING = BgNbd(0.5, 5, 1, 3, 0, 0), GammaGamma(6, 4, 15, 0, 0, 0)


def customers(n: int, seed: int = 1) -> Purchases:
    """Customers of the two models, in view for 30 to 60 weeks."""
    rng = np.random.default_rng(seed)
    rate, leaving, scale = rng.gamma(0.5, 0.2, n), rng.beta(1, 3, n), rng.gamma(4, 1 / 15, n)
    observed = rng.uniform(30, 60, n)
    repeats, last = np.zeros(n), np.zeros(n)
    alive, now = np.full(n, True), np.zeros(n)
    while alive.any():
        now = now + rng.exponential(1 / rate)
        alive &= now <= observed
        repeats, last = repeats + alive, np.where(alive, now, last)
        alive &= rng.random(n) >= leaving
    shape = 6 * np.maximum(repeats, 1)
    return Purchases.of(repeats, last, observed, rng.gamma(shape, 1 / (scale * np.maximum(repeats, 1))))


def test_a_value_is_purchases_times_worth_times_margin() -> None:
    some = Purchases.of([2, 0], [9.0, 0], [30, 30], [40, 0])
    found = future_values(BUYING, SPENDING, some, Horizon(26, margin=0.3))
    expected = 0.3 * BUYING.expected(26, some.repeats, some.last, some.observed)
    assert found == pytest.approx(expected * SPENDING.expected(some.repeats, some.value))
    assert some.value[some.repeats == 0] == 0


def test_discounting_takes_a_little_off() -> None:
    some = Purchases.of([2, 0], [9.0, 0], [30, 30], [40, 0])
    plain, discounted = (future_values(BUYING, SPENDING, some, Horizon(26, discount=d)) for d in (0, 0.002))
    assert discounted == pytest.approx(plain * 0.975, rel=0.01)


def test_the_mean_has_an_interval_and_the_same_seed_the_same_one() -> None:
    some = customers(1_500)
    found = mean_future_value(some, Horizon(26), resamples=20)
    assert isinstance(found, Estimate)
    assert found.low < found.value < found.high
    assert found.n == 1_500
    assert found == mean_future_value(some, Horizon(26), resamples=20)


def test_the_refusals_of_the_models_are_kept() -> None:
    few = mean_future_value(customers(100), Horizon(26))
    assert isinstance(few, NoEstimate)
    assert few.reason == "too_few"
    for bad in ({"length": 0}, {"length": 9, "margin": 0}, {"length": 9, "discount": -0.1}):
        with pytest.raises(ValueError, match="horizon"):
            Horizon(**bad)


@pytest.mark.slow
def test_the_interval_holds_the_value_under_the_true_models() -> None:
    runs, hits = 20, 0
    for seed in range(runs):
        some = customers(1_500, seed)
        found = mean_future_value(some, Horizon(26), resamples=40, seed=seed)
        truth = float(future_values(BUYING, SPENDING, some, Horizon(26)) @ some.counts) / some.customers
        hits += isinstance(found, Estimate) and found.low <= truth <= found.high
    assert hits >= 16  # 0.95 of 20 is 19, three standard errors are 3
