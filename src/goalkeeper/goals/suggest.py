"""Targets that own history supports, with their chances: safe, fair and stretch, and what a good own quarter brings."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

import numpy as np

from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.formulas.shapes import CALENDAR, WORKING
from goalkeeper.goals.history import History
from goalkeeper.goals.outlook import forecast_of, own_months, own_quarters, wait_words
from goalkeeper.goals.plan import RECENT_WEEKS, Watched
from goalkeeper.measure import Cell
from goalkeeper.metrics import Benchmark
from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.stats.forecast.forecast import Forecast
from goalkeeper.stats.forecast.series import Series
from goalkeeper.stats.forecast.suggest import CHANCES, Suggestion, Suggestions
from goalkeeper.stats.forecast.suggest import suggest as suggest_from
from goalkeeper.units import Better

MOST_SEGMENTS = 20


@dataclass(frozen=True, slots=True)
class Targets:
    """The targets for something watched, beside how it was lately, or why none can be suggested.

    ``best`` is the best own quarter, smoothed; the best own month where history has under four quarters. ``told`` is
    the forecast that the chances are of. ``quarters`` are its own last ones, the oldest first.
    """

    watched: Watched
    recent: Cell
    best: float | None
    targets: tuple[Suggestion, ...]
    why_none: str
    told: Forecast | None
    benchmark: Benchmark | None
    benchmark_note: str
    quarters: tuple[float, ...] = ()

    def moves_as_far(self, target: float) -> tuple[int, int]:
        """In how many of the changes from quarter to quarter it moved as far as from the last one to a target."""
        wanted = target - self.quarters[-1] if self.quarters else 0.0
        changes = [later - earlier for earlier, later in pairwise(self.quarters)]
        return sum(change >= wanted if wanted > 0 else change <= wanted for change in changes), len(changes)

    @property
    def words_only(self) -> bool:
        """Whether history is too short for chances in figures."""
        return self.told is not None and self.told.words_only

    def chance(self, target: float) -> float:
        """The chance of reaching another target; nan where nothing is foretold."""
        if self.told is None:
            return math.nan
        if self.watched.metric.better is Better.HIGHER:
            return self.told.chance(at_least=target).value
        return self.told.chance(at_most=target).value

    def __getitem__(self, name: str) -> Suggestion:
        return next(each for each in self.targets if each.name == name)


def suggest(history: History, watched: Watched, due: date, today: date = date.min) -> Targets:
    """Targets for one metric and segment at a due day; UsageError for a metric without a better direction.

    Where there are none yet, no day before ``today`` is named as the one on which there are.
    """
    metric = watched.metric
    if metric.better is Better.NEITHER:
        raise UsageError(
            f"{metric.name.lower()} is better neither higher nor lower.", where=metric.key, hint="Take another metric."
        )
    weeks, recent = history.weeks(watched), history.recent(watched)
    formula = metric.variant(watched.variant)
    working = WORKING if history.workspace.settings.has_hours else CALENDAR
    clock = (watched.clock or working) if formula.has_clock else ""
    statistic = watched.statistic or metric.headline(watched.variant)
    benchmark, note = metric.benchmark(set(watched.where.get("channel", ())), clock, statistic)
    quarters_ago = () if formula.depends_on_length else own_quarters(weeks.results)
    found = Targets(watched, recent, None, (), "", None, benchmark, note, quarters_ago)
    tested = forecast_of(watched, weeks, due)
    if isinstance(tested, NoEstimate):
        return replace(found, why_none=wait_words(tested, weeks, due, today))
    told = tested.forecast
    series = Series.of_results(weeks.results)
    quarters = suggest_from(series, told, metric.better, per_quarter=RECENT_WEEKS, bounds=metric.possible)
    if isinstance(quarters, Suggestions):
        best, targets = quarters.best_quarter, quarters.targets
    else:
        best, targets = _by_chance(watched, recent, told, own_months(weeks.results))
    return replace(found, best=best, targets=targets, told=told)


def _by_chance(
    watched: Watched, recent: Cell, told: Forecast, months: list[float]
) -> tuple[float, tuple[Suggestion, ...]]:
    """The three by chance alone, for a history too short for quarters."""
    sign = 1.0 if watched.metric.better is Better.HIGHER else -1.0
    best = sign * max(sign * month for month in months)
    now = recent.value.value if isinstance(recent.value, Estimate) else months[-1]
    made = []
    for name, chance in CHANCES.items():
        target = float(np.clip(told.reached_with(chance, watched.metric.better), *watched.metric.possible))
        made.append(Suggestion(name, target, chance, sign * target > sign * best, sign * target <= sign * now))
    return best, tuple(made)


def by_split(history: History, watched: Watched, split: str) -> Iterator[Watched]:
    """The same metric in each value of a split, the largest MOST_SEGMENTS; UnknownName for another column."""
    splits = watched.metric.dataset(watched.variant).splits
    if split not in splits:
        raise UnknownName("split", split, splits, where=watched.metric.key)
    span = history.recent(watched).period
    cells = history.cells(watched, span.since, span.until, by=(split,))
    for cell in sorted(cells, key=lambda cell: -cell.n)[:MOST_SEGMENTS]:
        value = cell.by[split]
        if value is not None:
            yield replace(watched, where={**watched.where, split: (value,)})
