from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.stats.index import tango
from goalkeeper.stats.mix import MixShift, Part, mix_shift
from goalkeeper.stats.proportion import newcombe, wilson
from goalkeeper.stats.ratio import ratio_of_sums
from goalkeeper.stats.sums import RatioSums

CELLS = st.dictionaries(
    st.sampled_from("abcdef"),
    st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=1,
)


def weighted(cells):
    return {name: Part(n, wilson(k, n), n) for name, (k, n) in cells.items()}


@given(before=CELLS, now=CELLS)
def test_within_and_mix_add_up_to_the_change(before, now) -> None:
    found = mix_shift(weighted(before), weighted(now))
    assert isinstance(found, MixShift)
    for whole, cells in ((found.before, before), (found.now, now)):
        assert whole == pytest.approx(sum(k for k, _ in cells.values()) / sum(n for _, n in cells.values()))
    assert found.within.value + found.mix.value == pytest.approx(found.now - found.before, abs=1e-12)
    assert sum(one.within + one.mix for one in found.segments) == pytest.approx(found.now - found.before, abs=1e-12)
    assert {one.segment for one in found.segments} == set(before) | set(now)


def test_the_whole_falls_while_both_segments_rise() -> None:
    def survey(counts: dict[str, tuple[int, int, int]]):
        return {name: Part(n, tango(plus, minus, n), n) for name, (plus, minus, n) in counts.items()}

    found = mix_shift(
        survey({"admin": (2_750, 1_010, 5_000), "regular": (1_560, 2_000, 5_000)}),
        survey({"admin": (1_650, 495, 2_750), "regular": (2_427, 2_572, 7_250)}),
    )
    assert isinstance(found, MixShift)
    assert found.now < found.before
    assert found.within.low > 0 > found.mix.high
    assert found.mix.value == pytest.approx(-0.225 * ((0.348 + 0.42) / 2 + (0.088 + 0.02) / 2), abs=1e-6)


def test_one_segment_is_only_a_difference_and_mix_alone_is_only_mix() -> None:
    alone = mix_shift(weighted({"all": (48, 80)}), weighted({"all": (56, 70)}))
    assert isinstance(alone, MixShift)
    plain = newcombe(56, 70, 48, 80)
    assert (alone.within.value, alone.within.low, alone.within.high) == pytest.approx(
        (plain.value, plain.low, plain.high)
    )
    assert (alone.mix.low, alone.mix.high) == (0, 0)
    moved = mix_shift(weighted({"a": (90, 100), "b": (50, 100)}), weighted({"a": (45, 50), "b": (75, 150)}))
    assert isinstance(moved, MixShift)
    assert moved.within.value == 0
    assert moved.mix.value == pytest.approx(-0.1)


def test_a_segment_of_one_time_only_moves_the_mix() -> None:
    found = mix_shift(weighted({"a": (50, 100)}), weighted({"a": (50, 100), "new": (0, 100)}))
    assert isinstance(found, MixShift)
    assert found.within.value == 0
    assert found.mix.value == pytest.approx(-0.25)
    new = found.segments[1]
    assert (new.segment, new.share_before, new.share_now, new.within) == ("new", 0, 0.5, 0)


def test_nothing_to_compare_and_no_interval() -> None:
    assert mix_shift({}, weighted({"a": (1, 2)})) == NoEstimate("no_data")
    exact = {"a": Part(5.0, Estimate(0.5, None, None, 0.95, 5, "count"), 5.0)}
    open_ended = mix_shift(exact, exact)
    assert isinstance(open_ended, MixShift)
    assert (open_ended.within.low, open_ended.within.high) == (-math.inf, math.inf)


def test_an_open_side_tells_nothing_of_a_mix_that_changed_and_bears_on_no_other() -> None:
    def cells(of_a: float) -> dict[str, Part]:
        limits = {"a": (0.4, math.inf), "b": (0.1, 0.3)}
        weights = {"a": of_a, "b": 1 - of_a}
        return {
            name: Part(weights[name], Estimate(low + 0.1, low, high, 0.95, 50, ""), weights[name] / 50)
            for name, (low, high) in limits.items()
        }

    same, moved = mix_shift(cells(0.5), cells(0.5)), mix_shift(cells(0.5), cells(0.7))
    assert isinstance(same, MixShift)
    assert isinstance(moved, MixShift)
    assert same.mix.value == 0
    assert math.isfinite(same.mix.width)
    assert moved.mix.value == pytest.approx(0.2 * 0.3)
    assert (moved.mix.low, moved.mix.high) == (-math.inf, math.inf)


