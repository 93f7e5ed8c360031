"""The commands for goals, as people run them, on the desk whose truth is known; its data ends on 28 February 2026."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from cli.run import Runner
from goalkeeper.goals import read_plan
from goalkeeper.goals.agree import agree
from goalkeeper.goals.history import History
from measure.small import Small

PLAN = """\
[plan]
name = "Goals on the command line"
quarter = "2026Q1"

[[goal]]
id = "few-reopened"
name = "Seldom reopened"
metric = "reopen_rate"
hold = "30 %"
by = 2026-02-20
owner = "team:support"
because = "a problem that comes back is none that was solved"
must_not_get_worse = [{ metric = "csat", limit = 0.9 }]

[[goal]]
name = "Satisfied"
metric = "csat"
from = 0.7
to = 0.85
milestones = [{ by = 2026-02-15, to = 0.5 }]
"""


@pytest.fixture(scope="module")
def agreed(known_desk: Small) -> Small:
    history = History(known_desk.workspace, until=date(2026, 1, 20))
    agree(history, read_plan(PLAN), now=datetime(2026, 1, 20, 9))
    return known_desk


@pytest.fixture
def home(agreed: Small, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """That desk, closed while commands run, named by the environment."""
    agreed.workspace.close()
    monkeypatch.setenv("GOALKEEPER_HOME", str(agreed.folder / "workspace"))
    yield
    agreed.reopen()


def test_the_table(run: Runner, home: None) -> None:
    done = run("goals", "--plan", "Goals on the command line")
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert lines[0] == "Small: goals on the evening of 27 February 2026, 0 of 2 met."
    assert "Goals on the command line, version 1" in lines[1]
    (held,) = [line for line in lines if "Seldom reopened" in line]
    assert "at most 30\N{NO-BREAK SPACE}%" in held
    assert held.rstrip().endswith("Reached at the expense of customer satisfaction")
    (guard,) = [line for line in lines if "at least 90" in line]
    assert guard.rstrip().endswith("✗ broken")
    (satisfied,) = [line for line in lines if line.strip().startswith("Satisfied")]
    assert "○" in satisfied
    assert satisfied.rstrip().endswith(("Behind", "Could go either way"))
    assert "goalkeeper goal few-reopened" in lines[-1]


def test_an_earlier_evening(run: Runner, home: None) -> None:
    found = run("goals", "--plan", "Goals on the command line", "--as-of", "2026-01-25", "--json").json
    assert found["as_of"] == "2026-01-25"
    held, satisfied = found["goals"]
    assert held["evaluation"]["day"] == "2026-01-25"
    assert held["evaluation"]["status"] == "On pace"
    assert held["evaluation"]["is_late"] is True
    assert held["owners"] == ["team:support"]
    assert satisfied["evaluation"]["steps"] == [{"by": "2026-02-15", "to": 0.5, "value": None, "is_reached": None}]
    now = run("goals", "--plan", "Goals on the command line", "--json").json
    assert now["goals"][0]["evaluation"]["at_the_expense_of"] == ["Customer satisfaction"]
    assert now["goals"][0]["evaluation"]["is_met"] is False


def test_one_goal(run: Runner, home: None) -> None:
    done = run("goal", "satisfied", "--plan", "Goals on the command line")
    assert done.code == 0, done.err
    assert "Customer satisfaction: from 70 % to 85 % by 2026-03-31." in done.out
    assert "forecasts of the past like this one were better than" in done.out
    assert "the goal begins in 2026-W" in done.out
    assert "Milestone of 15 February 2026: reached" in done.out
    assert "computed late" in done.out
    page = run("goal", "satisfied", "--plan", "Goals on the command line", "--json").json
    assert [each["day"] for each in page["evenings"]][:2] == ["2026-01-20", "2026-01-21"]
    assert len(page["evenings"]) == 39
    assert page["weeks"][0]["start"] == "2025-09-29"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("goals", "--as-of", "2026-03-01"), "--as-of: the data covers no whole day after 2026-02-27."),
        (("goals", "--as-of", "soon"), "--as-of: 'soon' is not a day."),
        (("goals", "--plan", "Goals on the comand line"), "Did you mean 'Goals on the command line'?"),
        (("goal", "satisfed"), "no goal 'satisfed'.\n  Did you mean 'satisfied'?"),
    ],
)
def test_mistakes(run: Runner, home: None, words: tuple[str, ...], told: str) -> None:
    done = run(*words)
    assert (done.code, done.out) == (2, "")
    assert told in done.err


def test_before_any_plan(run: Runner, home: None) -> None:
    done = run("goals", "--as-of", "2025-06-01")
    assert (done.code, done.out) == (
        0,
        "No agreed plan has a goal that runs on 2025-06-01: goalkeeper plan agree FILE.\n",
    )
