"""What the server tells of itself: a JSON line for each request and failure, with no word of what was asked about."""

from __future__ import annotations

import json
import logging
import time
from datetime import UTC, datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from goalkeeper.web.access import ACTOR

_log = logging.getLogger("goalkeeper.web")


class JsonLines(logging.Formatter):
    """One object a line: ``at`` in UTC, ``level``, ``what``, and whatever a record carries as ``facts``."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line; a traceback by the places alone, for its message may name a customer."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "what": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        return json.dumps(line, ensure_ascii=False)


class RequestLog:
    """Logs each request by its route, never by its address: that may hold a ticket, a customer or a key."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status, length = time.perf_counter(), 500, 0

        async def counted(message: Message) -> None:
            nonlocal status, length
            if message["type"] == "http.response.start":
                status = message["status"]
            length += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receive, counted)
        finally:
            actor = ACTOR.get()
            facts = {
                "method": scope["method"],
                "route": route_of(scope),
                "status": status,
                "bytes": length,
                "took_ms": round((time.perf_counter() - began) * 1000, 1),
                "role": actor.role.value if actor else "",
            }
            _log.info("request", extra={"facts": facts})


def route_of(scope: Scope) -> str:
    """The declared address that a request was for, once it was found; empty for none."""
    return getattr(scope.get("route"), "path", "/static" if scope["path"].startswith("/static/") else "")
