"""Writes a workspace's database file anew: DuckDB keeps the bytes of what was deleted until they are needed."""

from __future__ import annotations

import os
import time
from pathlib import Path

import duckdb

from goalkeeper.engines.text import literal
from goalkeeper.errors import UsageError
from goalkeeper.owner import Owner
from goalkeeper.warehouse.forget import UNFINISHED

WAIT_S = 30.0  # for whoever opens the file between two of our own steps


def rewrite(path: Path) -> None:
    """Copies all that a closed database holds into a new file, which takes its place at once; a kill leaves one whole.

    Nobody else can open it meanwhile; other commands wait. UsageError where the disk has no room for both.
    """
    new = path.with_name(f"{path.name}.new")
    try:
        with duckdb.connect() as con:
            con.execute("SET enable_progress_bar = false")
            _attach(con, path)
            with Owner(path.parent, None, command="goalkeeper forget"):
                _remove(new)
                con.execute(f"ATTACH {literal(str(new))} AS new")
                con.execute("COPY FROM DATABASE old TO new")
                con.execute(f"DELETE FROM new.meta.state WHERE name = {literal(UNFINISHED)}")
                con.execute("CHECKPOINT new")
                con.execute("DETACH new")
                new.chmod(path.stat().st_mode)
                _sync(new)
                new.replace(path)
                _sync(path.parent)
    except (duckdb.Error, OSError) as error:
        _remove(new)
        raise UsageError(
            f"the file cannot be written anew: {str(error).splitlines()[0]}.", where=str(path),
            hint="It needs as much room again. Nothing is lost; `goalkeeper forget --finish` tries again.",
        ) from None  # fmt: skip


def _attach(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Attaches the database with its log written into it, to be read: nobody can write it then.

    One that can be written would, when it is let go, take away the log of whoever has opened the new file by then.
    """
    deadline = time.monotonic() + WAIT_S
    while True:
        try:
            con.execute(f"ATTACH {literal(str(path))} AS old")
            con.execute("CHECKPOINT old")
            con.execute("DETACH old")
            con.execute(f"ATTACH {literal(str(path))} AS old (READ_ONLY)")
        except duckdb.IOException as error:
            if "lock" not in str(error).lower() or time.monotonic() > deadline:
                raise
        else:
            if not path.with_name(f"{path.name}.wal").exists():
                return
            con.execute("DETACH old")  # somebody was killed between the two
        time.sleep(0.05)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(new: Path) -> None:
    new.unlink(missing_ok=True)
    new.with_name(f"{new.name}.wal").unlink(missing_ok=True)
