"""How people come in: by name and password, by a token, or once by a link that lets them choose a password."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse

from goalkeeper.errors import UsageError
from goalkeeper.state import State, limits, people, sessions, tokens
from goalkeeper.state.roles import Permission, Role
from goalkeeper.state.tables import Person
from goalkeeper.web.access import Actor
from goalkeeper.web.cookies import cookie, keep_cookie
from goalkeeper.web.pages import Made, Pages, View, fields_of
from goalkeeper.workspace import Workspace

COOKIE = "goalkeeper_session"
_FIELD, _KEPT = 2_000, 500_000  # bytes
TOO_OFTEN = "That was tried too often. Wait a minute."
_SAID = {
    "out": "You are signed out.",
    "expired": "You were signed out, since you had not been here for long. Nothing was lost.",
    "set": "Your password is set. Sign in with it.",
}


@dataclass(frozen=True, slots=True)
class Doors:
    """Knows who asks, by the state; a token counts alone where there is one."""

    state: State
    now: Callable[[], datetime]

    def actor_of(self, request: Request) -> Actor | None:
        """Whoever asks; None for nobody, or whose time is over."""
        scheme, _, text = request.headers.get("authorization", "").partition(" ")
        if scheme:
            return self._by_token(text.strip()) if scheme.lower() == "bearer" else None
        secret = cookie(request, COOKIE)
        return self._by_session(secret) if secret else None

    def _by_token(self, text: str) -> Actor | None:
        now = self.now()
        with self.state.reading() as session:
            found = tokens.whose(session, text, now=now)
            if found is None:
                return None
            actor = _actor(found.person, frozenset(map(Permission, found.scopes.split())))
            number, stale = found.id, tokens.is_stale(found, now=now)
        if stale:
            with self.state.writing() as session:
                tokens.note_use(session, number, now=now)
        return actor

    def _by_session(self, secret: str) -> Actor | None:
        now = self.now()
        with self.state.reading() as session:
            found = sessions.current(session, secret, now=now)
            if found is None:
                return None
            actor, stale = _actor(found.person), sessions.is_stale(found, now=now)
        if stale:
            with self.state.writing() as session:
                sessions.note_seen(session, secret, now=now)
        return actor


def _actor(person: Person, scopes: frozenset[Permission] = frozenset(Permission)) -> Actor:
    return Actor(person.email, Role(person.role), person.team, person.id, scopes)


def way_in(request: Request) -> Response:
    """Where a browser that is not signed in goes: to the form, and from there to where it wanted."""
    asked = {"to": request.url.path + (f"?{request.url.query}" if request.url.query else "")}
    asked |= {"said": "expired"} if cookie(request, COOKIE) else {}
    return RedirectResponse(f"/signin?{urlencode(asked)}", 303)


async def kept_form(pages: Pages, request: Request) -> Response:
    """What somebody wrote whose time was over when they sent it: shown again, to be sent again once they are in.

    Nothing of it stays here: who is not signed in could fill the disk.
    """
    sent = await fields_of(request, _KEPT)
    fields = [] if "password" in sent else list(sent.items())  # beside it may stand the one before
    shown = [(name, text) for name, text in fields if text.strip() and name not in ("do", "mark")]
    facts = {"action": request.url.path, "fields": fields, "shown": shown}
    return pages.written(View("kept_form.html", "Signed out", facts, dict, status=401, kept=False))


def declare(pages: Pages, doors: Doors) -> None:
    """Declares the ways in and out."""
    state, now = doors.state, doors.now
    oidc = pages.workspace.settings.oidc
    provider = oidc.title if oidc else ""

    def form(*, wrong: str = "", email: str = "", to: str = "/", said: str = "", status: int = 200) -> View:
        facts = {"wrong": wrong, "email": email, "to": to, "said": said, "provider": provider}
        return View("signin.html", "Sign in", facts, lambda: {"wrong": wrong or None}, status=status, kept=False)

    def shown(_: Workspace, request: Request) -> Made:
        asked = request.query_params
        return form(to=asked.get("to", "/"), said=_SAID.get(asked.get("said", ""), ""))

    def sign_in(request: Request, fields: dict[str, str]) -> Response:
        place = request.client.host if request.client else ""
        email, password, to = fields.get("email", ""), fields.get("password", ""), fields.get("to", "/")
        with state.writing() as session:
            may_try = sessions.may_try(session, email, place, now=now())
        if not may_try:
            answer = pages.written(form(wrong=TOO_OFTEN, email=email, to=to, status=429))
            answer.headers["Retry-After"] = "60"
            return answer
        with state.reading() as session:
            person = sessions.whose(session, email, password)
        if person is None:
            wrong = "Nobody here has this address and this password."
            return pages.written(form(wrong=wrong, email=email, to=to, status=401))
        with state.writing() as session:
            secret = begun(session, request, people.find(session, person.email), password, now=now())
        return with_session(RedirectResponse(inside(to), 303), request, secret)

    async def take_sign_in(request: Request) -> Response:
        return await run_in_threadpool(sign_in, request, await fields_of(request, _FIELD))

    async def sign_out(request: Request) -> Response:
        def end() -> None:
            with state.writing() as session:
                sessions.end(session, cookie(request, COOKIE))

        await run_in_threadpool(end)
        answer = RedirectResponse("/signin?said=out", 303)
        keep_cookie(answer, request, COOKIE, "", 0)
        return answer

    def join_form(code: str, wrong: str = "", status: int = 200) -> View:
        with state.reading() as session:
            found = people.invitation(session, code, now=now())
            person = found.person if found else None
            facts = {
                "code": code, "wrong": wrong, "is_first": person is None, "email": person.email if person else "",
                "provider": provider if person else "",
            }  # fmt: skip
        if found is None:
            next_step = "Ask an owner for a new one, or run `goalkeeper people link ADDRESS`."
            facts = {"words": "This link was used, or its time is over.", "next_step": next_step, "is_inside": False}
            return View("wrong.html", "No longer a link", facts, dict, status=404, kept=False)
        return View("join.html", "Choose a password", facts, dict, status=status, kept=False)

    def joining(_: Workspace, request: Request) -> Made:
        return join_form(request.query_params.get("code", ""))

    def join(fields: dict[str, str], place: str) -> Response:
        code = fields.get("code", "")
        with state.writing() as session:
            if not limits.take(session, f"from {place}", limits.PLACE, now=now()):
                return pages.written(join_form(code, TOO_OFTEN, 429))
        try:
            with state.writing() as session:
                found = people.invitation(session, code, now=now())
                if found is None:
                    return pages.written(join_form(code))
                person = found.person
                if person is None:
                    email, name = fields.get("email", ""), fields.get("name", "")
                    person = people.add(session, email, name, Role.OWNER, by="the first link", now=now())
                    session.delete(found)
                people.set_password(session, person, fields.get("password", ""), by=person.email, now=now())
        except UsageError as error:
            return pages.written(join_form(code, str(error), 422))
        return RedirectResponse("/signin?said=set", 303)

    async def take_join(request: Request) -> Response:
        place = request.client.host if request.client else ""
        return await run_in_threadpool(join, await fields_of(request, _FIELD), place)

    pages.add("/signin", shown, Permission.OPEN)
    pages.take("/signin", take_sign_in, Permission.OPEN)
    pages.take("/signout", sign_out, Permission.IN)
    pages.add("/join", joining, Permission.OPEN)
    pages.take("/join", take_join, Permission.OPEN)


def begun(session: Session, request: Request, person: Person, password: str = "", *, now: datetime) -> str:
    """A new session's id for a browser, whose session before it ends."""
    sessions.end(session, cookie(request, COOKIE))
    return sessions.begin(session, person, password, device=device_of(request.headers.get("user-agent", "")), now=now)


def with_session(answer: Response, request: Request, secret: str) -> Response:
    """An answer that signs a browser in."""
    keep_cookie(answer, request, COOKIE, secret, int(sessions.WHOLE.total_seconds()))
    return answer


def device_of(agent: str) -> str:
    """A browser and its system, as far as it tells; many tell of others too, so the order counts."""
    browsers = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrom": "Chrome", "Safari": "Safari"}
    systems = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac OS": "macOS",
               "CrOS": "ChromeOS", "Linux": "Linux"}  # fmt: skip
    browser = next((name for mark, name in browsers.items() if mark in agent), "")
    system = next((name for mark, name in systems.items() if mark in agent), "")
    return " on ".join(filter(None, (browser or "A program" if system or agent else "", system)))


def inside(to: str) -> str:
    """An address of ours, or the first page."""
    is_ours = to.startswith("/") and not to.startswith(("//", "/\\")) and to.isprintable()
    return to if is_ours else "/"
