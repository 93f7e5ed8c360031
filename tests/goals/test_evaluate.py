"""A goal on an evening: its status, its chance, its pace, its counterweights."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pytest

from goalkeeper.goals.evaluate import Aimed, aimed_at, holding_of
from goalkeeper.goals.evaluation import Evaluation, Holding, Status
from goalkeeper.stats.estimate import Estimate, NoEstimate
from goals.seam import BEGIN, DUE, NOW, History, Series, agreed_plan, evaluate, evaluator, steady

REACH = 'metric = "csat"\nto = 0.8\n'
MIDDLE = date(2026, 2, 15)


def noisy(share: float, seed: int = 1, rows: int = 12) -> Series:
    """A steady share with the noise of its sample."""
    rng = np.random.default_rng(seed)
    drawn = rng.binomial(rows, share, 4_000).tolist()
    return Series(lambda day: (drawn[day.toordinal() % 4_000], rows))


def at(lines: str, csat: Series, day: date = MIDDLE, before: Status | None = None, **more: object) -> Evaluation:
    return evaluate(evaluator(lines, History({"csat": csat}), **more), day, before)


class TestStatus:
    def test_reached_before_it_is_due_only_if_it_is_sure(self) -> None:
        assert at(REACH, steady(0.9)).status is Status.REACHED
        barely = at(REACH, steady(0.81))
        assert barely.value.low < 0.8 < barely.value.value  # type: ignore[union-attr, operator]
        assert barely.status is not Status.REACHED

    def test_holding_a_line_is_reached_when_it_is_due(self) -> None:
        hold = 'metric = "csat"\nhold = 0.8\n'
        assert at(hold, steady(0.9)).status is Status.ON_PACE
        assert at(hold, steady(0.9), DUE).status is Status.REACHED

    @pytest.mark.parametrize(
        ("share", "status"), [(0.70, Status.BEHIND), (0.81, Status.EITHER), (0.83, Status.ON_PACE)]
    )
    def test_by_the_chance(self, share: float, status: Status) -> None:
        found = at(REACH, noisy(share))
        assert found.status is status
        assert found.chance is not None

    def test_it_changes_only_when_the_chance_is_past_the_cut_by_some(self) -> None:
        lines = next(
            lines
            for target in np.arange(0.77, 0.83, 0.0005)
            if (found := at(lines := f'metric = "csat"\nto = {target:.4f}\n', noisy(0.8))).chance
            and 0.29 < found.chance.value < 0.33
        )
        near = at(lines, noisy(0.8))
        assert near.status is Status.BEHIND
        assert at(lines, noisy(0.8), before=Status.EITHER).status is Status.EITHER
        assert at(lines, noisy(0.8), before=Status.BEHIND).status is Status.BEHIND
        assert at(lines, noisy(0.8), before=Status.REACHED).status is Status.BEHIND

    def test_what_was_reached_and_is_being_lost_is_not_reached(self) -> None:
        """Since the start 90 % are far above the line; of the last weeks, which decide, hardly more than half are."""
        lost = at(REACH, Series(lambda day: (20 if day < MIDDLE - timedelta(weeks=2) else 11, 20)))
        assert lost.value.low > 0.8  # type: ignore[union-attr, operator]
        assert lost.chance is not None
        assert lost.status is not Status.REACHED

    def test_too_early_until_a_whole_week_is_over(self) -> None:
        # 1 January 2026 is a Thursday: the first whole week ends on Sunday, 11 January.
        assert at(REACH, steady(0.95), date(2026, 1, 10)).status is Status.TOO_EARLY
        assert at(REACH, steady(0.95), date(2026, 1, 11)).status is Status.REACHED

    @pytest.mark.parametrize(("weeks", "why"), [(6, "needs 12 weeks with enough rows, has 11"), (7, "")])
    def test_without_history_there_is_no_chance(self, weeks: int, why: str) -> None:
        history = History({"csat": noisy(0.7)}, weeks_before=weeks - 1)
        found, late = (evaluate(evaluator(REACH, history), MIDDLE, now=now) for now in (datetime(2026, 2, 16), NOW))
        assert found.why_no_chance.startswith(why)
        assert bool(why) == ("ready on" in found.why_no_chance)
        assert late.why_no_chance == why  # that day is past
        if why:
            assert (found.chance, found.status) == (None, Status.NO_DATA)
        else:
            assert found.chance is not None
            assert found.chance.words_only
            assert found.status in (Status.BEHIND, Status.EITHER)

    def test_when_it_is_due_the_last_four_weeks_decide(self) -> None:
        late = Series(lambda day: (18 if day > DUE - timedelta(weeks=4) else 10, 20))
        found = at(REACH, late, DUE)
        assert (found.status, found.is_closed, found.is_final) == (Status.REACHED, True, True)
        assert (found.since, found.last) == (date(2026, 3, 4), DUE)
        assert found.value.value == 0.9  # type: ignore[union-attr]
        assert "anytime" not in found.value.method  # type: ignore[union-attr]
        assert at(REACH, late, DUE - timedelta(days=1)).status is not Status.REACHED
        assert at(REACH, steady(0.79), DUE).status is Status.BEHIND
        assert at(REACH, Series(lambda day: (0, 0)), DUE).status is Status.NO_DATA

    def test_without_a_due_day(self) -> None:
        found = at(REACH, steady(0.75), head='stage = "50k-500k"')
        assert (found.why_no_chance, found.status, found.pace) == ("no due date", Status.NO_DATA, None)
        assert at(REACH, steady(0.95), head='stage = "50k-500k"').status is Status.REACHED

    def test_a_range(self) -> None:
        lines = 'metric = "csat"\nrange = [0.7, 0.8]\n'
        assert at(lines, noisy(0.75)).status is Status.ON_PACE
        assert at(lines, noisy(0.9)).status is Status.BEHIND
        assert [at(lines, steady(share), DUE).is_met for share in (0.65, 0.7, 0.8, 0.85)] == [False, True, True, False]

    def test_a_direction_is_away_from_the_start(self) -> None:
        lines = 'metric = "csat"\ntrend = "rising"\n'
        assert at(lines, noisy(0.85)).status is Status.ON_PACE
        assert [at(lines, steady(share), DUE).is_met for share in (0.6, 0.7, 0.75)] == [False, False, True]
        barely = at(lines, steady(0.72), DUE)
        assert barely.value.low < 0.7 < barely.value.value  # type: ignore[union-attr, operator]
        assert barely.status is Status.BEHIND
        unknown = at(lines, noisy(0.85), start=None)
        assert (unknown.status, unknown.why_no_chance) == (Status.NO_DATA, "its start is not known")


class TestPace:
    def test_it_is_straight_on_the_logit_from_the_smoothed_level(self) -> None:
        paces = [at(REACH, steady(0.5), BEGIN + timedelta(days=day)).pace for day in (44, 89)]
        middle = 1 / (1 + math.exp(-(math.log(0.5 / 0.5) + math.log(0.8 / 0.2)) / 2))
        assert paces == pytest.approx([middle, 0.8], abs=1e-3)

    def test_a_line_to_hold_is_its_own_pace(self) -> None:
        assert at('metric = "csat"\nhold = 0.8\n', steady(0.5)).pace == 0.8
        assert at('metric = "csat"\nrange = [0.7, 0.8]\n', steady(0.5)).pace is None


class TestCounterweights:
    LINES = REACH + 'must_not_get_worse = [{ metric = "reopen_rate", limit = "+2 pts" }]\n'

    def found(self, reopened: float, day: date, csat: float = 0.9) -> Evaluation:
        history = History({"csat": steady(csat), "reopen_rate": steady(reopened, 50)})
        return evaluate(evaluator(self.LINES, history, bounds=[0.12]), day)

    @pytest.mark.parametrize("day", [MIDDLE, DUE])
    @pytest.mark.parametrize(
        ("reopened", "holding"), [(0.08, Holding.HOLDS), (0.12, Holding.CANNOT_SAY), (0.17, Holding.BROKEN)]
    )
    def test_the_whole_interval_decides(self, reopened: float, holding: Holding, day: date) -> None:
        (guard,) = self.found(reopened, day).guards
        assert (guard.holding, guard.bound, guard.is_upper, guard.name) == (holding, 0.12, True, "Reopened")
        assert ("anytime" in guard.value.method) == (day < DUE)  # type: ignore[union-attr]

    def test_reached_at_the_expense_of_something_is_not_met(self) -> None:
        found = self.found(0.17, DUE)
        assert (found.status, found.is_met) == (Status.REACHED, False)
        assert found.words == "Reached at the expense of reopened"
        kept = self.found(0.08, DUE)
        assert (kept.words, kept.is_met) == ("Reached", True)
        assert self.found(0.12, DUE).is_met
        assert self.found(0.17, DUE, csat=0.5).words == "Behind"

    def test_a_good_beginning_hides_no_limit_that_is_broken_in_the_weeks_that_decide(self) -> None:
        late = Series(lambda day: (15 if day > DUE - timedelta(weeks=4) else 1, 50))
        history = History({"csat": steady(0.9), "reopen_rate": late})
        found = evaluate(evaluator(self.LINES, history, bounds=[0.2]), DUE)
        (guard,) = found.guards
        assert (guard.holding, round(guard.value.value, 2)) == (Holding.BROKEN, 0.3)  # type: ignore[union-attr]
        assert found.words == "Reached at the expense of reopened"
        over_all = evaluate(evaluator(self.LINES, history, bounds=[0.05]), DUE).guards[0]
        assert over_all.holding is Holding.BROKEN

    def test_a_limit_below(self) -> None:
        value = Estimate(0.8, 0.75, 0.85, 0.95, 100, "")
        holdings = [holding_of(value, bound, is_upper=False) for bound in (0.75, 0.8, 0.851)]
        assert holdings == [Holding.HOLDS, Holding.CANNOT_SAY, Holding.BROKEN]

    def test_what_has_no_interval(self) -> None:
        stock = Estimate(10, None, None, 0.95, 10, "count")
        holdings = [holding_of(stock, bound, is_upper=True) for bound in (10, 9)]
        assert holdings == [Holding.HOLDS, Holding.BROKEN]
        assert holding_of(NoEstimate("no_data"), 1, is_upper=True) is Holding.CANNOT_SAY
        unlimited = Estimate(10, -math.inf, math.inf, 0.95, 10, "")
        assert holding_of(unlimited, 100, is_upper=True) is Holding.CANNOT_SAY


def test_milestones() -> None:
    lines = REACH + "milestones = [{ by = 2026-01-31, to = 0.6 }, { by = 2026-02-28, to = 0.7 }]\n"
    falling = Series(lambda day: (13 if day <= date(2026, 1, 31) else 10, 20))
    assert [step.is_reached for step in at(lines, falling, MIDDLE).steps] == [True, None]
    found = at(lines, falling, date(2026, 3, 5))
    assert [step.is_reached for step in found.steps] == [True, False]
    assert found.steps[0].value.value == 0.65  # type: ignore[union-attr]


def test_it_carries_what_its_forecasts_were_worth() -> None:
    record = at(REACH, noisy(0.8)).track_record
    assert record is not None
    assert record.origins == 14 > record.independent > 0
    assert record.skill == pytest.approx(1 - record.brier / record.brier_as_before)
    assert 0.5 < record.coverage <= 1


def test_a_definition_that_is_gone_is_refused() -> None:
    lines = REACH + 'must_not_get_worse = [{ metric = "reopen_rate", limit = "+2 pts" }]\n'
    made = evaluator(lines, History({}), bounds=[0.1])
    goal, frozen = made.plan.goals[0], made.agreed.goals[0]
    assert made.refusal(goal, frozen) == ""
    told = made.refusal(goal, replace(frozen, definition="00000000"))
    assert told.startswith(
        "definition 00000000 of customer satisfaction, on which it was agreed, is gone: today it is "
    )
    guard = replace(frozen.counterweights[0], definition="00000000")
    assert "of reopened" in made.refusal(goal, replace(frozen, counterweights=(guard,)))


def test_the_last_evening_waits_for_open_windows() -> None:
    lines = 'metric = "csat"\nto = 0.8\nmust_not_get_worse = [{ metric = "first_contact_resolution", limit = 0.5 }]\n'
    history = History({"csat": steady(0.9), "first_contact_resolution": steady(0.6)})
    made, last = evaluator(lines, history, bounds=[0.5]), DUE + timedelta(days=7)
    assert made.last_evening(made.plan.goals[0]) == last
    assert made.first_evening == BEGIN
    waiting, decided = evaluate(made, DUE), evaluate(made, last)
    assert (waiting.is_final, waiting.why_no_chance) == (False, f"due, final on {last}")
    assert (decided.is_final, decided.why_no_chance) == (True, "due")


def test_which_values_a_goal_wants() -> None:
    def aimed(lines: str) -> Aimed | None:
        agreed = agreed_plan(lines)
        return aimed_at(agreed.plan().goals[0], agreed.goals[0])

    assert aimed(REACH) == (0.8, math.inf)
    assert aimed('metric = "reopen_rate"\nhold = 0.1') == (-math.inf, 0.1)
    assert aimed('metric = "csat"\nrange = [0.7, 0.8]') == (0.7, 0.8)
    falling = aimed('metric = "reopen_rate"\ntrend = "falling"')
    assert falling is not None
    assert falling.holds(0.699)
    assert not falling.holds(0.7)


def test_it_can_be_kept_as_a_text() -> None:
    for found in (
        at(REACH + "milestones = [{ by = 2026-01-31, to = 0.6 }, { by = 2026-02-28, to = 0.7 }]\n", noisy(0.8)),
        at(REACH, Series(lambda day: (0, 0)), DUE), TestCounterweights().found(0.17, MIDDLE),
    ):  # fmt: skip
        assert Evaluation.from_json(found.to_json()) == found
