from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.stats.forecast.forecast import DRAWS, Forecast, forecast
from goalkeeper.stats.forecast.local_level import LocalLevel, local_level
from goalkeeper.stats.forecast.series import Series
from goalkeeper.units import Better


def steady(n: int, seed: int = 1) -> Series:
    sizes = np.full(n, 100)
    return Series.of_shares(np.random.default_rng(seed).binomial(sizes, 0.8), sizes)


def told(series: Series, horizon: int = 13, **more: object) -> Forecast:
    found = forecast(series, horizon, rng=np.random.default_rng(2), **more)  # type: ignore[arg-type]
    assert isinstance(found, Forecast)
    return found


def test_under_twelve_periods_nothing_under_twenty_six_words() -> None:
    assert forecast(steady(11), 4, rng=np.random.default_rng(1)) == NoEstimate("too_few", 11, 12, "periods")
    short, long = told(steady(25), 4), told(steady(26), 4)
    assert (short.words_only, short.widened) == (True, 1.25)
    assert (long.words_only, long.widened) == (False, 1.0)
    assert short.chance(at_least=0.8).words_only


def test_the_level_half_is_the_known_normal_where_nothing_drifts() -> None:
    """With all weight on no drift: the level's variance r/n plus the window's own r/4."""
    series = Series.of(np.tile([0.78, 0.82], 30), 0.02**2)
    fitted, found = local_level(series), told(series, draws=40_000)
    assert isinstance(fitted, LocalLevel)
    drift_variance = float(fitted.chances @ fitted.drifts**2)
    expected = math.sqrt(fitted.now[1] ** 2 + (9 + 7.5 / 4) * drift_variance + 0.02**2 / 4)
    assert found.by_level.std() == pytest.approx(expected, rel=0.03)
    assert found.by_level.mean() == pytest.approx(fitted.now[0], abs=0.001)


def test_the_changes_half_is_the_latest_mean_plus_or_minus_its_own_past_changes() -> None:
    values = np.arange(40.0)
    found = told(Series.of(values, 1e-6))
    # a straight climb of 13 periods is 13, which may as well have been a fall
    assert set(np.round(found.by_changes, 6)) == {37.5 - 13, 37.5 + 13}
    assert found.by_level.size == found.by_changes.size == DRAWS // 2


def test_too_few_past_changes_leave_all_to_the_level() -> None:
    found = told(steady(20))
    assert found.by_changes.size == 0
    one = found.chance(at_least=0.8)
    assert one.low == one.value == one.high


def test_periods_of_the_window_that_have_passed_count_as_they_were() -> None:
    series = Series.of(np.r_[np.full(30, 0.5), 0.9, 0.9, 0.9], 0.01**2)
    found = told(series, horizon=1, window=4)
    spread = np.quantile(found.by_level, [0, 1])
    assert (spread > 0.75).all()
    assert found.by_level.std() < told(series, horizon=1, window=1).by_level.std() / 3


def test_chance_quantile_and_interval_agree() -> None:
    found = told(steady(60))
    for better, limit in ((Better.HIGHER, "at_least"), (Better.LOWER, "at_most")):
        target = found.reached_with(0.7, better)
        chance = found.chance(**{limit: target})
        assert chance.value == pytest.approx(0.7, abs=0.01)
        assert chance.low <= chance.value <= chance.high
    one = found.estimate(0.8)
    assert found.chance(one.low, one.high).value == pytest.approx(0.8, abs=0.01)
    assert found.chance().value < 1
    assert found.chance(at_least=2).value > 0
    with pytest.raises(ValueError, match="neither way"):
        found.reached_with(0.5, Better.NEITHER)


def test_bounds_widening_and_known_future_noise() -> None:
    series = Series.of_shares(np.full(40, 99), 100)
    assert told(series, bounds=(0, 1)).draws.max() <= 1
    plain, wide = told(steady(60)), told(steady(60), widen=2)
    assert wide.draws.std() == pytest.approx(2 * plain.draws.std(), rel=0.01)
    noisy = told(steady(60), future_variance=1.0)
    assert noisy.by_level.std() == pytest.approx(0.5, rel=0.05)


def test_the_same_seed_gives_the_same_draws_and_missing_weeks_do_not_stop_it() -> None:
    values = steady(60).values.copy()
    values[[3, 20, 21, 22, 23, 59]] = np.nan
    gaps = Series.of(values, 0.0016)
    assert (told(gaps).draws == told(gaps).draws).all()
    assert told(gaps).points == 54
    with pytest.raises(ValueError, match="at least one period"):
        told(gaps, horizon=0)


@pytest.mark.slow
def test_levels_that_are_known_are_met_as_often_as_stated() -> None:
    """Nothing drifts and 500 weeks are known: the chance of a target z standard errors off is normal."""
    rng, hits, stated = np.random.default_rng(4), [], []
    for _ in range(300):
        sizes = np.full(304, 100)
        counts = rng.binomial(sizes, 0.8)
        found = forecast(Series.of_shares(counts[:300], sizes[:300]), 4, rng=rng)
        assert isinstance(found, Forecast)
        stated.append(found.chance(at_least=0.82).value)
        hits.append(counts[300:].sum() >= 328)
    truth = norm.sf((327.5 / 400 - 0.8) / math.sqrt(0.16 / 400))
    assert np.mean(hits) == pytest.approx(truth, abs=0.07)
    assert np.mean(stated) == pytest.approx(truth, abs=0.05)
