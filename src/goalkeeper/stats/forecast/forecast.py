"""What a published number will be by a date, as draws: half by a local level, half by its own past changes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.stats.forecast.chance import Chance
from goalkeeper.stats.forecast.local_level import LocalLevel, local_level
from goalkeeper.stats.forecast.series import Series
from goalkeeper.stats.level import tail
from goalkeeper.stats.sums import Floats
from goalkeeper.units import Better

LEAST_POINTS = 12
"""Below so many periods nothing is said."""

NUMBER_POINTS = 26
"""Below so many periods a chance is said in words only, and the spread is taken `SHORT_WIDENING` times as large."""

SHORT_WIDENING = 1.25
DRAWS = 4_000

_LEAST_CHANGES = 5
_LEAST_BASE = 4
_RECENT = 8


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """Draws of the published number at the due date by both ways, ascending.

    `by_changes` is empty where history is too short for it. `widened` is the factor by which the draws were spread
    about their median.
    """

    points: int
    horizon: int
    by_level: Floats
    by_changes: Floats
    widened: float

    @property
    def words_only(self) -> bool:
        """Whether history is too short for a chance in figures."""
        return self.points < NUMBER_POINTS

    @property
    def draws(self) -> Floats:
        """All draws."""
        return np.concatenate([self.by_level, self.by_changes])

    def chance(self, at_least: float = -math.inf, at_most: float = math.inf) -> Chance:
        """The chance that the published number lies within limits, and the range of the two ways."""
        parts = [_share(draws, at_least, at_most) for draws in (self.by_level, self.by_changes) if draws.size]
        return Chance(sum(parts) / len(parts), min(parts), max(parts), self.words_only)

    def reached_with(self, chance: float, better: Better) -> float:
        """The target that is reached with this chance: at least it where higher is better, at most where lower is."""
        if better is Better.NEITHER:
            raise ValueError("a metric that is better neither way has no target to reach")
        return float(np.quantile(self.draws, 1 - chance if better is Better.HIGHER else chance))

    def estimate(self, level: float = 0.8) -> Estimate:
        """The median and the interval that the number will lie in with chance `level`."""
        low, middle, high = (float(x) for x in np.quantile(self.draws, [tail(level), 0.5, 1 - tail(level)]))
        return Estimate(middle, low, high, level, self.points, f"forecast of {self.horizon} periods")


def forecast(
    series: Series,
    horizon: int,
    *,
    rng: np.random.Generator,
    window: int = 4,
    bounds: tuple[float, float] = (-math.inf, math.inf),
    future_variance: float | None = None,
    widen: float = 1.0,
    draws: int = DRAWS,
) -> Forecast | NoEstimate:
    """The number published for the last `window` periods up to `horizon` periods ahead (their weighted mean).

    Periods of the window that have passed count as they were; future ones get sampling noise like the recent ones'
    (or `future_variance`). `bounds` are the values the number can take. `widen` is the back-test's factor.
    Half the draws come from the `local_level`, half from the latest mean (of as many periods, at least 4; of 4 where
    history is short) plus or minus past changes from such a mean to such a window; with fewer than 5 changes all come
    from the level. Covers too little where history is under a year and the level wanders (about 70 % of outcomes in the
    80 % interval): show its `back_test` beside it. NoEstimate under 12 periods.
    """
    if horizon < 1 or window < 1:
        raise ValueError(f"horizon and window are at least one period, not {horizon} and {window}")
    if series.points < LEAST_POINTS:
        return NoEstimate("too_few", series.points, LEAST_POINTS, "periods")
    fitted = local_level(series)
    if isinstance(fitted, NoEstimate):
        return fitted
    block = min(horizon, window)
    noise = _recent_variance(series) if future_variance is None else future_variance
    known, weight = _known(series, window - block, block, noise)
    ahead = _level_draws(fitted, horizon, block, noise, draws // 2, rng)
    by_changes = _change_draws(series, horizon, block, draws // 2, rng)
    factor = widen * (SHORT_WIDENING if series.points < NUMBER_POINTS else 1.0)
    middle = float(np.median(np.r_[ahead, by_changes]))

    def published(drawn: Floats) -> Floats:
        spread = middle + factor * (drawn - middle)
        result: Floats = np.sort(np.clip(weight * known + (1 - weight) * spread, *bounds))
        return result

    return Forecast(series.points, horizon, published(ahead), published(by_changes), factor)


def _known(series: Series, passed: int, block: int, noise: float) -> tuple[float, float]:
    """The mean of the window's last `passed` periods, and its weight beside `block` future ones."""
    if passed == 0:
        return 0.0, 0.0
    n = series.values.size
    weights = series.weights
    each = 1 / noise if noise > 0 and (series.variances[series.seen] > 0).all() else 1.0
    total = float(weights[max(0, n - passed) :].sum())
    mean = series.pooled(max(0, n - passed), n)
    return (mean, total / (total + block * each)) if total > 0 else (0.0, 0.0)


def _level_draws(
    fitted: LocalLevel, horizon: int, block: int, noise: float, size: int, rng: np.random.Generator
) -> Floats:
    """Means of the last `block` of `horizon` future values, each with its own sampling noise."""
    level, drift = fitted.draw(size, rng)
    level = level + drift * math.sqrt(horizon - block) * rng.standard_normal(size)
    paths = level[:, None] + np.cumsum(drift[:, None] * rng.standard_normal((size, block)), axis=1)
    result: Floats = paths.mean(axis=1) + math.sqrt(noise / block) * rng.standard_normal(size)
    return result


def _change_draws(series: Series, horizon: int, block: int, size: int, rng: np.random.Generator) -> Floats:
    """The latest mean plus or minus past changes; none where there are too few."""
    n, base = series.values.size, max(block, _LEAST_BASE)
    if n - horizon - base + 1 < _LEAST_CHANGES:
        base = _LEAST_BASE
    changes, latest = _changes(series, horizon, block, base), series.pooled(n - base, n)
    if changes.size < _LEAST_CHANGES or math.isnan(latest):
        return np.empty(0)
    return latest + rng.choice(np.concatenate([changes, -changes]), size=size)


def _changes(series: Series, horizon: int, block: int, base: int) -> Floats:
    """Past changes from the mean of `base` periods to the mean of the block that ends `horizon` periods later."""
    n, weights = series.values.size, series.weights
    total = np.r_[0.0, np.cumsum(weights)]
    summed = np.r_[0.0, np.cumsum(weights * np.nan_to_num(series.values))]
    end = np.arange(base, n - horizon + 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        before = (summed[end] - summed[end - base]) / (total[end] - total[end - base])
        after = end + horizon
        later = (summed[after] - summed[after - block]) / (total[after] - total[after - block])
    changes: Floats = later - before
    return changes[np.isfinite(changes)]


def _recent_variance(series: Series) -> float:
    recent = series.variances[series.seen][-_RECENT:]
    return float(recent.mean())


def _share(draws: Floats, at_least: float, at_most: float) -> float:
    """The share of ascending draws within limits; never exactly 0 or 1, which draws cannot show."""
    inside = np.searchsorted(draws, at_most, side="right") - np.searchsorted(draws, at_least, side="left")
    return (max(0, int(inside)) + 0.5) / (draws.size + 1)
