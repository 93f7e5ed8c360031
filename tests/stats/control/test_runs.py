from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binom

from goalkeeper.stats.control.individuals import xmr
from goalkeeper.stats.control.runs import Runs, run_limits, runs
from goalkeeper.stats.estimate import NoEstimate


def test_runs_and_crossings_are_counted_without_points_on_the_line() -> None:
    found = runs([1, 2, 5, 5, -1, -2, 5, -3, 4, 6, -4, 7, -5, 8], centre=5)
    # about 5: − − − − − − + − + − +, three fives left out
    assert found == Runs(11, 6, 5, 6, 2)
    assert not found.signal


def test_a_shift_signals_and_scatter_does_not() -> None:
    rng = np.random.default_rng(1)
    noise = rng.standard_normal(24)
    steady, shifted = runs(noise), runs(noise + np.repeat([0, 5], 12))
    assert isinstance(steady, Runs)
    assert isinstance(shifted, Runs)
    assert not steady.signal
    assert shifted.signal
    assert (shifted.longest, shifted.crossings) == (12, 1)


@pytest.mark.parametrize("values", [[], [1, 2, 3], [7] * 30, [math.nan] * 30])
def test_too_few_points_off_the_line(values: list[float]) -> None:
    found = runs(values)
    assert isinstance(found, NoEstimate)
    assert found.reason == "too_few"
    assert found.need == 10


def test_values_without_end_are_refused() -> None:
    assert runs([1, math.inf] * 10) == NoEstimate("not_finite")


def test_limits_are_those_of_the_binomial_for_every_length() -> None:
    for n in range(10, 300):
        assert run_limits(n) == (round(math.log2(n)) + 3, binom.ppf(0.05, n - 1, 0.5))


@pytest.mark.slow
@pytest.mark.parametrize(("n", "normal", "single"), [(24, 0.03, 0.06), (52, 0.04, 0.13)])
def test_false_alarms_of_steady_charts(n: int, normal: float, single: float) -> None:
    """Measured before by 4,000 charts each; three standard errors of both are allowed. Skew does not touch the runs."""
    rng, charts = np.random.default_rng(7), 4_000
    noise = rng.standard_normal((charts, n))
    for values in (noise, np.exp(noise)):
        signals = np.mean([runs(row).signal for row in values])
        assert signals == pytest.approx(normal, abs=0.005 + 4.2 * math.sqrt(normal * (1 - normal) / charts))
    limits = [xmr(row) for row in noise]
    beyond = np.mean([one.outside(row).any() for one, row in zip(limits, noise, strict=True)])
    assert beyond == pytest.approx(single, abs=0.005 + 4.2 * math.sqrt(single * (1 - single) / charts))
    skewed = np.exp(noise)
    assert np.mean([xmr(row).outside(row).any() for row in skewed]) > 0.65
