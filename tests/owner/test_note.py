"""What an owner leaves in the folder is for this user alone, and is taken away whoever left it."""

from __future__ import annotations

import os
import socket
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from goalkeeper.owner.note import NOTE, SOCKET, Note, clear, listen, read_note, write_note


def note(path: Path) -> Note:
    return Note("0.1.0", 1, "goalkeeper serve", "2026-01-01", True, str(path), "secret")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_read_as_written(tmp_path: Path) -> None:
    assert read_note(tmp_path) is None
    first = note(tmp_path / SOCKET)
    (tmp_path / f"{NOTE}.new").write_text("left by a kill")
    write_note(tmp_path, first)
    write_note(tmp_path, replace(first, pid=2))
    assert read_note(tmp_path) == replace(first, pid=2)
    assert [path.name for path in tmp_path.iterdir()] == [NOTE]
    assert mode(tmp_path / NOTE) == 0o600


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}'])
def test_what_is_no_note(tmp_path: Path, text: str) -> None:
    (tmp_path / NOTE).write_text(text)
    assert read_note(tmp_path) is None
    clear(tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_socket_is_in_the_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("goalkeeper.owner.note._LONGEST", 500)
    monkeypatch.chdir(tmp_path)
    before = os.umask(0)
    try:
        with listen(Path()) as listener:
            assert listener.getsockname() == SOCKET
    finally:
        os.umask(before)
    assert mode(tmp_path / SOCKET) == 0o600
    clear(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_long_path_has_its_socket_elsewhere(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 120)
    folder.mkdir()
    with listen(folder) as listener:
        path = Path(listener.getsockname())
        assert path.name == SOCKET
        assert mode(path) == 0o600
        assert mode(path.parent) == 0o700
        assert not list(folder.iterdir())
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
    write_note(folder, note(path))
    clear(folder)
    assert not path.parent.exists()
    assert not list(folder.iterdir())


def test_only_sockets_are_taken_away(tmp_path: Path) -> None:
    """A note is not trusted with what it names: the workspace, or another folder, may bear any name."""
    folder = tmp_path / "goalkeeper-desk"
    other = tmp_path / "goalkeeper-other"
    for each in (folder, other):
        each.mkdir()
        (each / "kept").write_text("")
    (other / SOCKET).write_text("no socket")
    for path in (folder / SOCKET, folder / "kept", other / SOCKET, other / "kept"):
        write_note(folder, note(path))
        clear(folder)
    assert [path.name for path in folder.iterdir()] == ["kept"]
    assert sorted(path.name for path in other.iterdir()) == ["kept", SOCKET]
