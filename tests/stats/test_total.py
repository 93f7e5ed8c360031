"""Sums over a period: the interval holds the truth, and never goes below zero without need."""

from __future__ import annotations

import math

import numpy as np
import pytest

from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.stats.total import compound_poisson


def test_by_hand() -> None:
    found = compound_poisson(2, 5.0, 13.0)
    assert isinstance(found, Estimate)
    assert (found.value, found.low) == (5, 0)
    assert found.high == pytest.approx(5 + 1.959964 * math.sqrt(13))


def test_nothing_and_nonsense() -> None:
    assert compound_poisson(0, 0.0, 0.0) == NoEstimate("no_data")
    assert compound_poisson(1, math.inf, math.inf) == NoEstimate("not_finite")


def test_the_interval_holds_the_truth() -> None:
    rng, held = np.random.default_rng(7), 0
    for _ in range(1000):
        values = rng.gamma(2, 20, rng.poisson(80))
        found = compound_poisson(len(values), values.sum(), (values**2).sum())
        assert isinstance(found, Estimate)
        held += found.low <= 80 * 40 <= found.high  # type: ignore[operator]
    assert 0.925 <= held / 1000 <= 0.97  # ± 3.5 standard errors of 0.95, and a little skew
