"""The Zendesk export: a small desk written by hand, and what the facts must say about it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import goalkeeper as gk

REQUESTER, OTHER, ADA, BOB, FERN = 1, 2, 50, 51, 59
USERS = [
    {"id": REQUESTER, "role": "end-user", "email": "Kim@Post.example", "active": True, "name": "Kim"},
    {"id": OTHER, "role": "end-user", "email": "lee@post.example", "active": False, "name": "Lee"},
    {"id": ADA, "role": "agent", "email": "ada@desk.example", "default_group_id": 7, "name": "Ada"},
    {"id": BOB, "role": "admin", "email": "bob@desk.example", "default_group_id": 8, "name": "Bob"},
    {"id": FERN, "role": "agent", "email": "fern@desk.example", "name": "Fern", "user_fields": {"is_bot": True}},
]
WEB, MAIL, RULE = {"channel": "web"}, {"channel": "email"}, {"channel": "rule"}


def ticket(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "created_at": "2025-03-04T09:00:00Z",
        "updated_at": "2025-03-10T09:00:00Z",
        "status": "closed",
        "requester_id": REQUESTER,
        "submitter_id": REQUESTER,
        "assignee_id": ADA,
        "group_id": 7,
        "brand_id": 3,
        "priority": "normal",
        "via": MAIL,
        "tags": [],
        "custom_fields": [{"id": 1, "value": "x"}, {"id": 360001, "value": "login"}],
    } | more


class Audits:
    """Writes audits one after the other, with ids that count on."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.number = 1000

    def __call__(self, ticket_id: int, at: str, author: int, *events: dict[str, Any], via: Any = WEB) -> None:
        self.number += 1
        audit = self.number
        numbered = []
        for event in events:
            self.number += 1
            numbered.append({"id": self.number, **event})
        self.rows.append(
            {
                "id": audit,
                "ticket_id": ticket_id,
                "created_at": f"2025-03-{at}Z",
                "author_id": author,
                "via": via,
                "events": numbered,
            }
        )


def said(author: int, public: bool = True) -> dict[str, Any]:
    return {"type": "Comment", "author_id": author, "public": public, "body": 'He wrote "type":"Create" 😀'}


def made(name: str, value: Any) -> dict[str, Any]:
    return {"type": "Create", "field_name": name, "value": value}


def changed(name: str, before: Any, after: Any) -> dict[str, Any]:
    return {"type": "Change", "field_name": name, "previous_value": before, "value": after}


