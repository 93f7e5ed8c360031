"""The owner of a workspace: listens beside the database that it has open, and does what is handed over."""

from __future__ import annotations

import hmac
import os
import secrets
import socket
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from goalkeeper import __version__
from goalkeeper.owner.frames import BadFrame, Message, receive, send
from goalkeeper.owner.jobs import Job, Request
from goalkeeper.owner.note import Note, clear, listen, write_note

_HELLO_S = 5.0  # how long a client may take to say what it wants
_TELL_S = 1.0


class Owner:
    """Does the commands of other processes while this one has the workspace open; a context manager.

    ``run`` does a job and returns its exit code. An owner that is not ``lasting`` ends with its own work, so it takes
    only what reads: what writes waits for its turn and then owns the workspace itself. Without ``run`` all wait. To be
    started after the database was opened and stopped before it is closed: the database's lock is what makes an owner
    the only one.
    """

    def __init__(self, folder: Path, run: Callable[[Job], int] | None, *, command: str, lasting: bool = False) -> None:
        self.folder = folder.resolve()
        self._run, self._command, self._lasting = run, command, lasting
        self._jobs: set[Job] = set()
        self._change = threading.Lock()
        self._stopping = False

    def __enter__(self) -> Owner:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Begins to listen; what a killed owner left behind is taken away first."""
        clear(self.folder)
        self._listener = listen(self.folder)
        self.note = Note(
            version=__version__,
            pid=os.getpid(),
            command=self._command,
            since=datetime.now(UTC).isoformat(timespec="seconds"),
            lasting=self._lasting,
            socket=self._listener.getsockname(),
            token=secrets.token_hex(32),
        )
        write_note(self.folder, self.note)
        threading.Thread(target=self._listen, name="owner", daemon=True).start()

    def stop(self, tell: Callable[[int], None] | None = None) -> None:
        """Listens no more and waits until all jobs are done; an interruption in that time cancels them.

        ``tell`` hears, once, how many there are to wait for if that takes over a second.
        """
        with self._change:
            self._stopping = True
            jobs = set(self._jobs)
        with suppress(OSError), socket.socket(socket.AF_UNIX) as knock:
            knock.connect(self.note.socket)  # wakes the thread that listens
        clear(self.folder)
        self._listener.close()
        try:
            for job in jobs:
                if not job.done.wait(_TELL_S) and tell:
                    tell(sum(not each.done.is_set() for each in jobs))
                    tell = None
                job.done.wait()
        except KeyboardInterrupt:
            for job in jobs:
                job.cancel()
            raise

    def _listen(self) -> None:
        while not self._stopping:
            try:
                peer, _ = self._listener.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._meet, args=(peer,), daemon=True).start()

    def _meet(self, peer: socket.socket) -> None:
        with peer, suppress(BadFrame, OSError):
            peer.settimeout(_HELLO_S)
            hello = receive(peer)
            if hello is None:
                return
            answer, request = self._answer(hello)
            send(peer, answer)
            if request is None:
                return
            peer.settimeout(None)
            job = Job(
                request,
                send=lambda name, text: send(peer, {name: text}),
                hang_up=lambda: peer.shutdown(socket.SHUT_RDWR),
            )
            with self._change:
                if self._stopping:
                    return  # the client sees that nobody is there, and does its work itself
                self._jobs.add(job)
            threading.Thread(target=self._work, args=(job, peer), daemon=True).start()
            try:
                receive(peer)  # nothing more is said but to cancel; hanging up says the same
            finally:
                job.cancel()

    def _answer(self, hello: Message) -> tuple[Message, Request | None]:
        """What a client is told, and what it asks if that is to be done."""
        token = str(hello.get("token", ""))
        if not hmac.compare_digest(token.encode(), self.note.token.encode()):
            return {"refused": "the token is wrong."}, None
        if hello.get("version") != __version__:
            return {"refused": f"this is goalkeeper {__version__}, not {hello.get('version')}."}, None
        try:
            request = Request(**hello["request"])
        except (KeyError, TypeError) as error:
            raise BadFrame(str(error)) from None
        if not self._run or (request.writes and not self._lasting):
            return {"wait": True}, None
        return {"accepted": True}, request

    def _work(self, job: Job, peer: socket.socket) -> None:
        code = 1
        try:
            code = self._run(job) if self._run else 1
        except BaseException:
            job.err.write(traceback.format_exc())
        finally:
            job.out.flush()
            job.err.flush()
            with suppress(OSError):
                send(peer, {"exit": code})
            job.done.set()
            with self._change:
                self._jobs.discard(job)
            with suppress(OSError):
                peer.shutdown(socket.SHUT_RDWR)  # wakes the thread that hears for a cancellation
