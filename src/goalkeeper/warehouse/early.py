"""Holds back events that happened before their ticket was made: one of the two times must be wrong."""

from __future__ import annotations

from goalkeeper.warehouse.store import Store

TOLERANCE_S = 60  # clocks of one system differ a little


def hold_early_events(store: Store) -> dict[int, int]:
    """Moves early events of touched tickets to ``holding``; returns how many there were, by the load they are of."""
    events = store.place("ticket_events")
    store.con.execute(
        f"CREATE OR REPLACE TEMP TABLE early AS SELECT e.rowid AS at_row, e._load_id AS load "
        f"FROM {events} e JOIN canon.tickets t ON t.ticket_key = e.ticket_key "
        f"WHERE e.occurred_at < t.created_at - INTERVAL '{TOLERANCE_S}' SECOND "
        "AND e.ticket_key IN (SELECT ticket_key FROM meta.touched)"
    )
    counts = dict(store.rows("SELECT load, count(*) FROM early GROUP BY load"))
    if counts:
        store.con.execute(
            "INSERT INTO holding BY NAME SELECT e._load_id AS load_id, e.source_id, 'ticket_events' AS table_name, "
            "e._position AS position, 'before_creation' AS code, 'occurred_at' AS column_name, "
            "CAST(e.occurred_at AS VARCHAR) || ', ticket created ' || CAST(t.created_at AS VARCHAR) AS found, "
            "'the event happened before its ticket was created; one of the two times is wrong' AS reason, "
            "json_object('ticket_id', e.ticket_id, 'event_id', e.event_id, 'type', e.type, "
            "'occurred_at', CAST(e.occurred_at AS VARCHAR)) AS row "
            f"FROM {events} e JOIN early ON early.at_row = e.rowid "
            "JOIN canon.tickets t ON t.ticket_key = e.ticket_key"
        )
        store.con.execute(f"DELETE FROM {events} WHERE rowid IN (SELECT at_row FROM early)")
    store.con.execute("DROP TABLE early")
    return counts
