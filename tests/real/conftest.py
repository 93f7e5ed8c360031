"""A workspace for the tests with real data; each test makes its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import goalkeeper as gk


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[gk.Workspace]:
    with gk.open(gk.create(tmp_path / "workspace", timezone="Europe/Berlin")) as workspace:
        yield workspace
