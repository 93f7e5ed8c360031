"""Laney's P′ and U′: limits for shares and rates whose size of sample varies, widened by what else varies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from goalkeeper.stats.control.individuals import BASELINE_POINTS, MEAN_RANGE, SIGMAS
from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.stats.sums import Floats

EVENTS_PER_POINT = 5
"""Fewer events, or misses, a point than this, and limits by the normal distribution are rough."""

Kind = Literal["share", "rate"]


@dataclass(frozen=True, slots=True)
class RateLimits:
    """The centre, and `spread`: how many times wider the points scatter than binomial or Poisson counts would.

    `replace(limits, spread=1.0)` gives the plain P or U chart. A rate with sizes of 1 is a C chart.
    """

    kind: Kind
    centre: float
    spread: float
    points: int
    note: str = ""

    def at(self, sizes: ArrayLike) -> tuple[Floats, Floats]:
        """The limits centre ± 3·spread·σ of points of these sizes, cut to where a share or rate can be."""
        reach = SIGMAS * self.spread * _sigma(self.kind, self.centre, np.asarray(sizes, dtype=np.float64))
        most = 1.0 if self.kind == "share" else np.inf
        return np.maximum(self.centre - reach, 0.0), np.minimum(self.centre + reach, most)

    def outside(self, counts: ArrayLike, sizes: ArrayLike) -> NDArray[np.bool_]:
        """Which points lie beyond their limits; never one of size 0."""
        k, n = np.broadcast_arrays(np.asarray(counts, dtype=np.float64), np.asarray(sizes, dtype=np.float64))
        seen = n > 0
        beyond = np.zeros(k.shape, dtype=np.bool_)
        low, high = self.at(n[seen])
        value = k[seen] / n[seen]
        beyond[seen] = (value < low) | (value > high)
        return beyond


def p_prime(hits: ArrayLike, sizes: ArrayLike) -> RateLimits | NoEstimate:
    """Limits for shares: p̄ ± 3·σ_z·√(p̄(1−p̄)/nᵢ), σ_z the mean of |zᵢ−zᵢ₋₁| over 1.128, zᵢ = (pᵢ−p̄)/σᵢ.

    From at least 20 points in order. Laney (2002), Qual. Eng. 14:531.
    """
    return _limits("share", hits, sizes)


def u_prime(events: ArrayLike, exposures: ArrayLike) -> RateLimits | NoEstimate:
    """Limits for events per exposure: ū ± 3·σ_z·√(ū/nᵢ), σ_z as in `p_prime`. From at least 20 points in order."""
    return _limits("rate", events, exposures)


def _limits(kind: Kind, counts: ArrayLike, sizes: ArrayLike) -> RateLimits | NoEstimate:
    k, n = np.broadcast_arrays(np.asarray(counts, dtype=np.float64), np.asarray(sizes, dtype=np.float64))
    k, n = k[n > 0], n[n > 0]
    if k.size < BASELINE_POINTS:
        return NoEstimate("too_few", k.size, BASELINE_POINTS, "points")
    if not (np.isfinite(k).all() and np.isfinite(n).all()):
        return NoEstimate("not_finite")
    if k.min() < 0 or (kind == "share" and (k > n).any()):
        return NoEstimate("impossible", float(k.sum()), float(n.sum()))
    centre = float(k.sum() / n.sum())
    sigma = _sigma(kind, centre, n)
    if not sigma.all():
        return RateLimits(kind, centre, 1.0, k.size, "all points are equal")
    z = (k / n - centre) / sigma
    spread = float(np.abs(np.diff(z)).mean()) / MEAN_RANGE
    rare = min(centre, 1 - centre) if kind == "share" else centre
    rough = float(n.mean()) * rare < EVENTS_PER_POINT
    return RateLimits(kind, centre, spread, k.size, "few events a point: the limits are rough" if rough else "")


def _sigma(kind: Kind, centre: float, sizes: Floats) -> Floats:
    variance = centre * (1 - centre) if kind == "share" else centre
    result: Floats = np.sqrt(variance / sizes)
    return result
