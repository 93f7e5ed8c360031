"""The other side: finds a workspace's owner, hands a command over, and shows what comes back."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from goalkeeper import __version__
from goalkeeper.errors import UsageError, WorkspaceBusy
from goalkeeper.owner.frames import BadFrame, receive, send
from goalkeeper.owner.jobs import Request
from goalkeeper.owner.note import Note, read_note

_ANSWER_S = 10.0


def hand_over(folder: Path, request: Request, out: TextIO, err: TextIO) -> int | Note | None:
    """Lets the workspace's owner do the command and returns its exit code.

    None where there is no owner, also where it died before it said anything: then the command can be done here. Its
    note where it does not take this command, which must wait. WorkspaceBusy where it does not answer, or is of another
    version. An interruption is passed on; the owner then undoes the work.
    """
    note = read_note(folder)
    if note is None:
        return None
    with socket.socket(socket.AF_UNIX) as peer:
        try:
            peer.settimeout(_ANSWER_S)
            peer.connect(note.socket)
            if note.version != __version__:
                raise WorkspaceBusy(
                    f"{note} has this workspace open and is goalkeeper {note.version}; this is {__version__}.",
                    where=str(folder),
                    hint="End that process, or use its version.",
                )
            send(peer, {"version": __version__, "token": note.token, "request": asdict(request)})
            answer = receive(peer)
        except TimeoutError:
            raise WorkspaceBusy(
                f"{note} has this workspace open and does not answer.", where=str(folder), hint="End it, or try again."
            ) from None
        except (OSError, BadFrame):
            return None
        if answer is None:
            return None
        if "refused" in answer:
            raise WorkspaceBusy(f"{note} refuses: {answer['refused']}", where=str(folder), hint="End that process.")
        if "wait" in answer:
            return note
        peer.settimeout(None)
        with _interruption_passed_on(peer):
            return _show(peer, note, out, err)


def _show(peer: socket.socket, note: Note, out: TextIO, err: TextIO) -> int | None:
    shown = False
    with suppress(BadFrame):
        while message := receive(peer):
            if "exit" in message:
                return int(message["exit"])
            for name, stream in (("out", out), ("err", err)):
                if name in message:
                    stream.write(message[name])
                    stream.flush()
                    shown = True
    if not shown:
        return None
    raise UsageError(
        f"{note} ended before the work was done.",
        hint="Run the command again: a load or refresh is whole or has changed nothing.",
    )


@contextmanager
def _interruption_passed_on(peer: socket.socket) -> Iterator[None]:
    """Ctrl-C cancels the work over there, and its end is awaited; the second one leaves at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def cancel(*_: object) -> None:
        signal.signal(signal.SIGINT, before)
        with suppress(OSError):
            send(peer, {"cancel": True})

    before = signal.signal(signal.SIGINT, cancel)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
