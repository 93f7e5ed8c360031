"""Whether two groups finish at the same pace."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.stats.sums import Counts, Floats, TimeToSums


@dataclass(frozen=True, slots=True)
class LogRank:
    """χ² with one degree of freedom, and the chance of one so large if the groups do not differ."""

    chi_square: float
    p_value: float


def log_rank(one: TimeToSums, other: TimeToSums) -> LogRank | NoEstimate:
    """(Σ(d₁−dY₁/Y))²/Σ dY₁Y₂(Y−d)/(Y²(Y−1)) over the times either group has someone finishing.

    Mantel (1966), Cancer Chemother. Rep. 50:163. NoEstimate where no time has both groups at risk.
    """
    both = one + other
    if both.n == 0:
        return NoEstimate("no_data")
    if not np.isfinite(both.durations).all():
        return NoEstimate("not_finite")
    times, d = both.durations[both.finished > 0], both.finished[both.finished > 0].astype(np.float64)
    y_one, y = _at_risk(one, times), _at_risk(both, times)
    share = y_one / y
    d_one = np.zeros_like(d)
    d_one[np.isin(times, one.durations)] = one.finished[np.isin(one.durations, times)]
    variance = float(np.sum(d * share * (1 - share) * (y - d) / np.maximum(y - 1, 1)))
    if variance == 0:
        return NoEstimate("too_few", 0, 1, "time at which both groups wait")
    chi_square = float(np.sum(d_one - d * share)) ** 2 / variance
    return LogRank(chi_square, float(chdtrc(1, chi_square)))


def _at_risk(sums: TimeToSums, times: Floats) -> Floats:
    """How many of a group are still followed just before each time."""
    gone: Counts = np.r_[0, np.cumsum(sums.finished + sums.unfinished)]
    return (sums.n - gone[np.searchsorted(sums.durations, times)]).astype(np.float64)
