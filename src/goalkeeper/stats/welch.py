"""The difference of two means whose rows vary differently."""

from __future__ import annotations

import math

from scipy.special import stdtr

from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.level import t_quantile
from goalkeeper.stats.mean import refused, variance
from goalkeeper.stats.sums import MeanSums


def welch(now: MeanSums, before: MeanSums, level: float = 0.95) -> Result:
    """d ± t_ν·√(s₁²/n₁+s₂²/n₂), ν = (s₁²/n₁+s₂²/n₂)²/Σ(sᵢ²/nᵢ)²/(nᵢ−1), from n, Σx and Σx² of both.

    For groups of an experiment, and means of many rows; of few skewed rows, take the `difference` of two bootstrap-t
    means. Welch (1947), Biometrika 34:28.
    """
    problem = refused(now) or refused(before)
    if problem:
        return problem
    d, spread, degrees = _parts(now, before)
    n = now.n + before.n
    if spread == 0:
        return Estimate(d, -math.inf, math.inf, level, n, "Welch", "all values of a group are equal")
    if not math.isfinite(spread):
        return NoEstimate("not_finite")
    half = t_quantile(level, degrees) * math.sqrt(spread)
    return Estimate(d, d - half, d + half, level, n, "Welch")


def welch_p_value(now: MeanSums, before: MeanSums, *, wider: float = 1.0) -> float:
    """The chance of a difference so far from 0 if there were none, its standard error taken `wider` times as large.

    From two values each on; 1 where the values of each side are equal, which shows nothing of how they vary.
    """
    d, spread, degrees = _parts(now, before)
    if spread == 0:
        return 1.0
    return 2 * float(stdtr(degrees, -abs(d) / (wider * math.sqrt(spread))))


def _parts(now: MeanSums, before: MeanSums) -> tuple[float, float, float]:
    """The difference, its variance, and Welch's degrees of freedom (inf without variance)."""
    parts = [(variance(sums) / sums.n, sums.n) for sums in (now, before)]
    spread = sum(part for part, _ in parts)
    d = now.s / now.n - before.s / before.n
    if spread == 0 or not math.isfinite(spread):
        return d, spread, math.inf
    return d, spread, 1 / sum((part / spread) ** 2 / (size - 1) for part, size in parts)
