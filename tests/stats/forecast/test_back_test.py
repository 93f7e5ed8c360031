from __future__ import annotations

import math

import numpy as np
import pytest

from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.stats.forecast.back_test import BackTest, back_test
from goalkeeper.stats.forecast.series import Series


def of(stated: list[float], happened: list[float], as_before: list[float], misses: float = 1.0) -> BackTest:
    return BackTest(
        len(stated), 1, np.array(stated), np.array(happened), np.array(as_before), 0.8, np.array([0.5]), misses
    )


def test_scores_by_hand() -> None:
    found = of([0.9, 0.7, 0.2, 0.6], [1, 0, 0, 1], [1, 1, 0, 0], misses=0.7)
    assert found.brier == pytest.approx((0.01 + 0.49 + 0.04 + 0.16) / 4)
    assert found.brier_as_before == 0.5
    assert found.skill == pytest.approx(1 - 0.175 / 0.5)
    assert found.widening == 1
    assert of([1], [1], [1], misses=1.4).widening == 1.4
    stated, happened, count = found.reliability(0.6, 0.9)
    assert (stated, happened, count) == (pytest.approx(2.2 / 3), pytest.approx(2 / 3), 3)
    assert found.reliability(0.3, 0.4)[2] == 0
    assert of([0.9], [1], [1]).skill == -math.inf
    assert of([1], [1], [1]).skill == 0


def test_forecasts_of_a_steady_share_beat_as_before_and_cover() -> None:
    rng = np.random.default_rng(3)
    sizes = np.full(104, 80)
    found = back_test(Series.of_shares(rng.binomial(sizes, 0.8), sizes), 13, rng=rng, every=3)
    assert isinstance(found, BackTest)
    assert found.origins == 27  # periods 12..91, every third
    assert found.independent == 7
    assert found.stated.size == found.happened.size == 5 * 27
    assert found.skill > 0.2
    assert 0.6 <= found.coverage <= 1
    assert 0 <= found.ranks.min() <= found.ranks.max() <= 1


def test_a_forecast_knows_nothing_of_what_came_after() -> None:
    rng = np.random.default_rng(5)
    values = rng.normal(0, 1, 60)
    calm = back_test(Series.of(values, 1.0), 4, rng=np.random.default_rng(1))
    values[-4:] += 100
    wild = back_test(Series.of(values, 1.0), 4, rng=np.random.default_rng(1))
    assert isinstance(calm, BackTest)
    assert isinstance(wild, BackTest)
    assert (wild.ranks[:-4] == calm.ranks[:-4]).all()
    assert wild.ranks[-1] == 1
    assert wild.misses > 5 * calm.misses


def test_a_short_or_empty_history_has_no_back_test() -> None:
    rng = np.random.default_rng(1)
    assert back_test(Series.of(np.zeros(20), 1.0), 4, rng=rng) == NoEstimate("too_few", 5, 8, "past forecasts")
    assert back_test(Series.of([], 1.0), 4, rng=rng) == NoEstimate("too_few", 0, 8, "past forecasts")


def test_a_row_that_never_changes_is_forecast_without_fault() -> None:
    found = back_test(Series.of(np.full(40, 3.0), 0.0), 4, rng=np.random.default_rng(1), every=2)
    assert isinstance(found, BackTest)
    assert found.misses == 0
    assert found.coverage == 1
