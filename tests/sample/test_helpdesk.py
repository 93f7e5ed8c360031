"""The help desk's files hang together, and plain counting agrees with the truths."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from goalkeeper.sample import Company
from sample.naive import NaiveDesk, lines


def test_counts_by_status_channel_topic(company: Company, desk: NaiveDesk) -> None:
    truth = company.truths["tickets"]
    rows = [t.ticket for t in desk.tickets.values()]
    assert len(rows) == truth["in_file"] == 2500
    assert dict(Counter(r["status"] for r in rows)) == truth["by_status"]
    assert dict(Counter(r["via"]["channel"] for r in rows)) == truth["by_via"]
    assert dict(Counter(r["custom_fields"][0]["value"] for r in rows)) == truth["by_topic"]
    assert len(desk.audits) == truth["audits"]
    assert sum(len(a["events"]) for a in desk.audits) == truth["audit_events"]


def test_left_out_by_plain_rules(company: Company, desk: NaiveDesk) -> None:
    truth = company.truths["tickets"]
    found = Counter(t.left_out for t in desk.tickets.values())
    assert found.pop("") == truth["counted"]
    assert dict(found) == truth["left_out"]
    assert min(truth["left_out"].values()) > 0
    brands = Counter(str(t.ticket["brand_id"]) for t in desk.counted)
    assert dict(brands) == truth["counted_by_brand"]
    still = [t for t in desk.counted if t.ticket["status"] in ("new", "open", "pending", "hold")]
    assert len(still) == truth["open_at_end"]


def test_ids_are_unique_and_references_hold(company: Company, desk: NaiveDesk) -> None:
    ids = [a["id"] for a in desk.audits] + [e["id"] for a in desk.audits for e in a["events"]]
    assert len(set(ids)) == len(ids)
    folder = company.folder / "helpdesk"
    groups = {g["id"] for g in json.loads((folder / "groups.json").read_text("utf-8"))["groups"]}
    brands = {b["id"] for b in json.loads((folder / "brands.json").read_text("utf-8"))["brands"]}
    agents = {n for n, u in desk.users.items() if u["role"] != "end-user"}
    for found in desk.tickets.values():
        row = found.ticket
        assert row["requester_id"] in desk.users
        assert row["submitter_id"] in desk.users
        assert row["assignee_id"] is None or row["assignee_id"] in agents
        assert row["group_id"] in groups
        assert row["brand_id"] in brands
        assert row["problem_id"] is None or row["problem_id"] in desk.tickets
        assert set(row["followup_ids"]) <= desk.tickets.keys()
    assert {a["author_id"] for a in desk.audits} <= desk.users.keys() | {-1}


def test_audits_tell_one_unbroken_story(desk: NaiveDesk) -> None:
    state: dict[int, dict[str, Any]] = {}
    for audit in desk.audits:
        now = state.setdefault(audit["ticket_id"], {"_first": audit["created_at"], "_last": audit["created_at"]})
        assert audit["created_at"] >= now["_last"]
        now["_last"] = audit["created_at"]
        for event in audit["events"]:
            if event["type"] == "Create":
                now[event["field_name"]] = event["value"]
            elif event["type"] == "Change":
                before = now.get(event["field_name"], "unoffered" if "score" in event["field_name"] else None)
                assert event["previous_value"] == before
                assert event["value"] != before
                now[event["field_name"]] = event["value"]
    for number, found in desk.tickets.items():
        row, now = found.ticket, state[number]
        assert (row["created_at"], row["updated_at"]) == (now["_first"], now["_last"])
        for name in ("status", "priority", "tags"):
            assert row[name] == now[name]
        assert str(row["group_id"]) == now["group_id"]
        assert (None if row["assignee_id"] is None else str(row["assignee_id"])) == now.get("assignee_id")
        assert row["satisfaction_rating"]["score"] == now.get("satisfaction_score", "unoffered")


def test_closing_is_days_after_solving_and_by_a_rule(desk: NaiveDesk) -> None:
    closings = 0
    for audit in desk.audits:
        if any(e.get("value") == "closed" for e in audit["events"]) and audit["via"]["channel"] == "rule":
            closings += 1
            waited = desk.tickets[audit["ticket_id"]]
            assert audit["author_id"] == -1
            assert 96 * 3600 <= _seconds(waited.solved[-1], audit["created_at"]) <= 97.1 * 3600
    assert closings > 2000


def _seconds(start: Any, end: str) -> float:
    return float((type(start).fromisoformat(end) - start).total_seconds())


def test_ratings_repeat_the_tickets(company: Company, desk: NaiveDesk) -> None:
    ratings = lines(company.folder / "helpdesk/satisfaction_ratings.ndjson")
    by_ticket = {r["ticket_id"]: r["score"] for r in ratings}
    assert len(by_ticket) == len(ratings)
    offered = {n: t.ticket["satisfaction_rating"]["score"] for n, t in desk.tickets.items()}
    assert by_ticket == {n: score for n, score in offered.items() if score != "unoffered"}
    truth = company.truths["quality"]["satisfaction"]
    assert truth["hits"] == sum(1 for r in ratings if r["score"] == "good")
    assert truth["offered"] == len(ratings)
    assert 0.2 < truth["of"] / truth["offered"] < 0.28
    changed = Counter(a["ticket_id"] for a in desk.audits for e in a["events"] if e.get("value") in ("good", "bad"))
    assert max(changed.values()) == 2


def test_traps_are_there(desk: NaiveDesk) -> None:
    bodies = {e["body"] for a in desk.audits for e in a["events"] if e["type"] == "Comment"}
    for trap in ("=1+1", "<script>", "🏕️", "\r\n", "'; DROP", "\u2028"):
        assert any(trap in body for body in bodies), trap
    public_merges = [
        a for a in desk.audits if a["via"].get("source", {}).get("rel") == "merge" and a["events"][0]["public"]
    ]
    assert public_merges
    by_rule = [a for a in desk.audits if a["author_id"] == -1 and a["events"][0]["type"] == "Comment"]
    assert len(by_rule) > 1000
    bot = next(n for n, u in desk.users.items() if u["user_fields"]["is_bot"])
    assert sum(a["author_id"] == bot for a in desk.audits) > 100
    assert any(t.ticket["followup_ids"] for t in desk.tickets.values())
    statuses = {e["value"] for a in desk.audits for e in a["events"] if e.get("field_name") == "status"}
    assert statuses == {"new", "open", "pending", "hold", "solved", "closed", "deleted"}
