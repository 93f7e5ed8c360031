"""The review of a quarter, on the desk whose truth is known; its data ends on 28 February 2026."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from documents.facts_of import FORMS, all_words, squeezed
from goalkeeper.cli.sharing import quarter_option
from goalkeeper.documents.as_json import review_json
from goalkeeper.documents.document import Figure, Grid
from goalkeeper.documents.review import review_document
from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.goals import read_plan
from goalkeeper.goals.agree import agree
from goalkeeper.goals.evaluation import Status
from goalkeeper.goals.history import History
from goalkeeper.goals.proposal import Choice
from goalkeeper.goals.tried import Tried, note
from goalkeeper.lint.rule import Needs
from goalkeeper.reports.review import Review, review
from measure.small import Small

NAME = "A winter to review"
HOSTILE = '<b>Satisfied</b> | =1+1 #read(\\"x\\")'
PLAN = f"""\
[plan]
name = "{NAME}"
period = "2025-11-01..2026-01-31"
review = "monthly"

[[goal]]
id = "few-reopened"
name = "Seldom reopened"
metric = "reopen_rate"
hold = "40 %"
owner = "team:support"
because = "a problem that comes back is none that was solved"
must_not_get_worse = [{{ metric = "csat", limit = 0.5 }}]

[[goal]]
id = "satisfied"
name = "{HOSTILE}"
metric = "csat"
from = "measure"
to = 0.99
owner = "team:support"
because = "unhappy customers leave"
must_not_get_worse = [{{ metric = "reopen_rate", limit = 0.4 }}]
"""
NOW = datetime(2026, 3, 1)


@pytest.fixture(scope="module")
def reviewed(known_desk: Small) -> Review:
    workspace = known_desk.workspace
    agree(History(workspace, until=date(2025, 11, 3)), read_plan(PLAN), now=datetime(2025, 11, 3, 9))
    for day, words in ((date(2025, 12, 1), "a <i>checklist</i>"), (date(2026, 2, 28), "too late to tell")):
        note(workspace.store, NAME, Tried("satisfied", day, words), NOW)
    return review(workspace, NAME, now=NOW)


def test_result_and_verdict_are_those_that_were_kept(reviewed: Review) -> None:
    reopened, satisfied = (each.page.row.evaluation for each in reviewed.goals)
    assert reopened is not None
    assert satisfied is not None
    assert (reopened.words, satisfied.words, reviewed.met) == ("Reached", "Behind", 1)
    assert reopened.last == satisfied.last == date(2026, 1, 31)


def test_what_was_tried_has_the_weeks_before_and_after(reviewed: Review) -> None:
    assert reviewed.goals[0].effects == ()
    (effect, *later) = reviewed.goals[1].effects
    assert later == []  # begun after the last whole day of the data
    assert (effect.before.estimate is not None, effect.after.estimate is not None) == (True, True)
    assert effect.change is not None
    assert effect.before.n + effect.after.n > 100
    assert (effect.weeks, effect.since, effect.until) == (4, date(2025, 11, 3), date(2025, 12, 29))


def test_first_forecasts_are_scored(reviewed: Review) -> None:
    told = [each.page.row.frozen.forecast.chance for each in reviewed.goals]
    assert None not in told
    assert reviewed.scored == 2
    assert reviewed.brier == pytest.approx(((told[0] - 1) ** 2 + told[1] ** 2) / 2)


def test_the_next_plan_is_checked(reviewed: Review) -> None:
    assert reviewed.goals[0].proposal.choice is Choice.KEEP
    made = reviewed.draft.checkup
    assert (made.plan.name, made.plan.since) == (f"{NAME}, Q2 2026", date(2026, 4, 1))
    assert read_plan(reviewed.draft.text).name == made.plan.name
    assert made.plan.goals[0].to == 0.4
    assert Needs.DATA not in made.not_run


@pytest.mark.parametrize("form", FORMS)
def test_each_form_tells_the_same(reviewed: Review, form: str) -> None:
    made = review_document(reviewed)
    shown = squeezed(FORMS[form](made))
    assert [each for each in all_words(made) if squeezed(each) not in shown] == []
    assert squeezed(HOSTILE.replace("\\", "")) in shown


def test_the_meeting_finds_what_it_needs(reviewed: Review) -> None:
    made = review_document(reviewed)
    assert made.headline == f"1 of 2 goals met: {NAME}"
    open_ = {"is_final": False, "status": Status.ON_PACE}
    early = [replace(each.page.row.evaluation, **open_) for each in reviewed.goals if each.page.row.evaluation]
    rows = [replace(each.page.row, evaluation=one) for each, one in zip(reviewed.goals, early, strict=True)]
    goals = tuple(
        replace(each, page=replace(each.page, row=row)) for each, row in zip(reviewed.goals, rows, strict=True)
    )
    under_way = review_document(replace(reviewed, goals=goals))
    assert under_way.headline == f"2 goals under way, none due yet: {NAME}"
    assert [part.title for part in made.parts] == [
        "Plan and result", "Goal by goal", "Was our forecast fair?", "Keep, change or stop",
        "The next plan, as a draft", "Decisions",
    ]  # fmt: skip
    charts = [block.chart for block in made.parts[1].blocks if isinstance(block, Figure)]
    assert [len(chart.notes) for chart in charts] == [1, 2]
    assert charts[0].series[-1].label == "19 Jan 26"  # the last week that is over by the due day
    choices, decisions = (
        next(block for block in made.parts[place].blocks if isinstance(block, Grid)) for place in (3, 5)
    )
    assert [row[3:] for row in choices.rows] == [("", "", "")] * 2
    assert set(decisions.rows) == {("", "", "")}


def test_as_json(reviewed: Review) -> None:
    told = review_json(reviewed)
    assert told["goals"][1]["tried"][0]["tried"]["words"] == "a <i>checklist</i>"
    assert told["goals"][0]["suggested"]["choice"] == "keep"
    assert told["next_draft"]["check"]["plan"] == f"{NAME}, Q2 2026"


def test_quarters_choose_the_plan_and_its_last_evening(known_desk: Small, reviewed: Review) -> None:
    made = review(known_desk.workspace, NAME, date(2025, 10, 1), now=NOW)
    assert made.as_of == date(2025, 12, 31)
    assert all(not each.page.row.evaluation.is_closed for each in made.goals if each.page.row.evaluation)
    assert review(known_desk.workspace, NAME, date(2026, 1, 1), now=NOW).as_of == date(2026, 2, 27)
    with pytest.raises(UnknownName, match="no plan of that quarter"):
        review(known_desk.workspace, quarter=date(2031, 1, 1), now=NOW)


def test_a_plan_agreed_after_the_data(known_desk: Small) -> None:
    late = PLAN.replace(NAME, "Later").replace("2025-11-01..2026-01-31", "2026-04-01..2026-06-30")
    agree(History(known_desk.workspace), read_plan(late), now=datetime(2026, 3, 20))
    with pytest.raises(UsageError, match="was not yet agreed on 2026-02-27"):
        review(known_desk.workspace, "Later", now=NOW)


@pytest.mark.parametrize(("text", "day"), [("2027Q1", date(2027, 1, 1)), ("2027-q4", date(2027, 10, 1)), ("", None)])
def test_quarters_as_people_write_them(text: str, day: date | None) -> None:
    assert quarter_option(text) == day


@pytest.mark.parametrize("text", ["2027Q5", "Q1", "0000Q1", "27Q1"])
def test_no_quarter(text: str) -> None:
    with pytest.raises(UsageError, match="is no quarter"):
        quarter_option(text)
