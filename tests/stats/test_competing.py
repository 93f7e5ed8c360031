from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines import AalenJohansenFitter

from goalkeeper.stats.competing import aalen_johansen
from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.stats.sums import CountSums, TimeToSums
from goalkeeper.stats.survival import kaplan_meier

ROWS = st.lists(st.tuples(st.integers(1, 20), st.integers(0, 2)), min_size=1, max_size=60)


def split(rows: list[tuple[int, int]]) -> tuple[TimeToSums, CountSums]:
    """Rows of (time, what ended it): 1 the event, 2 the other, 0 still waiting."""
    event = [(t, code == 1) for t, code in rows if code != 2]
    times = TimeToSums.of([t for t, _ in event], [done for _, done in event])
    return times, CountSums.of([t for t, code in rows if code == 2])


def test_shares_and_errors_are_those_of_lifelines() -> None:
    rng = np.random.default_rng(1)
    times, codes = rng.permutation(200) + 1.0, rng.integers(0, 3, 200)
    oracle = AalenJohansenFitter(calculate_variance=True).fit(times, codes, event_of_interest=1)
    found = aalen_johansen(*split(list(zip(times, codes, strict=True))))
    at = found.either.times
    assert found.share == pytest.approx(oracle.cumulative_density_.loc[at, "CIF_1"].to_numpy())
    # but for the last time, where all that are left finish and lifelines divides by 0
    theirs = np.sqrt(oracle.variance_.loc[at].to_numpy().ravel())
    assert found.standard_error[:-1] == pytest.approx(theirs[:-1])


@given(rows=ROWS)
def test_both_shares_and_those_waiting_add_up_to_everyone(rows: list[tuple[int, int]]) -> None:
    one = aalen_johansen(*split(rows))
    other = aalen_johansen(*split([(t, (0, 2, 1)[code]) for t, code in rows]))
    assert one.share + other.share + one.either.survival == pytest.approx(np.ones(one.share.size))
    for at in range(21):
        found = one.within(at)
        if isinstance(found, Estimate):
            assert -1e-12 <= found.low <= found.value + 1e-12
            assert found.value <= found.high + 1e-12 <= 1 + 2e-12


def test_without_another_event_it_is_kaplan_meier() -> None:
    sums = TimeToSums.of([1, 2, 2, 5, 7], [True, True, False, True, False])
    one, plain = aalen_johansen(sums, CountSums.zero()).within(5), kaplan_meier(sums).finished_within(5)
    assert (one.value, one.low, one.high) == pytest.approx((plain.value, plain.low, plain.high))


def test_by_hand_the_other_event_is_no_waiting() -> None:
    # of four, one has the event at 1, one is merged at 2, one has the event at 3, one waits
    sums, merged = TimeToSums.of([1, 3, 4], [True, True, False]), CountSums.of([2])
    found = aalen_johansen(sums, merged)
    assert found.within(3).value == pytest.approx(1 / 4 + 1 / 2 * 1 / 2)
    assert found.within(0.5).value == 0
    assert found.within(4.5) == NoEstimate("not_followed", 4, 4.5)
    assert aalen_johansen(TimeToSums.zero(), CountSums.zero()).within(1) == NoEstimate("no_data")


@pytest.mark.slow
def test_the_interval_covers() -> None:
    rng, runs, hits = np.random.default_rng(2), 1_500, 0
    truth = 2 / 3 * (1 - np.exp(-1.5))  # rates 1 and ½: two thirds of those that ended by 1 had the event
    for _ in range(runs):
        first, second, leave = rng.exponential(1, 100), rng.exponential(2, 100), rng.uniform(0.5, 4, 100)
        time = np.minimum(np.minimum(first, second), leave)
        codes = np.where(time == first, 1, np.where(time == second, 2, 0))
        found = aalen_johansen(*split(list(zip(time, codes, strict=True)))).within(1)
        hits += found.low <= truth <= found.high
    assert hits / runs == pytest.approx(0.95, abs=0.015)
