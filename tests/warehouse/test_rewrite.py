"""While the file is written anew no committed write is lost, whoever opens it when."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from goalkeeper.errors import UsageError
from goalkeeper.owner import Note, Request, hand_over
from goalkeeper.warehouse import rewrite as rewriting
from goalkeeper.warehouse.rewrite import rewrite

WRITE = """
import duckdb, os, sys
con = duckdb.connect(sys.argv[1])
con.execute("INSERT INTO meta.numbers VALUES (?)", [int(sys.argv[2])])
os._exit(0)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "goalkeeper.duckdb"
    with duckdb.connect(str(found)) as con:
        con.execute("CREATE SCHEMA meta; CREATE TABLE meta.state (name VARCHAR, value VARCHAR)")
        con.execute("CREATE TABLE meta.numbers (number INTEGER)")
    found.chmod(0o600)
    return found


def write(path: Path, number: int) -> bool:
    """Whether another process could commit a row; it ends without closing the file, as a killed one does."""
    done = subprocess.run([sys.executable, "-c", WRITE, path, str(number)], capture_output=True, text=True, check=False)
    assert done.returncode == 0 or "lock" in done.stderr
    return done.returncode == 0


def numbers(path: Path) -> list[int]:
    with duckdb.connect(str(path)) as con:
        return [number for (number,) in con.execute("SELECT number FROM meta.numbers ORDER BY number").fetchall()]


def test_what_another_process_committed_is_there(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert write(path, 0)  # stands in a log beside the file
    committed, waits = [0], []
    real = os.fsync

    def synced(descriptor: int) -> None:
        number = len(waits) + 1
        note = hand_over(path.parent, Request([], False, ".", {}), sys.stdout, sys.stderr)
        waits.append(isinstance(note, Note))
        if write(path, number):
            committed.append(number)
        real(descriptor)

    monkeypatch.setattr(rewriting.os, "fsync", synced)
    rewrite(path)
    assert waits == [True, True]  # other commands are told to wait, also those that read
    assert numbers(path) == committed == [0, 2]  # refused before the new file takes its place, kept afterwards
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_fails_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert write(path, 0)
    path.with_name(f"{path.name}.new").write_text("of a killed one", encoding="utf-8")
    path.with_name(f"{path.name}.new.wal").write_text("of a killed one", encoding="utf-8")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(rewriting.os, "fsync", full)
        with pytest.raises(UsageError, match="No space left"):
            rewrite(path)
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    rewrite(path)
    assert numbers(path) == [0]


def test_one_that_is_open_elsewhere_is_waited_for(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewriting, "WAIT_S", 0.2)
    code = "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print(1, flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        assert other.stdin
        other.stdout.readline()
        with pytest.raises(UsageError, match="lock"):
            rewrite(path)
        other.stdin.close()
    rewrite(path)
    assert numbers(path) == []
