"""Who may come in: whoever has the key of this run, which the link carries that `goalkeeper serve` prints."""

from __future__ import annotations

import hmac

from itsdangerous import BadSignature, TimestampSigner
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from goalkeeper.web.cookies import cookie, keep_cookie

COOKIE = "goalkeeper"
LASTS_S = 14 * 24 * 3600
_HERE = "here"


class Entry:
    """Knows the key of a run: as a link it gives a browser its cookie, as a bearer token it lets a program in.

    The cookie is signed with the key and so ends with the run.
    """

    def __init__(self, key: str) -> None:
        if len(key) < 32:
            raise ValueError("a key of fewer than 32 characters could be guessed")
        self._key = key
        self._signer = TimestampSigner(key, salt="goalkeeper.web.entry")

    def admits(self, request: Request) -> bool:
        """Whether a request comes with the key or the cookie; a token counts alone where there is one."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme:
            return scheme.lower() == "bearer" and self._is_key(token.strip())
        try:
            return self._signer.unsign(cookie(request, COOKIE), max_age=LASTS_S) == _HERE.encode()
        except BadSignature:
            return False

    def enter(self, request: Request, key: str) -> Response | None:
        """The answer to the link: the cookie, and on to the first page; None for a wrong key."""
        if not self._is_key(key):
            return None
        answer = RedirectResponse("/", 303)
        keep_cookie(answer, request, COOKIE, self._signer.sign(_HERE).decode(), LASTS_S)
        return answer

    def _is_key(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._key.encode())
