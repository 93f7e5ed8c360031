"""Targets from own history, in a desk whose truth is known."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest

from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.goals import Watched, read_plan
from goalkeeper.goals.history import History
from goalkeeper.goals.outlook import (
    JUDGED_WEEKS,
    Outlook,
    Weeks,
    fan,
    forecast_of,
    least_change,
    next_due,
    outlook,
    own_months,
    rows_needed,
    wait_words,
)
from goalkeeper.goals.suggest import by_split, suggest
from goalkeeper.metrics import METRICS
from goalkeeper.stats.difference import changed
from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.stats.proportion import newcombe, wilson
from goals.plans import HEAD
from measure.small import Small

DUE = date(2026, 3, 31)


@pytest.fixture
def history(known_desk: Small) -> History:
    return History(known_desk.workspace)


def watched(key: str, **where: str) -> Watched:
    return Watched(METRICS[key], where={split: (value,) for split, value in where.items()})


def test_three_targets_in_the_order_of_their_chances(history: History) -> None:
    found = suggest(history, watched("csat"), DUE)
    safe, fair, stretch = (found[name] for name in ("safe", "fair", "stretch"))
    assert safe.target < fair.target < stretch.target <= 1
    assert [round(each.chance, 1) for each in (safe, fair, stretch)] == [0.8, 0.5, 0.2]
    assert found.best is not None
    assert stretch.never_reached == (stretch.target > found.best)
    assert safe.no_gain
    assert not found.words_only


def test_lower_is_better_turns_them_round(history: History) -> None:
    found = suggest(history, watched("reopen_rate"), DUE)
    assert found["safe"].target > found["fair"].target > found["stretch"].target >= 0


def test_under_four_quarters_there_are_targets_by_chance_alone(history: History) -> None:
    """Calls began with the desk, but a cut of the weeks leaves 40 of them."""
    weeks = history.weeks(watched("csat"))
    history._weeks = {key: Weeks(each.results[-40:], each.until) for key, each in history._weeks.items()}
    found = suggest(history, watched("csat"), DUE)
    assert [each.name for each in found.targets] == ["safe", "fair", "stretch"]
    best = max(own_months(weeks.results[-40:]))
    assert found.best == best
    assert [each.never_reached for each in found.targets] == [each.target > best for each in found.targets]


def test_too_little_history_is_said(history: History) -> None:
    found = suggest(history, watched("nps"), DUE)
    assert (found.targets, found.best, found.why_none) == ((), None, "needs 12 weeks with enough rows, has 0")
    history.weeks(watched("csat"))
    history._weeks = {key: Weeks(each.results[-9:], each.until) for key, each in history._weeks.items()}
    ready = history.weeks(watched("csat")).until + timedelta(weeks=3)
    words = f"needs 12 weeks with enough rows, has 9, ready on {ready.day} {ready:%B %Y}"
    assert suggest(history, watched("csat"), DUE).why_none == words


def test_weeks_without_enough_rows_put_the_ready_day_off() -> None:
    missing = NoEstimate("too_few", 6, 12, "weeks with enough rows")
    value, none = Estimate(0.5, 0.4, 0.6, 0.95, 10, "Wilson"), NoEstimate("too_few", 3, 5)
    every, second = Weeks((value,) * 6, date(2026, 3, 2)), Weeks((value, none) * 6, date(2026, 3, 2))
    due, today = date(2026, 6, 30), date(2026, 3, 6)
    assert wait_words(missing, every, due, today).endswith(", ready on 13 April 2026")
    assert wait_words(missing, second, due, today).endswith(", ready on 25 May 2026")
    other = NoEstimate("undetermined", what="a chance")
    assert wait_words(other, every, due, today) == other.words


def test_no_ready_day_is_named_that_is_past_or_too_late_or_never_comes() -> None:
    missing = NoEstimate("too_few", 6, 12, "weeks with enough rows")
    value, none = Estimate(0.5, 0.4, 0.6, 0.95, 10, "Wilson"), NoEstimate("too_few", 3, 5)
    weeks, ready, due = Weeks((value,) * 6, date(2026, 3, 2)), date(2026, 4, 13), date(2026, 6, 30)
    assert wait_words(missing, weeks, ready, ready).endswith(", ready on 13 April 2026")
    assert wait_words(missing, weeks, ready - timedelta(days=1), date(2026, 3, 6)) == missing.words
    assert wait_words(missing, weeks, due, ready + timedelta(days=1)) == missing.words
    for others in (72, 73):  # 78 weeks come again until there are 12; only 156 are looked at
        seldom = Weeks((value,) * 6 + (none,) * others, date(2026, 3, 2))
        assert ("ready on" in wait_words(missing, seldom, date(2030, 1, 1), date(2026, 3, 6))) == (others == 72)


def test_benchmarks_are_of_the_same_kind(history: History) -> None:
    assert suggest(history, watched("csat"), DUE).benchmark is not None
    email = suggest(history, watched("first_response_time", channel="email"), DUE)
    assert email.benchmark is not None
    every = suggest(history, watched("first_response_time"), DUE)
    assert every.benchmark is None
    assert every.benchmark_note.startswith("benchmarks are per channel")


def test_a_line_for_each_value_of_a_split(history: History) -> None:
    found = list(by_split(history, watched("reopen_rate"), "channel"))
    assert [each.where for each in found] == [{"channel": ("email",)}, {"channel": ("chat",)}]
    with pytest.raises(UnknownName, match="no split 'chanel'"):
        list(by_split(history, watched("csat"), "chanel"))


def test_a_metric_without_a_better_direction(history: History) -> None:
    with pytest.raises(UsageError, match="better neither higher nor lower"):
        suggest(history, watched("ticket_volume"), DUE)


class TestOutlook:
    """The chance of a goal, from weeks made by hand."""

    WEEKS = Weeks(tuple(wilson(round(400 * share), 400) for share in [0.80, 0.82] * 30), date(2027, 1, 1))

    def of(self, target: str, weeks: Weeks = WEEKS, due: date = DUE) -> Outlook | NoEstimate:
        (goal,) = read_plan(f'{HEAD}[[goal]]\nmetric = "csat"\n{target}\n').goals
        return outlook(goal, weeks, due + timedelta(days=366))

    @pytest.mark.parametrize(
        ("target", "low", "high"),
        [
            ("to = 0.70", 0.99, 1.0), ("to = 0.8104", 0.2, 0.8), ("to = 0.95", 0.0, 0.01),
            ("range = [0.75, 0.87]", 0.95, 1.0), ("range = [0.1, 0.2]", 0.0, 0.01), ("hold = 0.70", 0.99, 1.0),
        ],
    )  # fmt: skip
    def test_chances(self, target: str, low: float, high: float) -> None:
        found = self.of(target)
        assert isinstance(found, Outlook)
        assert low <= found.chance.value <= high
        assert found.least == pytest.approx(0.81, abs=0.001)
        if found.fair is not None:
            assert found.fair == pytest.approx(0.81, abs=0.01)
        assert (found.fair is None) == target.startswith("range")

    def test_the_same_history_gives_the_same_chance(self) -> None:
        assert self.of("to = 0.81") == self.of("to = 0.81")

    def test_the_fan_ends_at_the_forecast_and_holds_the_weeks_before_it(self) -> None:
        tested = forecast_of(watched("csat"), self.WEEKS, DUE + timedelta(days=366))
        assert not isinstance(tested, NoEstimate)
        steps = list(fan(watched("csat"), self.WEEKS, tested))
        assert [ahead for ahead, _ in steps] == sorted({ahead for ahead, _ in steps})
        assert steps[0][0] == 1
        assert steps[-1] == (tested.forecast.horizon, tested.forecast.estimate())
        for _, found in steps:
            assert found.low is not None
            assert found.high is not None
            assert 0 <= found.low < 0.81 < found.high <= 1
            assert found.value == pytest.approx(0.81, abs=0.02)

    def test_nothing_is_said_without_weeks_or_after_the_due_day(self) -> None:
        assert isinstance(self.of("to = 0.8", Weeks(until=date(2027, 1, 1))), NoEstimate)
        assert isinstance(self.of("to = 0.8", due=date(2025, 1, 1)), NoEstimate)
        assert isinstance(self.of('trend = "rising"'), NoEstimate)
        short = Weeks(self.WEEKS.results[:11], self.WEEKS.until)
        found = self.of("to = 0.8", short)
        assert isinstance(found, NoEstimate)
        assert (found.have, found.need) == (11, 12)

    def test_short_history_gives_words(self) -> None:
        found = self.of("to = 0.8", Weeks(self.WEEKS.results[:20], self.WEEKS.until))
        assert isinstance(found, Outlook)
        assert found.chance.words_only


def test_months_are_means_by_rows() -> None:
    weeks = [wilson(1, 10), wilson(9, 10), NoEstimate("no_data"), wilson(50, 100), wilson(90, 100)]
    months = own_months(weeks)
    assert len(months) == len(weeks) - JUDGED_WEEKS + 1
    assert all(0.3 < month < 0.9 for month in months)
    assert isinstance(weeks[0], Estimate)


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2026, 7, 1), date(2026, 9, 30)), (date(2026, 8, 2), date(2026, 9, 30)),
        (date(2026, 8, 3), date(2026, 12, 31)), (date(2026, 12, 31), date(2027, 3, 31)),
    ],
)  # fmt: skip
def test_the_next_due_day_leaves_two_months(day: date, due: date) -> None:
    assert next_due(day) == due


@pytest.mark.parametrize(("before", "after"), [(0.82, 0.88), (0.10, 0.06), (0.5, 0.55)])
def test_so_many_rows_show_the_change_four_times_in_five(before: float, after: float) -> None:
    """1,000 worlds: the interval of the difference leaves out 0 in 80 %; 3 standard errors are 0.04."""
    rng, had = np.random.default_rng(8), 2_000
    known = wilson(round(before * had), had)
    assert isinstance(known, Estimate)
    needed = round(rows_needed(abs(after - before), known))
    shown = 0
    for k_before, k_after in zip(rng.binomial(had, before, 1_000), rng.binomial(needed, after, 1_000), strict=True):
        found = newcombe(int(k_after), needed, int(k_before), had)
        assert isinstance(found, Estimate)
        shown += changed(found)
    assert shown / 1_000 == pytest.approx(0.8, abs=0.08)  # the later share has another variance than the one known


def test_the_least_change_is_that_which_the_coming_rows_show() -> None:
    known = wilson(900, 1_300)
    assert isinstance(known, Estimate)
    assert rows_needed(least_change(known, 400), known) == pytest.approx(400)
    assert rows_needed(0.001, known) == math.inf
