"""Targets that a number's own history supports."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.stats.forecast.forecast import Forecast
from goalkeeper.stats.forecast.local_level import local_level
from goalkeeper.stats.forecast.series import Series
from goalkeeper.stats.sums import Floats
from goalkeeper.units import Better

CHANCES = {"safe": 0.8, "fair": 0.5, "stretch": 0.2}
"""The chance each of the three suggestions is reached with if things go on as they did."""

QUANTILES = {"good quarter": 0.75, "rare quarter": 0.90}
"""Which of the own past changes a suggestion repeats, after shrinking them by what is noise."""

LEAST_QUARTERS = 4


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A target, its chance by the forecast, and what must be said with it.

    `never_reached`: beyond the best own smoothed quarter. `no_gain`: not better than the level now, so a line to hold.
    """

    name: str
    target: float
    chance: float
    never_reached: bool
    no_gain: bool


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The level now, the best own smoothed quarter, which share of past changes was real, and the targets."""

    now: float
    best_quarter: float
    signal: float
    quarters: int
    targets: tuple[Suggestion, ...]

    def __getitem__(self, name: str) -> Suggestion:
        return next(one for one in self.targets if one.name == name)


def suggest(
    series: Series, told: Forecast, better: Better, *, per_quarter: int = 13, bounds: tuple[float, float]
) -> Suggestions | NoEstimate:
    """Three targets by chance (80, 50, 20 %), and two by repeating a good (Q₇₅) or rare (Q₉₀) own quarter.

    The changes from quarter to quarter are shrunk by s = max(0, 1 − mean sampling variance/variance)·m/(m+2), m of
    them, and added to the smoothed level now. Without real movement almost nothing is left of them, where the plain
    quantile would ask for noise. NoEstimate under 4 whole quarters.
    """
    if better is Better.NEITHER:
        raise ValueError("a metric that is better neither way has no target to suggest")
    sign = 1.0 if better is Better.HIGHER else -1.0
    fitted = local_level(series)
    if isinstance(fitted, NoEstimate):
        return fitted
    means, variances = _quarters(series, per_quarter)
    if means.size < LEAST_QUARTERS:
        return NoEstimate("too_few", means.size, LEAST_QUARTERS, "quarters")
    gains = sign * np.diff(means)
    signal = signal_share(gains, variances[1:] + variances[:-1])
    smoothed, _ = _quarters(Series.of(fitted.smoothed()[0], 1.0), per_quarter)
    now, _ = fitted.now
    best = sign * float(np.max(sign * np.r_[smoothed, now]))
    wanted = {name: told.reached_with(chance, better) for name, chance in CHANCES.items()}
    for name, q in QUANTILES.items():
        wanted[name] = now + sign * max(0.0, signal * float(np.quantile(gains, q)))
    targets = []
    for name, target in wanted.items():
        kept = float(np.clip(target, *bounds))
        limits = {"at_least": kept} if better is Better.HIGHER else {"at_most": kept}
        chance = told.chance(**limits).value
        targets.append(Suggestion(name, kept, chance, sign * kept > sign * best, sign * kept <= sign * now))
    return Suggestions(now, best, signal, means.size, tuple(targets))


def signal_share(changes: Floats, sampling_variances: Floats) -> float:
    """Which share of the changes' variance is not sampling noise, shrunk by m/(m+2) for m changes; 0..1."""
    m = changes.size
    spread = float(np.var(changes, ddof=1))
    return max(0.0, 1 - float(sampling_variances.mean()) / spread) * m / (m + 2) if spread > 0 else 0.0


def _quarters(series: Series, per_quarter: int) -> tuple[Floats, Floats]:
    """The weighted mean and its variance of each whole quarter that has values, the last one ending now."""
    count = series.values.size // per_quarter
    start = series.values.size - count * per_quarter
    weights = series.weights[start:].reshape(count, per_quarter)
    values = np.nan_to_num(series.values[start:]).reshape(weights.shape)
    noise = np.nan_to_num(series.variances[start:]).reshape(weights.shape)
    total = weights.sum(axis=1)
    used = total > 0
    weights = weights[used] / total[used, None]
    return (weights * values[used]).sum(axis=1), (weights**2 * noise[used]).sum(axis=1)
