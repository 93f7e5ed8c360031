"""What the forecasts of the past were worth: each made from what was known then, compared with what came."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.stats.forecast.forecast import LEAST_POINTS, Forecast, forecast
from goalkeeper.stats.forecast.series import Series
from goalkeeper.stats.sums import Floats

LEAST_ORIGINS = 8
"""The fewest forecasts of the past that say anything."""

DISTANCES = (-1.0, -0.5, 0.0, 0.5, 1.0)
"""The targets tried at each origin, as distances from the latest mean in standard deviations of the values."""

COVERAGE_LEVEL = 0.8
_DRAWS = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class BackTest:
    """How forecasts from `origins` past periods came out.

    `stated` and `happened` hold one chance and one outcome (0 or 1) per origin and target. `brier` is their mean
    squared distance, `brier_as_before` that of saying "as last time" with certainty. `coverage` is the share of
    outcomes inside the 80 % interval, `ranks` each outcome's place among its draws (even over 0..1 if calibrated),
    `misses` = √mean(z²), z the outcome's distance from the forecast mean in its standard deviations.
    Origins overlap: only about `independent` of them tell something of their own.
    """

    origins: int
    independent: int
    stated: Floats
    happened: Floats
    as_before: Floats
    coverage: float
    ranks: Floats
    misses: float

    @property
    def brier(self) -> float:
        """The mean squared distance of the stated chances from what happened; 0.25 is a coin's."""
        return float(np.mean((self.stated - self.happened) ** 2))

    @property
    def brier_as_before(self) -> float:
        """The same of saying that the number will be as it last was."""
        return float(np.mean((self.as_before - self.happened) ** 2))

    @property
    def skill(self) -> float:
        """1 − brier/brier_as_before: above 0 is better than "as last time", 1 is perfect; 0 where both are perfect."""
        reference = self.brier_as_before
        return 1 - self.brier / reference if reference > 0 else (0.0 if self.brier == 0 else -math.inf)

    @property
    def widening(self) -> float:
        """The factor for the next forecast's spread: misses, but never below 1."""
        return max(1.0, self.misses)

    def reliability(self, low: float, high: float) -> tuple[float, float, int]:
        """Of the chances stated from low to high: their mean, the share that happened, how many; nan for none."""
        inside = (self.stated >= low) & (self.stated <= high)
        count = int(inside.sum())
        if not count:
            return math.nan, math.nan, 0
        return float(self.stated[inside].mean()), float(self.happened[inside].mean()), count


def back_test(
    series: Series,
    horizon: int,
    *,
    rng: np.random.Generator,
    window: int = 4,
    bounds: tuple[float, float] = (-math.inf, math.inf),
    every: int = 1,
) -> BackTest | NoEstimate:
    """Forecasts from each (every `every`-th) past period with 12 points behind it and an outcome ahead.

    NoEstimate under 8 origins.
    """
    ends = [end for end in range(1, series.values.size - horizon + 1) if series.until(end).points >= LEAST_POINTS]
    scale = float(np.nanstd(series.values)) if series.points else 0.0
    made = []
    for end in ends[::-1][::every][::-1]:
        outcome = series.pooled(end + horizon - window, end + horizon)
        latest = series.pooled(max(0, end - window), end)
        told = forecast(series.until(end), horizon, rng=rng, window=window, bounds=bounds, draws=_DRAWS)
        if isinstance(told, Forecast) and math.isfinite(outcome) and math.isfinite(latest):
            made.append((told, outcome, latest))
    if len(made) < LEAST_ORIGINS:
        return NoEstimate("too_few", len(made), LEAST_ORIGINS, "past forecasts")
    targets = [(*one, one[2] + distance * scale) for one in made for distance in DISTANCES]
    return BackTest(
        origins=len(made),
        independent=(ends[-1] - ends[0]) // horizon + 1,
        stated=np.array([told.chance(at_least=target).value for told, _, _, target in targets]),
        happened=np.array([float(outcome >= target) for _, outcome, _, target in targets]),
        as_before=np.array([float(latest >= target) for _, _, latest, target in targets]),
        coverage=float(np.mean([_covers(told.estimate(COVERAGE_LEVEL), outcome) for told, outcome, _ in made])),
        ranks=np.array([_rank(told, outcome) for told, outcome, _ in made]),
        misses=math.sqrt(float(np.mean([_z(told, outcome) ** 2 for told, outcome, _ in made]))),
    )


def _covers(inside: Estimate, outcome: float) -> bool:
    return inside.low is not None and inside.high is not None and inside.low <= outcome <= inside.high


def _rank(told: Forecast, outcome: float) -> float:
    draws = np.sort(told.draws)
    return float(np.searchsorted(draws, outcome) + np.searchsorted(draws, outcome, side="right")) / (2 * draws.size)


def _z(told: Forecast, outcome: float) -> float:
    """The outcome in standard deviations of the draws; 0 where both have none between them."""
    draws = told.draws
    gap, sd = outcome - float(draws.mean()), float(draws.std())
    return 0.0 if abs(gap) <= 1e-12 * abs(outcome) else gap / max(sd, 1e-12 * abs(gap))
