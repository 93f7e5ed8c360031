"""Who may come in: invited by a link that is shown once, given a role, and kept out again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse

from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.state import State
from goalkeeper.state import people as kept
from goalkeeper.state.roles import Permission, Role
from goalkeeper.state.tables import Person
from goalkeeper.web.access import asker
from goalkeeper.web.pages import Made, Pages, View, fields_of
from goalkeeper.web.settings.topics import PEOPLE, view
from goalkeeper.workspace import Workspace

_FIELD = 2_000  # bytes
_ROLES = {
    Role.OWNER: "everything: people, audit and forgetting too",
    Role.ANALYST: "all numbers, tickets, data, files, plans, hours and promises",
    Role.LEAD: "goals, metrics, tickets, plans; single people of their own team",
    Role.AGENT: "goals, and metrics of their own team",
    Role.VIEWER: "goals and metrics; nobody's own numbers",
}


def declare(pages: Pages, state: State, *, now: Callable[[], datetime]) -> None:
    """Declares the page of people and what is sent to it."""

    def shown(*, wrong: str = "", link: str = "", of: str = "") -> View:
        with state.reading() as session:
            listed = list(kept.people(session))
        lasts = "7 days" if any(each.email == of and not each.password for each in listed) else "30 minutes"
        return view(
            pages, PEOPLE,
            {"people": listed, "roles": _ROLES, "link": link, "of": of, "lasts": lasts},
            lambda: [_json(each) for each in listed],
            wrong=wrong,
        )  # fmt: skip

    def page(_: Workspace, __: Request) -> Made:
        return shown()

    def do(fields: dict[str, str], base: str) -> Response:
        wanted, by = fields.get("do", ""), asker().name
        if wanted not in _DOES:
            raise UnknownName("action", wanted, _DOES, where="do")
        try:
            with state.writing() as session:
                person = _DOES[wanted](session, fields, by, now())
                code = kept.invite(session, person, by=by, now=now()) if wanted in ("invite", "link") else ""
                email = person.email
        except UsageError as error:
            return pages.written(shown(wrong=str(error)))
        if code:  # told in this answer and never again
            return pages.written(shown(link=f"{base}/join?code={code}", of=email))
        return RedirectResponse(PEOPLE.href, 303)

    async def act(request: Request) -> Response:
        base = str(request.base_url).rstrip("/")
        return await run_in_threadpool(do, await fields_of(request, _FIELD), base)

    pages.add(PEOPLE.href, page, Permission.PEOPLE)
    pages.take(PEOPLE.href, act, Permission.PEOPLE)


def _invite(session: Session, fields: dict[str, str], by: str, now: datetime) -> Person:
    email, role = fields.get("email", ""), fields.get("role", "")
    name = fields.get("name", "").strip() or email
    return kept.add(session, email, name, role, fields.get("team", ""), by=by, now=now)


def _change(session: Session, fields: dict[str, str], by: str, now: datetime) -> Person:
    person = _named(session, fields, by, now)
    kept.change_role(session, person, fields.get("role", ""), fields.get("team"), by=by, now=now)
    return person


def _disable(session: Session, fields: dict[str, str], by: str, now: datetime) -> Person:
    person = _named(session, fields, by, now)
    kept.disable(session, person, by=by, now=now)
    return person


def _enable(session: Session, fields: dict[str, str], by: str, now: datetime) -> Person:
    person = _named(session, fields, by, now)
    kept.enable(session, person, by=by, now=now)
    return person


def _named(session: Session, fields: dict[str, str], _: str, __: datetime) -> Person:
    return kept.find_number(session, fields.get("person", ""))


_DOES = {"invite": _invite, "link": _named, "change": _change, "disable": _disable, "enable": _enable}


def _json(person: Person) -> dict[str, object]:
    return {
        "person": person.id, "email": person.email, "name": person.name, "role": person.role,
        "team": person.team or None, "has_password": bool(person.password),
        "has_single_sign_on": person.identity is not None, "is_disabled": person.is_disabled,
        "signed_in_at": person.signed_in_at,
    }  # fmt: skip
