"""How two series move together when what drives both is taken out."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.level import normal_quantile

LEAST_POINTS = 20
"""The fewest points in common of which a correlation is told."""


def partial_correlation(one: ArrayLike, other: ArrayLike, controls: ArrayLike, level: float = 0.95) -> Result:
    """The correlation of what the controls (one column each) leave of two series, with Fisher's interval.

    tanh(artanh r ± z/√(m−k−3)), k controls; m = n(1−ab)/(1+ab) counts neighbours that resemble each other only once,
    a and b the residuals' lag-1 autocorrelations. Points with a nan are left out. NoEstimate under 20 points, and
    where nothing is left to correlate. Fisher (1924), Metron 3:329; Bartlett (1935), J. R. Stat. Soc. 98:536.
    """
    rows = np.column_stack([np.asarray(one, float), np.asarray(other, float), np.asarray(controls, float)])
    rows = rows[np.isfinite(rows).all(axis=1)]
    n, k = rows.shape[0], rows.shape[1] - 2
    if n < LEAST_POINTS:
        return NoEstimate("too_few", n, LEAST_POINTS, "weeks")
    design = np.column_stack([np.ones(n), rows[:, 2:]])
    left = rows[:, :2] - design @ np.linalg.lstsq(design, rows[:, :2], rcond=None)[0]
    sizes = np.sqrt((left**2).sum(axis=0))
    if (sizes <= 1e-9 * np.abs(rows[:, :2]).max(axis=0)).any():
        return NoEstimate("no_denominator", what="weeks")
    left /= sizes
    r = float(np.clip(left[:, 0] @ left[:, 1], -1 + 1e-12, 1 - 1e-12))
    alike = float(np.prod((left[1:] * left[:-1]).sum(axis=0)))
    m = min(n, n * (1 - alike) / (1 + alike))
    if m - k <= 4:
        return NoEstimate("too_few", n, LEAST_POINTS, "weeks")
    half = normal_quantile(level) / math.sqrt(m - k - 3)
    low, high = (math.tanh(math.atanh(r) + side * half) for side in (-1, 1))
    return Estimate(r, low, high, level, n, "partial correlation, Fisher")
