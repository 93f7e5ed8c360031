from __future__ import annotations

import numpy as np
import pytest

from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.stats.lifetime.bg_nbd import BgNbd, fit_bg_nbd
from goalkeeper.stats.lifetime.purchases import Purchases

CDNOW = BgNbd(0.243, 4.414, 0.793, 2.426, 0.0, 0)


def bought(model: BgNbd, n: int, weeks: float, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Repeats, last, observed, and repeats in the next `weeks`, of n customers of the model."""
    rng = np.random.default_rng(seed)
    rate, leaving = rng.gamma(model.r, 1 / model.alpha, n), rng.beta(model.a, model.b, n)
    observed = rng.uniform(weeks / 2, weeks, n)
    repeats, last, later = np.zeros(n), np.zeros(n), np.zeros(n)
    for i in range(n):
        now = 0.0
        while True:
            now += rng.exponential(1 / rate[i])
            if now > observed[i] + weeks:
                break
            if now <= observed[i]:
                repeats[i], last[i] = repeats[i] + 1, now
            else:
                later[i] += 1
            if rng.random() < leaving[i]:
                break
    return repeats, last, observed, later


def test_a_customer_who_may_be_gone_and_one_who_cannot_be() -> None:
    alive = CDNOW.alive([2, 0, 40], [1.0, 0.0, 38.0], [38.86] * 3)
    assert alive[0] < 0.1
    assert alive[1] == 1
    assert alive[2] > 0.9
    assert list(CDNOW.expected(0, [2, 0], [1.0, 0.0], [38.86] * 2)) == pytest.approx([0, 0])


def test_the_expectation_is_smooth_where_its_formula_is_nought_over_nought() -> None:
    about = [BgNbd(0.5, 5, a, 3, 0, 0).expected_of_new(20) for a in (0.999, 1.0, 1.001)]
    assert about[0] > about[1] > about[2]
    assert about[0] - about[1] == pytest.approx(about[1] - about[2], rel=0.01)


@pytest.mark.parametrize(("a", "b"), [(0.8, 2.4), (50, 100), (8_000, 2_000)])
def test_expected_purchases_of_new_customers_are_those_of_simulated_rates(a: float, b: float) -> None:
    rng = np.random.default_rng(1)
    rate, leaving = rng.gamma(0.5, 1 / 5, 400_000), rng.beta(a, b, 400_000)
    # a customer's purchases by t are geometric sums: (1 − e^(−λpt))/p on average
    expected = np.mean(-np.expm1(-rate * leaving * 20) / leaving)
    assert BgNbd(0.5, 5, a, b, 0, 0).expected_of_new(20) == pytest.approx(expected, rel=0.01)


def test_too_few_repeaters_and_customers_who_never_leave() -> None:
    few = Purchases.of([1] * 199 + [0] * 500, [2] * 199 + [0] * 500, [9] * 699)
    assert fit_bg_nbd(few) == NoEstimate("too_few", 199, 200, "customers who bought again")
    rng = np.random.default_rng(1)
    observed = rng.uniform(20, 40, 1_500)
    repeats = rng.poisson(rng.gamma(0.8, 0.2, 1_500) * observed)
    # of so many purchases at even times the last one is the largest of uniform draws
    last = np.where(repeats > 0, observed * rng.random(1_500) ** (1 / np.maximum(repeats, 1)), 0)
    assert fit_bg_nbd(Purchases.of(repeats, last, observed)) == NoEstimate(
        "undetermined", what="who has stopped buying"
    )


def test_the_unit_of_time_does_not_matter() -> None:
    repeats, last, observed, _ = bought(BgNbd(0.5, 5, 1, 3, 0, 0), 800, 40, seed=2)
    weeks, days = (fit_bg_nbd(Purchases.of(repeats, last * k, observed * k)) for k in (1, 7))
    assert isinstance(weeks, BgNbd)
    assert isinstance(days, BgNbd)
    assert (days.r, days.alpha, days.a, days.b) == pytest.approx((weeks.r, 7 * weeks.alpha, weeks.a, weeks.b), rel=1e-3)
    assert days.log_likelihood == pytest.approx(weeks.log_likelihood - repeats.sum() * np.log(7))


@pytest.mark.parametrize(
    ("repeats", "last", "observed"), [([1], [5], [4]), ([0], [1], [4]), ([1], [-1], [4]), ([1], [np.nan], [4])]
)
def test_records_that_cannot_be(repeats: list[float], last: list[float], observed: list[float]) -> None:
    with pytest.raises(ValueError, match="between the first and the end"):
        Purchases.of(repeats, last, observed)


@pytest.mark.slow
def test_the_next_period_is_as_expected_over_all_and_among_the_frequent() -> None:
    truth = BgNbd(0.5, 5, 1, 3, 0, 0)
    repeats, last, observed, later = bought(truth, 8_000, 40, seed=3)
    fitted = fit_bg_nbd(Purchases.of(repeats, last, observed))
    assert isinstance(fitted, BgNbd)
    # standard errors over 20 simulations: r 0.02, alpha 0.3, a 0.11, b 0.5
    assert (fitted.r, fitted.alpha) == pytest.approx((0.5, 5), rel=0.2)
    assert fitted.a / (fitted.a + fitted.b) == pytest.approx(0.25, abs=0.03)
    expected = fitted.expected(40, repeats, last, observed)
    for group in (repeats >= 0, repeats == 0, repeats >= 5, fitted.alive(repeats, last, observed) < 0.3):
        spread = later[group].std() / np.sqrt(group.sum())
        assert expected[group].mean() == pytest.approx(later[group].mean(), abs=4 * spread)
