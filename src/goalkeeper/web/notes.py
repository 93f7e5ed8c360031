"""Notes on days, sent from the page of a metric: added, changed in their place, or removed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from goalkeeper.errors import UsageError
from goalkeeper.metrics import metric as find_metric
from goalkeeper.reports.notes import DayNote, add_note, change_note, remove_note
from goalkeeper.state.roles import Permission
from goalkeeper.web.pages import Pages, fields_of

_FIELD = 10_000  # bytes


def declare(pages: Pages) -> None:
    """Declares what is sent to a metric's page."""
    workspace = pages.workspace

    def noted(key: str, fields: Mapping[str, str]) -> Response:
        folder, metrics, wanted = workspace.folder, workspace.metrics, fields.get("do", "add")
        note = DayNote(_day(fields.get("day", "")), fields.get("words", ""), "" if fields.get("all") else key)
        old = note if wanted == "add" else _old(key, fields)

        def record() -> None:
            done = {"change": "note changed", "remove": "note removed"}.get(wanted, "note added")
            pages.trail.record(done, f"{old.day} {old.metric or 'all metrics'}: {old.words}")

        if wanted == "change":
            change_note(folder, metrics, old, note, record)
        elif wanted == "remove":
            remove_note(folder, metrics, old, record)
        else:
            add_note(folder, metrics, note, record)
        return RedirectResponse(f"/metrics/{key}#notes", 303)

    async def note(request: Request) -> Response:
        key = find_metric(request.path_params["key"], workspace.metrics).key
        return await run_in_threadpool(noted, key, await fields_of(request, _FIELD))

    pages.take("/metrics/{key}", note, Permission.PLAN)


def _old(key: str, fields: Mapping[str, str]) -> DayNote:
    """The note that somebody had before them, which may be gone meanwhile."""
    old = DayNote(_day(fields.get("old_day", "")), fields.get("old_words", ""), fields.get("old_metric", ""))
    if old.metric not in ("", key):
        raise UsageError("this note is on another metric.", where="note", hint="Change it on its own page.")
    return old


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError("a note needs a day.", where="day", hint="Write it as 2026-01-31.") from None
