from __future__ import annotations

import math

import numpy as np
import pytest

from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.stats.poststratified import post_stratified
from goalkeeper.stats.sums import ShareSums
from goalkeeper.stats.weighted import Weighted


def test_cells_count_by_their_totals() -> None:
    # 200 e-mails and 20 chats answered, of 1,000 and 3,000 tickets
    found = post_stratified({"email": ShareSums(200, 160), "chat": ShareSums(20, 10)}, {"email": 1_000, "chat": 3_000})
    assert isinstance(found, Weighted)
    assert found.raw.value == pytest.approx(170 / 220)
    assert found.weighted.value == pytest.approx(0.25 * 0.8 + 0.75 * 0.5)
    variance = 0.25**2 * (160.5 / 201) * (40.5 / 201) / 200 + 0.75**2 * 0.25 / 20
    middle = 0.25 * 160.5 / 201 + 0.75 * 0.5
    assert found.effective_n == pytest.approx(middle * (1 - middle) / variance)
    assert found.weighted.note == ""
    assert found.weighted.width > found.raw.width


def test_cells_under_five_answers_are_merged_and_named() -> None:
    cells = {"a": ShareSums(100, 50), "b": ShareSums(3, 3), "c": ShareSums(4, 0)}
    totals = {"a": 100, "b": 50, "c": 50, "never answered": 100, "empty": 0}
    found = post_stratified(cells, totals)
    assert isinstance(found, Weighted)
    assert found.weighted.value == pytest.approx(0.5 * 100 / 300 + 3 / 7 * 200 / 300)
    assert found.weighted.note == "merged, under 5 answers each: b, c, never answered"


def test_one_small_cell_takes_the_next_smallest_along() -> None:
    cells = {"a": ShareSums(100, 50), "b": ShareSums(30, 30), "c": ShareSums(2, 0)}
    found = post_stratified(cells, {"a": 100, "b": 60, "c": 40})
    assert isinstance(found, Weighted)
    assert found.weighted.value == pytest.approx(0.5 * 0.5 + 30 / 32 * 0.5)
    only = post_stratified({"a": ShareSums(3, 1)}, {"a": 10})
    assert isinstance(only, Weighted)
    assert only.weighted.value == pytest.approx(1 / 3)


def test_all_alike_answers_keep_a_width() -> None:
    found = post_stratified({"a": ShareSums(10, 10), "b": ShareSums(10, 10)}, {"a": 50, "b": 50})
    assert isinstance(found, Weighted)
    assert found.weighted.value == 1
    assert found.weighted.low == pytest.approx(0.81, abs=0.05)


def test_what_cannot_be_weighted() -> None:
    assert post_stratified({}, {"a": 5}) == NoEstimate("no_data")
    assert post_stratified({"a": ShareSums(6, 1)}, {"a": 5}) == NoEstimate("impossible", 6, 5)
    with pytest.raises(ValueError, match="no total for the cells b"):
        post_stratified({"b": ShareSums(6, 1)}, {"a": 5})


@pytest.mark.slow
def test_it_covers_where_the_raw_share_is_off() -> None:
    """Channels answer unequally often: the raw share misses the truth, the weighted one covers it."""
    rng, runs = np.random.default_rng(1), 3_000
    totals, response, truth = {"email": 6_000, "chat": 2_000, "phone": 2_000}, (0.01, 0.05, 0.02), (0.6, 0.9, 0.75)
    whole = sum(total * p for total, p in zip(totals.values(), truth, strict=True)) / 10_000
    weighted_hits = raw_hits = 0
    for _ in range(runs):
        sizes = [int(rng.binomial(total, r)) for total, r in zip(totals.values(), response, strict=True)]
        cells = {name: ShareSums(n, int(rng.binomial(n, p))) for name, n, p in zip(totals, sizes, truth, strict=True)}
        found = post_stratified(cells, totals)
        assert isinstance(found, Weighted)
        weighted_hits += found.weighted.low <= whole <= found.weighted.high
        raw_hits += found.raw.low <= whole <= found.raw.high
    assert weighted_hits / runs == pytest.approx(0.95, abs=0.01 + 3 * math.sqrt(0.95 * 0.05 / runs))
    assert raw_hits / runs < 0.6
