from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalkeeper.stats.anytime.bounded import anytime_bounded_mean
from goalkeeper.stats.estimate import Estimate, NoEstimate


def most_won(values: list[float], m: float) -> float:
    """The hedged capital of theorem 3 in plain words, for values in 0..1 and α = 0.05."""
    total, squares, variance, up, down, most = 0.0, 0.0, 0.25, 1.0, 1.0, 0.0
    for t, x in enumerate(values, start=1):
        bet = math.sqrt(2 * math.log(40) / (variance * t * math.log(1 + t)))
        up *= 1 + min(bet, 0.5 / m) * (x - m)
        down *= 1 - min(bet, 0.5 / (1 - m)) * (x - m)
        most = max(most, up / 2, down / 2)
        total += x
        squares += (x - (0.5 + total) / (t + 1)) ** 2
        variance = (0.25 + squares) / (t + 1)
    return most


@pytest.mark.parametrize("values", [[1.0] * 12, [0.75, 1.0, 0.5] * 20, [0.0, 0.25] * 15])
def test_what_is_left_out_has_won_twenty_times_the_stake(values: list[float]) -> None:
    found = anytime_bounded_mean(values, 0, 1)
    assert isinstance(found, Estimate)
    assert found.width < 0.7
    for limit, outward in ((found.low, -1), (found.high, 1)):
        if 0 < limit < 1:
            assert most_won(values, limit + outward * 1e-9) >= 20
            assert most_won(values, limit - outward / 500) < 20


@given(st.lists(st.integers(1, 5), min_size=1, max_size=60))
def test_turning_the_scale_mirrors_the_interval(values: list[int]) -> None:
    one, other = anytime_bounded_mean(values, 1, 5), anytime_bounded_mean([6 - v for v in values], 1, 5)
    assert isinstance(one, Estimate)
    assert isinstance(other, Estimate)
    assert 1 <= one.low <= one.value <= one.high <= 5
    assert one.low == pytest.approx(6 - other.high, abs=1e-9)
    assert one.high == pytest.approx(6 - other.low, abs=1e-9)


def test_it_narrows_and_uses_that_the_values_hardly_vary() -> None:
    rng = np.random.default_rng(1)
    varied = rng.integers(1, 6, 1_000)
    narrow, wide = anytime_bounded_mean([4, 4, 4, 5] * 250, 1, 5), anytime_bounded_mean(varied, 1, 5)
    assert narrow.width < 0.3 < wide.width < 0.6
    assert anytime_bounded_mean(varied[:100], 1, 5).width > wide.width


def test_what_has_no_interval() -> None:
    assert anytime_bounded_mean([], 1, 5) == NoEstimate("no_data")
    assert anytime_bounded_mean([3, math.nan], 1, 5) == NoEstimate("not_finite")
    with pytest.raises(ValueError, match="outside 1"):
        anytime_bounded_mean([6], 1, 5)
    with pytest.raises(ValueError, match="out of order"):
        anytime_bounded_mean([3], 5, 1)


@pytest.mark.slow
@pytest.mark.parametrize("shares", [(0.05, 0.05, 0.1, 0.3, 0.5), (0.01, 0.01, 0.01, 0.02, 0.95), (0.5, 0, 0, 0, 0.5)])
def test_answers_looked_at_one_by_one_are_wrong_in_at_most_one_run_of_twenty(shares: tuple[float, ...]) -> None:
    runs, rng, truth = 300, np.random.default_rng(2), float(np.dot(shares, np.arange(1, 6)))
    wrong = 0
    for _ in range(runs):
        # limits at the end are those of the most that was ever won, so one look sees all the earlier ones
        found = anytime_bounded_mean(rng.choice(np.arange(1, 6), 300, p=shares), 1, 5)
        wrong += not found.low <= truth <= found.high
    assert wrong <= 0.05 * runs
