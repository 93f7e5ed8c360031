"""A desk for each test of the warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from warehouse.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """An empty store and a folder for files."""
    made = Desk(tmp_path)
    yield made
    made.store.close()
