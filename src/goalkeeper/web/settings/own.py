"""What is a person's own: tokens, sessions, and the password."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse

from goalkeeper.errors import UsageError
from goalkeeper.state import State, people, tokens
from goalkeeper.state import sessions as signed_in
from goalkeeper.state.roles import SCOPES, Permission
from goalkeeper.state.tables import Person
from goalkeeper.web.access import asker
from goalkeeper.web.cookies import cookie
from goalkeeper.web.doors import COOKIE, TOO_OFTEN, begun, with_session
from goalkeeper.web.pages import Made, Pages, View, fields_of
from goalkeeper.web.settings.topics import PASSWORD, SESSIONS, TOKENS, view
from goalkeeper.workspace import Workspace

_FIELD = 2_000  # bytes
_SCOPES = {
    Permission.NUMBERS: "goals, metrics, reviews",
    Permission.TICKETS: "single tickets, with what customers wrote",
    Permission.DATA: "sources, loads, rows held back",
    Permission.LOAD: "bring files in",
    Permission.PLAN: "write plans and agree to them",
}


def declare(pages: Pages, state: State, *, now: Callable[[], datetime]) -> None:
    """Declares the pages of what is one's own and what is sent to them."""

    def me(session: Session) -> Person:
        return people.find_number(session, str(asker().person_id))

    def own_tokens(*, wrong: str = "", text: str = "") -> View:
        with state.reading() as session:
            listed = list(tokens.tokens(session, me(session)))
        return view(
            pages, TOKENS,
            {"tokens": listed, "text": text, "now": now(), "days": tokens.LASTS_DAYS, "most_days": tokens.MOST_DAYS,
             "scopes": {each: _SCOPES[each] for each in SCOPES if asker().may(each)}},
            lambda: [{"token": each.id, "name": each.name, "scopes": each.scopes.split(), "made_at": each.created_at,
                      "expires_at": each.expires_at, "used_at": each.used_at} for each in listed],
            wrong=wrong,
        )  # fmt: skip

    def do_tokens(fields: Mapping[str, str]) -> Response:
        by = asker().name
        try:
            if fields.get("do") == "revoke":
                with state.writing() as session:
                    tokens.revoke(session, _whole(fields, "token"), me(session), by=by, now=now())
                return RedirectResponse(TOKENS.href, 303)
            scopes = [name.removeprefix("scope_") for name in fields if name.startswith("scope_")]
            with state.writing() as session:
                name, days = fields.get("name", ""), _whole(fields, "days")
                _, text = tokens.create(session, me(session), name, scopes, days, by=by, now=now())
        except UsageError as error:
            return pages.written(own_tokens(wrong=str(error)))
        return pages.written(own_tokens(text=text))  # told in this answer and never again

    def own_sessions(secret: str, said: str) -> View:
        with state.reading() as session:
            here = signed_in.current(session, secret, now=now())
            listed = list(signed_in.sessions(session, me(session), now=now()))
            shown = [(each, signed_in.number_of(each), each is here) for each in listed]
        return view(
            pages, SESSIONS, {"sessions": shown},
            lambda: [{"session": number, "device": each.device or None, "began_at": each.began_at,
                      "seen_at": each.seen_at, "is_this": is_this} for each, number, is_this in shown],
            said="Your password is changed, and your other sessions are ended." if said == "password" else "",
        )  # fmt: skip

    def do_sessions(fields: Mapping[str, str], secret: str) -> Response:
        with state.writing() as session:
            person = me(session)
            if fields.get("do") == "others":
                signed_in.revoke_others(session, person, secret, by=person.email, now=now())
            else:
                signed_in.revoke(session, person, fields.get("session", ""), by=person.email, now=now())
        return RedirectResponse(SESSIONS.href, 303)

    def password_form(wrong: str = "") -> View:
        with state.reading() as session:
            person = me(session)
            facts = {"has_password": bool(person.password), "has_single_sign_on": person.identity is not None}
        return view(pages, PASSWORD, facts, lambda: facts, wrong=wrong)

    def do_password(request: Request, fields: Mapping[str, str]) -> Response:
        email, place = asker().name, request.client.host if request.client else ""
        with state.writing() as session:
            may_try = signed_in.may_try(session, email, place, now=now())
        if not may_try:
            return pages.written(password_form(TOO_OFTEN))
        with state.reading() as session:
            is_theirs = signed_in.whose(session, email, fields.get("current", ""))
        if not is_theirs:
            return pages.written(password_form("current: that is not your password."))
        try:
            with state.writing() as session:
                person = me(session)
                people.set_password(session, person, fields.get("password", ""), by=email, now=now())
                secret = begun(session, request, person, now=now())
        except UsageError as error:
            return pages.written(password_form(str(error)))
        return with_session(RedirectResponse(f"{SESSIONS.href}?said=password", 303), request, secret)

    def tokens_page(_: Workspace, __: Request) -> Made:
        return own_tokens()

    def sessions_page(_: Workspace, request: Request) -> Made:
        return own_sessions(cookie(request, COOKIE), request.query_params.get("said", ""))

    def password_page(_: Workspace, __: Request) -> Made:
        return password_form()

    async def take_tokens(request: Request) -> Response:
        return await run_in_threadpool(do_tokens, await fields_of(request, _FIELD))

    async def take_session(request: Request) -> Response:
        return await run_in_threadpool(do_sessions, await fields_of(request, _FIELD), cookie(request, COOKIE))

    async def take_password(request: Request) -> Response:
        return await run_in_threadpool(do_password, request, await fields_of(request, _FIELD))

    for topic, page, take in (
        (TOKENS, tokens_page, take_tokens), (SESSIONS, sessions_page, take_session),
        (PASSWORD, password_page, take_password),
    ):  # fmt: skip
        pages.add(topic.href, page, topic.needs)
        pages.take(topic.href, take, topic.needs)


def _whole(fields: Mapping[str, str], name: str) -> int:
    text = fields.get(name, "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise UsageError(f"'{text[:20]}' is no whole number.", where=name, hint="Write digits, such as 90.")
    return int(text)
