"""Writing a plan in the browser: looked over as it is written, saved without losing another's words, agreed to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import DBAPIError
from starlette.responses import RedirectResponse

from goalkeeper.documents.as_json import checkup_json
from goalkeeper.errors import Findings, UnknownName, UsageError
from goalkeeper.goals import Stage
from goalkeeper.goals.fields import GoalFields, goal_fields, with_goal
from goalkeeper.lint import Checkup, find_rule
from goalkeeper.reports.plans import begun_in, look_over, mended
from goalkeeper.state.roles import Permission
from goalkeeper.tomlfile import parse_toml
from goalkeeper.web.failures import words_of
from goalkeeper.web.goal_form import form_facts, sent_goal, with_guard
from goalkeeper.web.pages import Made, Pages, View, fields_of
from goalkeeper.web.plan_files import Draft, PlanFiles, SavedMeanwhile
from goalkeeper.workspace import Workspace

LATE = "Somebody else saved it meanwhile. Below are their words; yours are not saved yet."
_FIELD = 500_000  # bytes; a plan of 500 goals has about 200,000


def declare(pages: Pages, files: PlanFiles, *, now: Callable[[], datetime], today: Callable[[], date]) -> None:
    """Declares the page of a plan file and what is sent to it."""
    workspace = pages.workspace

    def page(_: Workspace, request: Request) -> Made:
        said = {"saved": "Saved.", "new": "A plan to start from: read it and change it."}
        draft = files.read(request.path_params["name"], said.get(request.query_params.get("said", ""), ""))
        id = request.query_params.get("goal")
        if id is None:
            return shown(draft)
        return shown(
            draft, fields=goal_fields(parse_toml(draft.text, draft.name), id, workspace.metrics) if id else GoalFields()
        )

    def shown(draft: Draft, status: int = 200, fields: GoalFields | None = None) -> View:
        """The page of a draft: its text, or one goal of it in fields."""
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
            "goal_form.html" if fields else "plan.html",
            f"{draft.name}: {fields.name or fields.id or 'new goal'}" if fields else draft.name,
            {
                **(form_facts(workspace, fields, checkup, today=today()) if fields else {}),
                "draft": draft, "checkup": checkup, "problems": problems,
                "rules": {code: find_rule(code).title for code in codes},
            },
            lambda: {"file": draft.name, "mark": draft.mark, "text": draft.text, "problems": problems,
                     "check": checkup and checkup_json(checkup)},
            place="check",
            status=status,
            kept=False,
        )  # fmt: skip

    def beside(draft: Draft, theirs: Draft, said: str = LATE) -> Draft:
        """A draft with what somebody else has written meanwhile, to be saved over it."""
        return Draft(draft.name, draft.text, theirs.mark, said, theirs.text)

    def do_goal(draft: Draft, sent: dict[str, str]) -> Response:
        """Looks a goal's fields over within the plan as it is saved now, or saves them into it."""
        fields, wanted = sent_goal(sent.get("goal", ""), sent), sent.get("do", "")
        if wanted.startswith("guard "):
            fields = with_guard(fields, wanted.removeprefix("guard "))
        now_there = files.read(draft.name)
        try:
            draft = replace(draft, text=with_goal(parse_toml(now_there.text, draft.name), fields, workspace.metrics))
            if wanted in ("save", "agree"):
                draft = replace(draft, mark=files.save(draft))
                if wanted == "agree":
                    return agreed_to(draft)
                return RedirectResponse(f"/plans/{quote(draft.name)}?said=saved", 303)
        except SavedMeanwhile as late:
            said = f"{LATE} Save again to put your fields into it."
            return pages.written(shown(beside(draft, late.theirs, said), 409, fields))
        except (UsageError, DBAPIError) as error:  # the fields must not be lost for it
            status, said = words_of(error)
            return pages.written(shown(replace(now_there, mark=draft.mark, said=said), status, fields))
        return pages.written(shown(draft, fields=fields))

    def do(name: str, fields: dict[str, str]) -> Response:
        files.place_of(name)
        if "goal" in fields:
            return do_goal(Draft(name, "", fields.get("mark", "")), fields)
        draft = Draft(name, fields.get("text", "").replace("\r\n", "\n"), fields.get("mark", ""))
        wanted = fields.get("do")
        try:
            if wanted == "mend":
                toml, count = mended(workspace, parse_toml(draft.text, name), today=today())
                said = f"Mended {count:,} of what was found; look it over, then save." if count else "Nothing to mend."
                return pages.written(shown(replace(draft, text=toml.text, said=said)))
            if wanted in ("save", "agree"):
                draft = replace(draft, mark=files.save(draft))
            if wanted == "save":
                return RedirectResponse(f"/plans/{quote(name)}?said=saved", 303)
            if wanted == "agree":
                return agreed_to(draft)
        except SavedMeanwhile as late:
            return pages.written(shown(beside(draft, late.theirs), 409))
        except (UsageError, DBAPIError) as error:  # the words must not be lost for it
            status, said = words_of(error)
            return pages.written(shown(replace(draft, said=said), status))
        return pages.written(shown(draft))

    def agreed_to(draft: Draft) -> Response:
        checkup, agreed, _ = files.agree(draft, today=today(), now=now())
        if agreed is None:
            said = f"Saved, not agreed: {len(checkup.findings)} found. Mend them, or allow them with a reason."
            return pages.written(shown(replace(draft, said=said), 422))
        return RedirectResponse("/goals", 303)

    def start(fields: dict[str, str]) -> Response:
        stage, owner = fields.get("stage", ""), fields.get("owner", "").strip() or "team:Support"
        if stage not in list(Stage):
            raise UnknownName("stage", stage, Stage, where="stage")
        name = files.begin(begun_in(workspace, Stage(stage), owner, today=today()))
        return RedirectResponse(f"/plans/{quote(name)}?said=new", 303)

    async def act(request: Request) -> Response:
        return await run_in_threadpool(do, request.path_params["name"], await fields_of(request, _FIELD))

    async def begin(request: Request) -> Response:
        return await run_in_threadpool(start, await fields_of(request, _FIELD))

    pages.add("/plans/{name:path}", page, Permission.PLAN)
    pages.take("/plans/{name:path}", act, Permission.PLAN)
    pages.take("/check", begin, Permission.PLAN)
