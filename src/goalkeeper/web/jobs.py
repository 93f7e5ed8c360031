"""What is done without anybody asking: when next, what came of each run, and a job at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from goalkeeper.jobs import Jobs, Run, State
from goalkeeper.jobs.history import run_json
from goalkeeper.jobs.work import WORK, find_work
from goalkeeper.state.audit import job_words
from goalkeeper.state.roles import Permission
from goalkeeper.web.moments import moments_of
from goalkeeper.web.pages import Made, Pages, View, fields_of
from goalkeeper.workspace import Workspace

MOST_RUNS = 50
TONES = {State.DONE: "good", State.FAILED: "bad", State.BROKEN_OFF: "warn", State.RUNNING: "flat"}


def declare(pages: Pages, *, now: Callable[[], datetime]) -> Jobs:
    """Declares the page of jobs, and gives those that it shows."""
    jobs = Jobs(pages.workspace, now, pages.kept.forget)

    def page(workspace: Workspace, _: Request) -> Made:
        runs = jobs.history.runs[:MOST_RUNS]
        planned = jobs.planned
        return View(
            "jobs.html",
            "Jobs",
            {
                "headline": _headline(runs, bool(planned)),
                "planned": {each.time.job: each for each in planned},
                "work": {name: each for name, each in WORK.items() if each.has_button},
                "titles": {name: each.title for name, each in WORK.items()},
                "runs": runs,
                "tones": TONES,
                "words": moments_of(workspace),
            },
            lambda: {
                "planned": [
                    {"job": each.time.job, "at": f"{each.time.at:%H:%M}", "every": each.time.every,
                     "next_due": each.next_due} for each in planned
                ],
                "runs": [run_json(each) for each in runs],
            },
            place="jobs",
            kept=False,
            refresh_s=2 if any(run.state is State.RUNNING for run in runs) else 0,
        )  # fmt: skip

    async def ask(request: Request) -> Response:
        fields = await fields_of(request, 10_000)
        job, source = fields.get("job", ""), fields.get("source", "")
        await run_in_threadpool(pages.trail.record, *begun_words(job, source))
        await run_in_threadpool(jobs.ask, job, source)
        return RedirectResponse("/jobs", 303)

    pages.add("/jobs", page, Permission.DATA)
    pages.take("/jobs", ask, Permission.LOAD)
    return jobs


def begun_words(job: str, source: str) -> tuple[str, str]:
    """What the record says of a job that somebody begins; UnknownName for none."""
    find_work(job)
    return job_words(job, source[:200])


def _headline(runs: list[Run], has_times: bool) -> str:
    if any(run.state is State.RUNNING for run in runs):
        return "A job is running."
    latest = list({run.job: run for run in reversed(runs)}.values())
    failed = [run for run in latest if run.state in (State.FAILED, State.BROKEN_OFF)]
    if failed:
        return f"{len(failed)} of {len(latest)} jobs did not end well the last time."
    return "All jobs ended well." if runs else "No job has run yet." if has_times else "No job has a time yet."
