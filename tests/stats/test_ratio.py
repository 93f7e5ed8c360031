from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.stats.mean import t_interval
from goalkeeper.stats.ratio import ratio_of_sums
from goalkeeper.stats.sums import MeanSums, RatioSums


def test_textbook_sums() -> None:
    # x = 1, 2, 4, y = 2, 2, 6: R = 0.7, x−Ry = −0.4, 0.6, −0.2, s² = 0.28; √(3·0.28)/10·4.3026527.
    result = ratio_of_sums(RatioSums.of([1, 2, 4], [2, 2, 6]))
    assert result.low == -math.inf  # y: 3.33 ± 5.74 cannot be told from 0
    result = ratio_of_sums(RatioSums.of([1, 2, 4] * 4, [2, 2, 6] * 4))
    half = 2.2009852 * math.sqrt(12 * (4 * 0.56 / 11)) / 40
    assert (result.value, result.low, result.high) == pytest.approx((0.7, 0.7 - half, 0.7 + half))


@given(st.lists(st.floats(-1e4, 1e4), min_size=2, max_size=30))
def test_over_ones_it_is_the_mean(values: list[float]) -> None:
    ratio, mean = ratio_of_sums(RatioSums.of(values, np.ones(len(values)))), t_interval(MeanSums.of(values))
    size = max(map(abs, values))
    assert (ratio.value, ratio.low, ratio.high) == pytest.approx(
        (mean.value, mean.low, mean.high), rel=1e-6, abs=2e-5 * size + 1e-9
    )


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(50, 60)), min_size=3, max_size=30))
def test_units_of_the_columns_only_scale_the_result(rows: list[tuple[int, int]]) -> None:
    x, y = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    hours, minutes = ratio_of_sums(RatioSums.of(x, y)), ratio_of_sums(RatioSums.of(x * 60, y))
    assert (minutes.value, minutes.low, minutes.high) == pytest.approx(
        (hours.value * 60, hours.low * 60, hours.high * 60), rel=1e-6, abs=1e-4
    )


def test_proportional_columns_have_no_limits() -> None:
    y = np.array([0.1, 0.3, 0.35, 0.2, 0.3])
    result = ratio_of_sums(RatioSums.of(y * 0.7, y))
    assert (result.value, result.low, result.high) == (pytest.approx(0.7), -math.inf, math.inf)
    assert result.note == "every row has the same ratio"


def test_a_shaky_denominator_opens_both_sides() -> None:
    result = ratio_of_sums(RatioSums.of([1, 0, 0, 0], [5, 0, 0, 0]))
    assert (result.value, result.low, result.high) == (0.2, -math.inf, math.inf)
    assert "denominator" in result.note


def test_nothing_to_divide_by_gives_no_estimate() -> None:
    assert ratio_of_sums(RatioSums.zero()) == NoEstimate("no_data")
    assert ratio_of_sums(RatioSums.of([1], [1])) == NoEstimate("too_few", 1, 2)
    assert ratio_of_sums(RatioSums.of([1, 2], [0, 0])) == NoEstimate("no_denominator")
    assert ratio_of_sums(RatioSums.of([1, 2], [1, -1])) == NoEstimate("no_denominator")
    assert ratio_of_sums(RatioSums.of([1e300, 2], [1e-300, 1e-300])) == NoEstimate("not_finite")
    assert ratio_of_sums(RatioSums.of([1, math.inf], [1, 1])) == NoEstimate("not_finite")
    assert ratio_of_sums(RatioSums(-1, 1, 1, 1, 1, 1)) == NoEstimate("impossible", -1, -1)
