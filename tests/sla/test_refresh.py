"""The promises against the oracle on random desks, and the ways in which they can come about."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sla.oracle import disagreements
from sla.worlds import SETTINGS, PromiseWorld
from tickets.desk import Desk, Row

Desks = Callable[[str], Desk]


def world_and_desk(desks: Desks, seed: int, **size: int) -> tuple[PromiseWorld, Desk]:
    return PromiseWorld(seed, sources=seed // 2 % 3 + 1, **size), desks(SETTINGS[seed % len(SETTINGS)])


def rows(desk: Desk) -> list[Row]:
    return desk.rows("FROM facts.promises ORDER BY ticket_key, promise, instance")


def agrees(desks: Desks, seed: int) -> None:
    world, desk = world_and_desk(desks, seed)
    world.loaded(desk)
    desk.refresh()
    assert disagreements(desk) == [], f"world {seed}"


def same_after_each_load(desks: Desks, seed: int, **size: int) -> None:
    world, desk = world_and_desk(desks, seed, **size)
    for number, load in enumerate(world.loads):
        desk.load(load.source, **load.tables)
        desk.refresh()
        some = rows(desk)
        desk.refresh(everything=True)
        assert some == rows(desk), f"world {seed}, load {number}"


def test_a_random_desk_agrees_with_the_oracle(desks: Desks) -> None:
    agrees(desks, 1)


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(8))
def test_many_random_desks_agree_with_the_oracle(desks: Desks, batch: int) -> None:
    for seed in range(1000 + batch * 10, 1010 + batch * 10):
        agrees(desks, seed)


def test_a_refresh_gives_what_a_full_rebuild_gives(desks: Desks) -> None:
    same_after_each_load(desks, 21, tickets=5, rounds=1)


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(4))
def test_every_refresh_of_many_desks_gives_what_a_full_rebuild_gives(desks: Desks, batch: int) -> None:
    for seed in range(2000 + batch * 3, 2003 + batch * 3):
        same_after_each_load(desks, seed, rounds=4)


@pytest.mark.slow
def test_the_size_of_the_chunks_does_not_matter(desks: Desks) -> None:
    world, desk = world_and_desk(desks, 31, tickets=10, rounds=1)
    world.loaded(desk)
    desk.refresh()
    whole = rows(desk)
    desk.refresh(everything=True, chunk=7)
    assert rows(desk) == whole
