"""Holds back events that happened before their ticket was made: one of the two times must be wrong."""

from __future__ import annotations

from datetime import datetime

from goalkeeper.warehouse.judge import next_held
from goalkeeper.warehouse.store import Store

TOLERANCE_S = 60  # clocks of one system differ a little

_EARLY = f"""
FROM canon.ticket_events e JOIN canon.tickets t ON t.ticket_key = e.ticket_key
WHERE e.occurred_at < t.created_at - INTERVAL '{TOLERANCE_S}' SECOND
  AND e.ticket_key IN (SELECT ticket_key FROM meta.touched)
"""


def hold_early_events(store: Store, now: datetime) -> int:
    """Moves early events of touched tickets to quarantine; returns how many there were."""
    count = int(store.one(f"SELECT count(*) {_EARLY}"))
    if not count:
        return 0
    store.con.execute(
        f"INSERT INTO meta.quarantine BY NAME SELECT {next_held(store)} + row_number() OVER () AS held_id, "
        "e._load_id AS load_id, e.source_id, 'ticket_events' AS table_name, e._position AS position, "
        "'before_creation' AS code, 'occurred_at' AS column_name, CAST(e.occurred_at AS VARCHAR) AS found, "
        "'the event happened before its ticket was created (' || CAST(t.created_at AS VARCHAR) || '); "
        "one of the two times is wrong' AS reason, "
        "json_object('ticket_id', e.ticket_id, 'event_id', e.event_id, 'type', e.type, "
        "'occurred_at', CAST(e.occurred_at AS VARCHAR), 'created_at', CAST(t.created_at AS VARCHAR)) AS row, "
        f"TIMESTAMP '{now}' AS held_at {_EARLY}"
    )
    store.con.execute(f"DELETE FROM canon.ticket_events WHERE rowid IN (SELECT e.rowid {_EARLY})")
    return count
