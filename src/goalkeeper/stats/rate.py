"""Events per exposure, as contacts per hour worked."""

from __future__ import annotations

import math

from scipy.special import gammaincinv

from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.level import tail
from goalkeeper.stats.sums import RateSums


def poisson_rate(sums: RateSums, level: float = 0.95, *, per: float = 1.0) -> Result:
    """Events ÷ exposure × per, with Garwood's exact Poisson interval; n is the exposure in whole units.

    Limits of the expected count: gamma quantiles of shape k at α/2 and shape k+1 at 1−α/2. Too narrow
    where events come in bursts. n is not the events, for none of them in a long exposure is knowledge too.
    Garwood (1936), Biometrika 28:437.
    """
    k, exposure = sums.events, sums.exposure
    if k < 0 or exposure < 0:
        return NoEstimate("impossible", k, exposure)
    if not math.isfinite(exposure):
        return NoEstimate("not_finite")
    if exposure == 0 or not math.isfinite((k + 1) * per / exposure):
        return NoEstimate("no_denominator")
    a, scale = tail(level), per / exposure
    low = float(gammaincinv(k, a)) if k > 0 else 0.0
    high = float(gammaincinv(k + 1, 1 - a))
    return Estimate(k * scale, low * scale, high * scale, level, int(exposure), "exact Poisson")
