"""Workspaces that the tests of a run share, emptied before each use: making one takes longer than filling it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tickets.desk import Desk

OFFICE = """
timezone = "Europe/Berlin"
specialist_teams = ["Experts"]
[[schedule]]
id = "office"
tz = "Europe/Berlin"
hours = { mon-fri = ["09:00-17:00"] }
"""


@pytest.fixture(scope="session")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Desk]]:
    """Gives an empty desk with the settings."""
    made: dict[str, Desk] = {}

    def desk_with(settings: str) -> Desk:
        if settings not in made:
            made[settings] = Desk(tmp_path_factory.mktemp("desk"), settings)
        made[settings].clear()
        return made[settings]

    yield desk_with
    for desk in made.values():
        desk.workspace.close()


@pytest.fixture
def desk(desks: Callable[[str], Desk]) -> Desk:
    """An empty desk in Berlin, which works Monday to Friday from 9 to 17: until 30 March from 8 to 16 UTC."""
    return desks(OFFICE)
