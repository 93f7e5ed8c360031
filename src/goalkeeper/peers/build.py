"""Makes the peers' facts of all tickets when a profile asks for them, unless nothing changed since the last time."""

from __future__ import annotations

from goalkeeper.peers import sql
from goalkeeper.peers.columns import ANSWER_COLUMNS, SOLVING_COLUMNS, STATE_COLUMNS, TICKET_COLUMNS, TURN_COLUMNS
from goalkeeper.tickets import FactsSettings, make_clocks
from goalkeeper.tickets.columns import Derived
from goalkeeper.tickets.stored import make_table
from goalkeeper.warehouse.store import Store

CHUNK = 250_000  # tickets
_TABLES: dict[str, tuple[Derived, ...]] = {
    "peer_tickets": TICKET_COLUMNS,
    "peer_solvings": SOLVING_COLUMNS,
    "peer_states": STATE_COLUMNS,
    "peer_turns": TURN_COLUMNS,
    "peer_answers": ANSWER_COLUMNS,
}
VERSION = 1


def forget_peers(store: Store) -> None:
    """Has the peers' facts made anew when they are next asked for."""
    store.remember("peers", "")


def make_peers(store: Store, settings: FactsSettings, chunk: int = CHUNK) -> None:
    """Makes the tables ``facts.peer_…`` in one transaction; does nothing where they are up to date."""
    answers = store.rows("SELECT count(*), coalesce(sum(_load_id), 0) FROM canon.survey_responses")[0]
    known = repr((VERSION, settings.version, answers))
    if store.state("peers") == known:
        return
    with store.writing("reading by profiles"), store.transaction():
        spans = make_clocks(store, settings)
        for table, columns in _TABLES.items():
            make_table(store, table, columns)
        low, high = store.rows("SELECT coalesce(min(ticket_key), 0), coalesce(max(ticket_key), -1) FROM canon.tickets")[
            0
        ]
        for start in range(low, high + 1, chunk):
            _one_chunk(store, spans, f"t.ticket_key >= {start} AND t.ticket_key < {start + chunk}")
        store.con.execute(f"INSERT INTO facts.peer_answers BY NAME {sql.ANSWER_ROWS}")
        store.remember("peers", known)


def _one_chunk(store: Store, spans: int, mine: str) -> None:
    made = {
        "peer_base": sql.BASE.format(mine=mine),
        "peer_events": sql.EVENTS,
        "peer_spans": sql.SPANS,
        "peer_talk": sql.TALK,
        "peer_moments": sql.MOMENTS,
        "peer_lengths": sql.lengths_sql(spans),
    }
    for table, query in made.items():
        store.con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {query}")
    added = {
        "peer_tickets": sql.TICKETS,
        "peer_solvings": sql.solvings_sql(spans),
        "peer_states": sql.STATE_ROWS,
        "peer_turns": sql.TURN_ROWS,
    }
    for table, query in added.items():
        store.con.execute(f"INSERT INTO facts.{table} BY NAME {query}")
