"""XmR: limits for single values, from how far neighbours differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.stats.sums import Floats

BASELINE_POINTS = 20
"""The fewest points that limits rest on."""

MEAN_RANGE = 1.128
"""How many standard deviations two neighbours of a normal series differ by on average: d₂ of two, as books print it."""

SIGMAS = 3
"""How many standard deviations from the centre limits lie."""

_RANGE_LIMIT = 3.267


@dataclass(frozen=True, slots=True)
class XmR:
    """Limits that nearly all values of a steady process keep to; frozen until a change is declared."""

    centre: float
    low: float
    high: float
    mean_range: float
    range_high: float
    points: int

    @property
    def sigma(self) -> float:
        """The standard deviation that the mean range implies."""
        return self.mean_range / MEAN_RANGE

    def outside(self, values: ArrayLike) -> NDArray[np.bool_]:
        """Which values lie beyond the limits; nan never does."""
        x = np.asarray(values, dtype=np.float64)
        return (x < self.low) | (x > self.high)


def xmr(baseline: ArrayLike) -> XmR | NoEstimate:
    """x̄ ± 3·mR̄/1.128 from at least 20 values in order, and 3.267·mR̄ for the ranges; nan are left out.

    Fails on skewed values (72 % of steady log-normal series break a limit within 24 points): chart medians or
    logs of times. Fails on values that follow their neighbours (`lag_one` over 0.3): chart a local level's
    surprises instead. Montgomery (2009), Statistical Quality Control, 6.4.
    """
    x = np.asarray(baseline, dtype=np.float64)
    x = x[~np.isnan(x)]
    if x.size < BASELINE_POINTS:
        return NoEstimate("too_few", x.size, BASELINE_POINTS, "points")
    if not np.isfinite(x).all():
        return NoEstimate("not_finite")
    mean_range, centre = float(np.abs(np.diff(x)).mean()), float(x.mean())
    reach = SIGMAS * mean_range / MEAN_RANGE
    return XmR(centre, centre - reach, centre + reach, mean_range, _RANGE_LIMIT * mean_range, x.size)


def lag_one(values: ArrayLike) -> float:
    """The correlation of each value with the one before it; 0 where there is none to speak of."""
    x: Floats = np.asarray(values, dtype=np.float64)
    x = x - x.mean() if x.size else x
    size = float(x @ x)
    return float(x[1:] @ x[:-1]) / size if size > 0 else 0.0
