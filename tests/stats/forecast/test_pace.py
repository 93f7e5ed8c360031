from __future__ import annotations

import numpy as np
import pytest

from goalkeeper.stats.forecast.pace import pace_line


def test_a_straight_line_that_keeps_to_its_ends() -> None:
    assert pace_line(10, 20, [-1, 0, 0.25, 1, 2]) == pytest.approx([10, 10, 12.5, 20, 20])


def test_shares_near_the_top_are_harder_won() -> None:
    line = pace_line(0.5, 0.98, np.linspace(0, 1, 5), logit=True)
    assert line[[0, -1]] == pytest.approx([0.5, 0.98])
    assert line[2] == pytest.approx(7 / 8)  # √49 to one
    assert (np.diff(line) > 0).all()
    assert (np.diff(line, 2) < 0).all()


def test_a_target_of_everything_has_no_logit() -> None:
    assert pace_line(0.5, 1, 0.5, logit=True) == pytest.approx(0.75)
