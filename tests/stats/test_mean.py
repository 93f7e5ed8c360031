from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.stats.mean import (
    BOOTSTRAP_ROWS,
    bootstrap_t,
    is_lognormal,
    limits_of_equal,
    modified_cox,
    t_interval,
)
from goalkeeper.stats.sums import CountSums, MeanSums

SKEWED = np.random.default_rng(3).lognormal(7, 1.5, 200)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40), st.sampled_from([0.8, 0.95]))
def test_t_limits_are_those_of_scipy(values: list[float], level: float) -> None:
    result, x = t_interval(MeanSums.of(values), level), np.array(values)
    assert result.value == pytest.approx(x.mean(), rel=1e-9, abs=1e-6)
    half = stats.sem(x) * stats.t.ppf((1 + level) / 2, x.size - 1)
    size = float(np.abs(x).max())
    equal = result.note == "all values are equal"  # but for rounding
    assert equal == (result.low == -math.inf) == (result.high == math.inf)
    assert (0 if equal else result.high - result.value) == pytest.approx(half, rel=1e-6, abs=2e-5 * size + 1e-9)


@given(st.integers(-10_000, 10_000), st.integers(2, 400))
def test_values_that_differ_have_limits(value: int, n: int) -> None:
    assert t_interval(MeanSums.of([value / 4] * n)).width == math.inf
    assert 0 < t_interval(MeanSums.of([value / 4] * (n - 1) + [value / 4 + 1])).width < math.inf


def test_equal_values_have_no_limits_in_spite_of_rounding() -> None:
    equal = CountSums.of([0.1] * 10)
    for result in (t_interval(equal.mean_sums()), bootstrap_t(equal), modified_cox(equal)):
        assert result.value == pytest.approx(0.1)
        assert (result.low, result.high) == (-math.inf, math.inf)
        assert result.note == "all values are equal"


def test_equal_values_within_bounds_have_limits() -> None:
    found = limits_of_equal(t_interval(MeanSums.of([5] * 30)), 1, 5)
    share = 1 - stats.beta.ppf(0.025, 30, 1)  # of others, at most
    assert (found.value, found.low, found.high) == (5, pytest.approx(5 - 4 * share), 5)
    assert found.low == pytest.approx(4.537, abs=1e-3)
    inside = limits_of_equal(t_interval(MeanSums.of([4] * 30)), 1, 5)
    assert (inside.low, inside.high) == pytest.approx((4 - 3 * share, 4 + share))
    long = limits_of_equal(t_interval(MeanSums.of([60] * 30)), 0, math.inf)
    assert (long.low, long.high) == (pytest.approx(60 * (1 - share)), math.inf)


@pytest.mark.parametrize("happy", [0.9, 0.97, 0.99])
def test_limits_of_equal_values_miss_the_truth_seldom(happy: float) -> None:
    missed = 0
    for n in range(2, 600):
        low = limits_of_equal(t_interval(MeanSums.of([5] * n)), 1, 5).low
        if low > 5 * happy + 1 * (1 - happy):  # the worst that can be: all others are at the other end
            missed = max(missed, happy**n)  # as likely as to see nothing but fives
    assert 0 < missed <= 0.025


def test_bootstrap_depends_on_the_rows_and_seed_only() -> None:
    one = bootstrap_t(CountSums.of(SKEWED), seed=5)
    other = bootstrap_t(CountSums.of(SKEWED[::-1]), seed=5)
    assert one == other
    assert one.method == "bootstrap-t, 999 resamples, seed 5"
    assert bootstrap_t(CountSums.of(SKEWED), seed=6).low != one.low


def test_bootstrap_leans_to_the_long_side_and_is_wider_than_t() -> None:
    boot, plain = bootstrap_t(CountSums.of(SKEWED)), t_interval(MeanSums.of(SKEWED))
    assert boot.high - boot.value > 1.3 * (boot.value - boot.low)
    assert boot.low > plain.low
    assert boot.high > plain.high
    assert boot.value == pytest.approx(plain.value)


