"""Makes the app: who may come in, every page, and words instead of traces where something is wrong."""

from __future__ import annotations

import logging
import traceback
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import date, datetime
from pathlib import Path

from anyio import to_thread
from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from goalkeeper.charts.theme import chart_css, token_css
from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.web import data, documents, goals, home, metrics, plans, tickets, upload
from goalkeeper.web.entry import Entry
from goalkeeper.web.pages import Pages, View
from goalkeeper.web.security import Guard
from goalkeeper.workspace import Workspace

STATIC = Path(__file__).with_name("static")
OPEN = frozenset({"/enter", "/healthz"})
"""What answers without the key, beside the style of its page."""
READERS = 8
"""How many requests are worked on at once, each with a database connection of its own."""

_log = logging.getLogger("goalkeeper.web")


def create_app(
    workspace: Workspace,
    *,
    key: str,
    now: Callable[[], datetime],
    today: Callable[[], date],
    hosts: Iterable[str] = ("127.0.0.1", "localhost"),
) -> FastAPI:
    """The app over an open workspace; ``key`` is what the link to it carries, ``now`` is UTC without zone.

    ``hosts`` are the names it answers to.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = READERS
        pages.kept.open()
        yield
        pages.kept.close()

    app = FastAPI(title="Goalkeeper", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    entry = Entry(key)

    def told(request: Request, status: int, title: str, words: str, next_step: str = "") -> Response:
        """A page, or a problem as JSON, that says what is wrong and what to do."""
        if request.scope.get("form") == "json":
            problem = {"type": "about:blank", "title": title, "status": status, "detail": words, "next_step": next_step}
            return JSONResponse(problem, status, media_type="application/problem+json")
        facts = {"words": words, "next_step": next_step, "is_inside": status != 401}
        return pages.written(View("wrong.html", title, facts, dict, status=status))

    @app.middleware("http")
    async def let_in(request: Request, go_on: Callable[[Request], object]) -> Response:
        path = request.url.path
        if path in OPEN or path.startswith("/static/") or entry.admits(request):
            try:
                answer: Response = await go_on(request)  # type: ignore[misc]
            except Exception as error:
                # Neither the query nor the message: both may name a customer.
                steps = traceback.extract_tb(error.__traceback__)[-4:]
                places = ", ".join(f"{Path(step.filename).name}:{step.lineno}" for step in steps)
                _log.error("%s failed: %s at %s", path, type(error).__name__, places)
                words, next_step = "Something went wrong on our side. Nothing was changed.", "Try it again."
                return told(request, 500, "This page failed", words, next_step)
            return answer
        words = "This page is for whoever started Goalkeeper here."
        return told(request, 401, "Not let in", words, "Open the link that `goalkeeper serve` printed.")

    @app.exception_handler(UsageError)
    async def mistake(request: Request, error: UsageError) -> Response:
        is_unknown = isinstance(error, UnknownName)
        place = f"{error.where}: " if error.where else ""
        title = "There is no such thing" if is_unknown else "That cannot be shown"
        return told(request, 404 if is_unknown else 422, title, f"{place}{error.message}", error.hint)

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        words = {404: "There is no such page.", 405: "This page can be read and nothing else."}
        answer = told(request, error.status_code, "Not found" if error.status_code == 404 else "Not allowed",
                      words.get(error.status_code, str(error.detail)), "The menu has all pages.")  # fmt: skip
        if error.status_code == 405:
            answer.headers["Allow"] = pages.allowed(request.url.path)
        return answer

    @app.get("/healthz", include_in_schema=False)
    async def health() -> Response:
        await run_in_threadpool(workspace.store.one, "SELECT 1")
        return PlainTextResponse("ok\n")

    @app.get("/enter", include_in_schema=False)
    def enter(request: Request, key: str = "") -> Response:
        return entry.enter(key) or told(
            request, 401, "Not let in", "That key is of no run that is on.", "Open the link again."
        )

    @app.get("/static/theme.css", include_in_schema=False)
    async def theme() -> Response:
        return Response(token_css() + chart_css(), media_type="text/css", headers=_LASTING)

    app.mount("/static", _Static(directory=STATIC), name="static")
    pages = Pages(app, workspace)
    home.declare(pages, now=now, today=today)
    goals.declare(pages, now=now, today=today)
    plans.declare(pages, now=now, today=today)
    metrics.declare(pages)
    tickets.declare(pages)
    data.declare(pages)
    upload.declare(pages)
    documents.declare(pages, now=now)
    app.state.pages = pages
    app.add_middleware(_Forms)
    app.add_middleware(Guard, hosts=tuple(hosts))
    return app


_LASTING = {"Cache-Control": "private, max-age=3600"}


class _Static(StaticFiles):
    """The files of the package, which a browser may keep for an hour."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        answer: Response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        answer.headers.update(_LASTING)
        return answer


class _Forms:
    """Takes `.json` off an address and notes that JSON is wanted."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].endswith(".json"):
            path = scope["path"].removesuffix(".json")
            path = "/" if path == "/home" else path
            scope = {**scope, "path": path, "raw_path": path.encode(), "form": "json"}
        await self.app(scope, receive, send)
