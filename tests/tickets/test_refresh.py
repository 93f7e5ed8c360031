"""The facts against the oracle on random desks, and the ways in which they can come about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from goalkeeper.tickets import sql
from goalkeeper.tickets.refresh import compute_chunk
from tickets.desk import FACTS, Desk
from tickets.oracle import disagreements
from tickets.worlds import SETTINGS, World

Desks = Callable[[str], Desk]


def world_and_desk(desks: Desks, seed: int, **size: int) -> tuple[World, Desk]:
    desk = desks(list(SETTINGS.values())[seed % len(SETTINGS)])
    desk.reopen_grace_s = (0, 0, 3600)[seed // 3 % 3]
    return World(seed, sources=seed // 2 % 3 + 1, **size), desk


def agrees(desks: Desks, seed: int) -> None:
    world, desk = world_and_desk(desks, seed)
    world.loaded(desk)
    desk.refresh()
    assert disagreements(desk) == [], f"world {seed}"


def same_after_each_load(desks: Desks, seed: int, **size: int) -> None:
    """Refreshing what a load touched gives the rows that computing everything gives, for each of the loads."""
    world, desk = world_and_desk(desks, seed, **size)
    for number, load in enumerate(world.loads):
        desk.load(load.source, **load.tables)
        desk.refresh()
        some = desk.facts()
        desk.refresh(everything=True)
        every = desk.facts()
        for table, rows in every.items():
            assert some[table] == rows, f"world {seed}, load {number}, {table}"


@pytest.mark.parametrize("seed", range(10))
def test_random_desks_agree_with_the_oracle(desks: Desks, seed: int) -> None:
    agrees(desks, seed)


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(8))
def test_many_random_desks_agree_with_the_oracle(desks: Desks, batch: int) -> None:
    for seed in range(1000 + batch * 10, 1010 + batch * 10):
        agrees(desks, seed)


@pytest.mark.parametrize("seed", range(30, 34))
def test_events_in_order_are_read_as_they_stand(desks: Desks, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A first load leaves them in order, ties too; the facts are those of sorted ones, and a late event ends it."""
    orders: list[sql.Order] = []

    def noting(*given: Any, **named: Any) -> None:
        orders.append(given[-1])
        compute_chunk(*given, **named)

    monkeypatch.setattr("goalkeeper.tickets.refresh.compute_chunk", noting)
    world, desk = World(seed, sources=1, rounds=1), desks(list(SETTINGS.values())[seed % len(SETTINGS)])
    (load,) = world.loads
    alone = [row | {"merged_into_ticket_id": None} for row in load.tables["tickets"]]
    desk.load("desk", **load.tables | {"tickets": alone})
    desk.refresh(everything=True)
    as_stored = desk.facts()
    with monkeypatch.context() as never:
        never.setattr(sql, "ORDER_OF_EVENTS", "SELECT 1, 0")
        desk.refresh(everything=True)
    assert desk.facts() == as_stored
    late = min(load.tables["ticket_events"], key=lambda row: row["occurred_at"])
    message = {"event_id": "late", "type": "reply", "actor_type": "customer", "new_value": None, "is_public": True}
    desk.load("desk", ticket_events=[late | message])
    desk.refresh(everything=True)
    assert orders == [sql.AS_STORED, sql.SORTED, sql.SORTED]


def test_a_load_and_a_refresh_leave_no_temporary_tables(desks: Desks) -> None:
    world, desk = world_and_desk(desks, 3)
    for load in world.loads:
        desk.load(load.source, **load.tables)
        desk.refresh()
        assert desk.store.rows("SELECT table_name FROM duckdb_tables() WHERE temporary") == []


@pytest.mark.parametrize("seed", range(20, 22))
def test_a_refresh_gives_what_a_full_rebuild_gives(desks: Desks, seed: int) -> None:
    same_after_each_load(desks, seed, tickets=12, rounds=2)


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(8))
def test_every_refresh_of_many_desks_gives_what_a_full_rebuild_gives(desks: Desks, batch: int) -> None:
    for seed in range(2000 + batch * 3, 2003 + batch * 3):
        same_after_each_load(desks, seed, rounds=4)


@pytest.mark.parametrize("seed", [30, 31])
def test_the_size_of_the_chunks_does_not_matter(desks: Desks, seed: int) -> None:
    world, desk = world_and_desk(desks, seed, tickets=15, rounds=2)
    world.loaded(desk)
    desk.refresh(everything=True)
    whole = desk.facts()
    desk.refresh(everything=True, chunk=7)
    assert desk.facts() == whole
    key = whole["tickets"][3]["ticket_key"]
    desk.store.con.execute(
        f"INSERT INTO meta.touched (ticket_key) SELECT ticket_key FROM canon.tickets WHERE ticket_key >= {key}"
    )
    desk.refresh(chunk=5)
    assert desk.facts() == whole


@pytest.mark.slow
def test_no_row_of_a_large_rebuild_is_lost_from_sight(desk: Desk) -> None:
    """DuckDB writes so many rows in parallel; a count alone would not notice rows that no scan finds."""
    tickets = 300_000
    desk.store.widen("tickets", ["source_system_created_by"])
    desk.store.con.execute(
        f"""
        INSERT INTO kept.tickets BY NAME
            SELECT 'desk' AS source_id, 'T' || n AS ticket_id, n AS ticket_key, TIMESTAMP '2025-03-03' AS created_at,
                'open' AS status, 'agent' AS source_system_created_by FROM range({tickets}) numbers(n);
        INSERT INTO kept.ticket_events BY NAME
            SELECT source_id, ticket_id, ticket_key, 'e' || n AS event_id, created_at + to_hours(n) AS occurred_at,
                'reply' AS type, CASE n % 2 WHEN 0 THEN 'customer' ELSE 'agent' END AS actor_type
            FROM canon.tickets, range(3) numbers(n) ORDER BY ticket_key;
        """
    )
    desk.refresh(everything=True)
    for table in FACTS:
        (row,) = desk.rows(f"SELECT count(DISTINCT ticket_key) AS keys, sum(ticket_key) AS total FROM facts.{table}")
        assert (row["keys"], row["total"]) == (tickets, tickets * (tickets - 1) // 2), table
