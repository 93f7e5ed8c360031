"""Agreed versions: what is frozen, when there is a new one, and that none is ever changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from itertools import count

import pytest

from goalkeeper.errors import Findings, UnknownName, UsageError
from goalkeeper.formulas import Share
from goalkeeper.goals import Goal, Plan, read_plan
from goalkeeper.goals.agree import agree, meaning_of
from goalkeeper.goals.agreed import Agreed, find_agreed, latest, versions
from goalkeeper.goals.history import History
from goalkeeper.metrics import METRICS
from goalkeeper.reports.scorecard import scorecard
from measure.small import Small

NAMES = (f"Plan {number}" for number in count(1))
NOON = datetime(2026, 3, 2, 12)
PLAN = """\
[plan]
name = "NAME"
quarter = "2026Q2"

[[goal]]
name = "Satisfied"
metric = "csat"
from = "measure"   # as it was
to = 0.85
must_not_get_worse = [{ metric = "reopen_rate", limit = "+2 pts" }, { metric = "handle_time", limit = "10 min" }]
"""


@pytest.fixture
def history(known_desk: Small) -> History:
    return History(known_desk.workspace)


@pytest.fixture
def text() -> str:
    return PLAN.replace("NAME", next(NAMES))


def agreed(history: History, text: str, hour: int = 12) -> tuple[Agreed, bool]:
    return agree(history, read_plan(text), now=NOON.replace(hour=hour))


def test_what_is_frozen(history: History, text: str) -> None:
    made, is_new = agreed(history, text)
    assert (made.version, is_new, made.agreed_at, made.previous) == (1, True, NOON, "")
    (goal,) = made.goals
    csat = history.recent(made.plan().goals[0].watched)
    assert csat.estimate is not None
    assert goal.definition == METRICS["csat"].version()
    assert (goal.start.low, goal.start.high, goal.start.n) == (csat.estimate.low, csat.estimate.high, csat.n)
    assert goal.start.value == pytest.approx(csat.estimate.value, rel=1e-3)
    assert not goal.start.is_given
    assert (goal.start.since, goal.start.until) == (date(2025, 11, 29), date(2026, 2, 28))
    reopened, handled = goal.counterweights
    assert reopened.start.value is not None
    assert reopened.bound == pytest.approx(reopened.start.value + 0.02)
    assert (handled.bound, handled.start.value) == (600, 500)
    assert goal.forecast.chance is not None
    assert 0 <= goal.forecast.chance < 0.6


def test_a_measured_start_is_written_into_the_text_and_nothing_else(history: History, text: str) -> None:
    made, _ = agreed(history, text)
    start = made.plan().goals[0].start
    assert made.text == text.replace('"measure"', str(start))
    assert isinstance(start, float)


def test_a_given_start_keeps_the_interval_of_the_data(history: History, text: str) -> None:
    made, _ = agreed(history, text.replace('"measure"', "0.5"))
    start = made.goals[0].start
    assert (start.value, start.is_given) == (0.5, True)
    assert start.low is not None
    assert start.low > 0.5


def test_the_same_plan_again_is_no_new_version(history: History, text: str) -> None:
    first, _ = agreed(history, text)
    assert agreed(history, first.text, 13) == (first, False)
    assert len(versions(history.workspace.store, first.name)) == 1


def test_a_changed_plan_is_a_new_version_and_the_old_one_stays(history: History, text: str) -> None:
    first, _ = agreed(history, text)
    second, is_new = agreed(history, first.text.replace("0.85", "0.80"), 13)
    assert (second.version, is_new, second.previous) == (2, True, first.hash)
    assert second.goals[0].forecast.chance > first.goals[0].forecast.chance  # type: ignore[operator]
    store = history.workspace.store
    assert versions(store, first.name) == (first, second)
    assert latest(store, first.name) == second
    assert find_agreed(store, first.name, 1) == first


def test_what_a_goal_asked_before_keeps_its_start_and_first_forecast(history: History, text: str) -> None:
    first, _ = agreed(history, text)
    more = first.text + 'owner = "team:a"\n[[goal]]\nmetric = "reopen_rate"\nfrom = "measure"\nto = 0.1\n'
    second, _ = agreed(history, more, 13)
    assert second.goals[0] == first.goals[0]
    assert len(second.goals) == 2


def test_a_changed_definition_is_a_new_version(history: History, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = agreed(history, text)
    formula = METRICS["csat"].formula
    assert isinstance(formula, Share)
    changed = replace(METRICS["csat"], formula=replace(formula, hits="satisfied AND score > 4"))
    monkeypatch.setattr(history.workspace, "metrics", {**history.workspace.metrics, "csat": changed})
    second, is_new = agreed(History(history.workspace), first.text, 13)
    assert is_new
    assert second.goals[0].definition != first.goals[0].definition
    assert second.text == first.text


def test_a_row_that_is_changed_later_is_noticed(history: History, text: str) -> None:
    first, _ = agreed(history, text)
    second, _ = agreed(history, first.text.replace("0.85", "0.80"), 13)
    assert first.is_intact
    assert second.is_intact
    for change in (
        {"text": first.text.replace("0.85", "0.75")}, {"agreed_at": NOON.replace(hour=1)}, {"previous": "x"},
        {"goals": (replace(first.goals[0], definition="other"),)},
    ):  # fmt: skip
        assert not replace(first, **change).is_intact


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (
            'metric = "nps"\nfrom = "measure"\nto = 0.5',
            "p:11: the start of 'Net promoter score' cannot be measured: no data",
        ),
        (
            'metric = "csat"\nto = 0.9\nmust_not_get_worse = [{ metric = "nps", limit = "-5 pts" }]',
            "p:12: the limit '-5 pts' counts from a start of Net promoter score that cannot be measured: no data",
        ),
    ],
)
def test_a_start_that_cannot_be_measured(history: History, lines: str, told: str) -> None:
    text = f'[plan]\nname = "{next(NAMES)}"\nquarter = "2026Q2"\n\n[[goal]]\nmetric = "csat"\nto = 0.9\n\n'
    text += f"[[goal]]\n{lines}\n"
    with pytest.raises(Findings) as raised:
        agree(history, read_plan(text, "p"), now=NOON)
    assert told in str(raised.value)
    assert versions(history.workspace.store, read_plan(text).name) == ()


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ('metric = "nps"\nto = 0.5', "needs 12 weeks with enough rows, has 0"),
        ('metric = "csat"\ntrend = "rising"', "a direction has no target"),
        ('metric = "csat"\nto = 0.9\nby = 2025-12-31', "the due day lies before the end of the data"),
        ('metric = "csat"\nwhere = { channel = "email" }\nrange = [0.5, 0.9]', ""),
    ],
)
def test_why_there_is_no_chance(history: History, lines: str, why: str) -> None:
    text = f'[plan]\nname = "{next(NAMES)}"\nperiod = "2025-10-01..2026-06-30"\n[[goal]]\n{lines}\n'
    forecast = agreed(history, text)[0].goals[0].forecast
    assert forecast.why == why
    assert (forecast.chance is None) == bool(why)


def test_without_a_due_day_there_is_no_chance(history: History) -> None:
    text = f'[plan]\nname = "{next(NAMES)}"\n[[goal]]\nmetric = "csat"\nto = 0.9\n'
    assert agreed(history, text)[0].goals[0].forecast.why == "no due date"


def test_meaning_is_of_what_is_asked(text: str) -> None:
    def meaning(changed: str) -> str:
        plan: Plan = read_plan(changed)
        return meaning_of(plan, plan.goals[0])

    same = meaning(text)
    assert meaning(text + 'owner = "team:a"\npriority = 1\nbecause = "x"\n') == same
    assert meaning(text.replace('"Satisfied"', '"Content"')) == same
    for old, new in (
        ("0.85", "0.86"), ("2026Q2", "2026Q3"), ("+2 pts", "+3 pts"), ('"csat"\n', '"csat"\nwhere = { topic = "x" }\n'),
        ("to = ", "hold = "), ("10 min", "11 min"),
    ):  # fmt: skip
        assert meaning(text.replace(old, new)) != same


def test_unknown_plans_and_versions(history: History, text: str) -> None:
    made, _ = agreed(history, text)
    with pytest.raises(UnknownName, match="no agreed plan 'Plam'"):
        find_agreed(history.workspace.store, "Plam")
    with pytest.raises(UnknownName, match="no version '7'"):
        find_agreed(history.workspace.store, made.name, 7)


def test_the_topic_of_a_share_of_topics_is_its_part_and_other_splits_its_whole(history: History) -> None:
    def goal(where: str) -> Goal:
        text = f'[plan]\nname = "{next(NAMES)}"\n[[goal]]\nmetric = "theme_share"\nwhere = {where}\nrange = [0, 0.2]\n'
        return read_plan(text).goals[0]

    since, until = date(2026, 1, 1), date(2026, 2, 1)
    for where, limits in (("", ""), (', channel = "email"', "channel = 'email'")):
        watched = goal(f'{{ topic = "login"{where} }}').watched
        asked = {"by": "topic", "since": since, "until": until, "where": limits}
        (known,) = [cell for cell in history.workspace.measure("theme_share", **asked) if cell.by["topic"] == "login"]
        found = history.over(watched, since, until)
        assert (found.value, found.n) == (known.value, known.n)
        so_far = history.running(watched, since, date(2026, 1, 31), tuned_for=100)
        assert so_far.estimate is not None
        assert known.estimate is not None
        assert so_far.estimate.value == known.estimate.value < 1
    assert watched.version == METRICS["theme_share"].version()
    with pytest.raises(UsageError, match="of one topic alone, it is always the whole"):
        history.workspace.measure("theme_share", where="topic = 'login'")


def test_a_scorecard_of_one_topic_leaves_an_own_share_of_topics_out(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = replace(METRICS["theme_share"], key="own_share")
    monkeypatch.setattr(history.workspace, "metrics", {**history.workspace.metrics, own.key: own})
    assert own.name in scorecard(history.workspace, where="topic = 'login'").without_data
