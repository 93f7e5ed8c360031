"""Shifted beta-geometric: how long customers under contract stay, each with a chance to leave of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaln, psi

from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.fitting import maximize
from goalkeeper.stats.level import tail
from goalkeeper.stats.sums import Floats

RESAMPLES = 200


@dataclass(frozen=True, slots=True, eq=False)
class Renewals:
    """How many left at the end of their 1st, 2nd, … period, and how many stayed after so many without leaving yet."""

    left: Floats
    stayed: Floats

    @classmethod
    def of_cohort(cls, survivors: ArrayLike) -> Self:
        """One cohort: how many there were, and how many after each period."""
        alive = np.asarray(survivors, dtype=np.float64)
        if alive.size < 2 or (np.diff(alive) > 0).any() or alive.min() < 0:
            raise ValueError("a cohort starts with all its customers and never grows")
        stayed = np.zeros(alive.size - 1)
        stayed[-1] = alive[-1]
        return cls(-np.diff(alive), stayed)

    def __add__(self, other: Self) -> Self:
        size = max(self.left.size, other.left.size)
        one, two = (
            [np.pad(each, (0, size - each.size)) for each in (renewals.left, renewals.stayed)]
            for renewals in (self, other)
        )
        return type(self)(one[0] + two[0], one[1] + two[1])

    @property
    def customers(self) -> int:
        """How many customers."""
        return int(self.left.sum() + self.stayed.sum())

    def resampled(self, rng: np.random.Generator) -> Self:
        """As many customers drawn from these with replacement."""
        both = np.concatenate([self.left, self.stayed])
        drawn = rng.multinomial(self.customers, both / both.sum()).astype(np.float64)
        return type(self)(drawn[: self.left.size], drawn[self.left.size :])


@dataclass(frozen=True, slots=True)
class ShiftedBetaGeometric:
    """Chances to leave ~ beta(alpha, beta); the mean one is alpha/(alpha+beta)."""

    alpha: float
    beta: float
    log_likelihood: float
    customers: int

    def staying(self, periods: ArrayLike) -> Floats:
        """The share still there after so many periods: B(α, β+t)/B(α, β)."""
        t = np.asarray(periods, dtype=np.float64)
        result: Floats = np.exp(betaln(self.alpha, self.beta + t) - betaln(self.alpha, self.beta))
        return result

    def retention(self, period: ArrayLike) -> Floats:
        """The share of those there that renews at the end of a period, from the 1st on; it rises: the loyal stay."""
        t = np.asarray(period, dtype=np.float64)
        result: Floats = (self.beta + t - 1) / (self.alpha + self.beta + t - 1)
        return result

    def expected_periods(self, horizon: int, discount: float = 0.0, tenure: int = 0) -> float:
        """The expected periods paid from now on within a horizon, later ones divided by (1+discount)ᵗ.

        `tenure` periods have been survived; the next one is paid at once.
        """
        t = np.arange(horizon)
        shares = self.staying(tenure + t) / self.staying(tenure)
        return float(np.sum(shares / (1 + discount) ** t))


def fit_shifted_beta_geometric(
    renewals: Renewals, start: ShiftedBetaGeometric | None = None
) -> ShiftedBetaGeometric | NoEstimate:
    """The most likely model. Fader & Hardie (2007), J. Interact. Mark. 21:76.

    Two periods at least, or how customers differ cannot be told. NoEstimate("undetermined") where nobody left.
    `start` is a model to begin at.
    """
    if renewals.left.size < 2:
        return NoEstimate("too_few", renewals.left.size, 2, "periods")
    if not renewals.customers:
        return NoEstimate("no_data")
    if not renewals.left.any():
        return NoEstimate("undetermined", what="how long customers stay, for none has left")
    starts = [np.array([1.0, 2.0]), np.array([5.0, 50.0])]
    if start is not None:
        starts = [np.array([start.alpha, start.beta])]
    best = maximize(lambda each: _log_likelihood(each, renewals), starts)
    alpha, beta = (float(each) for each in best.parameters)
    return ShiftedBetaGeometric(alpha, beta, best.log_likelihood, renewals.customers)


def contract_periods(
    renewals: Renewals,
    horizon: int,
    *,
    discount: float = 0.0,
    level: float = 0.95,
    seed: int = 1,
    resamples: int = RESAMPLES,
) -> Result:
    """A new customer's expected (discounted) periods within a horizon; limits from resampled customers."""
    fitted = fit_shifted_beta_geometric(renewals)
    if isinstance(fitted, NoEstimate):
        return fitted
    rng, values = np.random.default_rng(seed), []
    for _ in range(resamples):
        drawn = fit_shifted_beta_geometric(renewals.resampled(rng), fitted)
        if isinstance(drawn, NoEstimate):  # nobody left in the resample
            values.append(float(np.sum((1 + discount) ** -np.arange(horizon))))
        else:
            values.append(drawn.expected_periods(horizon, discount))
    value = fitted.expected_periods(horizon, discount)
    low, high = np.quantile(values, [tail(level), 1 - tail(level)])
    method = f"shifted beta-geometric, {resamples} resamples, seed {seed}"
    return Estimate(value, min(value, float(low)), max(value, float(high)), level, renewals.customers, method)


def _log_likelihood(parameters: Floats, renewals: Renewals) -> tuple[float, Floats]:
    alpha, beta = parameters
    t, left, stayed, n = np.arange(1, renewals.left.size + 1), renewals.left, renewals.stayed, renewals.customers
    # leaving at the end of period t: S(t−1) − S(t) = B(α+1, β+t−1)/B(α, β)
    value = left @ betaln(alpha + 1, beta + t - 1) + stayed @ betaln(alpha, beta + t) - n * betaln(alpha, beta)
    whole = (left + stayed) @ psi(alpha + beta + t) - n * psi(alpha + beta)
    by_alpha = left.sum() * psi(alpha + 1) + stayed.sum() * psi(alpha) - n * psi(alpha)
    by_beta = left @ psi(beta + t - 1) + stayed @ psi(beta + t) - n * psi(beta)
    return float(value), np.array([by_alpha - whole, by_beta - whole])
