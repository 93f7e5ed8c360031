"""Kaplan–Meier where rows came into view late, as customers older than the data."""

from __future__ import annotations

import numpy as np
import pytest
from lifelines import KaplanMeierFitter

from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.stats.sums import CountSums, TimeToSums
from goalkeeper.stats.survival import kaplan_meier


def rows(seed: int, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times of entry, of leaving the view, and whether for good, of n customers that were ever in view."""
    rng = np.random.default_rng(seed)
    lasting, age = rng.exponential(10, 20 * n), rng.uniform(-10, 15, 20 * n).clip(0)
    seen = np.flatnonzero(lasting > age)[:n]
    lasting, age = lasting[seen], age[seen]
    until = age + rng.uniform(2, 8, n)
    return age, np.minimum(lasting, until), lasting <= until


def test_the_curve_is_that_of_lifelines() -> None:
    age, left, gone = rows(1, 300)
    found = kaplan_meier(TimeToSums.of(left, gone), CountSums.of(age))
    oracle = KaplanMeierFitter().fit(left, gone, entry=age)
    assert found.problem is None
    assert found.survival == pytest.approx(oracle.survival_function_.loc[found.times, "KM_estimate"].to_numpy())


def test_all_entering_at_the_start_is_plain_kaplan_meier() -> None:
    sums = TimeToSums.of([0, 1, 2, 2, 5], [True, True, False, True, True])
    plain, late = kaplan_meier(sums), kaplan_meier(sums, CountSums.of(np.zeros(5)))
    assert (late.survival == plain.survival).all()
    assert (late.at_risk == plain.at_risk).all()
    assert late.finished_within(0) == plain.finished_within(0)


def test_ignoring_that_old_customers_had_to_last_flatters() -> None:
    age, left, gone = rows(2, 4_000)
    right = kaplan_meier(TimeToSums.of(left, gone), CountSums.of(age)).finished_within(10)
    naive = kaplan_meier(TimeToSums.of(left, gone)).finished_within(10)
    assert isinstance(right, Estimate)
    assert right.low < 1 - np.exp(-1) < right.high
    assert naive.high < right.low


def test_a_curve_that_would_stay_at_nought_is_refused() -> None:
    # the only customer in view from the start leaves before the others come into view
    found = kaplan_meier(TimeToSums.of([1, 9, 9], [True, True, False]), CountSums.of([0, 2, 2]))
    assert found.problem == NoEstimate("too_few", 1, 2, "in view early on")
    assert found.quantile(0.5) == found.problem


@pytest.mark.parametrize(
    ("entered", "problem"),
    [([0], NoEstimate("impossible", 1, 2)), ([0, -1], NoEstimate("negative")), ([0, np.nan], NoEstimate("not_finite"))],
)
def test_entries_that_cannot_be(entered: list[float], problem: NoEstimate) -> None:
    assert kaplan_meier(TimeToSums.of([1, 2], [True, True]), CountSums.of(entered)).problem == problem
