"""The sum of a value over the rows of a period, as the revenue that service brought in."""

from __future__ import annotations

import math

from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.level import normal_quantile

COMPOUND_POISSON = "compound Poisson"


def compound_poisson(n: int, x: float, xx: float, level: float = 0.95) -> Result:
    """Σx ± z·√Σx²: rows come at random, each with its value; too narrow where they come in bursts.

    The variance of a compound Poisson sum is the expected Σx² (Ross, Introduction to Probability Models, 5.4.2).
    Where no value is negative, neither is the lower limit.
    """
    if not n:
        return NoEstimate("no_data")
    if not (math.isfinite(x) and math.isfinite(xx)):
        return NoEstimate("not_finite")
    half = normal_quantile(level) * math.sqrt(max(0.0, xx))
    return Estimate(x, max(0.0, x - half) if x >= 0 else x - half, x + half, level, n, COMPOUND_POISSON)
