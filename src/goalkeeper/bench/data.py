"""Seeded data for measuring: canonical tickets and events of any number, and files of them, made inside the engine."""

from __future__ import annotations

from pathlib import Path

from goalkeeper.schema import TABLES
from goalkeeper.warehouse.kept import stored_columns
from goalkeeper.warehouse.store import Store

EVENTS_A_TICKET = 8
DAYS = 730


def fill(store: Store, tickets: int) -> None:
    """Fills the canonical tables with that many tickets of eight events each, over two years, in order of creation."""
    run = store.con.execute
    store.widen("tickets", stored_columns(TABLES["tickets"]))
    store.widen("ticket_events", stored_columns(TABLES["ticket_events"]))
    run(
        f"""
        INSERT INTO {store.place("tickets")} BY NAME
        SELECT 'desk' AS source_id, 1 AS _load_id, i AS _position, i AS ticket_key,
            CAST(1000000 + i AS VARCHAR) AS ticket_id, {_created("i", tickets)} AS created_at, 'closed' AS status,
            {_created("i", tickets)} + INTERVAL 5 DAY AS updated_at,
            ['email', 'web', 'chat', 'phone'][1 + CAST({_random("i", 1)} * 4 AS BIGINT) % 4] AS channel,
            ['A', 'B', 'C'][1 + i % 3] AS brand, 'team ' || i % 12 AS team_id, 'agent ' || i % 400 AS assignee_agent_id,
            'topic ' || i % 15 AS reason, 'customer ' || CAST({_random("i", 2)} * {tickets} * 0.6 AS BIGINT)
                AS requester_customer_id
        FROM range({tickets}) r(i)
        """
    )
    run(f"INSERT INTO {store.place('ticket_events')} BY NAME {_events(tickets)}")
    run("INSERT INTO meta.ticket_keys SELECT source_id, ticket_id, ticket_key FROM canon.tickets")
    _record(store, 1)
    run("CHECKPOINT")


# What happens to a ticket, and how many hours after the step before at most: a reply, a turn, a pause, a solving.
_STEPS = (
    ("reply", "customer", "NULL", 0),
    ("assign", "agent", "'agent ' || i % 400", 1),
    ("reply", "agent", "NULL", 20),
    ("status", "agent", "'pending'", 1),
    ("reply", "customer", "NULL", 30),
    ("reply", "agent", "NULL", 10),
    ("team", "agent", "'team ' || i % 12", 3),
    ("status", "agent", "'solved'", 20),
)


def _events(tickets: int) -> str:
    def pick(position: int) -> str:
        return " ".join(f"WHEN {number} THEN {_quoted(str(step[position]))}" for number, step in enumerate(_STEPS))

    hours = "0"
    cases = []
    for number, step in enumerate(_STEPS):
        hours += f" + {_random('i', 10 + number)} * {step[3]}"
        cases.append(f"WHEN {number} THEN {hours}")
    values = " ".join(f"WHEN {number} THEN {step[2]}" for number, step in enumerate(_STEPS))
    return f"""
        SELECT 'desk' AS source_id, 1 AS _load_id, i * 8 + j AS _position, i AS ticket_key,
            CAST(1000000 + i AS VARCHAR) AS ticket_id, CAST(i * 8 + j AS VARCHAR) AS event_id,
            {_created("i", tickets)} + to_milliseconds(CAST((CASE j {" ".join(cases)} END) * 3600000 AS BIGINT))
                AS occurred_at,
            j AS seq, CASE j {pick(0)} END AS type, CASE j {pick(1)} END AS actor_type,
            CASE WHEN j IN (0, 4) THEN 'customer ' || i ELSE 'agent ' || (i + j // 4) % 400 END AS actor_id,
            CASE j {values} END AS new_value, true AS is_public
        FROM (SELECT e // {EVENTS_A_TICKET} AS i, e % {EVENTS_A_TICKET} AS j
            FROM range({tickets * EVENTS_A_TICKET}) r(e)) -- ticket after ticket, as a load stores them
    """


