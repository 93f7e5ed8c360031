from __future__ import annotations

import numpy as np
import pytest

from goalkeeper.stats.control.steps import steps


def test_two_steps_are_found_where_they_are_and_none_where_there_is_none() -> None:
    rng = np.random.default_rng(2)
    noise = rng.standard_normal(90)
    assert steps(noise + np.repeat([0, 5, -3], 30)) == [30, 60]
    assert steps(noise) == []


@pytest.mark.parametrize("values", [[], [1.0], [1, 2, 3], [4] * 40, [1, 9] * 4])
def test_short_and_flat_rows_have_none(values: list[float]) -> None:
    assert steps(values) == []


def test_a_level_lasts_as_long_as_asked() -> None:
    values = np.r_[np.zeros(20), np.full(3, 50.0), np.zeros(20)] + np.tile([0, 0.5], 22)[:43]
    assert all(b - a >= 5 for a, b in zip([0, *steps(values)], [*steps(values), 43], strict=True))
    assert steps(values, least=3) == [20, 23]
    with pytest.raises(ValueError, match="finite"):
        steps([1, np.nan])
