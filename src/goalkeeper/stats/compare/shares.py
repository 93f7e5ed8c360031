"""Shares of groups, each pulled towards all of them by how little it rests on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv, betaln, psi

from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.stats.fitting import maximize
from goalkeeper.stats.level import tail
from goalkeeper.stats.sums import Floats

LEAST_GROUPS = 8
"""With fewer groups nobody can tell how much they differ: show what they share, and no ranks."""


@dataclass(frozen=True, slots=True, eq=False)
class ShrunkShares:
    """Groups' true shares ~ beta(a, b), and each group's estimate in the light of that, in the order given."""

    a: float
    b: float
    groups: tuple[Estimate, ...]
    hits: Floats
    sizes: Floats

    @property
    def mean(self) -> float:
        """The share of a group about which nothing is known."""
        return self.a / (self.a + self.b)

    def draws(self, size: int, rng: np.random.Generator) -> Floats:
        """Draws of every group's true share, groups × size."""
        a, b = self.a + self.hits, self.b + self.sizes - self.hits
        return rng.beta(a[:, None], b[:, None], (a.size, size))


def shrunk_shares(hits: ArrayLike, sizes: ArrayLike, level: float = 0.95) -> ShrunkShares | NoEstimate:
    """(a+k)/(a+b+n) with quantiles of beta(a+k, b+n−k); a, b most likely for Σ ln B(a+k, b+n−k) − ln B(a, b).

    Nearer the truth than the raw shares, by a quarter at 5–200 rows each; it hardly tells better who is best. A group
    without rows gets the mean. Robbins (1956); Casella (1985), Am. Stat. 39:83.
    """
    k, n = np.asarray(hits, dtype=np.float64), np.asarray(sizes, dtype=np.float64)
    if k.size < LEAST_GROUPS:
        return NoEstimate("too_few", k.size, LEAST_GROUPS, "groups") if k.size else NoEstimate("no_data")
    if (k < 0).any() or (k > n).any():
        return NoEstimate("impossible", float(k.sum()), float(n.sum()))
    if not n.any():
        return NoEstimate("no_data")
    p = (float(k.sum()) + 0.5) / (float(n.sum()) + 1)
    starts = [np.array([p, 1 - p]) * rows for rows in (2.0, 200.0)]
    a, b = (float(each) for each in maximize(lambda each: _log_likelihood(each, k, n), starts).parameters)
    after_a, after_b, cut = a + k, b + n - k, tail(level)
    low, high = betaincinv(after_a, after_b, cut), betaincinv(after_a, after_b, 1 - cut)
    value = after_a / (after_a + after_b)
    groups = tuple(
        Estimate(float(v), min(float(v), float(lo)), max(float(v), float(hi)), level, int(size), "beta-binomial")
        for v, lo, hi, size in zip(value, low, high, n, strict=True)
    )
    return ShrunkShares(a, b, groups, k, n)


def _log_likelihood(parameters: Floats, k: Floats, n: Floats) -> tuple[float, Floats]:
    a, b = parameters
    value = betaln(a + k, b + n - k) - betaln(a, b)
    whole = psi(a + b) - psi(a + b + n)
    return float(value.sum()), np.array(
        [float((psi(a + k) - psi(a) + whole).sum()), float((psi(b + n - k) - psi(b) + whole).sum())]
    )
