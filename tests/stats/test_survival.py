from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from lifelines.utils import median_survival_times, restricted_mean_survival_time

from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.stats.proportion import wilson
from goalkeeper.stats.quantile import quantile
from goalkeeper.stats.sums import CountSums, TimeToSums
from goalkeeper.stats.survival import kaplan_meier

ROWS = st.lists(st.tuples(st.integers(1, 25), st.booleans()), min_size=1, max_size=60)


def sums_of(rows: list[tuple[int, bool]]) -> TimeToSums:
    return TimeToSums.of([t for t, _ in rows], [done for _, done in rows])


def fitted(rows: list[tuple[int, bool]]) -> KaplanMeierFitter:
    return KaplanMeierFitter().fit([t for t, _ in rows], [done for _, done in rows])


@given(ROWS)
def test_curve_and_limits_are_those_of_lifelines(rows: list[tuple[int, bool]]) -> None:
    curve, oracle = kaplan_meier(sums_of(rows)), fitted(rows)
    expected = oracle.survival_function_["KM_estimate"].loc[curve.times].to_numpy()
    assert curve.survival == pytest.approx(expected, abs=1e-9)
    low, high = curve.limits()
    bounds = oracle.confidence_interval_.loc[curve.times].to_numpy()
    above = curve.survival > 1e-12
    assert low[above] == pytest.approx(bounds[above, 0], abs=1e-9)
    assert high[above] == pytest.approx(bounds[above, 1], abs=1e-9)


@given(ROWS)
def test_median_and_its_limits_are_those_of_lifelines(rows: list[tuple[int, bool]]) -> None:
    curve, oracle = kaplan_meier(sums_of(rows)), fitted(rows)
    # Its limits are nan where S is 0, and it does not see that 1 − 3/6 is a half.
    assume(not curve.times.size or curve.survival[-1] > 0)
    assume(not np.isclose(curve.survival, 0.5).any())
    result = curve.quantile(0.5)
    expected = float(np.asarray(median_survival_times(oracle.survival_function_)).ravel()[0])
    if isinstance(result, NoEstimate):
        assert math.isinf(expected)
        assert result.reason == "not_reached"
        return
    limits = median_survival_times(oracle.confidence_interval_).to_numpy().ravel()
    assert (result.value, result.low, result.high) == (expected, *limits)


@given(ROWS, st.floats(1, 25))
def test_restricted_mean_is_that_of_lifelines(rows: list[tuple[int, bool]], horizon: float) -> None:
    assume(horizon <= max(t for t, _ in rows))
    result = kaplan_meier(sums_of(rows)).restricted_mean(horizon)
    assert isinstance(result, Estimate)
    assert result.value == pytest.approx(restricted_mean_survival_time(fitted(rows), horizon), abs=1e-7)
    assert 0 <= result.low <= result.value <= result.high <= horizon


@given(st.lists(st.integers(1, 30), min_size=1, max_size=60), st.sampled_from([0.25, 0.5, 0.7, 0.9]))
def test_with_all_finished_it_is_the_plain_quantile_and_mean(values: list[int], q: float) -> None:
    curve = kaplan_meier(TimeToSums.of(values, np.ones(len(values))))
    assert curve.quantile(q).value == quantile(CountSums.of(values), q).value
    assert curve.restricted_mean(50).value == pytest.approx(np.mean(values))
    # Greenwood's sum is then the population variance over n.
    assert curve.finished_within(15).value == pytest.approx(np.mean(np.array(values) <= 15))


def test_restricted_mean_variance_with_all_finished_is_that_of_the_mean() -> None:
    values = np.random.default_rng(2).gamma(2, 3, 400)
    result = kaplan_meier(TimeToSums.of(values, np.ones(400))).restricted_mean(1_000)
    assert (result.high - result.value) / 1.959964 == pytest.approx(values.std() / 20, rel=1e-6)


