"""The history of runs: a line as each begins and another as it ends, shortened to the newest runs now and then."""

from __future__ import annotations

import json
import os
import secrets
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from goalkeeper.errors import UsageError

HISTORY_FILE = "jobs.jsonl"
MOST_KEPT = 500
_LONG = 4 * MOST_KEPT  # lines, at two a run, from which the file is shortened
_PROCESS = secrets.token_hex(8)
_WRITING = threading.Lock()


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
    """The runs of a workspace, as its file has them; threads of one process may use it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / HISTORY_FILE

    @property
    def runs(self) -> list[Run]:
        """The runs kept, the latest first; one that another process began and did not end was broken off."""
        return sorted(map(_as_it_stands, _read(self.path).values()), key=lambda run: -run.number)

    def begin(self, job: str, key: str, due: datetime | None, now: datetime) -> Run:
        """A new run, written down before anything is done."""
        with _WRITING:
            self._shorten()
            run = Run(max(_read(self.path), default=0) + 1, job, key, due, now, process=_PROCESS)
            self._keep(run)
        return run

    def end(self, run: Run, state: State, said: str, now: datetime) -> Run:
        """The run with what came of it, written down."""
        ended = replace(run, ended=now, state=state, said=said)
        with _WRITING:
            self._keep(ended)
        return ended

    def _shorten(self) -> None:
        """Leaves the newest runs of a long file, each in the one line that counts; a crash leaves the old file."""
        if len(_lines(self.path)) < _LONG:
            return
        newest = sorted(_read(self.path).items())[-MOST_KEPT:]
        beside = self.path.with_name(f"{HISTORY_FILE}.new")
        self._write(beside, "w", [run for _, run in newest])
        beside.replace(self.path)

    def _keep(self, run: Run) -> None:
        self._write(self.path, "a", [run])

    def _write(self, path: Path, mode: str, runs: Iterable[Run]) -> None:
        try:
            with path.open(mode, encoding="utf-8") as file:
                file.writelines(json.dumps(asdict(run), default=str, ensure_ascii=False) + "\n" for run in runs)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise UsageError(f"it cannot be written: {error.strerror}.", where=str(path)) from None


def _as_it_stands(run: Run) -> Run:
    if run.state is State.RUNNING and run.process != _PROCESS:
        return replace(run, state=State.BROKEN_OFF, said="The process ended before it did.")
    return run


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8", errors="replace").rstrip("\n").split("\n") if path.exists() else []


def _read(path: Path) -> dict[int, Run]:
    """The last runs in the file by number; a line that was cut off by a crash is passed over."""
    found: dict[int, Run] = {}
    for line in _lines(path)[-2 * MOST_KEPT :]:
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
