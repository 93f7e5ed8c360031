"""The tables that Fivetran writes of a Zendesk, with the oddities of the public sample."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import pytest

import goalkeeper as gk
from goalkeeper.warehouse import LoadReport
from shared import shared_file

TABLES = (
    "ticket", "ticket_field_history", "ticket_comment", "user", "group", "brand", "organization", "schedule",
    "schedule_holiday",
)  # fmt: skip


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[gk.Workspace, LoadReport]]:
    folder = shared_file("data", "fivetran-zendesk", "ticket_data.csv").parent
    with gk.open(gk.create(tmp_path_factory.mktemp("fivetran") / "workspace")) as ws:
        report = ws.load(folder)  # recognised among all ready mappings
        ws.refresh()
        yield ws, report


@pytest.fixture
def ws(loaded: tuple[gk.Workspace, LoadReport]) -> gk.Workspace:
    return loaded[0]


def frame(name: str) -> pd.DataFrame:
    return pd.read_csv(shared_file("data", "fivetran-zendesk", f"{name}_data.csv"), dtype=str)


def test_each_known_table_is_taken_and_the_others_are_passed_over(loaded: tuple[gk.Workspace, LoadReport]) -> None:
    _, report = loaded
    assert {file.mapping for file in report.files} == {"zendesk-fivetran"}
    assert {file.name for file in report.files} == {f"{name}_data.csv" for name in TABLES}
    assert {file.name: file.rows for file in report.files} == {f"{name}_data.csv": len(frame(name)) for name in TABLES}
    assert "audit_log_data.csv" in report.skipped


def test_what_is_held_back(ws: gk.Workspace) -> None:
    """A priority called solved; and changes of ticket 11071 seven hours before the ticket was made."""
    held = dict(ws.store.rows("SELECT code, count(*) FROM meta.quarantine GROUP BY 1"))
    history = frame("ticket_field_history")
    made = frame("ticket").set_index("id").created_at
    early = history[history.ticket_id.isin(made.index) & (history.updated < history.ticket_id.map(made))]
    assert held == {"priority_event_value": 1, "before_creation": len(early.drop_duplicates(["field_name", "updated"]))}


def test_the_history_of_a_ticket(ws: gk.Workspace) -> None:
    changes = ws.store.rows(
        "SELECT strftime(occurred_at, '%m-%d'), new_value FROM canon.ticket_events WHERE ticket_id = '11071' "
        "AND type = 'status' ORDER BY occurred_at"
    )
    assert changes == [
        ("08-29", "pending"),
        ("09-02", "on_hold"),
        ("09-05", "pending"),
        ("09-15", "open"),
        ("09-30", "pending"),
        ("10-01", "on_hold"),
        ("10-15", "open"),
        ("10-17", "on_hold"),
        ("10-20", "pending"),
        ("11-02", "open"),
        ("11-14", "solved"),
        ("11-15", "closed"),
    ]
    solved = pd.Timestamp("2020-11-14 11:01:27") - pd.Timestamp("2020-08-28 18:06:36")
    row = ws.store.rows("SELECT resolved, resolution_s, left_out FROM facts.tickets WHERE ticket_id = '11071'")
    assert row == [(True, solved.total_seconds(), None)]


def test_a_change_listed_four_times_is_one(ws: gk.Workspace) -> None:
    assert (frame("ticket_field_history").ticket_id == "102").sum() == 4
    assert ws.store.one("SELECT count(*) FROM canon.ticket_events WHERE ticket_id = '102'") == 1


def test_comments_of_nobody_known_are_no_replies(ws: gk.Workspace) -> None:
    """The sample's users are not those who commented."""
    kinds = ws.store.rows(
        "SELECT type, actor_type, count(*) FROM canon.ticket_events WHERE event_id LIKE 'comment:%' GROUP BY ALL"
    )
    assert kinds == [("reply", "unknown", 20)]


def test_deleted_tickets_and_the_merged_list(ws: gk.Workspace) -> None:
    left = dict(ws.store.rows("SELECT ticket_id, left_out FROM facts.tickets WHERE left_out IS NOT NULL"))
    assert left == {"1595": "deleted", "11013": "deleted"}
    merged = "SELECT ticket_id, new_value, is_synthetic FROM canon.ticket_events WHERE type = 'merged_from'"
    assert ws.store.rows(merged) == [("1966", "1967", True)]


def test_the_opening_hours(ws: gk.Workspace) -> None:
    hours = ws.store.rows(
        "SELECT weekday, open_local::VARCHAR, close_local::VARCHAR, tz FROM canon.calendars ORDER BY 1"
    )
    assert hours == [(day, "08:00:00", "20:00:00", "America/Los_Angeles") for day in range(1, 6)]
    days = ws.store.rows("SELECT on_date::VARCHAR, name FROM canon.holidays ORDER BY 1")
    assert days == [("2022-12-26", "Test Holiday"), ("2022-12-27", "Test Holiday"), ("2022-12-29", "Test Holiday 2")]


def test_people(ws: gk.Workspace) -> None:
    assert ws.store.rows("SELECT agent_id, name FROM canon.agents") == [("1111", "Arthur Agent")]
    assert ws.store.one("SELECT count(*) FROM canon.customers") == 9
    assert ws.store.one("SELECT count(*) FROM canon.teams") == len(frame("group"))