def test_share_finished_within_is_one_minus_s_with_mirrored_limits() -> None:
    curve = kaplan_meier(TimeToSums.of([6, 6, 6, 6, 7, 9, 10, 10], [1, 1, 1, 0, 1, 0, 1, 0]))
    low, high = curve.limits()
    result = curve.finished_within(7.5)
    assert (result.value, result.low, result.high) == pytest.approx((1 - curve.survival[1], 1 - high[1], 1 - low[1]))
    assert result.n == 8


def test_edges_of_the_curve_have_a_width() -> None:
    rows = TimeToSums.of([2, 3, 3, 8, 8, 9], [0, 1, 1, 1, 1, 1])
    curve = kaplan_meier(rows)
    none, everything = curve.finished_within(2.5), curve.finished_within(20)
    assert (none.value, none.low, none.high) == (0, 0, wilson(0, 5).high)  # five were followed past 2.5
    assert (everything.value, everything.low, everything.high) == (1, wilson(5, 5).low, 1)
    early = curve.restricted_mean(2.5)
    assert (early.value, early.high) == (2.5, 2.5)
    assert early.low == pytest.approx(2.5 * (1 - wilson(0, 5).high))


def test_a_horizon_at_the_first_finish_has_a_width() -> None:
    result = kaplan_meier(TimeToSums.of([3, 4, 5], [1, 1, 0])).restricted_mean(3)
    assert (result.value, result.high) == (3, 3)
    assert result.low == pytest.approx(3 * (1 - wilson(0, 3).high))


def test_upper_limit_stays_where_the_curve_falls_to_nothing() -> None:
    low, high = kaplan_meier(TimeToSums.of([3, 4, 5], [1, 1, 1])).limits()
    assert high[2] == high[1] < high[0]
    assert low[2] == 0 < low[1]


def test_what_was_not_followed_long_enough_is_not_said() -> None:
    curve = kaplan_meier(TimeToSums.of([1, 2, 3, 3], [1, 0, 0, 0]))
    assert curve.quantile(0.5) == NoEstimate("not_reached", 0.25, 0.5)
    assert curve.finished_within(3.5) == NoEstimate("not_followed", 3, 3.5)
    assert curve.restricted_mean(4) == NoEstimate("not_followed", 3, 4)
    assert curve.finished_within(3).value == 0.25


def test_nobody_finished() -> None:
    curve = kaplan_meier(TimeToSums.of([4, 5, 6], [0, 0, 0]))
    assert curve.quantile(0.5) == NoEstimate("not_reached", 0, 0.5)
    assert curve.finished_within(5).value == 0
    assert curve.restricted_mean(5).value == 5
    assert curve.finished_within(7) == NoEstimate("not_followed", 6, 7)


def test_everything_finished_at_once_leaves_the_quantile_open() -> None:
    result = kaplan_meier(TimeToSums.of([5, 5, 5], [1, 1, 1])).quantile(0.5)
    assert (result.value, result.low, result.high) == (5, 0, math.inf)


def test_the_longest_time_of_many_is_an_upper_limit() -> None:
    """All 930 finished: that none of the 530 left would take longer is no more open than a share of none is."""
    durations = [60] * 400 + [3600] * 530
    result = kaplan_meier(TimeToSums.of(durations, [1] * 930)).quantile(0.5)
    assert (result.value, result.low, result.high, result.note) == (3600, 3600, 3600, "")
    for n, high in ((5, math.inf), (6, 5)):  # 1 − 0.025^(1/5) = 0.522, 1 − 0.025^(1/6) = 0.459
        assert kaplan_meier(TimeToSums.of([5] * n, [1] * n)).quantile(0.5).high == high


def test_half_is_half_in_spite_of_rounding() -> None:
    # S(2) = ¾·⅔ comes out above 0.5 in floats for some orders of factors.
    for n in (4, 6, 10, 14, 22, 46, 98):
        curve = kaplan_meier(TimeToSums.of(np.arange(1, n + 1), np.ones(n)))
        assert curve.quantile(0.5).value == n / 2


def test_finishing_comes_before_leaving_at_the_same_time() -> None:
    curve = kaplan_meier(TimeToSums.of([5, 5], [1, 0]))
    assert curve.at_risk.tolist() == [2]
    assert curve.survival.tolist() == [0.5]


