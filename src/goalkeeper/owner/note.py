"""The note that an owner leaves in the workspace folder: who it is, where it listens, and the token it wants."""

from __future__ import annotations

import json
import os
import socket
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

NOTE = "owner.json"
SOCKET = "owner.sock"
_ELSEWHERE = "goalkeeper-"  # a folder for the socket where the workspace cannot hold one
_LONGEST = 100  # bytes of a socket's path: macOS takes 103, Linux 107


@dataclass(frozen=True, slots=True)
class Note:
    """Who owns the workspace. ``socket`` is a path; a ``lasting`` owner stays until it is stopped."""

    version: str
    pid: int
    command: str
    since: str
    lasting: bool
    socket: str
    token: str

    def __str__(self) -> str:
        return f"`{self.command}` (process {self.pid})"


def read_note(folder: Path) -> Note | None:
    """The note in a workspace folder; None where there is none that can be read."""
    try:
        return Note(**json.loads((folder / NOTE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_note(folder: Path, note: Note) -> None:
    """Leaves the note, readable by this user alone; whoever reads it finds all of it or the one before."""
    whole = folder / f"{NOTE}.new"
    whole.unlink(missing_ok=True)
    descriptor = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(asdict(note), stream)
    whole.replace(folder / NOTE)


def clear(folder: Path) -> None:
    """Takes away note and socket, its own or those that a killed owner left; only for who has the database open."""
    note = read_note(folder)
    for path in {folder / SOCKET, Path(note.socket) if note else folder / SOCKET}:
        if path.name == SOCKET and path.is_socket():
            path.unlink(missing_ok=True)
        if path.parent.name.startswith(_ELSEWHERE):
            with suppress(OSError):  # it holds something else
                path.parent.rmdir()
    (folder / NOTE).unlink(missing_ok=True)


def listen(folder: Path) -> socket.socket:
    """Listens in the workspace; where its path is too long or its disk has no sockets, in a folder of our own."""
    inside = folder / SOCKET
    if len(os.fsencode(inside)) <= _LONGEST:
        with suppress(OSError):
            return _listen(inside)
    return _listen(Path(tempfile.mkdtemp(prefix=_ELSEWHERE)) / SOCKET)  # mkdtemp makes it 0700


def _listen(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(str(path))
        path.chmod(0o600)  # before it listens: nobody gets in between
        listener.listen(64)
    except OSError:
        listener.close()
        raise
    return listener
