"""A small help desk whose exports the warehouse's tests load: its mapping, its files, and what the store then holds."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from goalkeeper.connectors.mapping import Mapping, read_mapping
from goalkeeper.schema import TABLES
from goalkeeper.warehouse import LoadReport, Store, load

MAPPING = """
name = "desk"
[[file]]
match = ["tickets*.csv"]
needs = ["id", "created"]
[[file.table]]
to = "tickets"
columns.ticket_id = "id"
columns.created_at = "created"
columns.updated_at = "updated"
columns.channel = "channel"
columns.status = "status"
columns.priority = "priority"
columns.requester_customer_id = "customer"
columns.reason = "topic"

[[file]]
match = ["events*.csv"]
needs = ["ticket", "at", "event"]
[[file.table]]
to = "ticket_events"
columns.ticket_id = "ticket"
columns.event_id = "event"
columns.occurred_at = "at"
columns.type = "type"
columns.actor_type = "who"
columns.new_value = "value"

[[file]]
match = ["activity*.csv"]
needs = ["ticket", "at"]
[[file.table]]
to = "ticket_events"
columns.ticket_id = "ticket"
columns.occurred_at = "at"
columns.type = "type"
columns.actor_type = "who"
columns.actor_id = "by"
columns.body_chars = "chars"
"""
TICKETS = ("id", "created", "updated", "channel", "status", "priority", "customer", "topic")
EVENTS = ("ticket", "at", "event", "type", "who", "value")
ACTIVITY = ("ticket", "at", "type", "who", "by", "chars")
LINEAGE = ("source_id", "_load_id", "_position", "ticket_key")


def ticket(id: str, updated: str = "2024-01-02 09:00:00", **columns: str) -> dict[str, str]:
    """A row of a tickets file."""
    row = {"id": id, "created": "2024-01-01 09:00:00", "updated": updated, "channel": "email", "status": "open"}
    return row | {"priority": "normal", "customer": "c1", "topic": "billing"} | columns


def event(ticket: str, event: str, at: str = "2024-01-01 10:00:00", **columns: str) -> dict[str, str]:
    """A row of an events file."""
    return {"ticket": ticket, "at": at, "event": event, "type": "reply", "who": "agent", "value": ""} | columns


def activity(ticket: str, at: str = "2024-01-01 10:00:00", **columns: str) -> dict[str, str]:
    """A row of an activity file, which has no ids."""
    return {"ticket": ticket, "at": at, "type": "reply", "who": "agent", "by": "a1", "chars": "5"} | columns


def text_of(names: Sequence[str], rows: Sequence[AnyMapping[str, str]]) -> str:
    """The rows as CSV text."""
    out = io.StringIO()
    writer = csv.DictWriter(out, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


class Desk:
    """A store with a folder for files; ``mapping`` is the text that loads use, and may be changed."""

    def __init__(self, folder: Path) -> None:
        self.files = folder / "files"
        self.files.mkdir(parents=True)
        (folder / "store").mkdir(exist_ok=True)
        self.store = Store(folder / "store")
        self.mapping = MAPPING

    @property
    def read(self) -> Mapping:
        """The mapping as it is now."""
        return read_mapping(self.mapping, "desk.toml")

    def write(self, name: str, rows: Sequence[AnyMapping[str, str]] | str) -> Path:
        """A CSV file of rows, whose kind its name tells, or of a text."""
        names = next(names for kind, names in KINDS.items() if name.startswith(kind))
        path = self.files / name
        path.write_text(rows if isinstance(rows, str) else text_of(names, rows), encoding="utf-8", newline="")
        return path

    def load(self, name: str, rows: Sequence[AnyMapping[str, str]] | str, **options: Any) -> LoadReport:
        """Writes a file and loads it."""
        return load(self.store, [self.write(name, rows)], self.read, **options)

    def tickets(self, *columns: str) -> list[tuple[Any, ...]]:
        """Columns of the tickets, in the order of their ids."""
        return self.store.rows(f"SELECT {', '.join(columns)} FROM canon.tickets ORDER BY ticket_id")

    def open(self) -> list[tuple[Any, ...]]:
        """The code, column and found value of each row that is held back."""
        return self.store.rows(
            "SELECT code, column_name, found FROM meta.quarantine WHERE released_at IS NULL ORDER BY held_id"
        )


KINDS = {"tickets": TICKETS, "events": EVENTS, "activity": ACTIVITY}


def content(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """All canonical rows without their lineage, by table; tables without rows are left out."""
    found = {}
    for name in TABLES:
        rows = store.rows(f"SELECT source_id, * EXCLUDE ({_lineage(name)}) FROM canon.{name} ORDER BY ALL")
        if rows:
            found[name] = rows
    return found


def _lineage(name: str) -> str:
    return ", ".join(LINEAGE if name in ("tickets", "ticket_events") else LINEAGE[:-1])
