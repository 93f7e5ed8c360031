"""Writing a plan in the browser: looked over as it is written, saved without losing another's words, agreed to."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from goalkeeper.documents.as_json import checkup_json
from goalkeeper.errors import Findings, UnknownName, UsageError
from goalkeeper.goals import Stage
from goalkeeper.goals.edit import write_back
from goalkeeper.lint import Checkup, find_rule
from goalkeeper.reports.plans import agree_to, begun_in, look_over, mended, plan_paths
from goalkeeper.tomlfile import parse_toml
from goalkeeper.web.pages import Made, Pages, View, fields_of
from goalkeeper.workspace import Workspace

_FIELD = 500_000  # bytes; a plan of 500 goals has about 200,000


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan's text as somebody has it before them; ``mark`` is that of the file when they began."""

    name: str
    text: str
    mark: str
    said: str = ""
    theirs: str = ""


def mark_of(path: Path) -> str:
    """What tells one content of a file from another; empty where there is no file."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def declare(pages: Pages, *, now: Callable[[], datetime], today: Callable[[], date]) -> None:
    """Declares the page of a plan file and what is sent to it."""
    workspace = pages.workspace
    saving = threading.Lock()  # between looking at the mark and writing nobody else may write

    def path_of(name: str) -> Path:
        found = {path.relative_to(workspace.folder).as_posix(): path for path in plan_paths(workspace.folder)}
        if name not in found:
            raise UnknownName("plan file", name, found)
        return found[name]

    def read(name: str, said: str = "") -> Draft:
        path = path_of(name)
        text = path.read_text(encoding="utf-8-sig", errors="replace")
        return Draft(name, text.replace("\r\n", "\n"), mark_of(path), said)

    def page(_: Workspace, request: Request) -> Made:
        said = {"saved": "Saved.", "new": "A plan to start from: read it and change it."}
        return shown(read(request.path_params["name"], said.get(request.query_params.get("said", ""), "")))

    def shown(draft: Draft, status: int = 200) -> View:
        checkup: Checkup | None = None
        problems: tuple[str, ...] = ()
        try:
            checkup = look_over(workspace, parse_toml(draft.text, draft.name), today=today())
        except Findings as error:
            problems = tuple(map(str, error.findings))
        except UsageError as error:
            problems = (str(error),)
        codes = {found.code for found in checkup.findings} if checkup else set[str]()
        return View(
            "plan.html",
            draft.name,
            {
                "draft": draft, "checkup": checkup, "problems": problems,
                "rules": {code: find_rule(code).title for code in codes},
            },
            lambda: {"file": draft.name, "mark": draft.mark, "text": draft.text, "problems": problems,
                     "check": checkup and checkup_json(checkup)},
            place="check",
            status=status,
            kept=False,
        )  # fmt: skip

    def save(draft: Draft) -> Draft | None:
        """Writes a draft, unless somebody else has written meanwhile: then theirs beside it; None where it is kept."""
        path = path_of(draft.name)
        with saving:
            if mark_of(path) != draft.mark:
                theirs = read(draft.name)
                said = "Somebody else saved it meanwhile. Below are their words; yours are not saved yet."
                return Draft(draft.name, draft.text, theirs.mark, said, theirs.text)
            write_back(path, draft.text)
        return None

    def do(name: str, fields: dict[str, str]) -> Response:
        path_of(name)
        draft = Draft(name, fields.get("text", "").replace("\r\n", "\n"), fields.get("mark", ""))
        wanted = fields.get("do")
        try:
            if wanted == "mend":
                toml, count = mended(workspace, parse_toml(draft.text, name), today=today())
                said = f"Mended {count:,} of what was found; look it over, then save." if count else "Nothing to mend."
                return pages.written(shown(replace(draft, text=toml.text, said=said)))
            if wanted in ("save", "agree"):
                lost = save(draft)
                if lost:
                    return pages.written(shown(lost, 409))
                draft = replace(draft, mark=mark_of(path_of(name)))
            if wanted == "save":
                return RedirectResponse(f"/plans/{quote(name)}?said=saved", 303)
            if wanted == "agree":
                return agreed_to(draft)
        except UsageError as error:  # the words must not be lost for it
            return pages.written(shown(replace(draft, said=str(error)), 422))
        return pages.written(shown(draft))

    def agreed_to(draft: Draft) -> Response:
        workspace.require_facts()
        checkup, agreed, _ = agree_to(workspace, parse_toml(draft.text, draft.name), today=today(), now=now())
        if agreed is None:
            said = f"Saved, not agreed: {len(checkup.findings)} found. Mend them, or allow them with a reason."
            return pages.written(shown(replace(draft, said=said), 422))
        save(replace(draft, text=agreed.text))
        return RedirectResponse("/goals", 303)

    def start(fields: dict[str, str]) -> Response:
        stage, owner = fields.get("stage", ""), fields.get("owner", "").strip() or "team:Support"
        if stage not in list(Stage):
            raise UnknownName("stage", stage, Stage, where="stage")
        text = begun_in(workspace, Stage(stage), owner, today=today())
        path = free(workspace.folder)
        path.parent.mkdir(exist_ok=True)
        write_back(path, text)
        return RedirectResponse(f"/plans/{quote(path.relative_to(workspace.folder).as_posix())}?said=new", 303)

    async def act(request: Request) -> Response:
        return await run_in_threadpool(do, request.path_params["name"], await fields_of(request, _FIELD))

    async def begin(request: Request) -> Response:
        return await run_in_threadpool(start, await fields_of(request, _FIELD))

    pages.add("/plans/{name:path}", page)
    pages.take("/plans/{name:path}", act)
    pages.take("/check", begin)


def free(folder: Path) -> Path:
    """Where a new plan of a workspace goes: `plan.toml`, else the first free file of `plans`."""
    first = folder / "plan.toml"
    number = 1
    while first.exists():
        number += 1
        first = folder / "plans" / f"plan-{number}.toml"
    return first
