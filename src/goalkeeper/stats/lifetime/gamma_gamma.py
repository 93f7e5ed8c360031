"""Gamma-gamma: what a customer's purchases are worth on average, pulled towards everyone's where they are few."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln, psi

from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.stats.fitting import OneStep, Records, counted, maximize, one_step
from goalkeeper.stats.lifetime.bg_nbd import LEAST_REPEATERS
from goalkeeper.stats.lifetime.purchases import Purchases
from goalkeeper.stats.sums import Counts, Floats

MOST_CORRELATION = 0.3
"""Above so much correlation of how often and how much, the model's assumption that they have nothing to do fails."""


@dataclass(frozen=True, slots=True)
class GammaGamma:
    """The value of a purchase ~ gamma(p, ν), ν ~ gamma(q, v) over customers; how often and how much correlate."""

    p: float
    q: float
    v: float
    log_likelihood: float
    customers: int
    correlation: float

    @property
    def independent(self) -> bool:
        """Whether how often customers buy says little about how much, as the model takes for granted."""
        return abs(self.correlation) <= MOST_CORRELATION

    def expected(self, repeats: ArrayLike, value: ArrayLike) -> Floats:
        """Each customer's expected value per purchase, p(v + x·z̄)/(px + q − 1); everyone's mean without a repeat."""
        x, z = np.asarray(repeats, dtype=np.float64), np.asarray(value, dtype=np.float64)
        result: Floats = self.p * (self.v + x * z) / (self.p * x + self.q - 1)
        return result


def fit_gamma_gamma(purchases: Purchases) -> GammaGamma | NoEstimate:
    """The most likely gamma-gamma model of the customers with a repeat purchase and a value.

    NoEstimate("not_positive") if one of them has no value above 0, "undetermined" if the mean value has no limit
    (q ≤ 1). Fader & Hardie (2013), The Gamma-Gamma Model of Monetary Value.
    """
    if purchases.repeaters < LEAST_REPEATERS:
        return NoEstimate("too_few", purchases.repeaters, LEAST_REPEATERS, "customers who bought again")
    x, z, n = _repeaters(purchases)
    if z.min() <= 0:
        return NoEstimate("not_positive")
    unit = float(z @ n) / float(n.sum())
    starts = [np.array([5.0, 3.0, 1.0]), np.array([1.0, 2.0, 2.0])]
    best = maximize(counted(_records(x, z / unit), n), starts)
    p, q, v = (float(each) for each in best.parameters)
    if q <= 1:
        return NoEstimate("undetermined", what="what a purchase is worth on average")
    log_likelihood = best.log_likelihood - int(n.sum()) * math.log(unit)
    return GammaGamma(p, q, v * unit, log_likelihood, int(n.sum()), _correlation(x, z, n))


@dataclass(frozen=True, slots=True)
class GammaGammaSteps:
    """Where a fitted model goes for other counts of its records."""

    model: GammaGamma
    step: OneStep

    def shift(self, drawn: Purchases) -> Floats | None:
        """How far the logarithms of p, q and v go; None where the mean value then has no limit."""
        found = self.step.shift(_repeaters(drawn)[2])
        return found if self.model.q * math.exp(found[1]) > 1 else None


def steps_of_gamma_gamma(model: GammaGamma, purchases: Purchases) -> GammaGammaSteps:
    """The steps around the model that was fitted to these purchases."""
    x, z, n = _repeaters(purchases)
    return GammaGammaSteps(model, one_step(_records(x, z), np.array([model.p, model.q, model.v]), n))


def _repeaters(purchases: Purchases) -> tuple[Floats, Floats, Counts]:
    again = purchases.repeats > 0
    return purchases.repeats[again], purchases.value[again], purchases.counts[again]


def _records(x: Floats, z: Floats) -> Records:
    def records(parameters: Floats) -> tuple[Floats, Floats]:
        p, q, v = parameters
        px, whole = p * x, v + x * z
        value = gammaln(px + q) - gammaln(px) - gammaln(q) + q * np.log(v)
        value = value + (px - 1) * np.log(z) + px * np.log(x) - (px + q) * np.log(whole)
        gradient = [
            x * (psi(px + q) - psi(px) + np.log(x * z / whole)),
            psi(px + q) - psi(q) + np.log(v / whole),
            q / v - (px + q) / whole,
        ]
        return value, np.stack(gradient)

    return records


def _correlation(x: Floats, z: Floats, n: Counts) -> float:
    weights = n / n.sum()
    x, z = x - weights @ x, z - weights @ z
    size = math.sqrt(float(weights @ x**2) * float(weights @ z**2))
    return float(weights @ (x * z)) / size if size > 0 else 0.0
