from __future__ import annotations

import numpy as np
import pytest

from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.stats.forecast.forecast import Forecast, forecast
from goalkeeper.stats.forecast.series import Series
from goalkeeper.stats.forecast.suggest import Suggestions, signal_share, suggest
from goalkeeper.units import Better


def suggested(series: Series, better: Better = Better.HIGHER) -> Suggestions:
    told = forecast(series, 13, rng=np.random.default_rng(2), bounds=(0, 1))
    assert isinstance(told, Forecast)
    found = suggest(series, told, better, bounds=(0, 1))
    assert isinstance(found, Suggestions)
    return found


def quarters(*levels: float) -> Series:
    """Weekly shares of exactly these levels, of 10,000 answers each."""
    sizes = np.full(13 * len(levels), 10_000)
    return Series.of_shares(np.repeat(levels, 13) * sizes, sizes)


def test_the_signal_share_by_hand() -> None:
    changes, noise = np.array([3.0, -1.0, 1.0, -3.0]), np.full(4, 2.0)
    assert signal_share(changes, noise) == pytest.approx((1 - 2 / (20 / 3)) * 4 / 6)
    assert signal_share(changes, np.full(4, 9.0)) == 0
    assert signal_share(np.zeros(3), np.zeros(3)) == 0


def test_chances_order_the_three_targets_both_ways() -> None:
    series = quarters(0.6, 0.66, 0.62, 0.7, 0.65)
    for better, sign in ((Better.HIGHER, 1), (Better.LOWER, -1)):
        found = suggested(series, better)
        safe, fair, stretch = (found[name] for name in ("safe", "fair", "stretch"))
        assert sign * safe.target < sign * fair.target < sign * stretch.target
        assert (safe.chance, fair.chance, stretch.chance) == pytest.approx((0.8, 0.5, 0.2), abs=0.02)
        assert safe.no_gain
        assert not stretch.no_gain


def test_a_good_own_quarter_is_repeated_less_what_is_noise() -> None:
    found = suggested(quarters(0.60, 0.64, 0.62, 0.66, 0.64))
    gains = [0.04, -0.02, 0.04, -0.02]
    assert found.quarters == 5
    assert found.signal == pytest.approx(4 / 6, abs=0.01)
    assert found.now == pytest.approx(0.64, abs=0.003)
    assert found["good quarter"].target == pytest.approx(found.now + found.signal * np.quantile(gains, 0.75), abs=1e-6)
    assert found["rare quarter"].target >= found["good quarter"].target
    assert found.best_quarter == pytest.approx(0.66, abs=0.003)
    assert found["good quarter"].never_reached  # 0.667 lies above the 0.66 of the fourth quarter


def test_targets_stay_possible_and_a_falling_number_is_held() -> None:
    top = suggested(quarters(0.90, 0.99, 0.90, 0.99, 0.995))
    assert top["rare quarter"].target <= 1
    falling = suggested(quarters(0.9, 0.8, 0.7, 0.6))
    assert falling["good quarter"].target == pytest.approx(falling.now)
    assert falling["good quarter"].no_gain


def test_what_has_no_suggestion() -> None:
    series = quarters(0.6, 0.7, 0.8)
    told = forecast(series, 13, rng=np.random.default_rng(1))
    assert isinstance(told, Forecast)
    assert suggest(series, told, Better.HIGHER, bounds=(0, 1)) == NoEstimate("too_few", 3, 4, "quarters")
    with pytest.raises(ValueError, match="neither way"):
        suggest(series, told, Better.NEITHER, bounds=(0, 1))


@pytest.mark.slow
def test_noise_alone_asks_for_almost_nothing() -> None:
    """Without movement a plain upper quartile asks for a point of noise, the shrunk one for a third of it."""
    rng, plain, shrunk = np.random.default_rng(5), [], []
    for _ in range(60):
        sizes = rng.integers(40, 121, 104)
        hits = rng.binomial(sizes, 0.8)
        found = suggested(Series.of_shares(hits, sizes))
        by_quarter = hits.reshape(8, 13).sum(axis=1) / sizes.reshape(8, 13).sum(axis=1)
        plain.append(np.quantile(np.diff(by_quarter), 0.75))
        shrunk.append(found["good quarter"].target - found.now)
    assert np.mean(plain) > 0.008
    assert np.mean(shrunk) < np.mean(plain) / 3
