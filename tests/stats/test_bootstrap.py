"""Limits from resampled pieces: those of a mean agree with theory, and what has no number opens them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from goalkeeper.stats.bootstrap import bootstrap_of_sums
from goalkeeper.stats.sums import Floats


def mean(sums: Floats) -> Floats:
    return sums[:, 0] / sums[:, 1]


def pieces(seed: int, count: int) -> Floats:
    values = np.random.default_rng(seed).normal(10, 3, count)
    return np.column_stack([values, np.ones(count)])


def test_the_limits_of_a_mean_are_those_of_theory() -> None:
    sample = pieces(3, 4000)
    low, high = bootstrap_of_sums(sample, mean)
    centre, half = sample[:, 0].mean(), 1.96 * sample[:, 0].std(ddof=1) / math.sqrt(4000)
    # Each limit is a quantile of 999 resamples: its own error is about a tenth of the half width.
    assert (low, high) == pytest.approx((centre - half, centre + half), abs=0.3 * half)


def test_the_same_pieces_give_the_same_limits() -> None:
    assert bootstrap_of_sums(pieces(1, 30), mean) == bootstrap_of_sums(pieces(1, 30), mean)
    assert bootstrap_of_sums(pieces(1, 30), mean) != bootstrap_of_sums(pieces(1, 30), mean, seed=2)


def test_a_wider_level_gives_wider_limits() -> None:
    narrow, wide = (bootstrap_of_sums(pieces(1, 60), mean, level) for level in (0.8, 0.99))
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


def test_where_some_resamples_have_no_number_the_limits_are_open() -> None:
    few = np.array([[1.0, 1.0], [2.0, 0.0], [3.0, 0.0]])  # 8 of 27 resamples divide by nothing
    with np.errstate(all="ignore"):
        low, high = bootstrap_of_sums(few, lambda sums: np.where(sums[:, 1] > 0, sums[:, 0], np.nan))
    assert (low, high) == (-math.inf, math.inf)


def test_one_piece_has_no_spread() -> None:
    assert bootstrap_of_sums(np.array([[6.0, 2.0]]), mean) == (3, 3)
