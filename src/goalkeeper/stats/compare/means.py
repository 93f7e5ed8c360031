"""Means of groups, each pulled towards all of them by how uncertain it is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from goalkeeper.stats.compare.shares import LEAST_GROUPS
from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.stats.level import normal_quantile
from goalkeeper.stats.sums import Floats


@dataclass(frozen=True, slots=True, eq=False)
class ShrunkMeans:
    """What all groups share (`mean` ± `se`), how much they differ, and each group in the light of that.

    `q` is Cochran's Q, about groups − 1 where nothing differs; `tau_squared` the variance of the true means.
    """

    mean: float
    se: float
    q: float
    tau_squared: float
    groups: tuple[Estimate, ...]
    sd: Floats

    def draws(self, size: int, rng: np.random.Generator) -> Floats:
        """Draws of every group's true mean, groups × size."""
        values = np.array([one.value for one in self.groups])
        return values[:, None] + self.sd[:, None] * rng.standard_normal((values.size, size))


def shrunk_means(estimates: Sequence[Estimate], level: float = 0.95) -> ShrunkMeans | NoEstimate:
    """μ + (1−Bᵢ)(yᵢ−μ), Bᵢ = (g−3)/(g−1)·Vᵢ/(Vᵢ+τ²) for g groups with variance Vᵢ = (width/2z)² of their interval.

    τ² by DerSimonian & Laird (1986), Control. Clin. Trials 7:177; the factor and the variance, which allow for not
    knowing τ², by Morris (1983), J. Am. Stat. Assoc. 78:47. With equal variances it is James and Stein's estimate.
    Give logs of times. Every estimate needs an interval of some width (ValueError).
    """
    g = len(estimates)
    if g < LEAST_GROUPS:
        return NoEstimate("too_few", g, LEAST_GROUPS, "groups") if g else NoEstimate("no_data")
    y = np.array([one.value for one in estimates])
    v = np.array([(one.width / (2 * normal_quantile(one.level))) ** 2 for one in estimates])
    if not (np.isfinite(v).all() and (v > 0).all()):
        raise ValueError("a group's mean has no interval, or one without width")
    q, tau_squared = _between(y, v)
    weights = 1 / (v + tau_squared)
    mean = float(weights @ y / weights.sum())
    pull = (g - 3) / (g - 1) * v / (v + tau_squared)
    value = mean + (1 - pull) * (y - mean)
    unsure = 2 / (g - 3) * pull**2 * (float(v.mean()) + tau_squared) / (v + tau_squared)
    sd = np.sqrt(v * (1 - (1 - weights / weights.sum()) * pull) + unsure * (y - mean) ** 2)
    half = normal_quantile(level) * sd
    groups = tuple(
        Estimate(float(x), float(x - reach), float(x + reach), level, one.n, "normal–normal")
        for x, reach, one in zip(value, half, estimates, strict=True)
    )
    return ShrunkMeans(mean, 1 / math.sqrt(float(weights.sum())), q, tau_squared, groups, sd)


def _between(y: Floats, v: Floats) -> tuple[float, float]:
    """Cochran's Q about the common mean, and DerSimonian & Laird's τ²."""
    w = 1 / v
    total = float(w.sum())
    q = float(w @ (y - w @ y / total) ** 2)
    return q, max(0.0, (q - (y.size - 1)) / (total - float(w @ w) / total))