def _record(store: Store, load: int) -> None:
    """A refresh reads the rows of loads since the last one, so it must know of them."""
    store.con.execute("INSERT INTO meta.loads (load_id, source_id) VALUES (?, 'desk')", [load])


def add_replies(store: Store, number: int, *, recent: bool) -> None:
    """Adds messages of customers after all that happened: on the newest tickets but one in a hundred, or on any.

    They come a second apart, so the horizon moves on by as many seconds, and windows close on other tickets.
    """
    tickets, load = store.rows(
        "SELECT count(*), (SELECT max(_load_id) + 1 FROM canon.ticket_events) FROM canon.tickets"
    )[0]
    anywhere = f"hash(i * 64 + {load}) % {tickets}"
    newest = f"{tickets} - 1 - hash(i * 64 + {load}) % greatest({tickets} // 24, 1)"
    key = f"CASE WHEN i % 100 = 0 THEN {anywhere} ELSE {newest} END" if recent else anywhere
    store.con.execute(
        f"""
        INSERT INTO {store.place("ticket_events")} BY NAME
        SELECT t.source_id, {load} AS _load_id, i AS _position, t.ticket_key, t.ticket_id,
            'new {load} ' || i AS event_id, m.newest + to_seconds(i + 1) AS occurred_at, 0 AS seq, 'reply' AS type,
            'customer' AS actor_type, 'customer ' || i AS actor_id, true AS is_public
        FROM (SELECT i, CAST({key} AS BIGINT) AS k FROM range({number}) r(i)) JOIN canon.tickets t ON t.ticket_key = k
        CROSS JOIN (SELECT max(t) AS newest FROM (SELECT max(occurred_at) AS t FROM canon.ticket_events
            UNION ALL SELECT max(updated_at) FROM canon.tickets)) m
        """
    )
    store.con.execute(
        f"INSERT INTO meta.touched SELECT DISTINCT ticket_key, false FROM canon.ticket_events WHERE _load_id = {load}"
    )
    _record(store, load)


def write_events_csv(store: Store, path: Path, tickets: int) -> None:
    """A CSV event log of that many tickets, one row an event, as a help desk exports it."""
    store.con.execute(
        f"COPY (SELECT ticket_id, event_id, strftime(occurred_at, '%Y-%m-%d %H:%M:%S') AS occurred_at, type, "
        f"actor_type, actor_id, new_value, is_public FROM ({_events(tickets)})) TO '{path}' (HEADER)"
    )


def write_events_ndjson(store: Store, path: Path, tickets: int) -> None:
    """The same as JSON lines."""
    store.con.execute(
        f"COPY (SELECT ticket_id, event_id, strftime(occurred_at, '%Y-%m-%dT%H:%M:%SZ') AS occurred_at, type, "
        f"actor_type, actor_id, new_value, is_public FROM ({_events(tickets)})) TO '{path}' (FORMAT json)"
    )


MAPPING = """
name = "bench"
title = "Events for measuring"
[[file]]
match = ["*"]
needs = ["ticket_id", "event_id", "occurred_at"]
[[file.table]]
to = "ticket_events"
columns.ticket_id = "ticket_id"
columns.event_id = "event_id"
columns.occurred_at = "occurred_at"
columns.type = "type"
columns.actor_type = "actor_type"
columns.actor_id = "actor_id"
columns.new_value = "new_value"
columns.is_public = "is_public"
"""


def _created(i: str, tickets: int) -> str:
    return f"(TIMESTAMP '2024-01-01' + to_milliseconds(CAST({i} * {DAYS * 86_400_000 / tickets} AS BIGINT)))"


def _random(i: str, salt: int) -> str:
    """A number from 0 to 1 that depends on the row alone."""
    return f"((hash({i} * 64 + {salt}) % 1000000007) / 1000000007.0)"


def _quoted(word: str) -> str:
    return f"'{word}'"
