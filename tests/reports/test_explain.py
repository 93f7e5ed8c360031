"""One ticket's story: what happened, what follows, and how each metric counts it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from goalkeeper.errors import UsageError
from goalkeeper.metrics import METRICS
from goalkeeper.reports.explain import Explanation, explain
from measure.dozen import dozen
from measure.small import Small, event, ticket


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    with dozen(tmp_path_factory.mktemp("dozen")) as small:
        yield small


def words(desk: Small, ticket_id: str) -> dict[str, str]:
    return {each.metric: each.words for each in explain(desk.workspace, ticket_id).metrics}


def test_a_solved_ticket(desk: Small) -> None:
    assert words(desk, "T2") == {
        "First response time": "17 h by the calendar, 1 h of working time",
        "Resolution time": "17 h 30 min by the calendar, 1 h 30 min of working time",
        "Resolved within target": "counted: yes",
        "First-contact resolution": "counted: yes",
        "Reopened": "counted: no",
        "Escalated": "counted: no",
        "Points of contact": "counted: 1",
        "Ticket volume": "counted",
    }


@pytest.mark.parametrize(
    ("ticket_id", "metric", "wanted"),
    [
        ("T4", "First-contact resolution", "counted: no"),
        ("T5", "Reopened", "counted: yes"),
        ("T5", "Resolved within target", "counted: yes"),  # 10 working hours
        ("T6", "First response time", "unfinished after 11 d by the calendar, 75 h of working time"),
        ("T6", "Resolved within target", "counted: no"),
        ("T6", "Reopened", "not counted: not solved yet"),
        ("T7", "Resolution time", "left out: spam"),
        ("T7", "Ticket volume", "left out: spam"),
        ("T8", "First response time", "left out: started by the company"),
        ("T8", "First-contact resolution", "left out: solved without a human contact"),
        ("T9", "Escalated", "counted: yes"),
        ("T9", "Points of contact", "counted: 2"),
        ("T12", "Resolution time", "left out: closed without being solved"),
        ("T12", "First response time", "unfinished after 4 h by the calendar, 4 h of working time"),
        ("T13", "First-contact resolution", "pending: its window is not over"),
        ("T13", "Resolved within target", "pending: its window is not over"),
        ("T13", "Resolution time", "30 min by the calendar, 30 min of working time"),
    ],
)
def test_every_way_to_be_counted(desk: Small, ticket_id: str, metric: str, wanted: str) -> None:
    assert words(desk, ticket_id)[metric] == wanted


def test_the_words_agree_with_the_numbers(desk: Small) -> None:
    """Each ticket alone: counted, pending, left out or nothing, as the words say."""
    by_name = {metric.name: key for key, metric in METRICS.items()}
    for number in range(1, 14):
        for name, said in words(desk, f"T{number}").items():
            cells = desk.measure(by_name[name], where=f"ticket_id = 'T{number}'")
            cell = cells[0] if len(cells) else None
            if said == "left out: spam" and cell is None:
                assert "solved" in METRICS[by_name[name]].formula.at  # it was never solved, so it has no day there
            elif said.startswith("left out"):
                assert cell is not None
                assert cell.left_out == {said.removeprefix("left out: "): 1}
            elif said.startswith("pending"):
                assert cell is not None
                assert (cell.n, cell.pending) == (0, 1)
            elif said.startswith("not counted"):
                assert cell is None
            else:
                assert cell is not None
                assert (cell.n, cell.pending, cell.left_out) == (1, 0, {})


def timeline(story: Explanation) -> list[tuple[str, str, str]]:
    return [(f"{each.at:%d %H:%M}", each.what, each.counted_as) for each in story.timeline]


def test_the_timeline_is_local_and_marks_what_counts(desk: Small) -> None:
    assert timeline(explain(desk.workspace, "T5")) == [
        ("07 12:00", "opened by the customer", "the clocks start"),
        ("09 09:15", "reply", "first response"),
        ("09 09:20", "status solved", "first solving"),
        ("10 10:00", "status open", ""),
        ("10 11:00", "status solved", "last solving"),
    ]
    assert timeline(explain(desk.workspace, "T9"))[2] == ("11 09:05", "team t1 → t2", "")
    assert timeline(explain(desk.workspace, "T8"))[0][1] == "opened by the company"
    assert timeline(explain(desk.workspace, "T3"))[1:3] == [
        ("03 11:01", "reply", ""),
        ("03 11:02", "reply", "first response"),
    ]
    assert explain(desk.workspace, "T6").timeline[-1].what == "note"


def test_facts_are_shown_in_their_kind(desk: Small) -> None:
    facts = {name: value for name, value, _ in explain(desk.workspace, "T2").facts}
    assert facts["created_at"] == "2026-03-02 16:30:00 CET"
    assert facts["created_day"] == "2026-03-02"
    assert facts["first_response_working_s"] == "3600 (1 h)"
    assert facts["resolved"] == "yes"
    assert facts["replies"] == "1"
    assert "closed_at" not in facts


def test_promises_are_told(desk: Small) -> None:
    """Answered after an hour of work of four, solved after an hour and a half of sixteen."""
    told = {each.promise: each for each in explain(desk.workspace, "T2").promises}
    assert told["first_reply"].words == "kept: 1 h of 4 h"
    assert (told["resolution"].words, told["resolution"].policy) == ("kept: 1 h 30 min of 16 h", "standard")
    assert f"{told['first_reply'].due:%m-%d %H:%M %Z}" == "03-03 12:30 CET"


def test_unknown_tickets(desk: Small, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no ticket 'T99'"):
        explain(desk.workspace, "T99")
    with pytest.raises(UsageError, match=r"no source 'phone'\. Valid: desk\."):
        explain(desk.workspace, "T1", source="phone")
    with Small(tmp_path) as small, pytest.raises(UsageError, match="there is no ticket"):
        explain(small.workspace, "T1")


def test_one_id_in_two_sources(tmp_path: Path) -> None:
    with Small(tmp_path) as small:
        small.load("north", tickets=[ticket(1, "03-02 10:00")])
        small.load("south", tickets=[ticket(1, "03-02 11:00", "solved")])
        with pytest.raises(UsageError, match="2 sources have a ticket 'T1': north, south"):
            explain(small.workspace, "T1")
        assert explain(small.workspace, "T1", source="south").timeline[0].at.hour == 11


def test_a_tickets_row_tells_moments_and_its_silence_is_no_zero(tmp_path: Path) -> None:
    row = ticket(1, "03-02 10:00", "solved", solved_at="2026-03-02T12:00:00Z", first_replied_at="2026-03-02T10:30:00Z")
    with Small(tmp_path) as small:
        small.load(tickets=[row])
        found = explain(small.workspace, "T1")
        assert [(each.at.minute, each.what, each.counted_as) for each in found.timeline] == [
            (0, "opened by the customer", "the clocks start"),
            (30, "reply, as the ticket's row tells", "first response"),
            (0, "solved, as the ticket's row tells", "first solving, last solving"),
        ]
        values = {name: value for name, value, _ in found.facts}
        silent = ("reopens", "reopened", "replies", "notes", "contacts", "escalated", "one_touch", "transfers")
        assert {values[name] for name in silent} == {"not told"}
        assert values["resolved"] == "yes"
        (once,) = small.measure("first_contact_resolution", variant="one_touch")
        assert once.estimate is None


def test_the_story_goes_by_moments_where_clocks_go_back(tmp_path: Path) -> None:
    said = {"ticket_id": "T1", "type": "reply", "actor_type": "agent", "actor_id": "a1", "is_public": True}
    moments = ("2025-10-26T00:50:00Z", "2025-10-26T01:10:00Z")
    replies = [said | {"event_id": moment, "occurred_at": moment} for moment in moments]
    with Small(tmp_path) as small:
        small.load(tickets=[ticket(1, "03-02 10:00", created_at="2025-10-25T10:00:00Z")], ticket_events=replies)
        assert [each.at.strftime("%H:%M") for each in explain(small.workspace, "T1").timeline] == [
            "12:00",
            "02:50",
            "02:10",
        ]


def test_what_nobody_tells_is_no_no(tmp_path: Path) -> None:
    def said(small: Small, metric: str, source: str) -> list[str]:
        return [each.words for each in explain(small.workspace, "T1", source=source).metrics if each.metric == metric]

    solved = ticket(1, "03-02 10:00", "solved", solved_at="2026-03-02T12:00:00Z")
    with Small(tmp_path) as small:
        small.load("north", tickets=[solved])
        assert said(small, "Reopened", "north") == ["not counted: no source tells when tickets change their state"]
        small.load("south", tickets=[solved], ticket_events=[event(1, "03-02 11:00", "status", "anna", "solved")])
        assert said(small, "Reopened", "north") == ["not counted: its source does not tell it"]
        assert said(small, "Ticket volume", "north") == ["counted"]
        (of_south,) = said(small, "Reopened", "south")
        assert "pending" in of_south or of_south == "counted: no"
