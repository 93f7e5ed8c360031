"""Runs jobs one after the other: those that are due, once each, and those that somebody asks for."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from queue import Empty, Queue

from goalkeeper.errors import UsageError
from goalkeeper.jobs.forgetting import is_broken_off
from goalkeeper.jobs.history import History, Run, State
from goalkeeper.jobs.work import WORK, find_work
from goalkeeper.workspace import Workspace
from goalkeeper.workspace.job_times import JobTime

LOOK_S = 20.0
"""How often it is looked whether a job is due."""
AGAIN = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
"""How long after a failure a job is tried again; then it waits until it is due the next time."""

Do = Callable[[Workspace, datetime], str]
"""Does one run, and says in a sentence what came of it."""
_log = logging.getLogger("goalkeeper.jobs")


@dataclass(frozen=True, slots=True)
class Planned:
    """A job with its time, when it is due next, and the last run for a due time."""

    time: JobTime
    next_due: datetime
    last: Run | None


class Jobs:
    """The jobs of an open workspace; between `open` and `close` a thread of its own does them.

    A missed due time is caught up once, late. A run that broke off is run again: at least once, and what is done
    twice changes nothing. ``now`` is UTC without zone, ``changed`` hears of each run that ended.
    """

    def __init__(self, workspace: Workspace, now: Callable[[], datetime], changed: Callable[[], None]) -> None:
        self.workspace, self.now, self.changed = workspace, now, changed
        self.history = History(workspace.folder)
        self._asked: Queue[Run | None] = Queue()
        self._work: dict[int, Do] = {}
        self._thread: threading.Thread | None = None
        self._times_open = 0
        self._finish_at: datetime | None = None
        self._finish_failed = 0

    @property
    def planned(self) -> list[Planned]:
        """The jobs that the settings give a time."""
        zone, now, runs = self.workspace.settings.timezone, self.now(), self.history.runs
        return [
            Planned(each, each.next_due(now, zone), next((r for r in runs if r.job == each.job and r.due), None))
            for each in self.workspace.settings.jobs
        ]

    def open(self) -> None:
        """Begins to look after what is due; opened twice it goes on until it is closed twice."""
        self._times_open += 1
        if self._thread:
            return
        self._finish_at, self._finish_failed = self.now(), 0
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends with the run at work."""
        self._times_open -= 1
        if self._times_open > 0:
            return
        thread, self._thread = self._thread, None
        if thread:
            self._asked.put(None)
            thread.join()

    def ask(self, job: str, about: str = "", do: Do | None = None) -> Run:
        """Has a job done as soon as the one before it is, by ``do`` where that is given; UnknownName for none."""
        work = find_work(job)
        run = self.history.begin(job, f"{job} by hand", None, self.now())
        self._work[run.number] = do or (lambda workspace, now: work.do(workspace, now, about))
        if self._thread is None:
            return self._do(run)
        self._asked.put(run)
        return run

    def do_due(self) -> list[Run]:
        """Does what is due and not done, each due time once, and gives those runs."""
        done = []
        for each in self.workspace.settings.jobs:
            day = each.last_due(self.now(), self.workspace.settings.timezone)
            key = f"{each.job} {day}"
            if self._may_run(key):
                due = each.due_at(day, self.workspace.settings.timezone)
                done.append(self._do(self.history.begin(each.job, key, due, self.now())))
        return done

    def _may_run(self, key: str) -> bool:
        tried = [run for run in self.history.runs if run.key == key]
        if any(run.state is State.DONE for run in tried):
            return False
        failed = [run for run in tried if run.state is State.FAILED]
        if len(failed) > len(AGAIN):
            return False
        return not failed or self.now() - (failed[0].ended or failed[0].began) >= AGAIN[len(failed) - 1]

    def _do(self, run: Run) -> Run:
        try:
            asked = self._work.pop(run.number, None)
            said = asked(self.workspace, self.now()) if asked else WORK[run.job].do(self.workspace, self.now(), "")
            state = State.DONE
        except UsageError as error:
            state, said = State.FAILED, str(error)
        except Exception as error:
            _log.error("%s failed: %s", run.job, type(error).__name__)
            state, said = State.FAILED, "It failed on our side, and nothing was changed. The log names the place."
        ended = self.history.end(run, state, said, self.now())
        self.changed()
        return ended

    def finish_forgetting(self) -> None:
        """Makes facts anew that may hold somebody who was forgotten: as it begins, else after a pause."""
        if not is_broken_off(self.workspace):
            self._finish_at, self._finish_failed = None, 0
            return
        if self._finish_at is None:
            self._finish_at = self.now() + AGAIN[0]
        if self.now() >= self._finish_at:
            run = self._do(self.history.begin("forget", "forget broken off", None, self.now()))
            if run.state is State.FAILED:
                self._finish_at = self.now() + AGAIN[min(self._finish_failed, len(AGAIN) - 1)]
                self._finish_failed += 1

    def _run(self) -> None:
        while self._thread is not None:
            try:
                self.finish_forgetting()
                self.do_due()
                asked = self._asked.get(timeout=LOOK_S)
                while asked is not None:
                    self._do(asked)
                    asked = self._asked.get_nowait()
            except Empty:
                pass
            except Exception as error:  # a full disk: it is told, and tried again
                _log.error("jobs cannot go on: %s", error)
                threading.Event().wait(LOOK_S)
            finally:
                self.workspace.store.leave()
