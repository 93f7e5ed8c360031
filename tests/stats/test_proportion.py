from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.stats.proportion import (
    clopper_pearson,
    differ_by_at_most,
    jeffreys,
    manski_bounds,
    newcombe,
    wilson,
    wilson_finite,
)

COUNTS = st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
LEVELS = st.sampled_from([0.8, 0.9, 0.95, 0.99])


@pytest.mark.parametrize(("method", "oracle"), [(wilson, "wilson"), (clopper_pearson, "beta")])
@given(counts=COUNTS, level=LEVELS)
def test_limits_are_those_of_statsmodels(method, oracle, counts, level) -> None:
    k, n = counts
    result = method(k, n, level)
    assert (result.low, result.high) == pytest.approx(proportion_confint(k, n, 1 - level, oracle), abs=1e-9)


@given(counts=COUNTS.filter(lambda c: 0 < c[0] < c[1]), level=LEVELS)
def test_jeffreys_is_that_of_statsmodels_between_the_edges(counts, level) -> None:
    result = jeffreys(*counts, level)
    assert (result.low, result.high) == pytest.approx(proportion_confint(*counts, 1 - level, "jeffreys"), abs=1e-9)


@given(a=COUNTS, b=COUNTS)
def test_newcombe_is_that_of_statsmodels(a, b) -> None:
    result = newcombe(*a, *b)
    oracle = confint_proportions_2indep(*a, *b, method="newcomb", compare="diff")
    assert (result.low, result.high) == pytest.approx(oracle, abs=1e-7)


@pytest.mark.parametrize("method", [wilson, clopper_pearson, jeffreys])
@given(counts=COUNTS)
def test_swapping_hits_and_misses_mirrors_the_interval(method, counts) -> None:
    k, n = counts
    one, other = method(k, n), method(n - k, n)
    assert one.low == pytest.approx(1 - other.high, abs=1e-9)
    assert 0 <= one.low <= one.value <= one.high <= 1
    assert (one.low == 0) == (k == 0)
    assert (one.high == 1) == (k == n)


@given(counts=COUNTS, silent=st.integers(0, 5_000), delta=st.floats(0, 1))
def test_bounds_on_the_silent_nest_and_hold_the_value(counts, silent, delta) -> None:
    k, n = counts
    worst, middle = manski_bounds(k, n, n + silent), differ_by_at_most(k, n, n + silent, delta)
    tiny = 1e-12
    assert -tiny <= worst.low <= middle.low + tiny <= middle.value + 2 * tiny
    assert middle.value - tiny <= middle.high <= worst.high + tiny <= 1 + 2 * tiny
    assert worst.high - worst.low == pytest.approx(silent / (n + silent), abs=1e-9)
    assert worst.level == middle.level == 1


def test_bounds_for_a_small_difference_are_symmetric() -> None:
    result = differ_by_at_most(80, 100, 400, 0.1)
    assert (result.low, result.high) == pytest.approx((0.8 - 0.075, 0.8 + 0.075))


def test_the_silent_hide_the_truth_from_wilson_but_not_from_the_bounds() -> None:
    # 80 % of 10,000 are satisfied; 10 % of those answer, and 25 % of the others: 800 of 1,300.
    told = wilson(800, 1_300)
    assert isinstance(told, Estimate)
    assert told.high < 0.8
    worst = manski_bounds(800, 1_300, 10_000)
    assert worst.low < 0.8 < worst.high


def test_a_census_of_a_closed_set_has_no_width() -> None:
    assert wilson_finite(30, 40, 40).width == 0
    assert 0 < wilson_finite(30, 40, 80).width < wilson(30, 40).width


@given(counts=COUNTS, more=st.integers(0, 10_000))
def test_finite_population_never_widens(counts, more) -> None:
    k, n = counts
    assert wilson_finite(k, n, n + more).width <= wilson(k, n).width + 1e-12


@pytest.mark.parametrize("method", [wilson, clopper_pearson, jeffreys])
def test_counts_that_cannot_be_give_no_estimate(method) -> None:
    assert method(0, 0) == NoEstimate("no_data")
    assert method(5, 3) == NoEstimate("impossible", 5, 3)
    assert method(-1, 3) == NoEstimate("impossible", -1, 3)
    assert method(0, -2) == NoEstimate("impossible", 0, -2)


def test_no_estimate_passes_through_what_rests_on_it() -> None:
    assert newcombe(1, 2, 0, 0) == newcombe(0, 0, 1, 2) == NoEstimate("no_data")
    assert manski_bounds(3, 5, 4) == wilson_finite(3, 5, 4) == NoEstimate("impossible", 5, 4)


# The Poisson limits of 3 events: score (k + z²/2 ± z√(k + z²/4)), exact, and gamma(3.5) quantiles.
@pytest.mark.parametrize(
    ("method", "poisson"),
    [(wilson, (1.0203, 8.8212)), (clopper_pearson, (0.6187, 8.7673)), (jeffreys, (0.8449, 8.0064))],
)
def test_a_thousand_million_rows_keep_their_digits(method, poisson) -> None:
    n = 10**9
    rare = method(3, n)
    assert (rare.low * n, rare.high * n) == pytest.approx(poisson, abs=1e-4)
    half = method(n // 2, n)
    assert half.width == pytest.approx(2 * 1.959964 * 0.5 / n**0.5, rel=1e-4)


@pytest.mark.parametrize("level", [0, 1, 95, -0.1])
def test_a_level_is_a_share(level: float) -> None:
    with pytest.raises(ValueError, match="confidence level"):
        wilson(1, 2, level)


def test_delta_is_a_share() -> None:
    with pytest.raises(ValueError, match="delta"):
        differ_by_at_most(1, 2, 3, 10)
