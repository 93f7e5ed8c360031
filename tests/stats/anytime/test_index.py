from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalkeeper.stats.anytime.index import anytime_index
from goalkeeper.stats.anytime.share import anytime_share
from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.stats.index import tango


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 40))
def test_it_holds_its_value_mirrors_and_is_wider_than_the_plain_one(plus: int, minus: int, rest: int) -> None:
    n = plus + minus + rest
    found, mirrored = anytime_index(plus, minus, n), anytime_index(minus, plus, n)
    assert isinstance(found, Estimate)
    assert isinstance(mirrored, Estimate)
    plain = tango(plus, minus, n)
    assert -1 <= found.low <= plain.low <= found.value <= plain.high <= found.high <= 1
    assert found.low == pytest.approx(-mirrored.high, abs=1e-12)


def test_without_detractors_it_is_wider_than_the_share_by_one_look_at_them() -> None:
    found, share = anytime_index(30, 0, 40), anytime_share(30, 40, 0.975)
    assert (found.value, found.high) == (0.75, share.high)
    assert found.low < share.low


def test_what_has_no_interval() -> None:
    assert anytime_index(0, 0, 0) == NoEstimate("no_data")
    assert anytime_index(3, 2, 4) == NoEstimate("impossible", 5, 4)


@pytest.mark.slow
def test_answers_looked_at_one_by_one_are_wrong_in_at_most_one_run_of_twenty() -> None:
    runs, n, rng = 150, 100, np.random.default_rng(3)
    wrong = 0
    for _ in range(runs):
        drawn = rng.choice([1, 0, -1], n, p=[0.5, 0.2, 0.3])
        plus, minus = np.cumsum(drawn == 1).tolist(), np.cumsum(drawn == -1).tolist()
        looks = [anytime_index(plus[at], minus[at], at + 1) for at in range(n)]
        wrong += any(not look.low <= 0.2 <= look.high for look in looks)
    assert wrong <= 0.05 * runs
