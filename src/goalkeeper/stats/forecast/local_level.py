"""The local level: a level that drifts, seen through sampling noise of known size."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.stats.forecast.series import Series
from goalkeeper.stats.level import normal_quantile
from goalkeeper.stats.sums import Floats

GRID = 15
LEAST_DRIFT, MOST_DRIFT = 0.002, 1.0
"""The drifts tried, times the standard deviation of the values."""

NO_DRIFT = 0.15
"""The chance, before looking, that the level does not drift at all."""


@dataclass(frozen=True, slots=True, eq=False)
class Filtered:
    """The level of each period for each drift variance tried, as periods × drifts.

    `expected` and `expected_variance` from the periods before; `level` and `variance` with the period itself.
    """

    expected: Floats
    expected_variance: Floats
    level: Floats
    variance: Floats
    log_likelihood: Floats


@dataclass(frozen=True, slots=True, eq=False)
class LocalLevel:
    """The posterior of the drift (the level's standard deviation per period) on a grid, and the levels under each."""

    series: Series
    drifts: Floats
    chances: Floats
    filtered: Filtered

    @property
    def now(self) -> tuple[float, float]:
        """The level at the last period and its standard deviation."""
        return _mixed(self.filtered.level[-1], self.filtered.variance[-1], self.chances)

    def now_estimate(self, level: float = 0.95) -> Estimate:
        """The level at the last period with its interval: what a goal starts from, not the last noisy value."""
        mean, sd = self.now
        half = normal_quantile(level) * sd
        return Estimate(mean, mean - half, mean + half, level, self.series.points, "local level")

    def smoothed(self) -> tuple[Floats, Floats]:
        """The level of each period in the light of all of them, and its standard deviation; nan before the first value.

        Rauch, Tung & Striebel (1965), AIAA J. 3:1445.
        """
        filtered, level, variance = self.filtered, self.filtered.level.copy(), self.filtered.variance.copy()
        for t in range(level.shape[0] - 2, -1, -1):
            ahead = np.maximum(filtered.expected_variance[t + 1], _TINY)
            gain = filtered.variance[t] / ahead
            level[t] += gain * (level[t + 1] - filtered.expected[t + 1])
            variance[t] += gain**2 * (variance[t + 1] - ahead)
        mean = level @ self.chances
        return mean, np.sqrt(np.maximum(0.0, (variance + level**2) @ self.chances - mean**2))

    def predicted(self) -> tuple[Floats, Floats]:
        """What each value was expected to be from those before it, and the standard deviation; nan for the first."""
        expected, variance = self.filtered.expected, self.filtered.expected_variance
        mean = expected @ self.chances
        spread = (variance + expected**2) @ self.chances - mean**2 + self.series.variances
        return mean, np.sqrt(np.maximum(spread, _TINY))

    def surprises(self) -> Floats:
        """Each value's distance from what was expected, in standard deviations: independent if the model holds.

        What an XmR chart takes where values follow their neighbours. nan for the first value and missing ones.
        """
        mean, sd = self.predicted()
        result: Floats = (self.series.values - mean) / sd
        return result

    def draw(self, size: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Draws of the level at the last period, and of the drift that goes with each."""
        picked = rng.choice(self.chances.size, size=size, p=self.chances)
        sd = np.sqrt(self.filtered.variance[-1][picked])
        return self.filtered.level[-1][picked] + sd * rng.standard_normal(size), self.drifts[picked]


_TINY = 1e-300


def local_level(series: Series) -> LocalLevel | NoEstimate:
    """yₜ = ℓₜ + εₜ with known Var εₜ, ℓₜ = ℓₜ₋₁ + ηₜ: the posterior of sd(η) on {0} and 15 steps up to sd(y).

    Two values at least. Harvey (1989), Forecasting, Structural Time Series Models and the Kalman Filter, 4.
    """
    if series.points < 2:
        return NoEstimate("too_few", series.points, 2, "periods") if series.points else NoEstimate("no_data")
    spread = float(np.nanstd(series.values, ddof=1))
    drifts = np.zeros(1)
    prior = np.ones(1)
    if spread > 0:
        drifts = np.r_[0.0, np.geomspace(LEAST_DRIFT * spread, MOST_DRIFT * spread, GRID)]
        prior = np.r_[NO_DRIFT, np.full(GRID, (1 - NO_DRIFT) / GRID)]
    filtered = kalman(series, drifts**2)
    log = np.log(prior) + filtered.log_likelihood
    chances = np.exp(log - log.max())
    return LocalLevel(series, drifts, chances / chances.sum(), filtered)


def kalman(series: Series, drift_variances: Floats) -> Filtered:
    """The filter for each drift variance, begun at the first value without any prior knowledge.

    The log-likelihood is that of the later values given the first.
    Durbin & Koopman (2012), Time Series Analysis by State Space Methods, 2.
    """
    n, drifts = series.values.size, drift_variances.size
    expected, expected_variance = np.full((n, drifts), np.nan), np.full((n, drifts), np.nan)
    levels, variances = expected.copy(), expected.copy()
    log_likelihood = np.zeros(drifts)
    first = int(np.argmax(series.seen))
    level, variance = np.full(drifts, series.values[first]), np.full(drifts, series.variances[first])
    levels[first], variances[first] = level, variance
    scale = np.nanvar(series.values) * 1e-12 + _TINY  # keeps a value without noise from dividing by 0
    for t in range(first + 1, n):
        variance = variance + drift_variances
        expected[t], expected_variance[t] = level, variance
        y, r = series.values[t], series.variances[t]
        if not math.isnan(y):
            total = np.maximum(variance + r, scale)
            surprise = y - level
            log_likelihood -= 0.5 * (np.log(2 * np.pi * total) + surprise**2 / total)
            gain = variance / total
            level = level + gain * surprise
            variance = variance * (1 - gain)
        levels[t], variances[t] = level, variance
    return Filtered(expected, expected_variance, levels, variances, log_likelihood)


def _mixed(means: Floats, variances: Floats, chances: Floats) -> tuple[float, float]:
    mean = float(means @ chances)
    return mean, math.sqrt(max(0.0, float((variances + means**2) @ chances) - mean**2))
