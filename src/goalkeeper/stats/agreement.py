"""Agreement of two judgements beyond chance, as of two reviewers on the same tickets."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.level import normal_quantile


def cohen_kappa(table: ArrayLike, level: float = 0.95) -> Result:
    """κ = (p_o − p_e)/(1 − p_e) of a square table of counts, first judgement by second, ± z·SE.

    SE by the large-sample variance of Fleiss, Cohen and Everitt (1969), Psychological Bulletin 72:323; the limits are
    kept within −1 to 1. NoEstimate("no_denominator") where chance alone agrees always: all judgements are the same.
    """
    counts = np.asarray(table, dtype=np.float64)
    n = counts.sum()
    if n < 2:
        return NoEstimate("too_few", int(n), 2) if n else NoEstimate("no_data")
    p = counts / n
    row, column, agreed = p.sum(axis=1), p.sum(axis=0), np.diagonal(p)
    observed, expected = float(agreed.sum()), float(row @ column)
    if expected >= 1 - 1e-12:
        return NoEstimate("no_denominator")
    kappa = (observed - expected) / (1 - expected)
    on = float((agreed * (1 - (row + column) * (1 - kappa)) ** 2).sum())
    mixed = (column[:, None] + row[None, :]) ** 2 * p  # weight of cell i, j: column share of i, row share of j
    off = (1 - kappa) ** 2 * float(mixed.sum() - np.diagonal(mixed).sum())
    variance = (on + off - (kappa - expected * (1 - kappa)) ** 2) / ((1 - expected) ** 2 * n)
    half = normal_quantile(level) * math.sqrt(max(0.0, variance))
    return Estimate(kappa, max(-1.0, kappa - half), min(1.0, kappa + half), level, int(n), "Cohen's κ")
