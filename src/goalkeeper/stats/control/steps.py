"""Where a series stepped from one level to another, looking back: a mark on a chart, never a verdict."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from goalkeeper.stats.control.individuals import MEAN_RANGE
from goalkeeper.stats.sums import Floats


def steps(values: ArrayLike, least: int = 5) -> list[int]:
    """The indices at which a new level begins; the split with the least Σ(x−x̄ₖ)² + 2σ̂²·ln n per step.

    σ̂ is the mean range over 1.128; a level lasts at least `least` points. Exact, by optimal partitioning, for some
    hundred points (n² steps). Neighbours that are alike give steps that are none: believe one only with a run
    signal or a confidence sequence beside it. Jackson et al. (2005), IEEE Signal Process. Lett. 12:105.
    """
    x = np.asarray(values, dtype=np.float64)
    if not np.isfinite(x).all():
        raise ValueError("a series to split takes finite values only")
    n = x.size
    sigma = float(np.abs(np.diff(x)).mean()) / MEAN_RANGE if n > 1 else 0.0
    if n < 2 * least or sigma == 0:
        return []
    return _split(x - x.mean(), 2 * sigma * sigma * math.log(n), least)


def _split(x: Floats, penalty: float, least: int) -> list[int]:
    n = x.size
    total, squares = np.r_[0.0, np.cumsum(x)], np.r_[0.0, np.cumsum(x * x)]
    best, begun = np.full(n + 1, np.inf), np.zeros(n + 1, dtype=np.int64)
    best[0] = -penalty
    for end in range(least, n + 1):
        start = np.arange(0, end - least + 1)
        gap = total[end] - total[start]
        costs = best[start] + squares[end] - squares[start] - gap * gap / (end - start) + penalty
        begun[end] = int(np.argmin(costs))
        best[end] = costs[begun[end]]
    found = []
    end = int(begun[n])
    while end > 0:
        found.append(end)
        end = int(begun[end])
    return found[::-1]
