"""What every answer and every request must keep: who may ask, from which page, how much, and what a page may do."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = logging.getLogger("goalkeeper.web")
POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types htmx"
)
NONCE = secrets.token_urlsafe(16)
"""Stands in every page where the nonce of its answer goes. Nobody sees it, so no text that is shown can hold it."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: with it browsers send `Origin: null` when a form is posted.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "private, no-store",
}
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
MOST_BYTES, MOST_UPLOADED = 2_000_000, 200_000_000
"""The largest body of a request, and of one that brings a file."""
UPLOAD, API = "/data/upload", "/api/v1"
_FILES = frozenset({UPLOAD, f"{API}/load"})


class Guard:
    """Lets in only requests to our own name, and those that change something only from our own pages.

    A name that is not ours would let any page on the net read us by pointing its own name at this machine. Another
    site's form is known by `Sec-Fetch-Site`, or where a browser sends none, by an `Origin` that is not our host.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self.app, self.hosts = app, frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        nonce, is_page = secrets.token_urlsafe(16), False  # as long as NONCE: the length of the answer stays

        async def guarded(message: Message) -> None:
            nonlocal is_page
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = POLICY.format(nonce=nonce)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                is_page = headers.get("content-type", "").startswith("text/html")
            elif is_page and "body" in message:
                message = {**message, "body": message["body"].replace(NONCE.encode(), nonce.encode())}
            await send(message)

        most = MOST_UPLOADED if scope["path"] in _FILES else MOST_BYTES
        refused = self.refusal(scope["method"], Headers(scope=scope), most)
        if refused:
            status, words = refused
            _log.warning("refused", extra={"facts": {"method": scope["method"], "status": status}})
            await PlainTextResponse(words, status)(scope, receive, guarded)
            return
        await self.app(scope, receive, guarded)

    def refusal(self, method: str, headers: Headers, most: int) -> tuple[int, str] | None:
        """Status and words where a request is not let in."""
        host = headers.get("host", "")
        if _name(host) not in self.hosts:
            return (
                421,
                "Goalkeeper does not answer to this name. Use the address that `goalkeeper serve` printed.",
            )
        if method in SAFE:
            return None
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        is_ours = site in ("same-origin", "none") if site else origin is None or urlsplit(origin).netloc == host
        if not is_ours:
            return 403, "This form came from another site. Open Goalkeeper's own page and send it from there."
        length = headers.get("content-length", "0")
        if "transfer-encoding" in headers or not length.isdigit():
            return 411, "Say how long it is: a body of unknown length is not taken."
        if int(length) > most:
            return 413, f"That is too much: at most {most:,} bytes."
        return None


class OnlyFrom:
    """Answers connections from some networks alone: what passed no proxy with TLS was open to all on its way."""

    def __init__(self, app: ASGIApp, networks: Iterable[str]) -> None:
        self.app, self.networks = app, tuple(map(ip_network, networks))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            address = self.allowed(scope.get("client"))
            if not address:
                words = "Goalkeeper answers here to its proxy alone. Use its public address."
                await PlainTextResponse(words, 403, HEADERS)(scope, receive, send)
                return
            scope = {**scope, "client": (address, scope["client"][1])}
        await self.app(scope, receive, send)

    def allowed(self, client: tuple[str, int] | None) -> str:
        """The address a connection comes from; an IPv4 one as such, also at an IPv6 socket. "" where it is of none."""
        try:
            address = ip_address(client[0] if client else "")
        except ValueError:
            return ""
        address = getattr(address, "ipv4_mapped", None) or address
        is_allowed = any(address in each for each in self.networks if each.version == address.version)
        return str(address) if is_allowed else ""


def _name(host: str) -> str:
    """A host without its port."""
    return urlsplit(f"//{host}").hostname or ""
