from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.stats.quantile import order_ranks, quantile, quantile_rank, rows_for_both_limits
from goalkeeper.stats.sums import CountSums

Q = st.sampled_from([0.1, 0.25, 0.5, 0.7, 0.75, 0.9, 0.95, 0.99])


@given(values=st.lists(st.integers(-5, 30), min_size=1, max_size=80), q=Q)
def test_value_is_numpys_inverted_cdf(values: list[int], q: float) -> None:
    assert quantile(CountSums.of(values), q).value == np.quantile(values, q, method="inverted_cdf")


@given(values=st.lists(st.integers(0, 9), min_size=1, max_size=60), q=Q, level=st.sampled_from([0.8, 0.95]))
def test_limits_are_the_rows_of_those_ranks(values: list[int], q: float, level: float) -> None:
    rows = [-math.inf, *sorted(values), math.inf]
    low, high = order_ranks(len(values), q, level)
    result = quantile(CountSums.of(values), q, level)
    assert (result.low, result.high) == (rows[low], rows[high])
    assert result.low <= result.value <= result.high


@given(n=st.integers(1, 3_000), q=Q, level=st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_ranks_are_binomial_quantiles_and_cover_the_level(n: int, q: float, level: float) -> None:
    low, high = order_ranks(n, q, level)
    a = (1 - level) / 2
    assert low == binom.ppf(a, n, q)
    assert high == binom.ppf(1 - a, n, q) + 1
    assert binom.cdf(high - 1, n, q) - binom.cdf(low - 1, n, q) >= level - 1e-9


def test_ranks_of_a_thousand_million_rows() -> None:
    n = 10**9
    low, high = order_ranks(n, 0.9)
    half = 1.959964 * math.sqrt(n * 0.09)
    assert (low, high) == pytest.approx((0.9 * n - half, 0.9 * n + half + 1), abs=2)
    assert quantile_rank(n, 0.9) == 9 * 10**8


@pytest.mark.parametrize(("n", "q", "rank"), [(100, 0.55, 55), (30, 0.1, 3), (10, 0.9, 9), (11, 0.5, 6), (1, 0.01, 1)])
def test_rank_is_free_of_rounding_error(n: int, q: float, rank: int) -> None:
    assert quantile_rank(n, q) == rank


@pytest.mark.parametrize("q", [0.05, 0.1, 0.5, 0.9, 0.95])
def test_note_says_how_many_rows_two_limits_take(q: float) -> None:
    need = rows_for_both_limits(q)
    enough = quantile(CountSums.of(np.arange(need)), q)
    assert math.isfinite(enough.low)
    assert math.isfinite(enough.high)
    assert enough.note == ""
    short = quantile(CountSums.of(np.arange(need - 1)), q)
    assert short.width == math.inf
    assert short.note == f"limits on both sides need {need} rows"


def test_one_value_says_nothing_of_either_side() -> None:
    result = quantile(CountSums.of([42]), 0.5)
    assert (result.value, result.low, result.high) == (42, -math.inf, math.inf)


def test_what_is_no_data_gives_no_estimate() -> None:
    assert quantile(CountSums.zero(), 0.5) == NoEstimate("no_data")
    assert quantile(CountSums.of([1, math.inf]), 0.5) == NoEstimate("not_finite")
    assert quantile(CountSums.of([1, math.nan]), 0.5) == NoEstimate("not_finite")


@pytest.mark.parametrize("q", [0, 1, 90])
def test_q_is_a_share(q: float) -> None:
    with pytest.raises(ValueError, match="quantile lies"):
        quantile(CountSums.of([1, 2]), q)
