from __future__ import annotations

import math

import numpy as np
import pytest

from goalkeeper.stats.anytime.mean import anytime_interval, evidence, stretched_level, widened
from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.stats.index import tango


def test_the_interval_leaves_out_0_just_when_the_evidence_is_20() -> None:
    for n in (100, 1_000, 40_000):
        half = anytime_interval(0, 1, n, tuned_for=1_000).high
        assert evidence(half, 1, n, tuned_for=1_000) == pytest.approx(20)
        assert half > 1.96
    assert evidence(100, 1, 10**6, tuned_for=1_000) == math.inf
    assert (evidence(1, 0, 10, tuned_for=9), evidence(0, 0, 10, tuned_for=9)) == (math.inf, 0)


def test_it_waits_for_a_hundred_rows() -> None:
    assert anytime_interval(1, 1, 0, tuned_for=500) == NoEstimate("no_data")
    assert anytime_interval(1, 1, 99, tuned_for=500) == NoEstimate("too_few", 99, 100)
    assert anytime_interval(1, math.nan, 100, tuned_for=500) == NoEstimate("not_finite")


def test_any_estimate_is_widened_by_the_same_factor_on_its_own_sides() -> None:
    plain = tango(700, 100, 1_000)
    found = widened(plain, tuned_for=1_000)
    symmetric = anytime_interval(0, 1, 1_000, tuned_for=1_000)
    assert isinstance(found, Estimate)
    factor = symmetric.high / 1.959964
    assert found.low == pytest.approx(plain.value - factor * (plain.value - plain.low))
    assert found.high == pytest.approx(plain.value + factor * (plain.high - plain.value))
    count = Estimate(500, None, None, 0.95, 500, "count")
    assert widened(count, tuned_for=9) == count
    assert widened(tango(7, 1, 10), tuned_for=9) == NoEstimate("too_few", 10, 100)


@pytest.mark.slow
def test_means_looked_at_every_day_of_null_years() -> None:
    years, rng, tuned_for = 2_000, np.random.default_rng(5), 3_650
    days = rng.exponential(1, (years, 365, 10)).astype(np.float64)
    n = np.arange(10, 3_651, 10)
    total, squares = days.sum(axis=2).cumsum(axis=1), (days**2).sum(axis=2).cumsum(axis=1)
    mean = total / n
    se = np.sqrt((squares - n * mean**2) / (n - 1) / n)
    looked = n >= 100
    # the same half-width as anytime_interval's, for all days at once
    half = np.array([anytime_interval(0, 1, int(each), tuned_for=tuned_for).high for each in n[looked]])
    wrong = (np.abs(mean - 1)[:, looked] > half * se[:, looked]).any(axis=1).mean()
    assert wrong <= 0.06
    assert isinstance(anytime_interval(1, se[0, -1], 3_650, tuned_for=tuned_for), Estimate)


def test_a_plain_interval_at_the_stretched_level_is_as_wide() -> None:
    level = stretched_level(1_000, tuned_for=500)
    assert 0.95 < level < 1
    assert tango(500, 500, 1_000, level).high == pytest.approx(
        anytime_interval(0, 1_000**-0.5, 1_000, tuned_for=500).high, rel=0.02
    )
    assert stretched_level(1_000, 0.8, tuned_for=500) < level
