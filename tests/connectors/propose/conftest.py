"""Profiles and proposals of small files made on the fly."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from goalkeeper.connectors.files import open_files
from goalkeeper.connectors.propose import Profile, profile, propose


@pytest.fixture(scope="session")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        yield made


@pytest.fixture
def look(tmp_path: Path, con: duckdb.DuckDBPyConnection) -> Callable[..., Profile]:
    """The profile of a path, or of a text with a file name."""

    def run(source: Path | str, name: str = "tickets.csv") -> Profile:
        path = source if isinstance(source, Path) else tmp_path / name
        if isinstance(source, str):
            path.write_text(source, encoding="utf-8")
        (file,) = open_files(path, tmp_path / "scratch")
        return profile(con, file)

    return run


@pytest.fixture
def proposed(look: Callable[..., Profile]) -> Callable[..., dict[str, Any]]:
    """The first [[file]] of a proposal, parsed, with its whole text under `text`."""

    def run(source: Path | str, name: str = "tickets.csv") -> dict[str, Any]:
        text = propose(look(source, name))
        return {**tomllib.loads(text)["file"][0], "text": text}

    return run
