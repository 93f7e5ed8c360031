from __future__ import annotations

import math

import pytest

from goalkeeper.stats.erlang import answered_within, waiting_chance
from published import shared_entries


def by_definition(load: float, agents: int) -> float:
    """The textbook sum, for small numbers."""
    queue = load**agents / math.factorial(agents) * agents / (agents - load)
    return queue / (sum(load**k / math.factorial(k) for k in range(agents)) + queue)


# by hand from the sum: 10 erlangs for 12 agents, 8 for 10
@pytest.mark.parametrize(("load", "agents", "expected"), [(10, 12, 0.449388), (8, 10, 0.409180)])
def test_by_hand(load: float, agents: int, expected: float) -> None:
    assert waiting_chance(load, agents) == pytest.approx(expected, abs=1e-6)
    assert waiting_chance(load, agents) == pytest.approx(by_definition(load, agents))


def test_they_are_the_shared_vectors() -> None:
    entry = shared_entries()["erlang_c"]
    assert (entry["input"], entry["expected"]) == ([[10, 12], [8, 10]], [0.449388, 0.40918])


def test_edges_and_large_centres() -> None:
    assert waiting_chance(0, 3) == 0
    assert waiting_chance(12, 12) == waiting_chance(13, 12) == waiting_chance(1, 0) == 1
    assert 0 < waiting_chance(2_000, 2_050) < waiting_chance(2_000, 2_010) < 1
    with pytest.raises(ValueError, match="below zero"):
        waiting_chance(-1, 3)


def test_the_share_answered_in_time_starts_at_those_who_do_not_wait() -> None:
    assert answered_within(10, 12, 0, 180) == pytest.approx(1 - 0.449388, abs=1e-6)
    assert answered_within(10, 12, 20, 180) == pytest.approx(1 - 0.449388 * math.exp(-2 * 20 / 180), abs=1e-6)
    assert answered_within(13, 12, 20, 180) == 0
