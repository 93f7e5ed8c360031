"""Jobs by the API: what ran and what came of it, and one at once."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

from goalkeeper.errors import UnknownName
from goalkeeper.jobs.history import Run, run_json
from goalkeeper.state.roles import Permission
from goalkeeper.web.api.calls import Calls, Limit, Offset, part
from goalkeeper.web.api.models import JobIn, Listed, RunOut
from goalkeeper.web.jobs import begun_words

Number = Annotated[int, Path(ge=1, le=2**31)]


def declare(calls: Calls) -> None:
    """Declares the calls."""
    jobs = calls.parts.jobs

    def runs(offset: Offset = 0, limit: Limit = 100) -> Listed[RunOut]:
        """The runs of jobs, the latest first."""
        return part([_run(each) for each in jobs.history.runs], offset, limit)

    def one(number: Number) -> RunOut:
        """One run: whether it has ended, and what came of it."""
        found = {run.number: run for run in jobs.history.runs}
        if number not in found:
            raise UnknownName("run", str(number), map(str, found))
        return _run(found[number])

    def start(sent: JobIn) -> RunOut:
        """Has a job done as soon as the one before it is: `refresh`, `evaluate`, `report` or `replay`."""
        calls.pages.trail.record(*begun_words(sent.job, sent.source))
        return _run(jobs.ask(sent.job, sent.source))

    calls.add("/jobs", "GET", runs, Permission.DATA)
    calls.add("/jobs", "POST", start, Permission.LOAD, status_code=202)
    calls.add("/jobs/{number}", "GET", one, Permission.DATA)


def _run(run: Run) -> RunOut:
    return RunOut.model_validate(run_json(run))
