"""The manual tells what was agreed, and how the team works by its settings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.reports.manual import manual
from goalkeeper.workspace import Workspace, create, open_workspace
from goals.agreed_plans import agree_on
from goals.plans import PLAN

SETTINGS = """\
name = "Tarnfolk"
timezone = "Europe/Berlin"
specialist_teams = ["tier 2"]

[[schedule]]
id = "office"
tz = "Europe/Berlin"
hours = { mon-fri = ["09:00-17:00"] }
holidays = ["DE-BE"]
on = { "2027-01-02" = ["10:00-12:00"], "2029-01-02" = ["10:00-12:00"] }
[[schedule.change]]
from = "2026-06-01"
hours = { mon-fri = ["08:00-18:00"] }
[[schedule.change]]
from = "2027-02-01"
hours = { mon-sat = ["08:00-18:00"] }

[[schedule_for]]
channel = "phone"
schedule = "24x7"

[[sla]]
id = "mail"
first_reply = { urgent = "1h", other = "4h" }
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with open_workspace(create(tmp_path / "desk", text=SETTINGS)) as opened:
        yield opened


def test_no_plan_yet(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="no plan was agreed yet"):
        manual(workspace)


def test_names_and_versions_that_do_not_exist(workspace: Workspace) -> None:
    agree_on(workspace.store, PLAN)
    with pytest.raises(UnknownName, match="no agreed plan 'Suport"):
        manual(workspace, "Suport, Q1 2027")
    with pytest.raises(UnknownName, match="version '7'"):
        manual(workspace, version=7)


def test_the_newest_version_with_what_changed(workspace: Workspace) -> None:
    agree_on(workspace.store, PLAN)
    agree_on(workspace.store, PLAN.replace("to = 0.75", "to = 0.70"))
    made = manual(workspace)
    assert (made.version, made.goals[0].goal.to) == (2, 0.70)
    assert [(note.version, len(note.changes), note.why_none) for note in made.history] == [
        (2, 1, ""),
        (1, 0, "the first version"),
    ]
    assert [note.version for note in manual(workspace, version=1).history] == [1]


def test_the_day_of_agreeing_is_local(workspace: Workspace) -> None:
    agree_on(workspace.store, PLAN)  # 23:30 UTC, which is past midnight in Berlin
    assert manual(workspace).agreed_on == date(2026, 12, 21)


def test_a_definition_that_changed_is_seen(workspace: Workspace) -> None:
    agree_on(workspace.store, PLAN)
    made = manual(workspace)
    assert [each.watched.metric.key for each in made.definitions] == ["first_contact_resolution", "handle_time", "csat"]
    assert all(each.is_current for each in made.definitions)
    workspace.store.con.execute(
        "UPDATE meta.agreed_plans SET frozen = replace(frozen, ?, 'cafe0000')", [made.definitions[2].version]
    )
    changed = manual(workspace)
    assert [each.is_current for each in changed.definitions] == [True, True, False]
    assert not changed.history[0].is_intact


def test_working_time_in_force_at_the_start_and_later(workspace: Workspace) -> None:
    agree_on(workspace.store, PLAN)
    office, always = manual(workspace).working_times
    assert [hours.valid_from for hours in office.hours] == [date(2026, 6, 1), date(2027, 2, 1)]
    assert office.is_default
    assert office.closed[0] == (date(2027, 1, 1), "New Year's Day")
    assert office.closed[-1][0] <= date(2028, 1, 1)
    assert always.holds_for == ((("channel", ("phone",)),),)


def test_specialist_teams_of_the_settings_and_of_the_data(workspace: Workspace) -> None:
    agree_on(workspace.store, PLAN)
    assert manual(workspace).specialist_teams == ("tier 2",)
