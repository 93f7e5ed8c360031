from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats.mstats import winsorize

from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.stats.mean import bootstrap_t
from goalkeeper.stats.sums import CountSums
from goalkeeper.stats.winsorized import winsorized_mean


def test_extremes_are_pulled_in_as_scipy_pulls_them() -> None:
    rows = np.random.default_rng(1).lognormal(0, 2, 500)
    found = winsorized_mean(CountSums.of(rows))
    assert isinstance(found, Estimate)
    # the 99 % quantile of 500 rows is the 495th, so the five rows above it are set to it
    assert found.value == pytest.approx(float(winsorize(rows, (0.01, 0.01)).mean()))
    assert found.value < rows.mean()
    assert found.method.startswith("winsorised at 1% and 99%, bootstrap-t")
    assert found.n == 500


def test_a_few_rows_lose_nothing_and_odd_ones_are_refused() -> None:
    few = CountSums.of([1, 2, 3, 400])
    assert winsorized_mean(few).value == bootstrap_t(few).value
    assert winsorized_mean(CountSums.of([])) == NoEstimate("no_data")
    assert winsorized_mean(CountSums.of([1, math.inf])) == NoEstimate("not_finite")
