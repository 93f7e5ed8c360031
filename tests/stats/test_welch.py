from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_ind

from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.stats.sums import MeanSums
from goalkeeper.stats.welch import welch, welch_p_value

ROWS = st.lists(st.integers(-50, 50), min_size=2, max_size=40).filter(lambda rows: len(set(rows)) > 1)


@given(now=ROWS, before=ROWS, level=st.sampled_from([0.8, 0.95]))
def test_limits_are_those_of_scipy(now: list[int], before: list[int], level: float) -> None:
    found = welch(MeanSums.of(now), MeanSums.of(before), level)
    oracle = ttest_ind(now, before, equal_var=False).confidence_interval(level)
    assert isinstance(found, Estimate)
    assert (found.low, found.high) == pytest.approx((oracle.low, oracle.high), rel=1e-9, abs=1e-9)
    assert found.value == pytest.approx(np.mean(now) - np.mean(before))


def test_groups_without_spread_or_rows() -> None:
    same = welch(MeanSums.of([3, 3]), MeanSums.of([1, 1]))
    assert isinstance(same, Estimate)
    assert (same.value, same.low, same.high) == (2, -math.inf, math.inf)
    assert same.note == "all values of a group are equal"
    assert welch(MeanSums.of([3, 4]), MeanSums.of([1])) == NoEstimate("too_few", 1, 2)
    assert welch(MeanSums.zero(), MeanSums.of([1, 2])) == NoEstimate("no_data")


@given(now=ROWS, before=ROWS)
def test_the_p_value_is_that_of_scipy(now: list[int], before: list[int]) -> None:
    expected = ttest_ind(now, before, equal_var=False).pvalue
    assert welch_p_value(MeanSums.of(now), MeanSums.of(before)) == pytest.approx(expected, rel=1e-7)
    assert welch_p_value(MeanSums.of(now), MeanSums.of(before), wider=2) >= expected


def test_p_values_without_spread() -> None:
    same, other = MeanSums.of([3, 3]), MeanSums.of([1, 1])
    assert (welch_p_value(same, other), welch_p_value(same, same)) == (1, 1)
