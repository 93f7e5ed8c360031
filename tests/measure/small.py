"""Small workspaces for tests: rows as dicts go in through NDJSON files and a mapping, numbers come out."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

import goalkeeper as gk
from goalkeeper.connectors.mapping import Mapping, read_mapping
from goalkeeper.schema import TABLES

Row = dict[str, Any]
BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = """
name = "Small"
timezone = "Europe/Berlin"
[[schedule]]
id = "office"
tz = "Europe/Berlin"
hours = { mon-fri = ["09:00-17:00"] }
[[sla]]
id = "standard"
pause = "pending"
first_reply = "4h"
next_reply = "2h"
resolution = "16h"
requester_wait = "8h"
agent_work = "3h"
"""


def mapping_text() -> str:
    """A mapping of files whose columns bear the canonical names already."""
    lines = ['name = "plain"']
    for name in TABLES:
        lines += ["[[file]]", f'match = ["{name}.ndjson"]', "[[file.table]]", f'to = "{name}"', "[file.table.columns]"]
        skipped = ("tags", "custom", "raw", "answers")
        lines += [f'{column.name} = "{column.name}"' for column in TABLES[name].columns if column.name not in skipped]
    return "\n".join(lines)


def mapping() -> Mapping:
    """That mapping, read."""
    return read_mapping(mapping_text(), "plain")


def at(text: str, zone: ZoneInfo = BERLIN) -> str:
    """A local time such as "03-02 10:00" of 2026 as UTC text."""
    local = datetime.fromisoformat(f"2026-{text}").replace(tzinfo=zone)
    return local.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M:%SZ")


def ticket(number: int, created: str, status: str = "open", **more: Any) -> Row:
    """A ticket by e-mail of a customer of its own."""
    return {
        "ticket_id": f"T{number}",
        "created_at": at(created),
        "status": status,
        "channel": "email",
        "requester_customer_id": f"c{number}",
    } | more


def event(number: int, when: str, kind: str, actor: str, new: str | None = None, **more: Any) -> Row:
    """Something that happened to a ticket; ``actor`` is "customer", "system", "bot", or an agent's name."""
    who = actor if actor in ("customer", "system", "bot") else "agent"
    return {
        "ticket_id": f"T{number}",
        "event_id": f"{number}-{when}-{kind}-{actor}",
        "occurred_at": at(when),
        "type": kind,
        "actor_type": who,
        "actor_id": f"{who}:{number}" if who != "agent" else actor,
        "new_value": new,
    } | more


class Small:
    """A workspace, open; a context manager."""

    def __init__(self, folder: Path, settings: str = OFFICE) -> None:
        self.folder = folder
        gk.create(folder / "workspace", text=settings)
        self.reopen()

    def reopen(self) -> None:
        """Opens the workspace, also after it was closed."""
        self.workspace = gk.open(self.folder / "workspace")
        self.measure = self.workspace.measure

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.workspace.close()

    def load(self, source: str = "desk", **tables: Iterable[Row]) -> Self:
        """Loads rows of several tables, each of which must pass its contract, and computes the facts."""
        files = []
        for name, rows in tables.items():
            path = self.folder / f"{name}.ndjson"
            path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
            files.append(path)
        report = self.workspace.load(files, mapping=mapping(), source=source)
        assert not report.held, [file.reasons for file in report.files]
        self.workspace.refresh()
        return self

    def facts(self, table: str) -> list[Row]:
        """The rows of a facts table as dicts."""
        result = self.workspace.store.con.execute(f"SELECT * FROM {table}")
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
