"""Keep, change or stop, by what came of a goal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from goalkeeper.goals import Goal
from goalkeeper.goals.agreed import FrozenGoal
from goalkeeper.goals.evaluation import Evaluation, Guard, Holding, Status
from goalkeeper.goals.proposal import Choice, moved, propose
from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.units import Unit
from goals.seam import BEGIN, DUE, NOW, agreed_plan

REACH = 'metric = "csat"\nfrom = 0.7\nto = 0.8'
HOLD = 'metric = "csat"\nhold = 0.8'
RANGE = 'metric = "csat"\nrange = [0.2, 0.4]'
FASTER = 'metric = "first_response_time"\nfrom = "1h"\nto = "30 min"'
BETTER, WORSE, NOT_SURE = (Estimate(by, by - 0.1, by + 0.1, 0.95, 500, "") for by in (0.2, -0.2, 0.05))
NONE: list[Result | None] = []
UNSURE: list[Result | None] = [NOT_SURE, NoEstimate("no_data")]
BROKEN = Guard("reopen_rate", "Reopened", Unit.SHARE, True, NoEstimate("no_data"), 0.07, True, Holding.BROKEN)


def goal_of(lines: str) -> tuple[Goal, FrozenGoal]:
    agreed = agreed_plan(lines)
    return agreed.plan().goals[0], agreed.goals[0]


def found(status: Status, low: float = 0.6, high: float = 0.8, *, closed: bool = True) -> Evaluation:
    value = Estimate((low + high) / 2, low, high, 0.95, 500, "")
    return Evaluation(
        goal="g", meaning="", day=DUE, computed_at=NOW, data_until=DUE, since=BEGIN, last=DUE, value=value, level=value,
        pace=None, chance=None, why_no_chance="due", track_record=None, status=status, is_closed=closed,
        is_final=closed,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "evaluation", "tried", "choice", "words"),
    [
        (REACH, found(Status.REACHED), NONE, Choice.CHANGE, "hold the line now"),
        (HOLD, found(Status.REACHED), NONE, Choice.KEEP, "go on"),
        (REACH, found(Status.BEHIND, 0.71, 0.79), UNSURE, Choice.KEEP, "moved the right way"),
        (REACH, found(Status.BEHIND, 0.55, 0.65), UNSURE, Choice.CHANGE, "moved the wrong way"),
        (REACH, found(Status.BEHIND), UNSURE, Choice.CHANGE, "no effect that can be told from chance"),
        (
            REACH,
            found(Status.BEHIND),
            [BETTER, None],
            Choice.KEEP,
            "better after what was tried, which may be why: go on with that",
        ),
        (REACH, found(Status.BEHIND), [BETTER, WORSE], Choice.KEEP, "go on with what helped"),
        (REACH, found(Status.BEHIND), [WORSE, NOT_SURE], Choice.CHANGE, "worse after what was tried"),
        (FASTER, found(Status.BEHIND), [BETTER], Choice.CHANGE, "worse after what was tried"),
        (FASTER, found(Status.BEHIND, 3700, 4000), [WORSE], Choice.KEEP, "go on with that"),
        (REACH, found(Status.BEHIND), NONE, Choice.STOP, "nothing was noted as tried"),
        (RANGE, found(Status.BEHIND), NONE, Choice.CHANGE, "left its range"),
        (REACH, found(Status.NO_DATA), NONE, Choice.CHANGE, "cannot be told"),
        (REACH, found(Status.ON_PACE, closed=False), NONE, Choice.KEEP, "still runs: on pace"),
        (REACH, found(Status.BEHIND, closed=False), NONE, Choice.CHANGE, "less than 1 chance in 3"),
        (REACH, None, NONE, Choice.KEEP, "not begun"),
    ],
)
def test_each_result_has_its_proposal(
    lines: str, evaluation: Evaluation | None, tried: list[Result | None], choice: Choice, words: str
) -> None:
    made = propose(*goal_of(lines), evaluation, "", tried)
    assert made.choice is choice
    assert words in made.because


def test_reached_at_the_expense_of_something_comes_first() -> None:
    made = propose(*goal_of(HOLD), replace(found(Status.REACHED), guards=(BROKEN,)), "", UNSURE)
    assert (made.choice, made.because) == (
        Choice.CHANGE,
        "it is reached at the expense of reopened: mend that first",
    )


def test_a_goal_that_cannot_be_evaluated_is_agreed_again() -> None:
    assert propose(*goal_of(HOLD), found(Status.REACHED), "its definition is gone", UNSURE).choice is Choice.CHANGE


def test_moved_knows_which_way_is_good() -> None:
    slower, _ = goal_of('metric = "first_response_time"\nfrom = "1h"\nto = "30 min"')
    value = Estimate(2400, 2000, 3000, 0.95, 500, "")
    assert moved(slower, 3600, value) == 1
    assert moved(slower, 2500, value) == 0
    assert moved(slower, 1800, value) == -1
    assert moved(slower, None, value) == moved(slower, 3600, NoEstimate("no_data")) == 0
