"""Forecasts of five simulated worlds: stable, drifting, returning, trending, stepping; 40–120 answers a week.

Tolerances: five targets a series hang together, so a share of chances that came true is held to ±3 standard errors of
as many independent series as there are, never of chances.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from goalkeeper.stats.forecast.forecast import Forecast, forecast
from goalkeeper.stats.forecast.series import Series

pytestmark = pytest.mark.slow

WORLDS = ("stable", "walk", "returning", "trend", "step")
QUARTER, RUNS = 13, 200
TARGETS = (-0.04, -0.02, 0.0, 0.02, 0.04)


def level(world: str, n: int, rng: np.random.Generator) -> np.ndarray:
    """The true share of each week, n past ones and a quarter to come."""
    t, total = np.arange(n + QUARTER), n + QUARTER
    match world:
        case "walk":
            found = 0.8 + np.cumsum(rng.normal(0, 0.008, total))
        case "returning":
            found = np.full(total, 0.8)
            for week in range(1, total):
                found[week] = 0.8 + 0.9 * (found[week - 1] - 0.8) + rng.normal(0, 0.03 * math.sqrt(0.19))
        case "trend":
            found = 0.8 + rng.choice([-1, 1]) * 0.0008 * (t - n / 2)
        case "step":
            found = 0.81 + rng.choice([-1, 1]) * np.where(t < n - 10, -0.03, 0.03)
        case _:
            found = np.full(total, 0.8)
    return np.clip(found, 0.02, 0.98)


@cache
def outcomes(world: str, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Stated chances, whether they came true, "as last quarter", and the coverage of the 80 % interval."""
    rng = np.random.default_rng(WORLDS.index(world) * 1_000 + n)
    stated, happened, as_before, covered = [], [], [], 0
    for _ in range(RUNS):
        share = level(world, n, rng)
        sizes = rng.integers(40, 121, share.size)
        hits = rng.binomial(sizes, share)
        told = forecast(Series.of_shares(hits[:n], sizes[:n]), QUARTER, rng=rng, window=QUARTER, bounds=(0, 1))
        assert isinstance(told, Forecast)
        last, next_one = (hits[at].sum() / sizes[at].sum() for at in (slice(n - QUARTER, n), slice(n, None)))
        inside = told.estimate(0.8)
        covered += inside.low <= next_one <= inside.high
        for distance in TARGETS:
            target = last + distance
            stated.append(told.chance(at_least=target).value)
            happened.append(next_one >= target)
            as_before.append(last >= target)
    return np.array(stated), np.array(happened, float), np.array(as_before, float), covered / RUNS


@pytest.mark.parametrize("n", [26, 104])
def test_of_chances_near_seventy_percent_sixty_to_eighty_come_true(n: int) -> None:
    stated, happened = (
        np.concatenate(parts) for parts in list(zip(*(outcomes(w, n) for w in WORLDS), strict=True))[:2]
    )
    near = (stated >= 0.65) & (stated <= 0.75)
    assert near.sum() > 200
    assert 0.6 <= happened[near].mean() <= 0.8


@pytest.mark.parametrize("n", [26, 104])
def test_all_stated_chances_are_calibrated(n: int) -> None:
    stated, happened = (
        np.concatenate(parts) for parts in list(zip(*(outcomes(w, n) for w in WORLDS), strict=True))[:2]
    )
    for low in np.arange(0, 1, 0.2):
        near = (stated >= low) & (stated < low + 0.2)
        p = stated[near].mean()
        series = near.sum() / len(TARGETS)
        assert happened[near].mean() == pytest.approx(p, abs=0.05 + 3 * math.sqrt(p * (1 - p) / series)), low


@pytest.mark.parametrize("n", [26, 104])
@pytest.mark.parametrize("world", WORLDS)
def test_every_world_is_forecast_better_than_as_last_quarter(world: str, n: int) -> None:
    stated, happened, as_before, coverage = outcomes(world, n)
    assert np.mean((stated - happened) ** 2) < np.mean((as_before - happened) ** 2)
    assert np.mean((stated - happened) ** 2) < 0.23  # a coin's is 0.25
    assert coverage > 0.8 - 0.15
