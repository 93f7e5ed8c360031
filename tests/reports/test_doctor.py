"""The doctor tells what is missing, stale or contradictory, and the next step."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import goalkeeper as gk
from goalkeeper.reports.doctor import Check, Sign, doctor
from goalkeeper.workspace import Workspace
from measure.dozen import dozen
from measure.small import OFFICE, Small, at, event, mapping, ticket


def about(workspace: Workspace, name: str) -> list[Check]:
    return [check for check in doctor(workspace) if check.about == name]


def test_nothing_loaded(tmp_path: Path) -> None:
    with Small(tmp_path) as small:
        (check,) = doctor(small.workspace)
    assert (check.sign, check.found) == (Sign.LOOK, "nothing has been loaded yet")
    assert "goalkeeper load" in check.next_step


def test_a_healthy_desk(tmp_path: Path) -> None:
    with dozen(tmp_path) as desk:
        found = doctor(desk.workspace)
        (loads,) = about(desk.workspace, "loads")
        assert loads.found == "3 files, 43 rows"
        assert about(desk.workspace, "tables")[0].found == "tickets 13, ticket_events 28, teams 2"
        assert about(desk.workspace, "quarantine") == [Check(Sign.GOOD, "quarantine", "empty")]
        facts = about(desk.workspace, "facts")
        assert facts[0].found == "12 tickets are counted"
        assert facts[1].found == "1 tickets were closed without being solved; resolution leaves them out"
        silent, metrics = about(desk.workspace, "metrics")
    assert silent.found == "no source tells since when agents are there: backlog_per_agent"
    assert silent.next_step == "A mapping fills it as agents.hired_on."
    assert "csat" in metrics.found
    assert "first_response_time" not in metrics.found
    assert "answers" in metrics.next_step
    assert not [check for check in found if check.sign is Sign.WRONG]
    assert all(check.next_step or check.sign is Sign.GOOD or check.about == "facts" for check in found)


def load(small: Small, rows: list[dict[str, Any]]) -> None:
    path = small.folder / "tickets.ndjson"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    small.workspace.load(path, mapping=mapping(), source="desk", allow=0.9)


def test_working_time_without_hours_is_all_time(tmp_path: Path) -> None:
    for settings, said in (("", ["no working hours are set: working time runs day and night"]), (OFFICE, [])):
        with Small(tmp_path / str(len(settings)), settings) as small:
            load(small, [ticket(1, "03-02 10:00")])
            assert [check.found for check in about(small.workspace, "hours")] == said


def test_a_load_of_an_earlier_mapping_is_named(tmp_path: Path) -> None:
    with Small(tmp_path, OFFICE) as small:
        text = 'name = "own"\n[[file]]\nmatch = ["*"]\n[[file.table]]\nto = "customers"\ncolumns.customer_id = "id"\n'
        own, files = small.workspace.folder / "mappings" / "own.toml", [tmp_path / "a.csv", tmp_path / "b.csv"]
        own.parent.mkdir(exist_ok=True)
        own.write_text(text, encoding="utf-8")
        for file in files:
            file.write_text(f"id\n{file.stem}\n", encoding="utf-8")
            small.workspace.load(file, mapping="own")
        assert [check.sign for check in about(small.workspace, "loads")] == [Sign.GOOD]
        own.write_text(text.replace('"id"', "\"'T' || id\""), encoding="utf-8")
        small.workspace.load(files[1], mapping="own")
        assert [check.found for check in about(small.workspace, "loads")] == [
            "2 files, 2 rows",
            "1 file loaded by an earlier version of the mapping own: a.csv",
        ]


def test_facts_never_computed_or_stale(tmp_path: Path) -> None:
    with Small(tmp_path) as small:
        load(small, [ticket(1, "03-02 10:00")])
        assert about(small.workspace, "facts") == [
            Check(Sign.WRONG, "facts", "they were never computed", "Run `goalkeeper refresh`.")
        ]
        assert not about(small.workspace, "metrics")
        small.workspace.refresh()
        assert about(small.workspace, "facts")[0].sign is Sign.GOOD
        load(small, [ticket(1, "03-02 10:00", "solved", updated_at=at("03-03 10:00")), ticket(2, "03-02 10:00")])
        assert about(small.workspace, "facts")[0].found == "2 tickets changed since"


@pytest.mark.parametrize(("old", "new"), [("17:00", "18:00"), ('first_reply = "4h"', 'first_reply = "5h"')])
def test_settings_that_changed(tmp_path: Path, old: str, new: str) -> None:
    with Small(tmp_path) as small:
        small.load(tickets=[ticket(1, "03-02 10:00")])
    (tmp_path / "workspace" / "goalkeeper.toml").write_text(OFFICE.replace(old, new), encoding="utf-8")
    with gk.open(tmp_path / "workspace") as workspace:
        assert about(workspace, "facts")[0].found == "the settings changed since"


def test_rows_held_back_and_loose_ends(tmp_path: Path) -> None:
    bad = ticket(3, "03-02 10:00") | {"status": "unheard of"}
    with Small(tmp_path) as small:
        small.load(customers=[{"customer_id": "c1"}])
        load(small, [ticket(1, "03-02 10:00"), ticket(2, "03-02 10:00"), bad])
        (held,) = about(small.workspace, "quarantine")
        assert (held.sign, held.found) == (Sign.LOOK, "1 rows are held back")
        (link,) = about(small.workspace, "links")
    assert link.found == "1 of 2 rows of tickets name a requester_customer_id that customers lacks"
    assert link.next_step == "Load the missing customers."


def test_tickets_without_replies(tmp_path: Path) -> None:
    with Small(tmp_path) as small:
        asked = [event(0, "03-02 11:00", "reply", "customer")]
        small.load(tickets=[ticket(number, "03-02 10:00") for number in range(3)], ticket_events=asked)
        found = about(small.workspace, "facts")
    assert found[1].found == "3 of 3 tickets have no human reply"
    assert "ticket_events" in found[1].next_step


def test_rules_for_brands_and_teams_that_no_ticket_has_are_named(tmp_path: Path) -> None:
    rules = '[[schedule_for]]\nbrand = ["north", "nroth"]\nschedule = "office"\n[[sla]]\nid = "vip"\nteam = "gold"\n'
    with Small(tmp_path, OFFICE + rules + 'first_reply = "1h"\n') as small:
        load(small, [ticket(1, "03-02 10:00", brand="north")])
        small.workspace.refresh()
        assert [(check.found, check.next_step) for check in about(small.workspace, "hours")] == [
            ("[[schedule_for]] 1 is for a brand that no ticket has: nroth", "Did you mean 'north'?"),
            ("[[sla]] vip is for a team that no ticket has: gold", "No ticket has a team."),
        ]
