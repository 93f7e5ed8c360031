"""Rows completed from other rows of their source, whichever comes first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from goalkeeper.connectors.mapping import read_mapping
from goalkeeper.warehouse import Store, load

MAPPING = read_mapping(
    """
name = "desk"
[[file]]
match = ["tickets*"]
needs = ["ticket"]
[[file.table]]
to = "tickets"
columns.ticket_id = "ticket"
columns.created_at = { const = "2025-03-04T09:00:00Z" }
columns.status = { const = "open" }
columns.requester_customer_id = "asker"
columns.is_internal = "internal"
[[file]]
match = ["events*"]
needs = ["event"]
[[file.table]]
to = "ticket_events"
columns.ticket_id = "ticket"
columns.event_id = "event"
columns.occurred_at = { const = "2025-03-04T10:00:00Z" }
columns.type = "type"
columns.new_value = "value"
columns.actor_type = "who"
columns.actor_id = "actor"
[[file]]
match = ["agents*"]
needs = ["agent"]
[[file.table]]
to = "agents"
columns.agent_id = "agent"
[[file]]
match = ["customers*"]
needs = ["customer"]
[[file.table]]
to = "customers"
columns.customer_id = "customer"
columns.is_internal = "own"
"""
)
FILES = {
    "tickets": "ticket,asker,internal\n1,c1,\n2,a1,\n3,a1,false\n4,c1,\n5,c9,\n6,c2,\n7,c2,false\n",
    "events": (
        "ticket,event,type,value,who,actor\n"
        "1,e1,reply,,unknown,c1\n1,e2,reply,,unknown,a1\n1,e3,reply,,unknown,x9\n1,e4,reply,,system,a1\n"
        "1,e5,reply,,unknown,\n4,e6,merge_into,1,agent,a1\n1,e7,merged_from,5,agent,a1\n"
    ),
    "agents": "agent\na1\n",
    "customers": "customer,own\nc1,\nc2,true\n",
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path) as opened:
        yield opened


def bring(store: Store, *names: str, source_id: str = "desk") -> None:
    for name in names:
        path = store.folder / f"{name}.csv"
        path.write_text(FILES[name], encoding="utf-8")
        load(store, [path], MAPPING, source_id=source_id)


def state(store: Store) -> tuple[Any, ...]:
    actors = store.rows("SELECT event_id, actor_type FROM canon.ticket_events ORDER BY 1")
    tickets = store.rows("SELECT ticket_id, is_internal, merged_into_ticket_id FROM canon.tickets ORDER BY 1")
    return actors, tickets


@pytest.mark.parametrize("order", list(permutations(FILES))[::5], ids="-".join)
def test_any_order_of_files_gives_the_same(store: Store, order: tuple[str, ...]) -> None:
    bring(store, *order)
    actors, tickets = state(store)
    assert dict(actors) == {
        "e1": "customer",
        "e2": "agent",
        "e3": "unknown",  # nobody lists x9
        "e4": "system",  # the row says who it was
        "e5": "unknown",
        "e6": "agent",
        "e7": "agent",
    }
    assert tickets == [
        ("1", None, None),
        ("2", True, None),
        ("3", False, None),  # the row says that it is not internal
        ("4", None, "1"),
        ("5", None, "1"),  # told by the ticket that took it over
        ("6", True, None),  # of one of the company's own people
        ("7", False, None),
    ]


def test_the_tickets_concerned_are_touched(store: Store) -> None:
    bring(store, "tickets", "events")
    store.con.execute("DELETE FROM meta.touched")
    bring(store, "agents")
    touched = "SELECT DISTINCT ticket_id FROM meta.touched JOIN meta.ticket_keys USING (ticket_key) ORDER BY 1"
    assert store.rows(touched) == [("1",), ("2",)]


def test_people_of_another_source_are_strangers(store: Store) -> None:
    bring(store, "tickets", "events")
    before = state(store)
    bring(store, "agents", "customers", source_id="phone")
    assert state(store) == before


def test_the_same_rows_again_change_nothing(store: Store) -> None:
    bring(store, *FILES)
    before = state(store)
    for name in ("tickets", "events"):
        path = store.folder / f"{name}_again.csv"
        path.write_text(FILES[name] + "\n", encoding="utf-8")
        assert load(store, [path], MAPPING).loaded == 0
    assert state(store) == before
