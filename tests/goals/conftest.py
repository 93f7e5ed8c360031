"""The desk that several tests look at; they only read from it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from goals.world import world
from measure.small import Small


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    with world(tmp_path_factory.mktemp("world")) as small:
        yield small
