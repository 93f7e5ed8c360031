"""The way in by an OpenID provider: there, and back with a session."""

from __future__ import annotations

import logging
from urllib.parse import parse_qsl, urlencode

from fastapi import Request, Response
from starlette.responses import RedirectResponse

from goalkeeper.errors import UsageError
from goalkeeper.state import identities, limits
from goalkeeper.state.roles import Permission
from goalkeeper.state.secrets import new_secret
from goalkeeper.web.cookies import cookie, keep_cookie
from goalkeeper.web.doors import TOO_OFTEN, Doors, begun, inside, with_session
from goalkeeper.web.oidc import Provider, Refused
from goalkeeper.web.outgoing import NotReached
from goalkeeper.web.pages import Pages, View

THERE, BACK = "/signin/oidc", "/signin/oidc/back"
COOKIE, LASTS_S = "goalkeeper_oidc", 600
_LONGEST = 1_000
_log = logging.getLogger("goalkeeper.web")


def declare(pages: Pages, doors: Doors, provider: Provider) -> None:
    """Declares both ways."""
    title = provider.settings.title
    refused = f"{title} did not sign you in, or this way in was used already."

    def wrong(status: int, words: str, next_step: str = "Go to /signin and try it again.") -> Response:
        facts = {"words": words, "next_step": next_step, "is_inside": False}
        return pages.written(View("wrong.html", "Not signed in", facts, dict, status=status, kept=False))

    def away(error: NotReached) -> Response:
        _log.warning("single sign-on: %s", error)
        return wrong(502, f"{title} cannot be reached now.", "Try it again in a while.")

    def back_of(request: Request) -> str:
        return f"{request.url.scheme}://{request.url.netloc}{BACK}"

    def may_try(request: Request, way: str) -> bool:
        place = request.client.host if request.client else ""
        with doors.state.writing() as session:
            return limits.take(session, f"{way} {place}", limits.PLACE, now=doors.now())

    def there(request: Request, to: str = "/", code: str = "") -> Response:
        if not may_try(request, "there from"):
            return wrong(429, TOO_OFTEN)
        secret = new_secret()
        try:
            answer = RedirectResponse(provider.way_there(secret, back_of(request)), 303)
        except NotReached as error:
            return away(error)
        kept = {"secret": secret, "to": inside(to[:_LONGEST]), "code": code[:_LONGEST]}
        keep_cookie(answer, request, COOKIE, urlencode(kept), LASTS_S)
        return answer

    def back(request: Request) -> Response:
        answer = _come_back(request, dict(parse_qsl(cookie(request, COOKIE))))
        keep_cookie(answer, request, COOKIE, "", 0)  # once, however it went
        return answer

    def _come_back(request: Request, kept: dict[str, str]) -> Response:
        if "secret" not in kept:
            return wrong(400, refused)
        if not may_try(request, "from"):
            return wrong(429, TOO_OFTEN)
        try:
            claims = provider.claims(request.query_params, kept.get("secret", ""), back_of(request))
        except Refused as error:
            _log.warning("single sign-on refused: %s", error)
            return wrong(400, refused)
        except NotReached as error:
            return away(error)
        try:
            with doors.state.writing() as session:
                person = identities.admit(
                    session, claims, domains=provider.settings.domains, invitation=kept.get("code", ""), now=doors.now()
                )
                secret = begun(session, request, person, now=doors.now())
        except UsageError as error:
            return wrong(403, f"{title} knows you, but {error.message}", error.hint)
        return with_session(RedirectResponse(inside(kept.get("to", "")), 303), request, secret)

    for address, do in ((THERE, there), (BACK, back)):
        pages.access.declare(address, "GET", Permission.OPEN)
        pages.app.add_api_route(address, do, methods=["GET"], include_in_schema=False, response_model=None)
