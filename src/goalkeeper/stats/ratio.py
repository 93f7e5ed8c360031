"""A ratio of two sums over the same rows, as cost per resolution."""

from __future__ import annotations

import math

from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.level import t_quantile
from goalkeeper.stats.sums import RatioSums


def ratio_of_sums(sums: RatioSums, level: float = 0.95) -> Result:
    """R = Σx/Σy ± t_{n−1}·√(n·s²)/|Σy|, s² = Σ(x−Ry)²/(n−1), by the delta method.

    The limits are ±inf where Σy itself cannot be told from 0, for then no ratio is ruled out, and where every row has
    the same ratio, which tells nothing of how others would vary.
    Cochran (1977), Sampling Techniques, 6.3.
    """
    problem = _refused(sums)
    if problem:
        return problem
    n, r, t = sums.n, sums.x / sums.y, t_quantile(level, sums.n - 1)
    if not math.isfinite(r):
        return NoEstimate("no_denominator")
    spread_under = max(0.0, sums.yy - sums.y * sums.y / n) / (n - 1)
    if t * math.sqrt(n * spread_under) >= abs(sums.y):
        note = "the denominator is too uncertain for limits"
        return Estimate(r, -math.inf, math.inf, level, n, "delta method", note)
    residual = _residual(sums, r)
    if residual == 0:
        return Estimate(r, -math.inf, math.inf, level, n, "delta method", "every row has the same ratio")
    half = t * math.sqrt(n * residual / (n - 1)) / abs(sums.y)
    if not math.isfinite(half):
        return NoEstimate("not_finite")
    return Estimate(r, r - half, r + half, level, n, "delta method")


def _residual(sums: RatioSums, r: float) -> float:
    """Σ(x−Ry)², 0 where it is only rounding error of the sums."""
    residual = sums.xx - 2 * r * sums.xy + r * r * sums.yy
    rounding = 1e-13 * (sums.xx + r * r * sums.yy)
    return 0.0 if residual <= rounding < math.inf else residual


def _refused(sums: RatioSums) -> NoEstimate | None:
    if sums.n < 0:
        return NoEstimate("impossible", sums.n, sums.n)
    if sums.n < 2:
        return NoEstimate("too_few", sums.n, 2) if sums.n else NoEstimate("no_data")
    if not all(math.isfinite(part) for part in (sums.x, sums.y, sums.xx, sums.yy, sums.xy)):
        return NoEstimate("not_finite")
    return NoEstimate("no_denominator") if sums.y == 0 else None
