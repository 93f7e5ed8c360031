"""A reader of files for the tests: the tables opened, the rows staged, the rows set aside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from goalkeeper.connectors.files import Limits, PlainFile, Reject, lines, open_files, stage

TABLE = '"main"."the table"'


@dataclass
class Staged:
    """One staged table."""

    file: PlainFile
    rows: list[tuple[str | None, ...]]
    rejects: list[Reject]


Read = Callable[..., list[Staged]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Open and stage a file, or bytes given with a name."""
    serial = iter(range(10_000))

    def run(source: Path | bytes, name: str = "table.csv", limits: Limits | None = None) -> list[Staged]:
        place = tmp_path / f"read{next(serial)}"
        if isinstance(source, bytes):
            place.mkdir()
            path = place / name
            path.write_bytes(source)
        else:
            path = source
        found = []
        with duckdb.connect() as con:
            for file in open_files(path, place / "scratch", limits=limits):
                rejects = stage(con, file, TABLE)
                lined = file.kind == "ndjson"
                source = f"{lines(con, TABLE)} ORDER BY 1" if lined else f"{TABLE} ORDER BY rowid"
                rows = con.execute(f"SELECT {'_position, _line' if lined else '*'} FROM {source}").fetchall()
                found.append(Staged(file, rows, rejects))
                con.execute(f"DROP TABLE {TABLE}")
        return found

    return run


@pytest.fixture
def one(read: Read) -> Callable[..., Staged]:
    """As `read`, for a file that holds one table."""

    def run(source: Path | bytes, name: str = "table.csv", limits: Limits | None = None) -> Staged:
        (only,) = read(source, name, limits)
        return only

    return run
