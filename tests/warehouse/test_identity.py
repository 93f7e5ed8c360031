"""Customers of several sources become one person where they share something, and keep their number."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from goalkeeper.warehouse import Store
from goalkeeper.warehouse.identity import MOST_CUSTOMERS, link_persons


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path) as opened:
        yield opened


def customer(store: Store, source: str, number: str, **keys: str) -> None:
    names = ["source_id", "customer_id", *keys]
    marks = ", ".join("?" * len(names))
    store.widen("customers", keys)
    store.con.execute(
        f"INSERT INTO kept.customers ({', '.join(names)}) VALUES ({marks})", [source, number, *keys.values()]
    )


def link(store: Store, source: str, number: str, profile: str, **more: str) -> None:
    given = {"linked_at": "2026-01-01", "linked_by": "manual", **more}
    store.widen("identity_links", ["confidence", *given])
    store.con.execute(
        f"INSERT INTO kept.identity_links (source_id, entity, entity_id, profile_id, confidence, {', '.join(given)}) "
        f"VALUES (?, 'customer', ?, ?, 1, {', '.join('?' * len(given))})",
        [source, number, profile, *given.values()],
    )


def persons(store: Store) -> dict[str, int]:
    link_persons(store)
    return dict(store.rows("SELECT customer, person FROM facts.persons"))


def test_what_they_share_makes_them_one(store: Store) -> None:
    customer(store, "desk", "1", email_key="a", external_id="R1")
    customer(store, "survey", "x", email_key="a")
    customer(store, "shop", "R1")  # the desk's external id is the shop's own id
    customer(store, "phone", "9", external_id="R1")
    customer(store, "shop", "R2", phone_key="77")
    customer(store, "phone", "8", phone_key="77")
    customer(store, "shop", "R3")
    found = persons(store)
    assert found["desk:1"] == found["survey:x"] == found["shop:R1"] == found["phone:9"]
    assert found["shop:R2"] == found["phone:8"]
    assert len(set(found.values())) == 3
    why = dict(store.rows("SELECT customer, linked_by FROM facts.persons"))
    assert why["desk:1"] == "e-mail, external id"
    assert why["phone:8"] == "telephone"
    assert why["shop:R3"] is None


def test_a_chain_is_one_person(store: Store) -> None:
    for number in range(20):
        customer(store, f"s{number}", "c", email_key=f"e{number}", phone_key=f"p{number // 2}")
    for number in range(19):
        customer(store, f"t{number}", "c", email_key=f"e{number}", phone_key=f"q{number}")
    found = persons(store)
    assert len({found[f"s{number}:c"] for number in range(20)}) == 10  # pairs by telephone, no e-mail across


def test_a_shared_telephone_links_nobody(store: Store) -> None:
    customer(store, "desk", "1", phone_key="77")
    customer(store, "desk", "2", phone_key="77")
    customer(store, "shop", "3", phone_key="77")
    assert len(set(persons(store).values())) == 3


def test_an_id_that_two_sources_use_links_nobody(store: Store) -> None:
    customer(store, "desk", "12", external_id="7")
    customer(store, "shop", "7")
    customer(store, "phone", "7")
    assert len(set(persons(store).values())) == 3


def test_a_shared_mailbox_is_a_conflict(store: Store) -> None:
    for number in range(MOST_CUSTOMERS + 1):
        customer(store, "desk", str(number), email_key="info")
    assert len(set(persons(store).values())) == MOST_CUSTOMERS + 1
    assert store.one("SELECT count(*) FROM meta.person_conflicts WHERE reason LIKE 'over 25%'") == MOST_CUSTOMERS + 1


def test_two_external_ids_are_two_people(store: Store) -> None:
    customer(store, "desk", "1", email_key="family", external_id="R1")
    customer(store, "survey", "2", email_key="family", external_id="R2")
    assert len(set(persons(store).values())) == 2
    assert store.one("SELECT count(*) FROM meta.person_conflicts WHERE reason LIKE '%external ids%'") == 2


def test_numbers_stay_and_the_older_one_wins(store: Store) -> None:
    customer(store, "shop", "b", email_key="b")
    first = persons(store)
    customer(store, "desk", "a", email_key="a")
    second = persons(store)
    assert second["shop:b"] == first["shop:b"] < second["desk:a"]
    link(store, "desk", "a", "P")
    link(store, "shop", "b", "P")
    third = persons(store)
    assert third["desk:a"] == third["shop:b"] == first["shop:b"]


def test_a_link_taken_apart_by_hand_stays_apart(store: Store) -> None:
    customer(store, "desk", "1", email_key="a")
    customer(store, "shop", "2", email_key="a")
    before = persons(store)
    link(store, "shop", "2", "P", unlinked_at="2026-02-01")
    after = persons(store)
    assert before["desk:1"] == before["shop:2"] == after["desk:1"] != after["shop:2"]
