"""The mean with the extremes pulled in: a second number beside the mean, never instead of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.mean import bootstrap_t
from goalkeeper.stats.quantile import quantile_rank
from goalkeeper.stats.sums import CountSums

EXTREMES = 0.01
"""The share of rows on each side that is pulled in."""


def winsorized_mean(sums: CountSums, extremes: float = EXTREMES, level: float = 0.95, *, seed: int = 1) -> Result:
    """The mean after every value beyond the 1 and 99 % quantiles is set to them, with bootstrap-t limits.

    The limits speak of the mean of a world so trimmed, so label it. Under 1/extremes rows nothing is pulled in.
    Tukey (1962), Ann. Math. Stat. 33:1.
    """
    if not sums.finite:
        return NoEstimate("not_finite")
    if sums.n:
        rank = quantile_rank(sums.n, 1 - extremes)
        # symmetric ranks: as many rows are pulled in on either side
        sums = CountSums.of(np.clip(sums.values, sums.at_rank(sums.n + 1 - rank), sums.at_rank(rank)), sums.counts)
    result = bootstrap_t(sums, level, seed=seed)
    if isinstance(result, Estimate):
        return replace(result, method=f"winsorised at {extremes:.0%} and {1 - extremes:.0%}, {result.method}")
    return result
