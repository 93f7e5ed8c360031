from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import nbinom, poisson

from goalkeeper.stats.control.spikes import Spike, ears_c1, noufaily, same_weekday_spike
from goalkeeper.stats.estimate import NoEstimate


def days(today: int, past: int = 4) -> list[int]:
    return [past] * 56 + [today]


def test_equal_counts_are_held_against_a_barely_widened_poisson() -> None:
    found = same_weekday_spike(days(12))
    assert isinstance(found, Spike)
    assert (found.count, found.expected, found.dispersion, found.enough) == (12, 4, 1, True)
    # variance 4·9/8: a negative binomial of size m²/(var−m) = 32
    assert found.p_value == pytest.approx(nbinom.sf(11, 32, 8 / 9))
    assert poisson.sf(11, 4) < found.p_value < 0.01


def test_only_the_same_weekday_sets_the_mean_and_bursts_widen() -> None:
    week = [50, 1, 1, 1, 1, 1, 1]
    busy = same_weekday_spike(week * 8 + [50])
    assert isinstance(busy, Spike)
    assert busy.expected == 50
    assert busy.p_value > 0.4
    bursts = same_weekday_spike(([0] * 7 + [8] * 7) * 4 + [12])
    assert isinstance(bursts, Spike)
    assert bursts.expected == 4
    assert bursts.dispersion == pytest.approx(16 * 8 / (4 * 7))
    plain = same_weekday_spike(days(12))
    assert isinstance(plain, Spike)
    assert bursts.p_value > plain.p_value


def test_a_theme_never_seen_before_and_one_of_four() -> None:
    new, small = same_weekday_spike(days(6, past=0)), same_weekday_spike(days(4, past=0))
    assert isinstance(new, Spike)
    assert isinstance(small, Spike)
    assert 0 < new.p_value < 1e-4
    assert not small.enough
    assert same_weekday_spike(days(0)).p_value == 1


def test_what_cannot_be_judged() -> None:
    assert same_weekday_spike([3] * 56) == NoEstimate("too_few", 56, 57, "days")
    assert same_weekday_spike([-1, *days(3)[1:]]) == NoEstimate("negative")
    assert ears_c1([1] * 6 + [math.nan]) == NoEstimate("not_finite")
    assert ears_c1([1, 2, 3]) == NoEstimate("too_few", 3, 7, "days")


@pytest.mark.parametrize(("mean", "dispersion"), [(0.3, 1.0), (5, 1.5), (40, 4.0)])
def test_the_plug_in_limits_are_quantiles_of_the_negative_binomial(mean: float, dispersion: float) -> None:
    law = poisson(mean) if dispersion == 1 else nbinom(mean / (dispersion - 1), 1 / dispersion)
    found = noufaily(7, mean, dispersion, 0.01)
    assert (found.low, found.high) == (law.ppf(0.01), law.ppf(0.99))
    assert found.p_value == pytest.approx(law.sf(6))


@pytest.mark.slow
@pytest.mark.parametrize(("mean", "dispersion", "most"), [(2, 1, 0.002), (20, 1, 0.002), (8, 2.5, 0.0045)])
def test_false_alarms_of_steady_themes(mean: float, dispersion: float, most: float) -> None:
    """Nominal 0.001 a day; measured before 0.0003–0.0007 for Poisson and 0.001–0.003 for bursts."""
    rng, tried = np.random.default_rng(3), 20_000
    law = poisson(mean) if dispersion == 1 else nbinom(mean / (dispersion - 1), 1 / dispersion)
    counts = law.rvs((tried, 57), random_state=rng)
    found = [same_weekday_spike(row) for row in counts]
    alarms = sum(one.p_value < 0.001 and one.enough for one in found if isinstance(one, Spike))
    assert alarms <= most * tried
