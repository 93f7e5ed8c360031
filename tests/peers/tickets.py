"""The tickets of dbt_zendesk's vectors as canonical rows, five of each, in a workspace with all their schedules."""

from __future__ import annotations

import json
from typing import Any

from peer_vectors import schedule_table, vectors
from tickets.desk import Desk, Row

COPIES = 5  # fewer rows are no estimate
NO_ZONE = "dz-18"
_STATES = {"hold": "on_hold", "on-hold": "on_hold"}


def settings(more: str = "") -> str:
    """The settings file: each ticket's brand is its vector, and chooses the vector's last schedule."""
    lines = ['timezone = "UTC"']
    for vector in vectors("ticket_metrics"):
        if vector["id"] != NO_ZONE:
            table = schedule_table(vector["input"]["schedules"][-1][1], vector["id"])
            lines += ["[[schedule]]", *(f"{key} = {_toml(value)}" for key, value in table.items())]
            lines += ["[[schedule_for]]", f'brand = "{vector["id"]}"', f'schedule = "{vector["id"]}"']
    return "\n".join([*lines, more])


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_toml(each)}" for key, each in value.items()) + " }"
    return json.dumps(value)


def load(desk: Desk) -> None:
    """Brings all of them in and computes the facts."""
    tickets: list[Row] = []
    events: list[Row] = []
    for vector in vectors("ticket_metrics"):
        for copy in range(COPIES):
            ticket, of_ticket = rows(vector, f"{vector['id']}.{copy}")
            tickets.append(ticket)
            events += of_ticket
    desk.load(tickets=tickets, ticket_events=events)
    desk.refresh()


def rows(vector: dict[str, Any], ticket_id: str) -> tuple[Row, list[Row]]:
    """A vector's ticket and its events."""
    given = vector["input"]
    ticket = {
        "ticket_id": ticket_id,
        "created_at": given["created_at"],
        "status": _STATES.get(given["status_history"][-1][1], given["status_history"][-1][1]),
        "brand": vector["id"],
        "reason": vector["id"],
        "source_system_created_by": "agent" if given["submitter"] == "agent" else "customer",
    }
    events: list[Row] = []

    def add(at: str, kind: str, actor: str, **more: Any) -> None:
        event = {"ticket_id": ticket_id, "event_id": f"e{len(events):03}", "occurred_at": at, "type": kind}
        events.append(event | {"actor_type": actor, "seq": len(events)} | more)

    for at, state in given["status_history"]:
        add(at, "status", "agent", new_value=_STATES.get(state, state))
    for at, agent in given["assignments"]:
        add(at, "assign", "agent", new_value=str(agent))
    for at, role, person, seen in given["comments"]:
        if (role, at) != ("end-user", given["created_at"]):  # that one opened the ticket
            kind = "reply" if seen == "public" else "note"
            add(at, kind, "agent" if role == "agent" else "customer", actor_id=str(person))
    return ticket, events
