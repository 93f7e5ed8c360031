"""Makes the app: who may come in, every page, and words instead of traces where something is wrong."""

from __future__ import annotations

import logging
import traceback
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from pathlib import Path

from anyio import to_thread
from fastapi import Depends, FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from goalkeeper.charts.theme import chart_css, token_css
from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.state import State
from goalkeeper.state.roles import Permission
from goalkeeper.web import (
    api,
    connect,
    data,
    documents,
    doors,
    goals,
    home,
    jobs,
    metrics,
    notes,
    plans,
    rows,
    sample,
    settings,
    tickets,
    upload,
)
from goalkeeper.web.access import ACTOR, HERE, Access, Actor
from goalkeeper.web.doors import Doors, kept_form, way_in
from goalkeeper.web.entry import Entry
from goalkeeper.web.failures import failure_of
from goalkeeper.web.log import RequestLog, route_of
from goalkeeper.web.pages import Pages, View
from goalkeeper.web.plan_files import PlanFiles
from goalkeeper.web.security import Guard, OnlyFrom
from goalkeeper.web.trail import Trail
from goalkeeper.workspace import Workspace
from goalkeeper.workspace.oidc_settings import OidcSettings

STATIC = Path(__file__).with_name("static")
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
    people_of: State | None = None,
    state: State | None = None,
    proxies: Sequence[str] = (),
    only_proxies: bool = False,
    is_sample: bool = False,
) -> FastAPI:
    """The app over an open workspace; ``key`` is what the link to it carries, ``now`` is UTC without zone.

    ``hosts`` are the names it answers to. With ``people_of`` the people of that state sign in, and no link does; the
    record of what is done is kept there, else in ``state``. Scheme and client of a request are those that its headers
    tell only where it comes from one of the ``proxies``, each an address or a network; with ``only_proxies``
    nobody else is answered. With ``is_sample`` every page says that its numbers are made up; without it the sample
    company can be looked at in their place.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = READERS
        pages.kept.open()
        work.open()
        if made_up:
            await run_in_threadpool(made_up.open)
        yield
        if made_up:
            await run_in_threadpool(made_up.close)
        await run_in_threadpool(work.close)
        pages.kept.close()

    access = Access()
    app = FastAPI(
        title="Goalkeeper", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan,
        dependencies=[Depends(access.check)],
    )  # fmt: skip
    entry = Entry(key)
    at_door = Doors(people_of, now) if people_of else None

    def actor_of(request: Request) -> Actor | None:
        if at_door:
            return at_door.actor_of(request)
        return HERE if entry.admits(request) else None

    def told(request: Request, status: int, title: str, words: str, next_step: str = "") -> Response:
        """A page, or a problem as JSON, that says what is wrong and what to do."""
        if request.scope.get("form") == "json":
            problem = {"type": "about:blank", "title": title, "status": status, "detail": words, "next_step": next_step}
            return JSONResponse(problem, status, media_type="application/problem+json")
        facts = {"words": words, "next_step": next_step, "is_inside": ACTOR.get() is not None}
        return pages.written(View("wrong.html", title, facts, dict, status=status))

    @app.middleware("http")
    async def let_in(request: Request, go_on: Callable[[Request], object]) -> Response:
        path = request.url.path
        try:
            actor = await run_in_threadpool(actor_of, request)
            ACTOR.set(actor)
            if not path.startswith("/static/"):
                workspace.store.require_file()
            if actor or access.is_open(path) or path.startswith("/static/"):
                answer: Response = await go_on(request)  # type: ignore[misc]
                return answer
        except Exception as error:
            # Neither the query nor the message: both may name a customer.
            steps = traceback.extract_tb(error.__traceback__)[-4:]
            places = ", ".join(f"{Path(step.filename).name}:{step.lineno}" for step in steps)
            facts = {"route": route_of(request.scope), "error": type(error).__name__, "places": places}
            _log.error("%(route)s failed: %(error)s at %(places)s", facts, extra={"facts": facts})
            found = failure_of(error)
            return told(request, found.status, found.title, found.words, found.next_step)
        if at_door is None:
            words = "This page is for whoever started Goalkeeper here."
            return told(request, 401, "Not let in", words, "Open the link that `goalkeeper serve` printed.")
        is_browser = "authorization" not in request.headers and request.scope.get("form") != "json"
        if is_browser and request.method in ("GET", "HEAD"):
            return way_in(request)
        if is_browser and request.headers.get("content-type", "").startswith(_FORM):
            return await kept_form(pages, request)
        words = "You are not signed in, or no longer. Nothing was changed."
        return told(request, 401, "Not signed in", words, "Sign in at /signin, or use a token, then send it again.")

    @app.exception_handler(UsageError)
    async def mistake(request: Request, error: UsageError) -> Response:
        is_unknown = isinstance(error, UnknownName)
        place = f"{error.where}: " if error.where else ""
        title = "There is no such thing" if is_unknown else "That cannot be shown"
        return told(request, 404 if is_unknown else 422, title, f"{place}{error.message}", error.hint)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        found = [f"{'.'.join(map(str, each['loc'][1:]))}: {each['msg']}" for each in error.errors()]
        return told(request, 422, "It is not valid", "; ".join(found), "See /api for what is taken.")

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        status = error.status_code
        title, words, next_step = _REFUSED.get(status, ("Not allowed", "", "The menu has your pages."))
        answer = told(request, status, title, words or str(error.detail), next_step)
        if status == 405:
            answer.headers["Allow"] = pages.allowed(request.url.path)
        return answer

    for address in ("/healthz", "/enter", "/static/theme.css"):
        access.declare(address, "GET", Permission.OPEN)

    @app.get("/healthz", include_in_schema=False)
    async def health() -> Response:
        await run_in_threadpool(workspace.store.one, "SELECT 1")
        return PlainTextResponse("ok\n")

    @app.get("/enter", include_in_schema=False)
    def enter(request: Request, key: str = "") -> Response:
        return (None if at_door else entry.enter(request, key)) or told(
            request, 401, "Not let in", "That key is of no run that is on.", "Open the link again."
        )

    @app.get("/static/theme.css", include_in_schema=False)
    async def theme() -> Response:
        return Response(token_css() + chart_css(), media_type="text/css", headers=_LASTING)

    app.mount("/static", _Static(directory=STATIC), name="static")
    trail = Trail(people_of or state, now, "sample: " if is_sample else "")
    pages = Pages(app, workspace, access, trail, today=today, is_sample=is_sample)
    made_up = None if is_sample else sample.Sample(workspace, lambda company: create_app(
        company, key=key, now=now, today=today, hosts=hosts, people_of=people_of, state=state, proxies=proxies,
        is_sample=True,
    ))  # fmt: skip
    home.declare(pages, made_up, now=now, today=today)
    connect.declare(pages)
    goals.declare(pages, now=now, today=today)
    files = PlanFiles(workspace, pages.trail.record)
    plans.declare(pages, files, now=now, today=today)
    metrics.declare(pages, today=today)
    notes.declare(pages)
    rows.declare(pages)
    tickets.declare(pages)
    data.declare(pages)
    work = jobs.declare(pages, now=now)
    uploads = upload.declare(pages)
    documents.declare(pages, now=now)
    api.declare(pages, api.Parts(files, uploads, work), now=now, today=today)
    settings.declare(pages, work, people_of=people_of, now=now, today=today)
    if at_door:
        doors.declare(pages, at_door)
        if workspace.settings.oidc:
            _declare_single_sign_on(pages, at_door, workspace.settings.oidc)
    if made_up:
        sample.declare(pages, made_up)
    access.require_all(app)
    app.state.pages, app.state.sample = pages, made_up
    app.add_middleware(RequestLog)
    app.add_middleware(_Forms)
    app.add_middleware(Guard, hosts=tuple(hosts))
    app.add_middleware(GZipMiddleware, compresslevel=6)
    if proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(proxies))
    if made_up:
        app.add_middleware(sample.InItsPlace, sample=made_up)
    if only_proxies:
        app.add_middleware(OnlyFrom, networks=tuple(proxies))
    return app


def _declare_single_sign_on(pages: Pages, at_door: Doors, settings: OidcSettings) -> None:
    try:
        from goalkeeper.web import oidc, single_sign_on
    except ModuleNotFoundError as error:
        raise UsageError(
            f"single sign-on needs the package {error.name}.", where="oidc", hint="Install goalkeeper[oidc]."
        ) from None
    secret = oidc.secret_of(pages.workspace.folder, settings)
    single_sign_on.declare(pages, at_door, oidc.Provider(settings, secret, at_door.now))


_REFUSED = {
    400: ("It cannot be read", "", "Send it again as the page sends it, or see /api for what is taken."),
    404: ("Not found", "There is no such page.", "The menu has your pages."),
    405: ("Not allowed", "This page can be read and nothing else.", "The menu has your pages."),
    409: ("Changed meanwhile", "", "Put your change into what is there now."),
}
"""Title, words in place of those of the refusal, and the next step, by status."""
_FORM = "application/x-www-form-urlencoded"
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
        if scope["type"] == "http" and scope["path"].startswith("/api/"):
            scope = {**scope, "form": "json"}
        elif scope["type"] == "http" and scope["path"].endswith(".json"):
            path = scope["path"].removesuffix(".json")
            path = "/" if path == "/home" else path
            scope = {**scope, "path": path, "raw_path": path.encode(), "form": "json"}
        await self.app(scope, receive, send)
