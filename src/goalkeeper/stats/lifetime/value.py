"""What customers will bring in within a horizon, with an interval from resampled customers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.fitting import STEP
from goalkeeper.stats.level import tail
from goalkeeper.stats.lifetime.bg_nbd import BgNbd, fit_bg_nbd, steps_of_bg_nbd
from goalkeeper.stats.lifetime.gamma_gamma import GammaGamma, fit_gamma_gamma, steps_of_gamma_gamma
from goalkeeper.stats.lifetime.purchases import Purchases
from goalkeeper.stats.sums import Floats

RESAMPLES = 200
STEPS = 12
"""In so many equal steps a horizon is discounted."""

_LEAST = 1e-300  # below it a logarithm has no use
Model = TypeVar("Model", BgNbd, GammaGamma)


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
    spent, bought = spending.expected(purchases.repeats, purchases.value), _purchases(buying, purchases, horizon)
    result: Floats = horizon.margin * spent * bought
    return result


def _purchases(buying: BgNbd, purchases: Purchases, horizon: Horizon) -> Floats:
    """What each record will buy within the horizon, discounted: Σ ΔE[X(t)]/(1+d)ᵗ."""
    steps = STEPS if horizon.discount else 1
    ends = np.linspace(0, horizon.length, steps + 1)[1:]
    bought = [buying.expected(float(end), purchases.repeats, purchases.last, purchases.observed) for end in ends]
    gained = np.diff(np.stack(bought), axis=0, prepend=0)
    middles = ends - horizon.length / (2 * steps)
    result: Floats = (gained / ((1 + horizon.discount) ** middles)[:, None]).sum(axis=0)
    return result


def mean_future_value(
    purchases: Purchases, horizon: Horizon, level: float = 0.95, *, seed: int = 1, resamples: int = RESAMPLES
) -> Result:
    """The mean of what customers will bring in within the horizon, past purchases not counted.

    Limits from resampled customers, to each of which both models go by one Newton step. Where a part of the
    resamples cannot tell who has stopped buying, the upper limit is open. The note says when how often and how much
    hang together.
    """
    buying = fit_bg_nbd(purchases)
    if isinstance(buying, NoEstimate):
        return buying
    spending = fit_gamma_gamma(purchases)
    if isinstance(spending, NoEstimate):
        return spending
    values = future_values(buying, spending, purchases, horizon)
    slopes = np.concatenate([
        _slopes(buying, ("r", "alpha", "a", "b"), lambda model: _purchases(model, purchases, horizon)),
        _slopes(spending, ("p", "q", "v"), lambda model: model.expected(purchases.repeats, purchases.value)),
    ])  # fmt: skip
    often, much = steps_of_bg_nbd(buying, purchases), steps_of_gamma_gamma(spending, purchases)
    rng, means = np.random.default_rng(seed), []
    for _ in range(resamples):
        drawn = purchases.resampled(rng)
        moved, spent = often.shift(drawn), much.shift(drawn)
        if moved is None or spent is None:
            means.append(np.inf)
        else:
            means.append(_mean(values * np.exp(np.concatenate([moved, spent]) @ slopes), drawn))
    value, ordered = _mean(values, purchases), np.sort(means)
    rank = max(0, round(resamples * tail(level)) - 1)
    low, high = float(ordered[rank]), float(ordered[-1 - rank])
    note = "" if spending.independent else "how often and how much customers buy hang together: take it as rough"
    method = f"BG/NBD and gamma-gamma, {resamples} resamples by one step, seed {seed}"
    return Estimate(value, min(value, low), max(value, high), level, purchases.customers, method, note)


def _slopes(model: Model, names: tuple[str, ...], factor: Callable[[Model], Floats]) -> Floats:
    """How the logarithm of each record's value goes with those of a model's parameters, by the factor it gives."""

    def moved(name: str, step: float) -> Floats:
        result: Floats = np.log(
            np.maximum(factor(replace(model, **{name: getattr(model, name) * np.exp(step)})), _LEAST)
        )
        return result

    return np.stack([(moved(name, STEP) - moved(name, -STEP)) / (2 * STEP) for name in names])


def _mean(values: Floats, purchases: Purchases) -> float:
    return float(values @ purchases.counts) / purchases.customers
