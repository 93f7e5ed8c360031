"""Goals in worlds whose truth is known: chances come true as often as they say, and looking every day misleads no one.

All worlds are seeded, so a test passes always or never; its tolerance is what chance alone gives 999 times in 1,000.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom

from goalkeeper.goals.evaluate import Evaluator
from goalkeeper.goals.evaluation import Holding, Status
from goalkeeper.goals.outlook import Weeks
from goalkeeper.stats.proportion import wilson
from goals.seam import BEGIN, NOW, Counts, History, Series, agreed_plan, evaluate

pytestmark = pytest.mark.slow
WEEKS = 104
FIRST = BEGIN - timedelta(days=BEGIN.weekday(), weeks=WEEKS)
Floats = Any


def world(daily: Floats, rows: Floats, seed: int) -> Series:
    """Shares drawn a day from the true ones, summed in advance."""
    hits = np.random.default_rng(seed).binomial(rows, daily)
    sums = [np.concatenate([[0], np.cumsum(each)]).tolist() for each in (hits, rows)]

    class Summed(Series):
        def over(self, since: date, until: date) -> Counts:
            first, last = (min(max(0, (day - FIRST).days), len(daily)) for day in (since, until))
            return sums[0][last] - sums[0][first], sums[1][last] - sums[1][first]

    return Summed(lambda day: (0, 0))


def stable(rng: np.random.Generator, weeks: int) -> Floats:
    return np.full(weeks, rng.uniform(0.6, 0.85))


def drift(rng: np.random.Generator, weeks: int) -> Floats:
    return np.clip(0.7 + np.cumsum(rng.normal(0, 0.01, weeks)), 0.1, 0.97)


def step(rng: np.random.Generator, weeks: int) -> Floats:
    level = np.full(weeks, rng.uniform(0.6, 0.75))
    level[rng.integers(20, WEEKS - 10) :] += rng.choice([-0.1, 0.1])
    return level


def trend(rng: np.random.Generator, weeks: int) -> Floats:
    return 0.6 + rng.choice([-1, 1]) * 0.002 * np.arange(weeks)


class TestChances:
    """Each evaluated in the fourth week of a quarter, for five targets about the last month, due at its end."""

    DAY, DUE = date(2026, 1, 25), date(2026, 3, 29)
    RUNS = 150

    def chances(self, kind: Callable[[np.random.Generator, int], Floats]) -> Floats:
        """Rows of stated chance, what came (0 or 1), and what "as last quarter" says."""
        found = []
        for seed in range(self.RUNS):
            rng = np.random.default_rng([seed, 7])
            daily = np.repeat(kind(rng, WEEKS + 13), 7)
            csat = world(daily, rng.integers(6, 16, daily.size), seed)
            month = csat.over(self.DAY - timedelta(days=27), self.DAY + timedelta(days=1))
            quarter = csat.over(self.DAY - timedelta(days=90), self.DAY + timedelta(days=1))
            end = csat.over(self.DUE - timedelta(days=27), self.DUE + timedelta(days=1))
            history = History({"csat": csat}, weeks_before=WEEKS)
            now, before, came = (k / n for k, n in (month, quarter, end))
            targets = [now + step for step in (-0.04, -0.02, 0.0, 0.02, 0.04)]
            goals = "\n[[goal]]\n".join(f'metric = "csat"\nto = {to:.6f}\nby = {self.DUE}' for to in targets)
            made = Evaluator(history, agreed_plan(goals))  # type: ignore[arg-type]
            for goal, frozen, to in zip(made.plan.goals, made.agreed.goals, targets, strict=True):
                chance = made.evaluate(goal, frozen, self.DAY, None, NOW).chance
                assert chance is not None
                found.append((chance.value, came >= to, before >= to))
        return np.array(found, dtype=float)

    def test_they_come_true_as_often_as_they_say_and_beat_as_last_quarter(self) -> None:
        by_world = {kind.__name__: self.chances(kind) for kind in (stable, drift, step, trend)}
        for name, each in by_world.items():
            stated, came, as_before = each.T
            assert np.mean((stated - came) ** 2) < np.mean((as_before - came) ** 2), name
            assert np.mean((stated - came) ** 2) < 0.25, name
        every = np.vstack(list(by_world.values()))
        stated, came, _ = every.T
        for low, high in ((0.2, 0.4), (0.6, 0.8)):
            inside = (stated >= low) & (stated < high)
            assert inside.sum() > 400
            assert low <= came[inside].mean() <= high


class TestLookingEveryDay:
    """A year of looks at a share that is exactly at the target, and at a counterweight that is exactly at its limit."""

    YEARS, A_DAY = 60, 12

    def test_a_verdict_is_wrong_in_at_most_one_year_of_twenty(self) -> None:
        lines = 'metric = "csat"\nto = 0.8\nmust_not_get_worse = [{ metric = "reopen_rate", limit = 0.1 }]\n'
        agreed = agreed_plan(lines, bounds=[0.1], head='period = "2026-01-01..2026-12-31"')
        reached = broken = plain = 0
        days = [BEGIN + timedelta(days=n) for n in range(10, 364)]
        for year in range(self.YEARS):
            rows = np.full(WEEKS * 7 + 400, self.A_DAY)
            csat = world(np.full(rows.size, 0.8 - 1e-9), rows, 2 * year)
            reopened = world(np.full(rows.size, 0.1), rows, 2 * year + 1)
            history = History({"csat": csat, "reopen_rate": reopened})
            history.weeks = lambda watched, until: Weeks()  # type: ignore[method-assign]
            made = Evaluator(history, agreed)  # type: ignore[arg-type]
            found = [evaluate(made, day) for day in days]
            reached += any(each.status is Status.REACHED for each in found)
            broken += any(each.guards[0].holding is Holding.BROKEN for each in found)
            plain += any(wilson(*csat.over(BEGIN, day + timedelta(days=1))).low > 0.8 for day in days)  # type: ignore[operator, union-attr]
        most = binom.ppf(0.999, self.YEARS, 0.025)
        assert reached <= most
        assert broken <= most
        assert plain > most  # what intervals made for one look do
