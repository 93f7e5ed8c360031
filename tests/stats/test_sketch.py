from __future__ import annotations

import math
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.stats.quantile import quantile
from goalkeeper.stats.sketch import ACCURACY, GAMMA, LogBuckets, time_to_sums
from goalkeeper.stats.sums import CountSums, TimeToSums
from goalkeeper.stats.survival import kaplan_meier

VALUES = st.lists(st.one_of(st.just(0.0), st.floats(1e-9, 1e12)), min_size=1, max_size=60)
Q = st.sampled_from([0.05, 0.5, 0.9, 0.95])


@given(values=VALUES, q=Q)
def test_value_is_within_one_percent_and_limits_hold_the_exact_ones(values: list[float], q: float) -> None:
    exact, rough = quantile(CountSums.of(values), q), LogBuckets.of(values).quantile(q)
    assert rough.value == pytest.approx(exact.value, rel=ACCURACY * (1 + 1e-9))
    assert rough.low <= exact.low * (1 + 1e-9)
    assert rough.high >= exact.high * (1 - 1e-9)
    if math.isfinite(exact.high):
        assert rough.high <= exact.high * GAMMA * (1 + 1e-9)
    assert rough.low <= rough.value <= rough.high
    assert rough.note == exact.note


def test_thirty_days_merge_to_the_sketch_of_all_rows() -> None:
    rng = np.random.default_rng(11)
    days = [rng.lognormal(8, 1.6, 400) for _ in range(30)]
    merged = sum((LogBuckets.of(day) for day in days), LogBuckets.zero())
    assert merged == LogBuckets.of(np.concatenate(days))
    for q in (0.5, 0.9, 0.99):
        exact = np.quantile(np.concatenate(days), q, method="inverted_cdf")
        assert merged.quantile(q).value == pytest.approx(exact, rel=0.01)


def test_zero_and_below_stand_in_their_own_bucket() -> None:
    sketch = LogBuckets.of([0.0, -3.0, 0.0, 7.0])
    assert (sketch.zeros, sketch.n) == (3, 4)
    assert sketch.quantile(0.5).value == 0
    assert sketch.quantile(0.99).value == pytest.approx(7, rel=0.01)


def test_bucket_is_the_rounded_up_logarithm() -> None:
    assert LogBuckets.of([1.0, 1.01, 100.0]).buckets.tolist() == [0, 1, 231]
    assert math.ceil(math.log(100) / math.log(1.01 / 0.99)) == 231


def test_smallest_and_largest_floats_have_buckets() -> None:
    sketch = LogBuckets.of([5e-324, sys.float_info.max] * 20)
    assert sketch.quantile(0.9).value == pytest.approx(sys.float_info.max, rel=0.011)
    assert sketch.quantile(0.9).high <= sys.float_info.max


def test_no_rows_give_no_estimate_and_no_number_is_refused() -> None:
    assert LogBuckets.zero().quantile(0.5) == NoEstimate("no_data")
    with pytest.raises(ValueError, match="finite"):
        LogBuckets.of([1, math.inf])


def test_waiting_times_by_bucket_are_within_one_percent_of_each() -> None:
    rng = np.random.default_rng(3)
    wanted, room = rng.lognormal(0, 1.5, 20_000) * 3_600, rng.uniform(0, 8, 20_000) * 3_600
    times, done = np.minimum(wanted, room), wanted <= room
    exact = kaplan_meier(TimeToSums.of(times, done))
    halves = [
        (LogBuckets.of(times[part & done]), LogBuckets.of(times[part & ~done]))
        for part in (np.arange(20_000) < 9_000, np.arange(20_000) >= 9_000)
    ]
    sketched = kaplan_meier(time_to_sums(halves[0][0] + halves[1][0], halves[0][1] + halves[1][1]))
    for q in (0.25, 0.5, 0.75):
        assert sketched.quantile(q).value == pytest.approx(exact.quantile(q).value, rel=0.021)
    assert sketched.restricted_mean(4 * 3_600).value == pytest.approx(exact.restricted_mean(4 * 3_600).value, rel=0.01)
    assert sketched.sums.n == 20_000


def test_a_time_of_nought_stays_one() -> None:
    sums = time_to_sums(LogBuckets.of([0, 0, 10]), LogBuckets.of([10]))
    assert sums.durations == pytest.approx([0, 10], rel=0.01)
    assert list(sums.finished) == [2, 1]
    assert list(sums.unfinished) == [0, 1]
