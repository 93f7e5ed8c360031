"""A plan file is read whole; what cannot be read is told with line and column."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from goalkeeper.errors import Findings, UsageError
from goalkeeper.goals import Owner, Shape, Stage, read_plan
from goalkeeper.metrics import METRICS
from goals.plans import HEAD, PLAN, mistakes, read

GOAL = HEAD + "[[goal]]\n"
CSAT = 'metric = "csat"\nto = 0.8\n'


def test_the_whole_example() -> None:
    plan = read_plan(PLAN)
    assert (plan.name, plan.since, plan.until, plan.last) == (
        "Support, Q1 2027", date(2027, 1, 1), date(2027, 4, 1), date(2027, 3, 31)
    )  # fmt: skip
    assert (plan.stage, plan.subscription_business, plan.review) == (Stage.TO_500K, True, "monthly")
    (goal,) = plan.goals
    assert goal.id == "billing-questions-solved-the-first-time"
    assert (goal.shape, goal.start, goal.to, goal.priority) == (Shape.REACH, 0.65, 0.75, 1)
    assert goal.owners == (Owner("team", "billing"),)
    assert goal.watched.condition == "topic IN ('billing')"
    assert goal.aim_words == "from 65 % to 75 %"
    handle, csat = goal.must_not_get_worse
    assert handle.watched.where == {"topic": ("billing",)}
    assert (handle.bound(300), handle.limit.is_upper) == (330, True)
    assert (csat.bound(0.9), csat.limit.is_upper) == (0.82, False)
    assert plan.due(goal) == date(2027, 3, 31)


@pytest.mark.parametrize(
    ("lines", "shape", "words"),
    [
        ('metric = "csat"\nto = "85 %"', Shape.REACH, "to 85 %"),
        ('metric = "csat"\nhold = 0.85', Shape.HOLD, "at least 85 %"),
        ('metric = "reopen_rate"\nhold = 0.05', Shape.HOLD, "at most 5.0 %"),
        ('metric = "csat"\nrange = [0.2, "40 %"]', Shape.RANGE, "between 20 % and 40 %"),
        ('metric = "reopen_rate"\ntrend = "falling"', Shape.RISE, "falling"),
        ('metric = "first_response_time"\nfrom = "measure"\nto = "4h"', Shape.REACH, "to 4 h"),
    ],
)
def test_shapes(lines: str, shape: Shape, words: str) -> None:
    (goal,) = read_plan(GOAL + lines).goals
    assert (goal.shape, goal.aim_words) == (shape, words)


def test_which_values_meet_a_goal() -> None:
    text = 'metric = "reopen_rate"\nto = 0.05\n[[goal]]\nmetric = "csat"\nrange = [0.2, 0.4]\n'
    reach, band = read_plan(GOAL + text).goals
    assert [reach.meets(value) for value in (0.04, 0.05, 0.06)] == [True, True, False]
    assert [band.meets(value) for value in (0.1, 0.2, 0.4, 0.5)] == [False, True, True, False]


def test_a_plan_without_goals_is_a_plan() -> None:
    assert read_plan(HEAD).goals == ()


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ('metric = "cast"\nto = 1', "5:10 no metric 'cast'."),
        ('@prioritty = 1', "7:1 no key 'prioritty'."),
        ('metric = "csat"', "4:1 it has no target."),
        ('to = 0.8', "4:1 `metric` is missing."),
        ('@hold = 0.7', "7:1 `to` and `hold` are two goals in one."),
        ('metric = "csat"\nto = "eighty"', "6:6 'eighty' is not a value of this metric."),
        ('metric = "csat"\nto = nan', "6:6 nan is not a value."),
        ('metric = "csat"\nto = true', "6:6 `to` is True."),
        ('@where = { topc = "x" }', "7:11 no split 'topc'."),
        ('@where = { agent = "ann" }', "7:11 it is about single people, and everybody reads a plan."),
        ('@[goal.where]\ntopic = 3', "7:1 `where` is {'topic': 3}."),
        ('@variant = "7d"', "7:11 no variant '7d'."),
        ('@statistic = "p90"', "7:13 no statistic 'p90'."),
        ('@clock = "working"', "7:1 Customer satisfaction is the same on both clocks."),
        ('@by = 2026-12-31', "7:6 the due day 2026-12-31 lies before the plan begins, on 2027-01-01."),
        ('@by = 2027-03-31T10:00:00', "7:6 `by` is 2027-03-31 10:00:00."),
        ('@by = 9999-12-31', "7:6 the due day 9999-12-31 is out of range."),
        ('@owner = "billing"', "7:9 'billing' is no owner."),
        ('@owner = ["team:a", "boss:b"]', "7:9 'boss:b' is no owner."),
        ('@priority = 0', "7:12 `priority` is 0."),
        ('metric = "csat"\nrange = [0.4, 0.2]', "6:9 the first value is not below the second."),
        ('@allow = ["GK201"]', "7:10 GK201 is allowed without a reason."),
        ('@allow = [{ rule = "GK201" }]', "7:10 `because` is missing."),
        ('@milestones = [{ by = 2027-05-01, to = 0.7 }]', "7:22 the day 2027-05-01 is not on the way."),
        ('@must_not_get_worse = ["nps"]', "7:23 it is 'nps'."),
        ('@must_not_get_worse = [{ metric = "nps", limit = "+3 pts" }]', "7:49 '+3 pts' would be an improvement."),
        ('@must_not_get_worse = [{ metric = "csat", limit = 0.7 }]', "7:34 a goal is no counterweight of its own."),
    ],
)  # fmt: skip
def test_mistakes_in_a_goal(lines: str, found: str) -> None:
    """The sign @ stands for two lines that are right."""
    assert mistakes(GOAL + lines.replace("@", CSAT)) == [found]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ("", "`plan` is missing."),
        ("plan = 5", "1:8 `plan` is 5."),
        ('[plan]\nnam = "x"', "1:1 `name` is missing.|2:1 no key 'nam'."),
        ('#goal = 3', "3:1 no key 'goal'."),
        ('goal = ["x"]\n[plan]\nname = "x"', "1:9 it is 'x'."),
        ('[plan]\nname = " "', "2:8 `name` is ' '."),
        ('#period = "2027"', "3:10 '2027' is no period."),
        ('#period = "2027-02-30..2027-03-31"', "3:10 '2027-02-30..2027-03-31' names a day that does not exist."),
        ('#period = "2027-04-01..2027-03-31"', "3:10 the period ends before it begins."),
        ('#period = "0027-04-01..2027-03-31"', "3:10 the period 0027-04-01..2027-03-31 is out of range."),
        ('#quarter = "2027Q5"', "3:11 '2027Q5' is no quarter."),
        ('#quarter = "2027Q1"\nperiod = "2027-01-01..2027-03-31"', "3:1 there is a `period` and a `quarter`."),
        ('#stage = "50k"', "3:9 `stage` is '50k'."),
        ('#review = "yearly"', "3:10 no review rhythm 'yearly'."),
        ('#allow = ["GK103"]', "3:10 GK103 is allowed without a reason."),
    ],
)  # fmt: skip
def test_mistakes_in_the_plan(lines: str, found: str) -> None:
    """The sign # stands for two lines that are right."""
    assert "|".join(mistakes(lines.replace("#", '[plan]\nname = "x"\n'))) == found


