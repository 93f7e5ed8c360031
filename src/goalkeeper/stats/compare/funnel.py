"""Funnel limits: how far a group's share may lie off the common one by chance, given how many rows it has."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, ndtri

from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.stats.level import binomial_quantile
from goalkeeper.stats.sums import Floats

CHANCES = (0.001, 0.025, 0.975, 0.999)
WINSORISED = 0.10
"""The share of groups on each side that do not set how much groups scatter."""

Word = Literal["in control", "look closer", "unusual"]


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    """A group's share, its limits at the four chances, and the only words to be said of it; it is no rank."""

    value: float
    n: int
    limits: tuple[float, float, float, float]

    @property
    def word(self) -> Word:
        """Inside the 95 % limits, outside them, or outside the 99.8 % limits."""
        lowest, low, high, highest = self.limits
        if low <= self.value <= high:
            return "in control"
        return "look closer" if lowest <= self.value <= highest else "unusual"


@dataclass(frozen=True, slots=True)
class Funnel:
    """The common share, how many times more than by chance groups scatter (φ), and the points in the order given.

    With `tau_squared` above 0 the limits allow for that scatter, so only groups that stand out of it are marked.
    """

    centre: float
    dispersion: float
    tau_squared: float
    points: tuple[FunnelPoint, ...]


def funnel(hits: ArrayLike, sizes: ArrayLike, centre: float | None = None) -> Funnel | NoEstimate:
    """Exact binomial limits about a centre (the share of all unless given), or normal ones where groups scatter more.

    φ is the mean z² after winsorising 10 % on each side; τ² = (gφ−(g−1))/(Σw−Σw²/Σw), w = n/(p₀(1−p₀)), if φ > 1.
    Groups without rows are an error of the caller. Spiegelhalter (2005), Stat. Med. 24:1185.
    """
    k, n = np.asarray(hits, dtype=np.float64), np.asarray(sizes, dtype=np.float64)
    if not k.size:
        return NoEstimate("no_data")
    if (n <= 0).any():
        raise ValueError("a group without rows has no share to compare")
    if (k < 0).any() or (k > n).any():
        return NoEstimate("impossible", float(k.sum()), float(n.sum()))
    p = float(k.sum() / n.sum()) if centre is None else centre
    dispersion, tau_squared = _scatter(k / n, n, p) if 0 < p < 1 else (1.0, 0.0)
    limits = [funnel_limits(p, int(size), tau_squared) for size in n]
    points = [FunnelPoint(float(x), int(size), four) for x, size, four in zip(k / n, n, limits, strict=True)]
    return Funnel(p, dispersion, tau_squared, tuple(points))


def funnel_limits(centre: float, n: int, tau_squared: float = 0.0) -> tuple[float, float, float, float]:
    """The limits at 0.001, 0.025, 0.975 and 0.999 of a group of n rows."""
    if tau_squared > 0:
        sd = math.sqrt(centre * (1 - centre) / n + tau_squared)
        found = [min(1.0, max(0.0, centre + float(ndtri(chance)) * sd)) for chance in CHANCES]
    else:
        found = [_exact(chance, n, centre) for chance in CHANCES]
    return found[0], found[1], found[2], found[3]


def _exact(chance: float, n: int, p: float) -> float:
    """The binomial quantile, interpolated to where the chance is met exactly."""
    if p in (0, 1):
        return p
    r = binomial_quantile(chance, n, p)
    up_to, before = _cumulative(r, n, p), _cumulative(r - 1, n, p)
    return max(0.0, (r - (up_to - chance) / (up_to - before)) / n)


def _cumulative(k: int, n: int, p: float) -> float:
    if k < 0:
        return 0.0
    return 1.0 if k >= n else float(betainc(n - k, k + 1, 1 - p))


def _scatter(share: Floats, n: Floats, p: float) -> tuple[float, float]:
    w = n / (p * (1 - p))
    z = (share - p) * np.sqrt(w)
    low, high = np.quantile(z, [WINSORISED, 1 - WINSORISED])
    dispersion, g, total = float(np.mean(np.clip(z, low, high) ** 2)), z.size, float(w.sum())
    if dispersion <= 1 or g < 2:
        return dispersion, 0.0
    return dispersion, max(0.0, (g * dispersion - (g - 1)) / (total - float(w @ w) / total))
