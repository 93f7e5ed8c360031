from __future__ import annotations

import math

import numpy as np
import pytest

from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.stats.forecast.series import Series
from goalkeeper.stats.proportion import wilson
from goalkeeper.stats.total import COMPOUND_POISSON


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
    equal, some, many = (Estimate(5, 5 - half, 5 + half, 0.95, n, "t") for half, n in ((0, 3), (2, 3), (1, 12)))
    series = Series.of_results([equal, some, many])
    assert series.variances[0] == series.variances[1] == pytest.approx(4 * series.variances[2])
    assert (Series.of_results([equal, equal]).variances == 0).all()


def test_the_better_weeks_count_no_more_than_the_others() -> None:
    """A share near 1 has a narrow interval; the level of a steady share of 92 % is not 95 %."""
    rng = np.random.default_rng(3)
    hits, sizes = rng.binomial(25, 0.92, 400), np.full(400, 25)
    series = Series.of_results([wilson(int(k), int(n)) for k, n in zip(hits, sizes, strict=True)])
    assert series.pooled(0, 400) == pytest.approx(hits.sum() / sizes.sum())
    some = [wilson(9, 10), wilson(50, 100)]
    assert Series.of_results(some).pooled(0, 2) == pytest.approx(59 / 110)


def test_rows_of_a_total_are_what_it_measures() -> None:
    few, many = (Estimate(n * 10.0, n * 5.0, n * 15.0, 0.95, n, COMPOUND_POISSON) for n in (4, 40))
    assert Series.of_results([few, many]).pooled(0, 2) == pytest.approx(220)


def test_scatter_is_what_samples_do_not_explain() -> None:
    rng = np.random.default_rng(5)
    steady, bursts = rng.poisson(100, 4000), rng.poisson(100 * rng.gamma(20, 1 / 20, 4000))
    assert Series.of(steady, 100).scatter == pytest.approx(1, abs=0.06)
    assert Series.of(bursts, 100).scatter == pytest.approx(1 + 100 / 20, rel=0.1)  # 1 + λ/k of a gamma of shape k
    assert Series.of(np.arange(400.0), 100).scatter == 1  # a drift
    assert Series.of([1, np.nan, 3], 1).scatter == 1
    assert Series.of([1, 1], 0).scatter == 1


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
