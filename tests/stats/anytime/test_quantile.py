from __future__ import annotations

import math

import numpy as np
import pytest

from goalkeeper.stats.anytime.quantile import anytime_quantile, anytime_ranks
from goalkeeper.stats.anytime.share import anytime_share
from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.stats.quantile import order_ranks, quantile
from goalkeeper.stats.sums import CountSums


@pytest.mark.parametrize("q", [0.1, 0.5, 0.9])
def test_ranks_are_the_counts_whose_share_interval_holds_q(q: float) -> None:
    for n in (1, 7, 40, 300):
        low, high = anytime_ranks(n, q, tuned_for=100)
        holds = [k for k in range(n + 1) if (one := anytime_share(k, n, tuned_for=100)).low <= q <= one.high]
        assert (low, high) == (holds[0], holds[-1] + 1)


def test_it_holds_the_plain_interval_inside() -> None:
    rows = CountSums.of(np.random.default_rng(1).lognormal(0, 1.5, 900))
    for q in (0.5, 0.9):
        plain, running = quantile(rows, q), anytime_quantile(rows, q)
        assert isinstance(running, Estimate)
        assert running.value == plain.value
        assert running.low < plain.low < plain.high < running.high
        assert order_ranks(900, q)[0] > anytime_ranks(900, q)[0]


def test_few_rows_have_no_limit_and_none_no_quantile() -> None:
    few = anytime_quantile(CountSums.of([1, 2, 3]), 0.9)
    assert isinstance(few, Estimate)
    assert (few.low, few.high) == (-math.inf, math.inf)
    assert anytime_quantile(CountSums.zero(), 0.5) == NoEstimate("no_data")
    assert anytime_quantile(CountSums.of([math.nan]), 0.5) == NoEstimate("not_finite")


@pytest.mark.slow
@pytest.mark.parametrize("q", [0.5, 0.9])
def test_a_median_looked_at_every_day_of_null_years(q: float) -> None:
    """Of 400 years of 365 days with 10 rows, at most 5 % ever leave the truth out; whole numbers bring ties."""
    rng, years = np.random.default_rng(3), 400
    rows = rng.geometric(0.05, (years, 3_650))
    truth = math.ceil(math.log(1 - q) / math.log(0.95))
    days = np.arange(10, 3_651, 10)
    ranks = [anytime_ranks(int(n), q, tuned_for=3_650) for n in days]
    wrong = 0
    for year in rows:
        below, up_to = np.cumsum(year < truth)[days - 1], np.cumsum(year <= truth)[days - 1]
        # the lower limit lies above the truth if fewer than its rank are up to it, the upper one below if enough are
        wrong += any(up < low or down >= high for up, down, (low, high) in zip(up_to, below, ranks, strict=True))
    assert wrong <= 0.05 * years
