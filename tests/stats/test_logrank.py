from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines.statistics import logrank_test

from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.stats.logrank import LogRank, log_rank
from goalkeeper.stats.sums import TimeToSums

ROWS = st.lists(st.tuples(st.integers(1, 12), st.booleans()), min_size=2, max_size=40)


@given(ROWS, ROWS)
def test_statistic_is_that_of_lifelines(one: list[tuple[int, bool]], other: list[tuple[int, bool]]) -> None:
    (t, e), (u, f) = (np.array(rows, dtype=float).T for rows in (one, other))
    result = log_rank(TimeToSums.of(t, e), TimeToSums.of(u, f))
    if isinstance(result, LogRank):
        oracle = logrank_test(t, u, e, f)
        assert result.chi_square == pytest.approx(oracle.test_statistic, abs=1e-8)
        assert result.p_value == pytest.approx(oracle.p_value, abs=1e-8)
    else:
        assert result.reason == "too_few"


def test_groups_that_are_the_same_do_not_differ() -> None:
    rows = TimeToSums.of([1, 2, 3, 4], [1, 1, 0, 1])
    assert log_rank(rows, rows) == LogRank(0.0, 1.0)


def test_without_a_common_time_there_is_no_test() -> None:
    early, late = TimeToSums.of([1, 2], [0, 0]), TimeToSums.of([5, 6], [1, 1])
    assert log_rank(early, late).words == "needs 1 time at which both groups wait, has 0"
    assert log_rank(TimeToSums.zero(), TimeToSums.zero()) == NoEstimate("no_data")
    assert log_rank(early, TimeToSums.of([np.inf], [1])) == NoEstimate("not_finite")