def test_counts_and_rows_give_the_same_curve() -> None:
    rows = kaplan_meier(TimeToSums.of([1, 2, 2, 2, 7], [1, 1, 0, 1, 0]))
    counts = kaplan_meier(TimeToSums.of_counts([7, 2, 1], [0, 2, 1], [1, 1, 0]))
    assert rows.survival.tolist() == counts.survival.tolist()
    assert rows.quantile(0.5) == counts.quantile(0.5)


def test_a_thousand_million_rows_by_count() -> None:
    half = 5 * 10**8
    curve = kaplan_meier(TimeToSums.of_counts([1, 2, 3], [half - 10**6, 10**7, 0], [0, 0, half - 9 * 10**6]))
    assert curve.finished_within(1).value == pytest.approx(0.499)
    assert (curve.quantile(0.5).low, curve.quantile(0.5).high) == (2, 2)
    assert curve.finished_within(1).width == pytest.approx(2 * 1.96 * 0.5 / 1e9**0.5, rel=1e-3)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [(TimeToSums.zero(), "no_data"), (TimeToSums.of([-1, 2], [1, 1]), "negative")]
    + [(TimeToSums.of([1, bad], [1, 1]), "not_finite") for bad in (math.inf, math.nan)],
)
def test_durations_that_cannot_be_give_no_estimate_everywhere(rows: TimeToSums, reason: str) -> None:
    curve = kaplan_meier(rows)
    for result in (curve.quantile(0.5), curve.finished_within(3), curve.restricted_mean(3)):
        assert result == NoEstimate(reason)
    assert [side.size for side in curve.limits()] == [0, 0]


def test_questions_that_cannot_be_are_bugs() -> None:
    curve = kaplan_meier(TimeToSums.of([1, 2], [1, 1]))
    with pytest.raises(ValueError, match="quantile"):
        curve.quantile(50)
    with pytest.raises(ValueError, match="horizon"):
        curve.restricted_mean(0)


def test_open_tickets_do_not_bias_the_median_as_leaving_them_out_does() -> None:
    # 30 days of log-normal tickets, seen at the end of the month: the slow ones are still open.
    rng = np.random.default_rng(30)
    wanted, room = rng.lognormal(0, 1.5, 20_000), rng.uniform(0, 30, 20_000)
    done = wanted <= room
    curve = kaplan_meier(TimeToSums.of(np.minimum(wanted, room), done))
    assert curve.quantile(0.5).low < 1 < curve.quantile(0.5).high
    assert curve.quantile(0.9).low < math.exp(1.5 * 1.2815516) < curve.quantile(0.9).high
    assert quantile(CountSums.of(wanted[done]), 0.9).high < 0.85 * math.exp(1.5 * 1.2815516)
    exact = np.minimum(rng.lognormal(0, 1.5, 10**6), 14).mean()
    assert curve.restricted_mean(14).value == pytest.approx(exact, rel=0.02)


def test_two_hundred_thousand_rows_take_little_time() -> None:
    rng = np.random.default_rng(6)
    rows, done = rng.lognormal(8, 1.6, 200_000), rng.random(200_000) < 0.8

    def once() -> float:
        start = time.perf_counter()
        curve = kaplan_meier(TimeToSums.of(rows, done))
        curve.quantile(0.5), curve.finished_within(3_600), curve.restricted_mean(7_200)
        return time.perf_counter() - start

    sort = min(_timed(lambda: np.sort(rows.copy(), kind="stable")) for _ in range(3))
    # Bound by sorting, measured in the same run; the factor leaves room for a busy machine.
    assert min(once() for _ in range(3)) < 25 * sort


def _timed(work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def test_limits_are_numbers_where_the_last_row_comes_into_view_as_it_leaves() -> None:
    """More finish than are at risk then, and S is below 0."""
    sums, entered = TimeToSums.of([2, 2, 4, 4, 4], [1] * 5), CountSums.of([1, 1, 1, 2, 4])
    low, high = kaplan_meier(sums, entered).limits()
    assert np.isfinite([low, high]).all()
    assert high[-1] == high[-2]
    assert low[-1] == 0
