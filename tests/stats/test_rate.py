from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.stats.rate import poisson_rate
from goalkeeper.stats.sums import RateSums


@given(st.integers(0, 10**6), st.floats(0.01, 1e6), st.sampled_from([0.9, 0.95, 0.99]))
def test_limits_are_garwoods_chi_square_quantiles(events: int, exposure: float, level: float) -> None:
    result, a = poisson_rate(RateSums(events, exposure), level), (1 - level) / 2
    low = chi2.ppf(a, 2 * events) / 2 if events else 0
    high = chi2.ppf(1 - a, 2 * events + 2) / 2
    assert (result.low, result.high) == pytest.approx((low / exposure, high / exposure), rel=1e-9)
    assert result.value == pytest.approx(events / exposure)


def test_printed_limits_of_small_counts() -> None:
    # Garwood (1936), Biometrika 28:437, Table 1, 95 %.
    printed = {0: (0, 3.69), 1: (0.0253, 5.57), 5: (1.62, 11.67), 10: (4.80, 18.39), 50: (37.11, 65.92)}
    for events, limits in printed.items():
        result = poisson_rate(RateSums(events, 1))
        assert (result.low, result.high) == pytest.approx(limits, abs=0.005)


def test_per_scales_everything() -> None:
    result = poisson_rate(RateSums(30, 600), per=100)
    assert result.value == pytest.approx(5)
    assert (result.low, result.high) == pytest.approx((20.24 / 6, 42.83 / 6), abs=0.005)
    assert result.n == 600


def test_a_thousand_million_events() -> None:
    result = poisson_rate(RateSums(10**9, 10**9))
    assert result.width == pytest.approx(2 * 1.959964 * 1e9**-0.5, rel=1e-4)


def test_no_exposure_gives_no_estimate() -> None:
    assert poisson_rate(RateSums(0, 0)) == NoEstimate("no_denominator")
    assert poisson_rate(RateSums(3, 1e-320)) == NoEstimate("no_denominator")
    assert poisson_rate(RateSums(3, math.inf)) == NoEstimate("not_finite")
    assert poisson_rate(RateSums(3, math.nan)) == NoEstimate("not_finite")
    assert poisson_rate(RateSums(-1, 5)) == NoEstimate("impossible", -1, 5)
    assert poisson_rate(RateSums(1, -5)) == NoEstimate("impossible", 1, -5)
