from __future__ import annotations

import numpy as np
import pytest

from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.stats.lifetime.bg_nbd import BgNbd, fit_bg_nbd, steps_of_bg_nbd
from goalkeeper.stats.lifetime.gamma_gamma import GammaGamma, fit_gamma_gamma
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
def test_one_step_ends_where_fitting_again_does() -> None:
    some = customers(1_500)
    found = mean_future_value(some, Horizon(26), resamples=60)
    assert isinstance(found, Estimate)
    rng, means = np.random.default_rng(1), []
    for _ in range(60):
        drawn = some.resampled(rng)
        buying, spending = fit_bg_nbd(drawn), fit_gamma_gamma(drawn)
        assert isinstance(buying, BgNbd)
        assert isinstance(spending, GammaGamma)
        means.append(float(future_values(buying, spending, drawn, Horizon(26)) @ drawn.counts) / drawn.customers)
    ordered = np.sort(means)
    assert (found.low, found.high) == pytest.approx((ordered[1], ordered[-2]), rel=0.02)


@pytest.mark.slow
def test_the_limit_is_open_where_some_resamples_cannot_tell_who_is_gone() -> None:
    """One in ten leaves: fitting the drawn customers again is refused for the same of them."""
    n, rng = 600, np.random.default_rng(3)
    observed, rate = rng.uniform(30, 60, n), rng.gamma(2, 0.05, n)
    seen = np.where(rng.random(n) < 0.1, observed * rng.random(n), observed)
    repeats = rng.poisson(rate * seen).astype(float)
    last = np.where(repeats > 0, seen * rng.random(n) ** (1 / np.maximum(repeats, 1)), 0)
    some = Purchases.of(repeats, last, observed)
    drawn = [some.resampled(np.random.default_rng(seed)) for seed in range(40)]
    model = fit_bg_nbd(some)
    assert isinstance(model, BgNbd)
    steps = steps_of_bg_nbd(model, some)
    refused = [isinstance(fit_bg_nbd(each), NoEstimate) for each in drawn]
    stepped = [steps.shift(each) is None for each in drawn]
    assert 0 < sum(refused) < 40
    assert sum(a == b for a, b in zip(refused, stepped, strict=True)) >= 36


@pytest.mark.slow
def test_the_interval_holds_the_value_under_the_true_models() -> None:
    runs, hits = 60, 0
    for seed in range(runs):
        some = customers(1_500, seed)
        found = mean_future_value(some, Horizon(26), seed=seed)
        truth = float(future_values(BUYING, SPENDING, some, Horizon(26)) @ some.counts) / some.customers
        hits += isinstance(found, Estimate) and found.low <= truth <= found.high
    assert hits >= 52  # 0.95 of 60 is 57, three standard errors are 5
