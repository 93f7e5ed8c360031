"""What customers will bring in within a horizon, with an interval from refitting on resampled customers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.level import tail
from goalkeeper.stats.lifetime.bg_nbd import BgNbd, fit_bg_nbd
from goalkeeper.stats.lifetime.gamma_gamma import GammaGamma, fit_gamma_gamma
from goalkeeper.stats.lifetime.purchases import Purchases
from goalkeeper.stats.sums import Floats

RESAMPLES = 200
STEPS = 12
"""In so many equal steps a horizon is discounted."""


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far to look, in the unit of the purchases; the margin kept of a purchase; the discount per unit of time."""

    length: float
    margin: float = 1.0
    discount: float = 0.0

    def __post_init__(self) -> None:
        if not (self.length > 0 and 0 < self.margin <= 1 and self.discount >= 0):
            raise ValueError(f"a horizon is above 0, its margin in 0..1, its discount not below 0: {self}")


def future_values(buying: BgNbd, spending: GammaGamma, purchases: Purchases, horizon: Horizon) -> Floats:
    """What each distinct customer record will bring in within the horizon: margin·E[M]·Σ ΔE[X(t)]/(1+d)ᵗ."""
    steps = STEPS if horizon.discount else 1
    ends = np.linspace(0, horizon.length, steps + 1)[1:]
    bought = [buying.expected(float(end), purchases.repeats, purchases.last, purchases.observed) for end in ends]
    gained = np.diff(np.stack(bought), axis=0, prepend=0)
    middles = ends - horizon.length / (2 * steps)
    discounted = (gained / ((1 + horizon.discount) ** middles)[:, None]).sum(axis=0)
    result: Floats = horizon.margin * spending.expected(purchases.repeats, purchases.value) * discounted
    return result


def mean_future_value(
    purchases: Purchases, horizon: Horizon, level: float = 0.95, *, seed: int = 1, resamples: int = RESAMPLES
) -> Result:
    """The mean of what customers will bring in within the horizon, past purchases not counted.

    Limits from refitting both models on resampled customers. Where a part of the resamples cannot tell who has stopped
    buying, the upper limit is open. The note says when how often and how much hang together.
    """
    models = _fit(purchases)
    if isinstance(models, NoEstimate):
        return models
    rng, values = np.random.default_rng(seed), []
    for _ in range(resamples):
        drawn = purchases.resampled(rng)
        again = _fit(drawn, models)
        values.append(np.inf if isinstance(again, NoEstimate) else _mean(*again, drawn, horizon))
    value = _mean(*models, purchases, horizon)
    ordered = np.sort(values)
    rank = max(0, round(resamples * tail(level)) - 1)
    low, high = float(ordered[rank]), float(ordered[-1 - rank])
    note = "" if models[1].independent else "how often and how much customers buy hang together: take it as rough"
    method = f"BG/NBD and gamma-gamma, {resamples} resamples, seed {seed}"
    return Estimate(value, min(value, low), max(value, high), level, purchases.customers, method, note)


def _fit(purchases: Purchases, start: tuple[BgNbd, GammaGamma] | None = None) -> tuple[BgNbd, GammaGamma] | NoEstimate:
    buying = fit_bg_nbd(purchases, start[0] if start else None)
    if isinstance(buying, NoEstimate):
        return buying
    spending = fit_gamma_gamma(purchases, start[1] if start else None)
    return spending if isinstance(spending, NoEstimate) else (buying, spending)


def _mean(buying: BgNbd, spending: GammaGamma, purchases: Purchases, horizon: Horizon) -> float:
    return float(future_values(buying, spending, purchases, horizon) @ purchases.counts) / purchases.customers
