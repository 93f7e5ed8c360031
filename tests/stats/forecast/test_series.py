from __future__ import annotations

import math

import numpy as np
import pytest

from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.stats.forecast.series import Series
from goalkeeper.stats.proportion import wilson


def test_shares_have_the_variance_of_their_sample_and_empty_periods_none() -> None:
    series = Series.of_shares([30, 0, 50], [100, 0, 100], dispersion=2)
    p = 80.5 / 201
    assert series.values == pytest.approx([0.3, np.nan, 0.5], nan_ok=True)
    assert series.variances == pytest.approx([2 * p * (1 - p) / 100, np.nan, 2 * p * (1 - p) / 100], nan_ok=True)
    assert series.points == 2
    assert Series.of_shares([9, 9], 9).variances == pytest.approx(18.5 / 19 * 0.5 / 19 / 9)


def test_results_give_the_variance_of_their_interval_and_open_ones_no_value() -> None:
    results = [
        wilson(50, 100),
        NoEstimate("no_data"),
        Estimate(3, 1, math.inf, 0.95, 9, "order statistics"),
        Estimate(40, None, None, 0.95, 40, "count"),
    ]
    series = Series.of_results(results)
    assert series.values == pytest.approx([0.5, np.nan, np.nan, 40], nan_ok=True)
    assert series.variances[0] == pytest.approx(0.25 / 100, rel=0.05)
    assert series.variances[3] == 0


def test_a_few_equal_rows_are_no_certainty() -> None:
    equal, some, many = (Estimate(5, 5 - half, 5 + half, 0.95, 3, "t") for half in (0, 2, 1))
    series = Series.of_results([equal, some, many])
    assert series.variances[0] == series.variances[1] > series.variances[2]
    assert (Series.of_results([equal, equal]).variances == 0).all()


def test_pooled_periods_weigh_by_rows_or_alike_where_there_is_no_noise() -> None:
    assert Series.of_shares([10, 0, 90], [100, 0, 300]).pooled(0, 3) == pytest.approx(0.25)
    assert Series.of([1, 5], 0).pooled(0, 2) == 3
    assert math.isnan(Series.of_shares([0, 1], [0, 1]).pooled(0, 1))


@pytest.mark.parametrize(("values", "variances"), [([1, math.inf], [1, 1]), ([1, 2], [1, -1]), ([1, 2], [1, math.nan])])
def test_what_is_no_series(values: list[float], variances: list[float]) -> None:
    with pytest.raises(ValueError, match="finite"):
        Series.of(values, variances)
    with pytest.raises(ValueError, match="between 0"):
        Series.of_shares([3], [2])
