"""How likely a goal is to be reached, from the weeks of its own metric."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from goalkeeper.goals.plan import JUDGED_WEEKS, RECENT_WEEKS, Goal, Shape, Watched
from goalkeeper.measure.periods import after, begin
from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.forecast.back_test import BackTest, back_test
from goalkeeper.stats.forecast.chance import Chance
from goalkeeper.stats.forecast.forecast import LEAST_POINTS, Forecast, forecast
from goalkeeper.stats.forecast.series import Series
from goalkeeper.stats.level import normal_quantile
from goalkeeper.units import Better

MOST_WEEKS = 156
"""The weeks of history that are looked at: three years."""

QUARTERS = 9
"""How many own quarters are compared: eight changes from one to the next."""

FAIR = 0.5
_LEAST_DAYS = 60
_POWER = 0.8
_SEED = 20_270_101  # the same history always gives the same chance
_MOST_ORIGINS = 16
_FAN_STEPS, _FAN_DRAWS = 5, 2_000


@dataclass(frozen=True, slots=True)
class Weeks:
    """A metric in whole weeks, oldest first; ``until`` is the day after the last of them."""

    results: tuple[Result, ...] = ()
    until: date = date.min

    def ahead(self, due: date) -> int:
        """How many weeks from the last one to the end of a day, begun ones included; under 1 where it is past."""
        return math.ceil(((due - self.until).days + 1) / 7)


@dataclass(frozen=True, slots=True)
class Outlook:
    """The chance of a goal, the target with a fair one (None for RANGE), and between which values own months lay."""

    chance: Chance
    fair: float | None
    least: float
    most: float


def outlook(goal: Goal, weeks: Weeks, due: date, tested: Tested | NoEstimate | None = None) -> Outlook | NoEstimate:
    """The chance that the metric over the last JUDGED_WEEKS up to the due day is where the goal wants it.

    NoEstimate under 12 weeks of history, for a due day that has passed, and for goals of a direction. ``tested`` is the
    `forecast_of` it, where that is known already.
    """
    tested = tested or forecast_of(goal.watched, weeks, due)
    if isinstance(tested, NoEstimate):
        return tested
    told = tested.forecast
    if goal.shape is Shape.RANGE and goal.low is not None and goal.high is not None:
        chance, fair = told.chance(at_least=goal.low, at_most=goal.high), None
    elif goal.to is None:
        return NoEstimate("no_data", what="target")
    else:
        limits = {"at_least": goal.to} if goal.upwards else {"at_most": goal.to}
        chance, fair = told.chance(**limits), told.reached_with(FAIR, better_of(goal))
    months = own_months(weeks.results)
    return Outlook(chance, fair, min(months), max(months))


@dataclass(frozen=True, slots=True)
class Tested:
    """A forecast, spread by what those of the past missed, and how they came out."""

    forecast: Forecast
    back_test: BackTest | NoEstimate


def forecast_of(watched: Watched, weeks: Weeks, due: date) -> Tested | NoEstimate:
    """What something watched will be over the last JUDGED_WEEKS up to a due day; a stock, at its end."""
    ahead, formula = weeks.ahead(due), watched.formula
    if ahead < 1:
        return NoEstimate("no_data", what="weeks")
    if formula.depends_on_length:
        return NoEstimate("undetermined", what="a chance, for weeks say nothing of longer periods")
    series, rng = Series.of_results(weeks.results), np.random.default_rng(_SEED)
    if series.points < LEAST_POINTS:  # a week of under five rows has no value
        return NoEstimate("too_few", series.points, LEAST_POINTS, "weeks with enough rows")
    window, bounds = 1 if formula.is_stock else JUDGED_WEEKS, watched.metric.possible
    every = 1 + max(0, series.points - LEAST_POINTS - ahead) // _MOST_ORIGINS
    tested = back_test(series, ahead, rng=rng, window=window, bounds=bounds, every=every)
    widen = tested.widening if isinstance(tested, BackTest) else 1.0
    told = forecast(series, ahead, rng=rng, window=window, bounds=bounds, widen=widen)
    return told if isinstance(told, NoEstimate) else Tested(told, tested)


def wait_words(missing: NoEstimate, weeks: Weeks, due: date, today: date) -> str:
    """Why there is no forecast, and on which day there is one if as many weeks have enough rows as did before.

    No day is named that is past, or after the due day, or that never comes: no more than MOST_WEEKS are looked at.
    """
    if missing.reason != "too_few" or not missing.have or not weeks.results:
        return missing.words
    ahead = math.ceil((missing.need - missing.have) * len(weeks.results) / missing.have)
    ready = weeks.until + timedelta(weeks=ahead)
    if len(weeks.results) + ahead > MOST_WEEKS or not today <= ready <= due:
        return missing.words
    return f"{missing.words}, ready on {ready.day} {ready:%B %Y}"


def fan(watched: Watched, weeks: Weeks, tested: Tested) -> Iterator[tuple[int, Estimate]]:
    """How many weeks ahead, and what the metric will be then with a chance of 80 %; the last is the forecast's own.

    Each is over the last JUDGED_WEEKS up to then; a stock's at the end. Spread like the forecast of the due day.
    """
    ahead, series = tested.forecast.horizon, Series.of_results(weeks.results)
    window, bounds = 1 if watched.formula.is_stock else JUDGED_WEEKS, watched.metric.possible
    widen = tested.back_test.widening if isinstance(tested.back_test, BackTest) else 1.0
    steps = sorted({1 + (ahead - 1) * step // _FAN_STEPS for step in range(_FAN_STEPS)} - {ahead})
    for step in steps:
        told = forecast(
            series, step, rng=np.random.default_rng(_SEED), window=window, bounds=bounds, widen=widen, draws=_FAN_DRAWS
        )
        if not isinstance(told, NoEstimate):
            yield step, told.estimate()
    yield ahead, tested.forecast.estimate()


def rows_needed(change: float, recent: Estimate) -> float:
    """How many rows show a change from an estimate with 80 % power at its level; inf where its own noise hides it.

    n = s²/((δ/(z_α+z_β))² − se²) with s² = se²·n of the estimate: the variance of the later value has that much room.
    """
    if not recent.n or not 0 < recent.width < math.inf:
        return math.inf
    z = normal_quantile(recent.level)
    se = recent.width / (2 * z)
    room = (change / (z + normal_quantile(2 * _POWER - 1))) ** 2 - se**2
    return se**2 * recent.n / room if room > 0 else math.inf


def least_change(recent: Estimate, coming: float) -> float:
    """The smallest change from an estimate that so many coming rows can show: where they are the rows_needed."""
    z = normal_quantile(recent.level)
    se = recent.width / (2 * z)
    return (z + normal_quantile(2 * _POWER - 1)) * se * math.sqrt(1 + recent.n / coming)


def next_due(day: date) -> date:
    """The last day of the first quarter that a plan made on a day has two months for."""
    end = after(begin(day, "quarter"), "quarter")
    if (end - day).days < _LEAST_DAYS:
        end = after(end, "quarter")
    return end - timedelta(days=1)


def better_of(goal: Goal) -> Better:
    """The direction that the goal wants."""
    return Better.HIGHER if goal.upwards else Better.LOWER


def own_quarters(results: Sequence[Result]) -> tuple[float, ...]:
    """The value over each of the last whole QUARTERS of history that has one, the oldest first."""
    series, count = Series.of_results(results), len(results)
    starts = range(max(count % RECENT_WEEKS, count - QUARTERS * RECENT_WEEKS), count, RECENT_WEEKS)
    pooled = (series.pooled(start, start + RECENT_WEEKS) for start in starts)
    return tuple(value for value in pooled if math.isfinite(value))


def own_months(results: Sequence[Result]) -> list[float]:
    """The value over each JUDGED_WEEKS of history that has one."""
    series = Series.of_results(results)
    pooled = (series.pooled(start, start + JUDGED_WEEKS) for start in range(max(1, len(results) - JUDGED_WEEKS + 1)))
    return [value for value in pooled if math.isfinite(value)]
