"""The history of runs: a line as each begins and another as it ends, shortened to the newest runs now and then."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from goalkeeper.errors import UsageError

HISTORY_FILE = "jobs.jsonl"
MOST_KEPT = 500
_LONG_BYTES = 1_000 * MOST_KEPT  # from which the file is shortened; a run takes about 400 in its two lines
_PROCESS = secrets.token_hex(8)


class State(StrEnum):
    """How a run stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    BROKEN_OFF = "broken off"  # the process ended before the run did


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a job; ``key`` names what for, such as "refresh 2026-03-01": what is done is not run again.

    ``due`` is empty for a run by hand; moments are UTC without zone.
    """

    number: int
    job: str
    key: str
    due: datetime | None
    began: datetime
    ended: datetime | None = None
    state: State = State.RUNNING
    said: str = ""
    process: str = ""

    @property
    def is_late(self) -> bool:
        """Whether it began over ten minutes after it was due: nothing ran then."""
        return self.due is not None and (self.began - self.due).total_seconds() > 600


class History:
    """The runs of a workspace, as its file has them; threads and processes may use it at once."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / HISTORY_FILE
        self._read_at: tuple[tuple[int, ...], dict[int, Run]] = ((), {})

    @property
    def runs(self) -> list[Run]:
        """The runs kept, the latest first; one that another process began and did not end was broken off."""
        return sorted(map(_as_it_stands, self._read().values()), key=lambda run: -run.number)

    def begin(self, job: str, key: str, due: datetime | None, now: datetime) -> Run:
        """A new run, written down before anything is done."""
        with self._held() as file:
            run = Run(max(self._read(), default=0) + 1, job, key, due, now, process=_PROCESS)
            self._keep(file, run)
        return run

    def end(self, run: Run, state: State, said: str, now: datetime) -> Run:
        """The run with what came of it, written down."""
        ended = replace(run, ended=now, state=state, said=said)
        with self._held() as file:
            self._keep(file, ended)
        return ended

    def _read(self) -> dict[int, Run]:
        """The runs in the file by number, read again where it changed."""
        try:
            with self.path.open("rb") as file:
                told = os.fstat(file.fileno())
                stamp = (told.st_ino, told.st_size, told.st_mtime_ns)
                before, found = self._read_at
                if stamp != before:
                    found = _parsed(file.read(told.st_size))
                    self._read_at = (stamp, found)
                return found
        except FileNotFoundError:
            return {}

    @contextmanager
    def _held(self) -> Iterator[BinaryIO]:
        """The file to write at the end of, held until it is closed against all others who write."""
        try:
            while True:
                with self.path.open("ab+") as file:
                    fcntl.flock(file, fcntl.LOCK_EX)
                    if not os.path.samestat(os.fstat(file.fileno()), self.path.stat()):
                        continue  # another shortened it while this one waited
                    size = file.seek(0, os.SEEK_END)
                    if size and file.seek(size - 1) >= 0 and file.read(1) != b"\n":
                        file.write(b"\n")  # a crash cut its last line off, and what follows is a line of its own
                    yield file
                    return
        except OSError as error:
            raise UsageError(f"it cannot be written: {error.strerror}.", where=str(self.path)) from None

    def _keep(self, file: BinaryIO, run: Run) -> None:
        """Writes a line; a long file then keeps its newest runs, each in the line that counts, or all in a crash."""
        _write(file, [run])
        if file.tell() >= _LONG_BYTES:
            with suppress(OSError):  # the line is written, and the next run shortens it
                self._shorten()

    def _shorten(self) -> None:
        newest = sorted(self._read().items())[-MOST_KEPT:]
        beside = self.path.with_name(f"{HISTORY_FILE}.new")
        with beside.open("wb") as short:
            _write(short, [each for _, each in newest])
        beside.replace(self.path)


def _write(file: BinaryIO, runs: Iterable[Run]) -> None:
    file.write("".join(json.dumps(asdict(run), default=str, ensure_ascii=False) + "\n" for run in runs).encode())
    file.flush()
    os.fsync(file.fileno())


def _as_it_stands(run: Run) -> Run:
    if run.state is State.RUNNING and run.process != _PROCESS:
        return replace(run, state=State.BROKEN_OFF, said="The process ended before it did.")
    return run


def _parsed(content: bytes) -> dict[int, Run]:
    """The last runs by number; a line that was cut off by a crash is passed over."""
    found: dict[int, Run] = {}
    for line in content.decode(errors="replace").rstrip("\n").split("\n")[-2 * MOST_KEPT :]:
        try:
            given = json.loads(line)
            moments = {name: _moment(given[name]) for name in ("due", "began", "ended")}
            run = Run(**{**given, **moments, "state": State(given["state"])})
        except (ValueError, TypeError, KeyError):
            continue
        found[run.number] = run
    return found


def run_json(run: Run) -> dict[str, object]:
    """A run as a dict."""
    told = asdict(run) | {"state": run.state.value, "is_late": run.is_late}
    del told["process"]
    return told


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
