"""A target for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hostile.desk import Target


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Target]:
    """An empty workspace."""
    made = Target(tmp_path)
    yield made
    made.workspace.close()
