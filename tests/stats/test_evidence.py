"""What holds for every method: more of the same evidence never widens, and no input gives nan or a warning."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goalkeeper.stats import index, mean, proportion
from goalkeeper.stats.difference import difference
from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.quantile import order_ranks, quantile
from goalkeeper.stats.rate import poisson_rate
from goalkeeper.stats.ratio import ratio_of_sums
from goalkeeper.stats.sketch import LogBuckets
from goalkeeper.stats.sums import CountSums, IndexSums, MeanSums, RateSums, RatioSums, ShareSums, TimeToSums
from goalkeeper.stats.survival import kaplan_meier

Rows = list[tuple[int, int]]
ROWS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 40)), min_size=2, max_size=25)


def share_sums(rows: Rows) -> ShareSums:
    return ShareSums(len(rows), sum(a % 2 for a, _ in rows))


def index_sums(rows: Rows) -> IndexSums:
    return IndexSums(len(rows), sum(a % 3 == 1 for a, _ in rows), sum(a % 3 == 2 for a, _ in rows))


def ratio_sums(rows: Rows) -> RatioSums:
    return RatioSums.of([a for a, _ in rows], [b for _, b in rows])


def count_sums(rows: Rows) -> CountSums:
    return CountSums.of([a for a, _ in rows])


def time_sums(rows: Rows) -> TimeToSums:
    return TimeToSums.of([b for _, b in rows], [a % 4 > 0 for a, _ in rows])


# Each method with the sums it takes; bootstrap-t stands apart, for its limits are drawn.
METHODS: dict[str, tuple[Callable[[Rows], Any], Callable[[Any], Result]]] = {
    "Wilson": (share_sums, lambda s: proportion.wilson(s.k, s.n)),
    "Clopper": (share_sums, lambda s: proportion.clopper_pearson(s.k, s.n)),
    "Jeffreys": (share_sums, lambda s: proportion.jeffreys(s.k, s.n)),
    "Tango": (index_sums, lambda s: index.tango(s.plus, s.minus, s.n)),
    "adjusted Wald": (index_sums, lambda s: index.adjusted_wald(s.plus, s.minus, s.n)),
    "t": (count_sums, lambda s: mean.t_interval(s.mean_sums())),
    "ratio": (ratio_sums, ratio_of_sums),
    "rate": (lambda rows: RateSums(len(rows), sum(b for _, b in rows)), poisson_rate),
    "median": (count_sums, lambda s: quantile(s, 0.5)),
    "p90": (count_sums, lambda s: quantile(s, 0.9)),
    "sketch": (lambda rows: LogBuckets.of([b for _, b in rows]), lambda s: s.quantile(0.5)),
    "KM median": (time_sums, lambda s: kaplan_meier(s).quantile(0.5)),
    "KM share": (time_sums, lambda s: kaplan_meier(s).finished_within(10)),
    "KM mean": (time_sums, lambda s: kaplan_meier(s).restricted_mean(10)),
}


@pytest.mark.parametrize("name", METHODS)
@given(rows=ROWS)
def test_the_same_data_twice_never_widens(name: str, rows: Rows) -> None:
    of, method = METHODS[name]
    sums = of(rows)
    once, twice = method(sums), method(sums + sums)
    if isinstance(once, NoEstimate):
        assert isinstance(twice, NoEstimate)
        return
    assert twice.value == pytest.approx(once.value, rel=1e-9, abs=1e-12)
    assert twice.low >= once.low - 1e-9
    assert twice.high <= once.high + 1e-9
    assert twice.n == 2 * once.n


@pytest.mark.parametrize("q", [0.1, 0.5, 0.75, 0.9, 0.95])
def test_ranks_of_twice_the_rows_lie_inside(q: float) -> None:
    for n in range(1, 400):
        (low, high), (low_twice, high_twice) = order_ranks(n, q), order_ranks(2 * n, q)
        assert math.ceil(low_twice / 2) >= low
        assert math.ceil(high_twice / 2) <= high


@pytest.mark.parametrize("name", METHODS)
@given(rows=ROWS, more=ROWS)
def test_any_two_results_have_a_difference_without_nan(name: str, rows: Rows, more: Rows) -> None:
    of, method = METHODS[name]
    one, other = method(of(rows)), method(of(more))
    if isinstance(one, Estimate) and isinstance(other, Estimate):
        d = difference(one, other)
        assert d.low <= d.value <= d.high


ODD = [0, 1, -1, 0.5, 1e-320, 1e-9, 1e9, -1e9, 1e155, 1e300, -1e300, math.inf, -math.inf, math.nan]


@settings(max_examples=400)
@given(st.lists(st.sampled_from(ODD), min_size=1, max_size=5))
def test_odd_values_give_no_nan_and_no_warning(values: list[float]) -> None:
    sums, times = CountSums.of(values), TimeToSums.of(values, [True, False, True, True, False][: len(values)])
    curve, near = kaplan_meier(times), np.nan_to_num(values, posinf=5, neginf=2)
    results = [
        quantile(sums, 0.5),
        quantile(sums, 0.01),
        mean.t_interval(MeanSums.of(values)),
        mean.bootstrap_t(sums, resamples=99),
        ratio_of_sums(RatioSums.of(values, values[::-1])),
        ratio_of_sums(RatioSums.of(values, np.ones(len(values)))),
        poisson_rate(RateSums(3, values[0])),
        curve.quantile(0.5),
        curve.finished_within(1),
        curve.restricted_mean(1),
        LogBuckets.of(near).quantile(0.5),
    ]
    # Building an Estimate refuses nan, and pytest turns warnings into errors: arriving here is the proof.
    assert all(isinstance(result, Estimate | NoEstimate) for result in results)
    if not np.isfinite(values).all():
        assert results[0] == results[1] == NoEstimate("not_finite")


@pytest.mark.parametrize(("k", "n"), list(itertools.product([-1, 0, 1, 2, 10**9, 10**12], repeat=2)))
def test_odd_counts_give_an_estimate_or_its_reason(k: int, n: int) -> None:
    methods = [proportion.wilson, proportion.clopper_pearson, proportion.jeffreys]
    for result in [method(k, n) for method in methods] + [index.tango(k, 0, n), index.tango(0, k, n)]:
        if 0 <= k <= n and n > 0:
            assert isinstance(result, Estimate)
            assert -1 <= result.low <= result.value <= result.high <= 1
        else:
            assert isinstance(result, NoEstimate)
            assert result.reason == ("no_data" if k == n == 0 else "impossible")
