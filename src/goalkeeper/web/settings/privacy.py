"""What is kept of customers and people, and who may see what: said from the tables, roles and limits themselves.

Owners forget a person here: what would go is shown first, and done by a job once that is confirmed.
"""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.jobs import Jobs, State
from goalkeeper.jobs.forgetting import ASKED, Preview, forget_person, preview
from goalkeeper.measure import FLOORS
from goalkeeper.measure.privacy import LEAST
from goalkeeper.schema import TABLES, Column, Table
from goalkeeper.state.roles import ALLOWED, Permission, Role
from goalkeeper.state.sessions import IDLE, WHOLE
from goalkeeper.warehouse.forget import OLD_BYTES, UNFINISHED
from goalkeeper.web.access import ACTOR, Actor, asker
from goalkeeper.web.jobs import TONES
from goalkeeper.web.pages import Made, Pages, View, fields_of
from goalkeeper.web.settings.topics import PRIVACY, view
from goalkeeper.workspace import Workspace

MOST_RUNS = 5
AGAIN_S = 10  # how often the page is looked at again while somebody is being forgotten
CHANGED = "What is there of the person has changed since you looked, so nothing was done. Look again, then confirm."
_FIELD = 2_000  # bytes
_SEEN = {
    Permission.NUMBERS: "Goals and metrics",
    Permission.TICKETS: "Single tickets, with what customers wrote",
    Permission.DATA: "Rows held back, as they came",
    Permission.PEOPLE: "Who comes in here",
    Permission.AUDIT: "What people here did",
}


@dataclass(frozen=True, slots=True)
class Personal:
    """A column that can tell of a person."""

    table: str
    column: str
    about: str
    is_hashed: bool


def personal_columns() -> list[Personal]:
    """All of them, as the schema marks them."""

    def made(table: Table, column: Column) -> Personal:
        return Personal(table.name.replace("_", " "), column.name, column.about, column.name.endswith("_key"))

    return [made(table, each) for table in TABLES.values() for each in table.columns if each.personal]


def declare(pages: Pages, work: Jobs, *, with_people: bool, now: Callable[[], datetime]) -> None:
    """Declares the page and what is sent to it."""
    confirmed, changing = set[str](), threading.Lock()

    def shown(*, wrong: str = "", person: str = "", source: str = "") -> View:
        store, may_forget = pages.workspace.store, asker().may(Permission.FORGET)
        loads = store.one("SELECT count(*) FROM meta.loads")
        columns = personal_columns()
        sees = {words: [str(role) for role in Role if needed in ALLOWED[role]] for needed, words in _SEEN.items()}
        kept = {
            "loads": loads, "fewest_rows": FLOORS.show, "fewest_answers_of_employees": LEAST,
            "idle_h": int(IDLE.total_seconds()) // 3600, "whole_days": WHOLE.days,
        }  # fmt: skip
        runs = [each for each in work.history.runs if each.job == "forget"][:MOST_RUNS] if may_forget else []
        sources = [each for (each,) in store.rows("SELECT DISTINCT source_id FROM meta.loads ORDER BY 1")]
        unfinished = store.state(UNFINISHED)
        made = view(
            pages, PRIVACY,
            {**kept, "columns": columns, "sees": sees, "with_people": with_people, "runs": runs, "tones": TONES,
             "person": person, "source": source, "sources": sources, "has_old_bytes": unfinished == OLD_BYTES,
             "is_unfinished": unfinished not in (None, OLD_BYTES)},
            lambda: {**kept, "sees": sees, "retention_days": None,
                     "personal": [{"table": each.table, "column": each.column, "is_hashed": each.is_hashed}
                                  for each in columns]},
            wrong=wrong,
        )  # fmt: skip
        is_running = any(each.state is State.RUNNING for each in runs)
        return replace(made, refresh_s=AGAIN_S if is_running and not wrong else 0)  # else it took away what is read

    def asked_about(person: str, source: str, found: Preview, *, changed: bool = False) -> View:
        rows = [(place.replace("_", " "), count, _becomes(place)) for place, count in found.rows.items()]
        made = view(
            pages, PRIVACY, {"person": person, "source": source, "found": found, "rows": rows},
            lambda: {"rows": found.rows, "mark": found.mark}, wrong=CHANGED if changed else "",
        )  # fmt: skip
        return replace(made, template="settings_forget.html", title="Forget a person", status=409 if changed else 200)

    def do(fields: Mapping[str, str]) -> Response:
        wanted, person, source = fields.get("do", ""), fields.get("person", "").strip(), fields.get("source", "")
        if wanted not in ("look", "forget"):
            raise UnknownName("action", wanted, ("look", "forget"), where="do")
        try:
            found = preview(pages.workspace, person, source, now=now())
        except UsageError as error:
            wrong = f"{error.message[:1].upper()}{error.message[1:]} {error.hint}"
            return pages.written(shown(wrong=wrong, person=person, source=source))
        if wanted == "look":
            return pages.written(asked_about(person, source, found))
        mark = fields.get("mark", "")
        if not hmac.compare_digest(mark.encode(), found.mark.encode()):
            return pages.written(asked_about(person, source, found, changed=True))
        with changing:
            is_new = mark not in confirmed
            confirmed.add(mark)
        if is_new:  # pressed twice, or by two at once, it is done once
            try:
                pages.trail.record(ASKED, f"{found.total} rows")
                by = ACTOR.get()
                work.ask("forget", do=lambda workspace, at: forgotten(workspace, person, source, mark, at, by))
            except BaseException:
                confirmed.discard(mark)
                raise
        return RedirectResponse(PRIVACY.href, 303)

    def forgotten(workspace: Workspace, person: str, source: str, mark: str, at: datetime, by: Actor | None) -> str:
        token = ACTOR.set(by)
        try:
            return forget_person(workspace, person, source, mark, now=at, record=pages.trail.record)
        finally:
            ACTOR.reset(token)
            confirmed.discard(mark)

    def page(_: Workspace, __: Request) -> Made:
        return shown()

    async def act(request: Request) -> Response:
        return await run_in_threadpool(do, await fields_of(request, _FIELD))

    pages.add(PRIVACY.href, page, Permission.IN)
    pages.take(PRIVACY.href, act, Permission.FORGET)


def _becomes(place: str) -> str:
    """What is to be said of a person's rows of a place beside that their words go."""
    if place.endswith("that name them"):
        return "Their mail address alone goes; the words of others stay."
    if place == "rows held back":
        return "What stood in the row goes; that it was held back, and why, stays."
    if place == "raw rows":
        return "Of each what numbers need stays."
    return ""
