from __future__ import annotations

import numpy as np
import pytest

from goalkeeper.stats.compare.ranks import RankInterval, rank_intervals
from goalkeeper.stats.compare.shares import ShrunkShares, shrunk_shares
from goalkeeper.units import Better


def test_certain_groups_have_one_place_each_way() -> None:
    draws = np.array([[0.9] * 50, [0.5] * 50, [0.7] * 50])
    assert rank_intervals(draws, Better.HIGHER) == (RankInterval(1, 1, 1), RankInterval(3, 3, 0), RankInterval(2, 2, 0))
    assert [one.low for one in rank_intervals(draws, Better.LOWER)] == [3, 1, 2]
    with pytest.raises(ValueError, match="no ranks"):
        rank_intervals(draws, Better.NEITHER)


def test_twenty_people_can_seldom_be_ranked_by_their_surveys() -> None:
    """Of 20 places each person may hold some 17; the chance to be best of the one that seems so is a third."""
    spans, best = [], []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        sizes = rng.integers(20, 121, 20)
        found = shrunk_shares(rng.binomial(sizes, rng.beta(80, 20, 20)), sizes)
        assert isinstance(found, ShrunkShares)
        places = rank_intervals(found.draws(2_000, rng), Better.HIGHER)
        spans.append(np.mean([one.high - one.low + 1 for one in places]))
        best.append(max(one.best_chance for one in places))
        assert sum(one.best_chance for one in places) == pytest.approx(1)
    assert np.mean(spans) > 15
    assert np.mean(best) < 0.45