def test_a_reader_goes_on_after_a_mistake() -> None:
    text = GOAL + 'metric = "cast"\nto = 1\nowner = "x"\n[[goal]]\nmetric = "csat"\nto = 0.8\n'
    plan, found = read(text)
    assert [goal.metric.key for goal in plan.goals] == ["csat"]
    assert len(found) == 2


def test_own_metrics_are_read_where_they_are_given() -> None:
    own = {**METRICS, "mine": replace(METRICS["csat"], key="mine", name="Mine")}
    text = GOAL + 'metric = "mine"\nto = 0.9\nmust_not_get_worse = [{ metric = "csat", limit = 0.8 }]'
    (goal,) = read_plan(text, metrics=own).goals
    assert goal.name == "Mine"
    assert mistakes(text) == ["5:10 no metric 'mine'."]


def test_reading_for_use_raises_all_mistakes_at_once() -> None:
    with pytest.raises(Findings) as raised:
        read_plan(GOAL + 'metric = "cast"\nto = 1\npriority = "high"', "q1.toml")
    assert [finding.where for finding in raised.value.findings] == ["q1.toml:5:10", "q1.toml:7:12"]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("[plan]\nname = \"x\"\nname = \"y\"", "plan:3:.*A key stands once"),
        ("[plan]\nperiod = 2027-01-01..2027-03-31", 'plan:2:.*"2027-01-01..2027-03-31"'),
        ("[plan]\nname = \"x\"\n[[goal]]\nto = 75 %", "plan:4:.*in quotes"),
        ("[plan]\nname = \"x\"\n[[goal]]\nby = 2027-02-30", "plan:4:.*no such day"),
        ("[plan]\nname = \"x", "plan:2:"),
        ("a = " + "[" * 5_000, "nested too deeply|plan:1:"),
        ("a = " + "[" * 5_000 + "]" * 5_000, "nested too deeply"),
        ("a = " + "9" * 5_000, "not valid TOML"),
        ("a = \"\0\"", "plan:1:"),
    ],
)  # fmt: skip
def test_text_that_is_no_toml(lines: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        read_plan(lines)


def test_a_segment_that_no_condition_holds() -> None:
    values = ", ".join(f'"topic {number}"' for number in range(1000))
    assert mistakes(GOAL + CSAT + f"where = {{ topic = [{values}] }}") == ["7:9 the segment names too many values."]


def test_five_hundred_goals_are_read() -> None:
    plan = read_plan(HEAD + '[[goal]]\nmetric = "csat"\nto = 0.8\n' * 500)
    assert len({goal.id for goal in plan.goals}) == 500
