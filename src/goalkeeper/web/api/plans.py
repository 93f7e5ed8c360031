"""Plans by the API: read, looked over, written without losing another's words, agreed to."""

from __future__ import annotations

from starlette.exceptions import HTTPException

from goalkeeper.documents.as_json import checkup_json, plain
from goalkeeper.errors import UsageError
from goalkeeper.lint import Checkup
from goalkeeper.reports.plans import look_over, plan_files
from goalkeeper.state.roles import Permission
from goalkeeper.tomlfile import parse_toml
from goalkeeper.web.api.calls import Calls, Limit, Offset, part
from goalkeeper.web.api.models import AgreedOut, CheckOut, Listed, PlanIn, PlanMark, PlanOut, PlanTextOut, PlanWritten
from goalkeeper.web.plan_files import Draft, SavedMeanwhile

_LATE = "Somebody else saved it meanwhile; nothing was written. Read it again, and send its new mark."


def declare(calls: Calls) -> None:
    """Declares the calls."""
    workspace, files, forget = calls.pages.workspace, calls.parts.files, calls.pages.kept.forget

    def looked(name: str, text: str) -> tuple[str | None, CheckOut | None]:
        try:
            return None, _check(look_over(workspace, parse_toml(text, name), today=calls.today()))
        except UsageError as error:
            return str(error), None

    def plans(offset: Offset = 0, limit: Limit = 100) -> Listed[PlanOut]:
        """The plan files, each with what its check finds."""
        listed = [
            PlanOut(file=each.name, problem=each.problem or None, check=_check(each.checkup) if each.checkup else None)
            for each in plan_files(workspace, today=calls.today())
        ]
        return part(listed, offset, limit)

    def one(name: str) -> PlanTextOut:
        """A plan file's text with its mark, which is sent back with a change, and what its check finds."""
        draft = files.read(name)
        problem, check = looked(name, draft.text)
        return PlanTextOut(file=name, problem=problem, check=check, text=draft.text, mark=draft.mark)

    def check(sent: PlanIn) -> PlanOut:
        """What the check finds in a plan's text; nothing is kept."""
        problem, checked = looked("plan", sent.text)
        return PlanOut(file="plan", problem=problem, check=checked)

    def write(name: str, sent: PlanWritten) -> PlanTextOut:
        """Writes a plan file: `plan.toml` or one of `plans/`. The mark is that of the text that was read, empty for a
        new file; where somebody else has written meanwhile, 409 and nothing is lost."""
        try:
            files.save(Draft(name, sent.text.replace("\r\n", "\n"), sent.mark))
        except SavedMeanwhile:
            raise HTTPException(409, _LATE) from None
        forget()
        return one(name)

    def agree(name: str, sent: PlanMark) -> AgreedOut:
        """Agrees to a plan file as it is saved: starts, definitions and the first forecast are frozen. The mark is that
        of the text that was read; 422 where its check finds something."""
        draft = files.read(name)
        if draft.mark != sent.mark:
            raise HTTPException(409, _LATE)
        try:
            checkup, agreed, is_new = files.agree(draft, today=calls.today(), now=calls.now())
        except SavedMeanwhile:
            raise HTTPException(409, _LATE) from None
        if agreed is None:
            codes = ", ".join(sorted({each.code for each in checkup.findings}))
            raise UsageError(f"its check finds {codes}.", where=name, hint="Mend them, or allow them with a reason.")
        forget()
        return AgreedOut(
            plan=agreed.name, version=agreed.version, agreed_at=agreed.agreed_at, is_new=is_new, hash=agreed.hash
        )

    calls.add("/plans", "GET", plans, Permission.PLAN)
    calls.add("/plans/check", "POST", check, Permission.PLAN)
    calls.add("/plans/{name:path}/agree", "POST", agree, Permission.PLAN)
    calls.add("/plans/{name:path}", "GET", one, Permission.PLAN)
    calls.add("/plans/{name:path}", "PUT", write, Permission.PLAN)


def _check(checkup: Checkup) -> CheckOut:
    return CheckOut.model_validate(plain(checkup_json(checkup)))