def write(folder: Path, **files: list[dict[str, Any]]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, rows in files.items():
        if name in ("users", "groups", "brands"):
            text = json.dumps({name: rows, "count": len(rows), "next_page": None})
            (folder / f"{name}.json").write_text(text, encoding="utf-8")
        else:
            text = "".join(json.dumps(row) + "\n" for row in rows)
            (folder / f"{name}.ndjson").write_text(text, encoding="utf-8")
    return folder


def one_ticket() -> Audits:
    """Ticket 1: acknowledged by a rule, greeted by the bot, passed on, held, answered, solved, reopened, closed."""
    audit = Audits()
    audit(1, "04T09:00:00", REQUESTER, said(REQUESTER), made("status", "new"), made("group_id", "7"), via=MAIL)
    audit(1, "04T09:00:02", -1, said(-1), via=RULE)
    audit(1, "04T09:00:05", FERN, said(FERN))
    audit(1, "04T09:10:00", ADA, changed("assignee_id", None, str(ADA)), changed("status", "new", "open"))
    audit(1, "04T09:20:00", ADA, said(ADA, public=False), changed("group_id", "7", "8"))
    audit(1, "04T09:30:00", ADA, said(ADA), changed("status", "open", "hold"), via=RULE)
    audit(1, "04T10:00:00", BOB, said(BOB), changed("status", "hold", "solved"))
    audit(1, "04T12:00:00", REQUESTER, said(REQUESTER), changed("status", "solved", "open"), via=MAIL)
    audit(1, "04T13:00:00", BOB, said(BOB), changed("status", "open", "solved"))
    audit(1, "04T14:00:00", -1, changed("satisfaction_score", "unoffered", "offered"), via=RULE)
    audit(1, "04T15:00:00", REQUESTER, changed("satisfaction_score", "offered", "good"))
    audit(1, "08T13:00:00", -1, changed("status", "solved", "closed"), via=RULE)
    return audit


def facts(ws: gk.Workspace, columns: str, ticket_id: str = "1") -> tuple[Any, ...]:
    ws.refresh()
    return ws.store.rows(f"SELECT {columns} FROM facts.tickets WHERE ticket_id = ?", [ticket_id])[0]


def load(ws: gk.Workspace, folder: Path) -> gk.Workspace:
    ws.load(folder, mapping="zendesk-export")
    return ws


def test_a_ticket_from_the_first_word_to_the_lock(ws: gk.Workspace, tmp_path: Path) -> None:
    load(ws, write(tmp_path / "desk", tickets=[ticket(1)], audits=one_ticket().rows, users=USERS))
    # The rule's word under Ada's name is no reply of hers: Bob's at 10:00 is the first.
    assert facts(ws, "first_response_s, first_resolution_s, resolution_s") == (3600, 3600, 4 * 3600)
    assert facts(ws, "replies, people, bot_replies, notes, customer_messages") == (2, 1, 1, 1, 1)
    assert facts(ws, "reopens, transfers, reassignments, resolved, status") == (1, 1, 0, True, "closed")
    assert facts(ws, "on_hold_s, topic, channel, started_by_customer") == (1800, "login", "email", True)


def test_the_opening_message_is_no_later_message(ws: gk.Workspace, tmp_path: Path) -> None:
    load(ws, write(tmp_path / "desk", tickets=[ticket(1)], audits=one_ticket().rows, users=USERS))
    kinds = ws.store.rows("SELECT type, count(*) FROM canon.ticket_events WHERE actor_type = 'customer' GROUP BY ALL")
    assert dict(kinds) == {"created": 1, "reply": 1, "status": 2, "team": 1, "csat_received": 1}


def test_a_later_export_without_the_beginning_opens_nothing(ws: gk.Workspace, tmp_path: Path) -> None:
    rows = one_ticket().rows
    load(ws, write(tmp_path / "first", tickets=[ticket(1)], audits=rows[:4], users=USERS))
    load(ws, write(tmp_path / "second", audits=rows[4:]))
    whole = facts(ws, "* EXCLUDE (horizon_at)")
    with gk.open(gk.create(tmp_path / "other", timezone="Europe/Berlin")) as other:
        load(other, write(tmp_path / "all", tickets=[ticket(1)], audits=rows, users=USERS))
        assert facts(other, "* EXCLUDE (horizon_at)") == whole


@pytest.mark.parametrize("order", [("users", "rest"), ("rest", "users")])
def test_people_are_told_whenever_they_come(ws: gk.Workspace, tmp_path: Path, order: tuple[str, str]) -> None:
    write(tmp_path / "users", users=USERS)
    write(tmp_path / "rest", tickets=[ticket(1)], audits=one_ticket().rows)
    for name in order:
        load(ws, tmp_path / name).refresh()
    assert facts(ws, "replies, bot_replies, customer_messages, first_response_s") == (2, 1, 1, 3600)


def test_without_the_users_nobody_is_guessed(ws: gk.Workspace, tmp_path: Path) -> None:
    load(ws, write(tmp_path / "desk", tickets=[ticket(1)], audits=one_ticket().rows))
    assert facts(ws, "replies, bot_replies, customer_messages, first_response_done") == (0, 0, 0, False)


def test_a_second_load_of_the_same_rows_changes_nothing(ws: gk.Workspace, tmp_path: Path) -> None:
    rows = one_ticket().rows
    load(ws, write(tmp_path / "desk", tickets=[ticket(1)], audits=rows, users=USERS))
    before = facts(ws, "*")
    again = write(tmp_path / "again", tickets=[ticket(1)], audits=list(reversed(rows)), users=list(reversed(USERS)))
    report = ws.load(again, mapping="zendesk-export")
    assert (report.loaded, report.held) == (0, 0)
    assert facts(ws, "*") == before


def test_a_merged_ticket_leaves_and_its_comment_is_no_reply(ws: gk.Workspace, tmp_path: Path) -> None:
    audit = one_ticket()
    audit(2, "04T09:15:00", REQUESTER, said(REQUESTER), made("status", "new"))
    into = {"channel": "system", "source": {"rel": "merge", "to": {"ticket_id": 1}}}
    away = {"channel": "system", "source": {"rel": "merge", "from": {"ticket_id": 2}}}
    audit(2, "04T09:25:00", ADA, said(ADA), changed("status", "new", "closed"), via=into)
    audit(1, "04T09:25:00", ADA, said(ADA), via=away)
    second = ticket(2, created_at="2025-03-04T09:15:00Z", tags=["closed_by_merge", "spam"])
    load(ws, write(tmp_path / "desk", tickets=[ticket(1), second], audits=audit.rows, users=USERS))
    assert facts(ws, "left_out, status", "2") == ("merged", "merged")
    assert facts(ws, "left_out, replies, first_response_s") == (None, 2, 3600)
    merges = ws.store.rows("SELECT type, ticket_id, new_value FROM canon.ticket_events WHERE type LIKE 'merge%'")
    assert sorted(merges) == [("merge_into", "2", "1"), ("merged_from", "1", "2")]
    assert ws.store.one("SELECT merged_into_ticket_id FROM canon.tickets WHERE ticket_id = '2'") == "1"


@pytest.mark.parametrize(
    ("more", "left_out"),
    [
        ({"status": "deleted", "subject": "SCRUBBED"}, "deleted"),
        ({"status": "deleted", "tags": ["spam"]}, "spam"),
        ({"status": "open", "tags": ["spam_checked", "spam"]}, None),
        ({"requester_id": ADA, "submitter_id": ADA}, "internal"),
    ],
)
def test_tickets_that_no_figure_counts(
    ws: gk.Workspace, tmp_path: Path, more: dict[str, Any], left_out: str | None
) -> None:
    load(ws, write(tmp_path / "desk", tickets=[ticket(1, **more)], users=USERS))
    assert facts(ws, "left_out") == (left_out,)


@pytest.mark.parametrize(
    ("via", "submitter", "by_customer"),
    [
        ({"channel": "web"}, ADA, False),
        ({"channel": "web"}, REQUESTER, True),
        ({"channel": "email"}, ADA, True),  # a forwarded letter
        ({"channel": "voice", "source": {"rel": "inbound"}}, ADA, True),
        ({"channel": "voice", "source": {"rel": "outbound"}}, ADA, False),
    ],
)
def test_who_started_it(ws: gk.Workspace, tmp_path: Path, via: Any, submitter: int, by_customer: bool) -> None:
    load(ws, write(tmp_path / "desk", tickets=[ticket(1, via=via, submitter_id=submitter)], users=USERS))
    assert facts(ws, "started_by_customer") == (by_customer,)


def test_ratings_are_asked_and_answered(ws: gk.Workspace, tmp_path: Path) -> None:
    def rating(number: int, score: str, updated: str) -> dict[str, Any]:
        return {
            "id": number,
            "ticket_id": 1,
            "score": score,
            "requester_id": REQUESTER,
            "created_at": "2025-03-05T09:00:00Z",
            "updated_at": updated,
            "comment": None,
        }

    early, late = "2025-03-05T10:00:00Z", "2025-03-06T10:00:00Z"
    ratings = [rating(1, "offered", early), rating(2, "bad", early), rating(3, "good_with_comment", early)]
    load(ws, write(tmp_path / "desk", tickets=[ticket(1)], satisfaction_ratings=ratings))
    load(ws, write(tmp_path / "later", satisfaction_ratings=[rating(2, "good", late)])).refresh()
    answers = ws.store.rows("SELECT response_id, score, ticket_id FROM canon.survey_responses ORDER BY 1")
    assert answers == [("2", 1.0, "1"), ("3", 1.0, "1")]
    assert ws.store.rows("SELECT count(*), sum(answered::INT) FROM facts.invitations") == [(3, 2)]


def test_people_teams_and_brands(ws: gk.Workspace, tmp_path: Path) -> None:
    groups, brands = [{"id": 7, "name": "Front"}], [{"id": 3, "name": "North", "subdomain": "n"}]
    load(ws, write(tmp_path / "desk", tickets=[ticket(1)], users=USERS, groups=groups, brands=brands))
    assert facts(ws, "team, brand, agent") == ("Front", "North", str(ADA))
    agents = ws.store.rows("SELECT agent_id, role, is_bot FROM canon.agents ORDER BY 1")
    assert agents == [("50", "agent", False), ("51", "admin", False), ("59", "bot", True)]
    people = ws.store.rows("SELECT customer_id, length(email_key), is_deleted FROM canon.customers ORDER BY 1")
    assert people == [("1", 64, False), ("2", 64, True)]
    assert "post.example" not in str(ws.store.rows("FROM canon.customers"))
