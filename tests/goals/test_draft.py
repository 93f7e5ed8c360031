"""The draft of the next plan, where own history suggests nothing."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

from goalkeeper.goals import Shape, read_plan
from goalkeeper.goals.draft import draft
from goalkeeper.goals.proposal import Choice
from goals.plans import PLAN

SILENT = SimpleNamespace(recent=lambda watched: SimpleNamespace(estimate=None))
ID = "billing-questions-solved-the-first-time"
MORE = """
[[goal]]
id = "quick"
metric = "first_response_time"
hold = "2h"
by = 2027-02-28
owner = "team:<b>"
allow = ["GK201"]
because = "a trial"
"""
TODAY = date(2027, 4, 2)


def drafted(text: str, choices: dict[str, Choice], met: frozenset[str] = frozenset()):
    made = draft(SILENT, read_plan(text, "plan.toml"), choices, met, TODAY)  # type: ignore[arg-type]
    return read_plan(made, "next.toml"), made


def test_a_plan_of_the_next_quarter_with_the_same_goals_and_counterweights() -> None:
    plan, _ = drafted(PLAN + MORE, {ID: Choice.KEEP, "quick": Choice.KEEP})
    assert (plan.name, plan.since, plan.last) == ("Support, Q2 2027", date(2027, 4, 1), date(2027, 6, 30))
    assert (plan.stage, plan.review, plan.subscription_business) == ("50k-500k", "monthly", True)
    billing, quick = plan.goals
    assert (billing.to, billing.start, billing.watched.segment) == (0.75, "measure", "topic billing")
    assert [each.limit.text for each in billing.must_not_get_worse] == ["+10 %", "0.82"]
    assert (quick.id, quick.to, quick.by, quick.allow) == ("quick", 7200, None, ())
    assert str(quick.owners[0]) == "team:<b>"


def test_goals_to_stop_are_left_out_and_met_ones_are_held() -> None:
    plan, _ = drafted(PLAN + MORE, {ID: Choice.CHANGE, "quick": Choice.STOP}, frozenset({ID}))
    (goal,) = plan.goals
    assert (goal.shape, goal.to) == (Shape.HOLD, 0.75)


def test_a_draft_made_late_is_for_a_quarter_that_has_time_left() -> None:
    made = draft(SILENT, read_plan(PLAN), {ID: Choice.KEEP}, frozenset(), date(2027, 6, 20))  # type: ignore[arg-type]
    assert 'quarter = "2027Q3"' in made