def test_counts_and_rows_are_resampled_alike() -> None:
    # 1,000 rows in 9 values go by counts; the same rows nudged apart go by drawing rows.
    rng = np.random.default_rng(8)
    values = rng.geometric(0.4, 1_000).astype(float)
    nudged = values + np.arange(1_000) * 1e-9
    by_counts = bootstrap_t(CountSums.of(values), resamples=9_999)
    by_rows = bootstrap_t(CountSums.of(nudged), resamples=9_999, seed=2)
    width = by_counts.width
    assert by_rows.low == pytest.approx(by_counts.low, abs=0.05 * width)
    assert by_rows.high == pytest.approx(by_counts.high, abs=0.05 * width)


def test_t_serves_where_bootstrap_cannot_or_need_not() -> None:
    lonely = CountSums.of([5, 4], [4, 1])  # a third of the resamples holds no 4, and no spread
    assert bootstrap_t(lonely) == t_interval(lonely.mean_sums())
    many = CountSums.of([1, 2], [BOOTSTRAP_ROWS, 1])
    assert bootstrap_t(many) == t_interval(many.mean_sums())
    assert bootstrap_t(CountSums.of([1, 2], [BOOTSTRAP_ROWS - 1, 1])).method != ""


def test_a_large_offset_does_not_spoil_the_bootstrap() -> None:
    near, far = bootstrap_t(CountSums.of(SKEWED)), bootstrap_t(CountSums.of(SKEWED + 1e9))
    assert far.low - 1e9 == pytest.approx(near.low, rel=1e-3)
    assert far.high - 1e9 == pytest.approx(near.high, rel=1e-3)


def test_cox_check_tells_lognormal_from_other_shapes() -> None:
    rng = np.random.default_rng(4)
    assert is_lognormal(CountSums.of(rng.lognormal(5, 1.2, 300)))
    assert not is_lognormal(CountSums.of(rng.uniform(0.001, 1, 300)))
    assert not is_lognormal(CountSums.of(np.r_[0.0, rng.lognormal(5, 1.2, 300)]))
    assert not is_lognormal(CountSums.of(np.arange(1, 10)))
    assert not is_lognormal(CountSums.of([7.0] * 30))
    assert not is_lognormal(CountSums.of([1.0, math.inf] * 30))


def test_q_q_correlation_is_that_of_scipy() -> None:
    values = np.random.default_rng(9).gamma(2.0, 1.0, 60)
    scores = stats.norm.ppf((np.arange(1, 61) - 0.375) / 60.25)
    r = np.corrcoef(np.sort(np.log(values)), scores)[0, 1]
    assert is_lognormal(CountSums.of(values), r - 1e-9)
    assert not is_lognormal(CountSums.of(values), r + 1e-9)


@pytest.mark.parametrize("method", [bootstrap_t, modified_cox, lambda s: t_interval(s.mean_sums())])
def test_too_little_gives_no_estimate(method) -> None:
    assert method(CountSums.zero()) == NoEstimate("no_data")
    assert method(CountSums.of([3])) == NoEstimate("too_few", 1, 2)
    assert method(CountSums.of([1, 2, math.inf])) == NoEstimate("not_finite")
    assert method(CountSums.of([1, -math.inf, math.inf])) == NoEstimate("not_finite")
    assert method(CountSums.of([1e300, 2e300])) == NoEstimate("not_finite")


def test_cox_refuses_zeros_and_keeps_huge_spreads_finite_or_open() -> None:
    assert modified_cox(CountSums.of([0, 1, 2])) == NoEstimate("not_positive")
    assert modified_cox(CountSums.of([1e-30, 1, 1e30])) == NoEstimate("not_finite")
    assert modified_cox(CountSums.of([1e-8, 1, 1e8])).high == math.inf


def test_t_of_a_thousand_million_rows() -> None:
    n = 10**9
    result = t_interval(MeanSums(n, 0.5 * n, 0.5 * n))
    assert result.width == pytest.approx(2 * 1.959964 * 0.5 / n**0.5, rel=1e-5)
