"""Facts against the bare scan of the same columns, in one process on one database."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from goalkeeper.bench.data import fill
from goalkeeper.bench.measuring import report, timed
from goalkeeper.calendars import parse_schedules
from goalkeeper.tickets import FactsSettings, refresh_tickets
from goalkeeper.tomlfile import parse_toml
from goalkeeper.warehouse import Store
from goalkeeper.warehouse.told import find_told

SCHEDULES = """
[[schedule]]
id = "office"
tz = "Europe/Berlin"
hours = { mon-fri = ["09:00-12:30", "13:30-18:00"] }
holidays = ["DE"]
[[schedule]]
id = "shop"
tz = "America/New_York"
hours = { mon-sun = ["08:00-22:00"] }
[[schedule_for]]
brand = "B"
schedule = "shop"
"""

# Every column that the facts read, each of its values read once; `hash` so that none can be skipped.
EVENT_COLUMNS = (
    "ticket_key", "occurred_at", "seq", "event_id", "type", "actor_type", "actor_id", "old_value", "new_value",
    "is_public",
)  # fmt: skip
TICKET_COLUMNS = (
    "ticket_key", "source_id", "ticket_id", "created_at", "updated_at", "solved_at", "closed_at", "status", "channel",
    "brand", "team_id", "assignee_agent_id", "priority", "language", "reason", "reason_detail", "type", "product",
    "requester_customer_id", "source_system_created_by", "merged_into_ticket_id", "is_test", "is_internal",
)  # fmt: skip


def scan(store: Store) -> None:
    """Reads every value of the columns that the facts read."""
    for table, columns in (("ticket_events", EVENT_COLUMNS), ("tickets", TICKET_COLUMNS)):
        read = ", ".join(f"bit_xor(hash({column}))" for column in columns)
        store.rows(f"SELECT {read} FROM canon.{table}")


def _refresh(store: Store, settings: FactsSettings) -> None:
    find_told(store, everything=True)
    refresh_tickets(store, settings, everything=True)


def _write_again(store: Store) -> None:
    """Writes the finished facts once more and computes nothing: no way to store them takes less."""
    with store.transaction():
        for table in ("ticket_rows", "turn_rows", "open_spans"):
            store.con.execute(f"CREATE OR REPLACE TABLE facts.again_{table} AS FROM facts.{table}")


def main(tickets: int) -> None:
    """Fills a store, scans it, computes the facts, writes them again, and reports the best time of each."""
    settings = FactsSettings("Europe/Berlin", parse_schedules(parse_toml(SCHEDULES, "bench").data, "bench"))
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder), threads=2) as store:
        fill(store, tickets)
        bare = min(timed(lambda: scan(store)) for _ in range(3))
        full = min(timed(lambda: _refresh(store, settings)) for _ in range(2))
        writing = min(timed(lambda: _write_again(store)) for _ in range(2))
        report(scan=bare, facts=full, writing=writing)


if __name__ == "__main__":
    main(int(sys.argv[1]))
