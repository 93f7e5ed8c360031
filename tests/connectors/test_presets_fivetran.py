"""Fivetran's tables: a merged ticket, people told from the users' table, a list that is not JSON, Parquet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import goalkeeper as gk

SYNCED = "2025-04-01 00:00:00"


def ticket(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "_fivetran_synced": SYNCED,
        "created_at": "2025-03-04 09:00:00",
        "updated_at": "2025-03-09 09:00:00",
        "status": "closed",
        "priority": "medium",
        "subject": "Help",
        "type": None,
        "requester_id": 1,
        "submitter_id": 1,
        "assignee_id": 50,
        "group_id": 7,
        "brand_id": 3,
        "organization_id": None,
        "problem_id": None,
        "due_at": None,
        "via_channel": "email",
        "via_source_rel": None,
        "via_followup_source_id": None,
        "merged_ticket_ids": "[]",
    } | more


def comment(number: int, ticket_id: int, at: str, user: int, public: bool = True) -> dict[str, Any]:
    return {
        "id": number,
        "ticket_id": ticket_id,
        "created": f"2025-03-04 {at}",
        "public": str(public).upper(),
        "user_id": user,
        "body": "…",
    }


def user(number: int, role: str) -> dict[str, Any]:
    return {
        "id": number,
        "_fivetran_synced": SYNCED,
        "role": role,
        "email": f"{number}@post.example",
        "name": "Kim",
        "phone": None,
        "external_id": None,
        "organization_id": None,
        "created_at": SYNCED,
        "locale": "en-US",
        "active": "TRUE",
        "time_zone": "London",
    }


TABLES: dict[str, list[dict[str, Any]]] = {
    "ticket": [ticket(1, merged_ticket_ids="[2,3]"), ticket(2), ticket(3), ticket(4, status="hold")],
    "ticket_comment": [
        comment(11, 1, "09:00:00", 1),
        comment(12, 1, "09:30:00", -1),
        comment(13, 1, "09:40:00", 50, public=False),
        comment(14, 1, "10:00:00", 50),
    ],
    "user": [user(1, "end-user"), user(50, "agent")],
    "ticket_field_history": [
        {"ticket_id": 1, "field_name": name, "updated": f"2025-03-04 {at}", "value": value, "user_id": 50}
        for name, at, value in [
            ("group_id", "09:00:00", "7"),
            ("group_id", "09:50:00", "8"),
            ("status", "09:50:00", "on-hold"),
            ("status", "10:00:00", "solved"),
        ]
    ],
}


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_tables_of_a_small_desk(ws: gk.Workspace, tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "zendesk"
    folder.mkdir()
    for name, rows in TABLES.items():
        table = pd.DataFrame(rows)
        if kind == "csv":
            table.to_csv(folder / f"{name}.csv", index=False)
        else:
            table.to_parquet(folder / f"{name}.parquet", index=False)
    report = ws.load(folder, mapping="zendesk-fivetran")
    assert (report.held, report.skipped) == (0, [])
    ws.refresh()
    select = "SELECT ticket_id, status, left_out, priority FROM facts.tickets ORDER BY 1"
    assert ws.store.rows(select) == [
        ("1", "closed", None, "normal"),
        ("2", "closed", "merged", "normal"),
        ("3", "closed", "merged", "normal"),
        ("4", "on_hold", None, "normal"),
    ]
    facts = "first_response_s, replies, notes, customer_messages, transfers, on_hold_s, resolution_s"
    assert ws.store.rows(f"SELECT {facts} FROM facts.tickets WHERE ticket_id = '1'") == [(3600, 1, 1, 1, 1, 600, 3600)]
