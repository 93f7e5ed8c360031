"""The peers' facts against the oracle on random desks, and when they are made."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from goalkeeper.peers import make_peers
from peers.oracle import disagreements
from tickets.desk import Desk
from tickets.worlds import SETTINGS, World

Desks = Callable[[str], Desk]


def made(desks: Desks, seed: int, chunk: int = 250_000) -> Desk:
    desk = desks(list(SETTINGS.values())[seed % len(SETTINGS)])
    World(seed, sources=seed // 2 % 3 + 1).loaded(desk)
    desk.refresh()
    make_peers(desk.store, desk.workspace.settings.facts, chunk)
    return desk


def test_a_random_desk_agrees_with_the_oracle(desks: Desks) -> None:
    assert disagreements(made(desks, 1)) == []


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(8))
def test_many_random_desks_agree_with_the_oracle(desks: Desks, batch: int) -> None:
    for seed in range(1000 + batch * 10, 1010 + batch * 10):
        assert disagreements(made(desks, seed)) == [], f"world {seed}"


@pytest.mark.slow
def test_the_size_of_the_chunks_does_not_matter(desks: Desks) -> None:
    assert disagreements(made(desks, 7, chunk=11)) == []
