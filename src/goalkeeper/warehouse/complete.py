"""Completes rows from other rows of their source: who acted, which tickets are internal, which were merged.

A source that names people by id only says elsewhere who they are, in a file that may come before or after. What a row
says itself always stands; each step fills only what is unknown or empty, and touches the tickets that it changes.
"""

from __future__ import annotations

from goalkeeper.engines.text import literal
from goalkeeper.warehouse.store import Store


def complete(store: Store, source_id: str) -> None:
    """Fills what the source's rows, those of all loads, tell about one another."""
    source = literal(source_id)
    _name_actors(store, source)
    _mark_internal(store, source)
    _follow_merges(store, source)


def _name_actors(store: Store, source: str) -> None:
    """An actor of unknown type is an agent where the source lists one of that id, else a customer where it does so."""
    events = store.place("ticket_events")
    unknown = f"source_id = {source} AND actor_type = 'unknown' AND actor_id IS NOT NULL"
    if not store.one(f"SELECT count(*) FROM canon.ticket_events WHERE {unknown}"):
        return
    store.con.execute(
        f"CREATE OR REPLACE TEMP TABLE actors AS SELECT agent_id AS id, 'agent' AS role FROM canon.agents "
        f"WHERE source_id = {source} UNION ALL SELECT customer_id, 'customer' FROM canon.customers "
        f"ANTI JOIN canon.agents a ON a.source_id = {source} AND a.agent_id = customer_id WHERE source_id = {source}"
    )
    _touch(store, f"SELECT ticket_key FROM canon.ticket_events JOIN actors ON id = actor_id WHERE {unknown}")
    store.con.execute(f"UPDATE {events} SET actor_type = role FROM actors WHERE id = actor_id AND {unknown}")
    store.con.execute("DROP TABLE actors")


def _mark_internal(store: Store, source: str) -> None:
    """A ticket whose requester is one of the agents, or an internal customer, is internal unless its row denies it."""
    theirs = (
        f"source_id = {source} AND is_internal IS NULL AND requester_customer_id IN "
        f"(SELECT agent_id FROM canon.agents WHERE source_id = {source} UNION ALL "
        f"SELECT customer_id FROM canon.customers WHERE source_id = {source} AND is_internal)"
    )
    _touch(store, f"SELECT ticket_key FROM canon.tickets WHERE {theirs}")
    store.con.execute(f"UPDATE {store.place('tickets')} SET is_internal = true WHERE {theirs}")


def _follow_merges(store: Store, source: str) -> None:
    """A ticket whose row names none was merged into the one that the last such event names, its own or the other's."""
    own = f"e.source_id = {source} AND e.type ="
    when = "e.occurred_at AS t, coalesce(e.seq, 0) AS n, e.event_id AS id FROM canon.ticket_events e"
    merges = (
        f"SELECT k, max_by(target, (t, n, id)) AS target FROM ("
        f"SELECT e.ticket_key AS k, e.new_value AS target, {when} WHERE {own} 'merge_into' UNION ALL "
        f"SELECT m.ticket_key, e.ticket_id, {when} JOIN canon.tickets m ON m.source_id = {source} "
        f"AND m.ticket_id = e.new_value WHERE {own} 'merged_from') GROUP BY k"
    )
    where = "merged_into_ticket_id IS NULL AND ticket_key = k"
    _touch(store, f"SELECT ticket_key FROM canon.tickets, ({merges}) WHERE {where}")
    store.con.execute(
        f"UPDATE {store.place('tickets')} SET merged_into_ticket_id = target FROM ({merges}) WHERE {where}"
    )


def _touch(store: Store, keys: str) -> None:
    store.con.execute(f"INSERT INTO meta.touched (ticket_key) SELECT DISTINCT ticket_key FROM ({keys})")
