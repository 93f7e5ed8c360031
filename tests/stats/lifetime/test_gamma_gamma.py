from __future__ import annotations

import numpy as np
import pytest

from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.stats.lifetime.gamma_gamma import GammaGamma, fit_gamma_gamma
from goalkeeper.stats.lifetime.purchases import Purchases


def purchases(value: np.ndarray, repeats: np.ndarray) -> Purchases:
    return Purchases.of(repeats, repeats * 1.0, np.full(value.size, 100.0), value)


def drawn(n: int, seed: int = 1) -> Purchases:
    """Values of the model p = 6, q = 4, v = 15, whose mean is 6·15/3 = 30."""
    rng = np.random.default_rng(seed)
    repeats = rng.integers(1, 9, n)
    scale = rng.gamma(4, 1 / 15, n)
    return purchases(rng.gamma(6 * repeats, 1 / (scale * repeats)), repeats)


def test_the_model_is_found_again() -> None:
    found = fit_gamma_gamma(drawn(6_000))
    assert isinstance(found, GammaGamma)
    assert (found.p, found.q, found.v) == pytest.approx((6, 4, 15), rel=0.15)
    assert found.expected(0, 0) == pytest.approx(30, rel=0.05)
    assert found.independent


def test_few_purchases_are_pulled_to_the_mean_and_many_keep_their_own() -> None:
    model = GammaGamma(6, 4, 15, 0, 0, 0)
    assert model.expected([0, 1, 100], [0, 90, 90]) == pytest.approx([30, 6 * 105 / 9, 6 * 9_015 / 603])


def test_the_currency_does_not_matter() -> None:
    some = drawn(500)
    cents = purchases(np.repeat(some.value * 100, some.counts), np.repeat(some.repeats, some.counts))
    one, other = fit_gamma_gamma(some), fit_gamma_gamma(cents)
    assert isinstance(one, GammaGamma)
    assert isinstance(other, GammaGamma)
    assert (other.p, other.q, other.v) == pytest.approx((one.p, one.q, 100 * one.v), rel=1e-3)


def test_what_is_refused_or_warned_of() -> None:
    repeats, rng = np.repeat([1, 9], 150), np.random.default_rng(1)
    hanging = fit_gamma_gamma(purchases(np.where(repeats == 9, 30, 10) * rng.gamma(4, 0.25, 300), repeats))
    assert isinstance(hanging, GammaGamma)
    assert not hanging.independent
    assert fit_gamma_gamma(purchases(np.zeros(300), repeats)) == NoEstimate("not_positive")
    few = fit_gamma_gamma(purchases(np.ones(20), np.ones(20)))
    assert few == NoEstimate("too_few", 20, 200, "customers who bought again")
    endless = fit_gamma_gamma(purchases(rng.pareto(0.6, 300) + 1, repeats))
    assert endless == NoEstimate("undetermined", what="what a purchase is worth on average")


def test_values_that_are_all_alike_are_expected_again() -> None:
    found = fit_gamma_gamma(purchases(np.full(300, 5.0), np.repeat([1, 9], 150)))
    assert isinstance(found, GammaGamma)
    assert found.expected([0, 3], [0, 5]) == pytest.approx([5, 5], rel=0.01)
