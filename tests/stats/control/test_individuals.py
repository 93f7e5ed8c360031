from __future__ import annotations

import math

import numpy as np
import pytest

from goalkeeper.stats.control.individuals import XmR, lag_one, xmr
from goalkeeper.stats.estimate import NoEstimate


def test_limits_stand_three_ranges_off_the_mean_and_mark_what_lies_beyond() -> None:
    chart = xmr([10, 12] * 10)
    assert isinstance(chart, XmR)
    assert (chart.centre, chart.mean_range) == (11, 2)
    assert chart.high == pytest.approx(11 + 3 * 2 / 1.128)
    assert list(chart.outside([chart.high, chart.high + 1e-9, chart.low - 1e-9, math.nan])) == [
        False,
        True,
        True,
        False,
    ]


def test_too_few_points_have_no_limits_and_missing_ones_do_not_count() -> None:
    assert xmr([1, 2] * 9 + [math.nan] * 5) == NoEstimate("too_few", 18, 20, "points")
    assert xmr([1, math.inf] * 10) == NoEstimate("not_finite")


def test_lag_one_of_a_row_that_rises_falls_and_stands_still() -> None:
    assert lag_one(np.arange(100)) == pytest.approx(0.97, abs=0.005)
    assert lag_one([1, -1] * 50) == pytest.approx(-0.99)
    assert lag_one([3, 3, 3]) == lag_one([]) == 0
