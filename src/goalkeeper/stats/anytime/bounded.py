"""A mean of values with known bounds, as 1 to 5, watched while it grows: betting against every candidate."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.level import tail
from goalkeeper.stats.sums import Floats

_GRID = 500


def anytime_bounded_mean(values: ArrayLike, low: float, high: float, level: float = 0.95) -> Result:
    """The means against which hedged bets on the values, in the order they came, have not won 1/α.

    No distribution is assumed. Limits are to 1/500 of the range, outwards. The bets are the predictable plug-in ones
    of Waudby-Smith & Ramdas (2024), J. R. Stat. Soc. B 86:1, theorem 3, half the money on each side.
    """
    if not low < high:
        raise ValueError(f"the bounds are out of order: {low}, {high}")
    raw = np.asarray(values, dtype=np.float64)
    if not raw.size:
        return NoEstimate("no_data")
    if not np.isfinite(raw).all():
        return NoEstimate("not_finite")
    x = (raw - low) / (high - low)
    if x.min() < 0 or x.max() > 1:
        raise ValueError(f"a value lies outside {low}..{high}")
    step, alpha = 1 / _GRID, 2 * tail(level)
    means = np.linspace(0, 1, _GRID + 1)
    kept = means[_most_won(x, means, alpha) < math.log(1 / alpha)]
    value = float(x.mean())
    # The true limit lies at most one step outside the last grid point that is kept.
    least = min(value, max(0.0, float(kept.min()) - step)) if kept.size else value
    most = max(value, min(1.0, float(kept.max()) + step)) if kept.size else value
    span = high - low
    method = "anytime-valid, betting"
    return Estimate(low + span * value, low + span * least, low + span * most, level, x.size, method)


def _most_won(x: Floats, means: Floats, alpha: float) -> Floats:
    """The log of the most that the hedged bets against each candidate mean had won at any time."""
    bets = _bets(x, alpha)
    up, down = np.zeros_like(means), np.zeros_like(means)
    most = np.full_like(means, -math.inf)
    with np.errstate(divide="ignore"):
        most_up, most_down = 0.5 / means, 0.5 / (1 - means)
    for value, bet in zip(x, bets, strict=True):
        up += np.log1p(np.minimum(bet, most_up) * (value - means))
        down += np.log1p(-np.minimum(bet, most_down) * (value - means))
        np.maximum(most, np.maximum(up, down), out=most)
    return most - math.log(2)


def _bets(x: Floats, alpha: float) -> Floats:
    """√(2ln(2/α)/(σ̂²ₜ₋₁·t·ln(1+t))), σ̂² and its mean begun with ¼ and ½ so that each rests on the past alone."""
    t = np.arange(1, x.size + 1)
    mean = (0.5 + np.cumsum(x)) / (t + 1)
    variance = (0.25 + np.cumsum((x - mean) ** 2)) / (t + 1)
    before = np.r_[0.25, variance[:-1]]
    result: Floats = np.sqrt(2 * math.log(2 / alpha) / (before * t * np.log1p(t)))
    return result