def test_the_interval_of_two_segments_mix_is_that_of_one_share() -> None:
    found = mix_shift(weighted({"a": (80, 100), "b": (20, 100)}), weighted({"a": (40, 50), "b": (30, 150)}))
    assert isinstance(found, MixShift)
    share = 0.25 - 0.5  # of a, which lies 0.6 above b
    z = 1.959964
    levels = sum(
        (each.width / 2 / z) ** 2 / 4 for each in (wilson(80, 100), wilson(40, 50), wilson(20, 100), wilson(30, 150))
    )
    se = math.sqrt(0.36 * (0.25 * 0.75 / 200 + 0.5 * 0.5 / 200) + share**2 * levels)
    assert found.mix.value == pytest.approx(0.6 * share)
    assert found.mix.high == pytest.approx(0.6 * share + z * se)


@pytest.mark.slow
def test_the_interval_of_the_within_part_covers_it() -> None:
    rng, runs, hits = np.random.default_rng(4), 2_000, 0
    truth_before, truth_now, sizes = np.array([0.9, 0.6, 0.3]), np.array([0.92, 0.65, 0.28]), np.array([60, 40, 25])
    now_sizes = np.array([30, 60, 50])
    weights = (sizes / sizes.sum() + now_sizes / now_sizes.sum()) / 2
    truth = float(weights @ (truth_now - truth_before))
    for _ in range(runs):
        before = dict(
            zip("abc", zip(rng.binomial(sizes, truth_before).tolist(), sizes.tolist(), strict=True), strict=True)
        )
        now = dict(
            zip("abc", zip(rng.binomial(now_sizes, truth_now).tolist(), now_sizes.tolist(), strict=True), strict=True)
        )
        within = mix_shift(weighted(before), weighted(now)).within
        hits += within.low <= truth <= within.high
    assert 0.935 <= hits / runs <= 0.97


@pytest.mark.slow
@pytest.mark.parametrize(
    ("level", "was", "now", "rows"),
    [
        ((0.9, 0.6, 0.3), (0.5, 0.3, 0.2), (0.3, 0.4, 0.3), 300),
        ((0.9, 0.8, 0.5), (0.5, 0.3, 0.2), (0.3, 0.3, 0.4), 300),
        ((0.9, 0.8, 0.5), (0.5, 0.3, 0.2), (0.3, 0.3, 0.4), 2_000),
    ],
)
def test_the_interval_of_the_mix_covers_it(
    level: tuple[float, ...], was: tuple[float, ...], now: tuple[float, ...], rows: int
) -> None:
    rng, runs, hits = np.random.default_rng(6), 2_000, 0
    values, shares_before, shares_now = np.array(level), np.array(was), np.array(now)
    truth = float(values @ (shares_now - shares_before))
    for _ in range(runs):
        cells = []
        for shares in (shares_before, shares_now):
            sizes = rng.multinomial(rows, shares)
            cells.append({str(i): (int(rng.binomial(n, values[i])), int(n)) for i, n in enumerate(sizes)})
        mix = mix_shift(*map(weighted, cells)).mix
        hits += mix.low <= truth <= mix.high
    assert 0.935 <= hits / runs <= 0.97


@pytest.mark.slow
@pytest.mark.parametrize("spread", [0.0, 1.0, 1.5])
def test_the_mix_of_unlike_amounts_is_seldom_believed_where_nothing_changed(spread: float) -> None:
    rng, runs, believed = np.random.default_rng(2), 1_000, 0
    for _ in range(runs):
        times = []
        for _ in range(2):
            first = rng.binomial(300, 0.5)
            parts = {}
            for name, count, kept in (("a", first, 0.95), ("b", 300 - first, 0.7)):
                y = np.exp(spread * rng.standard_normal(count))
                x = y * (rng.random(count) < kept)
                sums = RatioSums(count, x.sum(), y.sum(), (x * x).sum(), (y * y).sum(), (x * y).sum())
                parts[name] = Part(y.sum(), ratio_of_sums(sums, 0.95), (y * y).sum())
            times.append(parts)
        mix = mix_shift(*times).mix
        believed += not mix.low <= 0 <= mix.high
    assert believed / runs < 0.1  # of rows that weigh the same it was a half at the widest spread
