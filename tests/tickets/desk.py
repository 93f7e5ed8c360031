"""A workspace for tests of the facts: rows go in through files and a plain mapping, facts come out as dicts."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

import goalkeeper as gk
from goalkeeper.connectors.mapping import Mapping, read_mapping
from goalkeeper.datasets.refresh import refresh
from goalkeeper.schema import TABLES

Row = dict[str, Any]
LOADED = ("tickets", "ticket_events", "agents", "teams", "brands", "interactions", "ticket_sla")
FACTS = {
    "tickets": "ticket_key",
    "turns": "ticket_key, started_at, answered_at NULLS LAST",
    "open_spans": "ticket_key, opened_at, ended_at NULLS LAST",
}
_NOT_MAPPED = ("tags", "custom", "raw")
MONDAY = datetime(2025, 3, 3)
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_VALUED = ("status", "team", "assign")


def plain_mapping() -> Mapping:
    """The mapping of files whose columns bear the canonical names already."""
    lines = ['name = "plain"']
    for name in LOADED:
        lines += ["[[file]]", f'match = ["{name}.ndjson"]', "[[file.table]]", f'to = "{name}"', "[file.table.columns]"]
        lines += [
            f'{column.name} = "{column.name}"' for column in TABLES[name].columns if column.name not in _NOT_MAPPED
        ]
    return read_mapping("\n".join(lines), "plain")


PLAIN = plain_mapping()


def moment(text: str) -> datetime:
    """The UTC moment of "Tue 10:30" or "Tue 10:30:15" in the week of Monday 3 March 2025; "Tue+2" is two weeks on."""
    day, clock = text.split()
    name, _, weeks = day.partition("+")
    hour, minute, second = (int(part) for part in (*clock.split(":"), "0")[:3])
    days = WEEKDAYS.index(name) + 7 * int(weeks or 0)
    return MONDAY + timedelta(days=days, hours=hour, minutes=minute, seconds=second)


def at(text: str) -> int:
    """The same as milliseconds since 1970."""
    return int((moment(text) - datetime(1970, 1, 1)) / timedelta(milliseconds=1))


def ticket(ticket_id: str, created: str, **columns: Any) -> Row:
    """A ticket's row; columns whose names end in _at are given as weekday and time."""
    row = {"ticket_id": ticket_id, "created_at": created, "status": "open", **columns}
    return {
        name: moment(value).isoformat() + "Z" if name.endswith("_at") and value else value
        for name, value in row.items()
    }


def timeline(ticket_id: str, *lines: str) -> list[Row]:
    """Events of a ticket, each from a line such as "Mon 10:00 agent status solved actor_id=a1".

    A status, team or assign event has its new value as fourth word; other columns are written name=value. Event ids
    go up with the lines.
    """
    rows = []
    for number, line in enumerate(lines):
        day, clock, actor, kind, *rest = line.split()
        row: Row = {
            "ticket_id": ticket_id,
            "event_id": f"e{number:03}",
            "occurred_at": moment(f"{day} {clock}").isoformat() + "Z",
            "actor_type": actor,
            "type": kind,
        }
        if kind in _VALUED:
            row["new_value"] = rest.pop(0)
        rows.append(row | dict(word.split("=") for word in rest))
    return rows


class Desk:
    """A workspace with its settings; `load` takes rows as dicts, times as ISO texts."""

    def __init__(self, folder: Path, settings: str = 'timezone = "UTC"') -> None:
        self.folder = folder
        self.settings = tomllib.loads(settings)
        self.reopen_grace_s = 0
        gk.create(folder / "workspace", text=settings)
        self.workspace = gk.open(folder / "workspace")
        self.store = self.workspace.store

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.workspace.close()

    def load(self, source: str = "desk", **tables: list[Row]) -> None:
        """Loads rows of several tables as one load; every row must pass its contract."""
        files = []
        for name, rows in tables.items():
            if not rows:
                continue
            path = self.folder / f"{name}.ndjson"
            path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
            files.append(path)
        report = self.workspace.load(files, mapping=PLAIN, source=source)
        assert not report.held, [file.reasons for file in report.files]

    def refresh(self, *, everything: bool = False, chunk: int = 250_000) -> None:
        """Brings the facts up to date."""
        settings = replace(self.workspace.settings.facts, reopen_grace_s=self.reopen_grace_s)
        refresh(self.store, settings, self.workspace.settings.policies, everything=everything, chunk=chunk)

    def rows(self, sql: str) -> list[Row]:
        """The rows of a query as dicts."""
        result = self.store.con.execute(sql)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def facts(self) -> dict[str, list[Row]]:
        """The rows of the three facts tables, in order."""
        return {name: self.rows(f"SELECT * FROM facts.{name} ORDER BY {order}") for name, order in FACTS.items()}

    def ticket(self, ticket_id: str) -> Row:
        """The facts of one ticket."""
        (row,) = self.rows(f"SELECT * FROM facts.tickets WHERE ticket_id = '{ticket_id}'")
        return row

    def of(self, table: str, ticket_id: str) -> list[Row]:
        """The turns or the open spans of one ticket, in order."""
        key = f"SELECT ticket_key FROM facts.tickets WHERE ticket_id = '{ticket_id}'"
        return self.rows(f"SELECT * FROM facts.{table} WHERE ticket_key IN ({key}) ORDER BY {FACTS[table]}")

    def clear(self) -> None:
        """Forgets all rows, so that the next world starts empty."""
        self.reopen_grace_s = 0
        tables = self.store.rows("SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT temporary")
        for schema, name in tables:
            if schema in ("raw", "facts"):
                self.store.con.execute(f'DROP TABLE {schema}."{name}"')
            elif schema in ("kept", "meta"):
                self.store.con.execute(f"DELETE FROM {schema}.{name}")
