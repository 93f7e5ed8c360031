"""Every route says what it needs, and one that does not is refused."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from itertools import product

import pytest
from fastapi import FastAPI, Request
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from goalkeeper.state.roles import ALLOWED, Permission, Role
from goalkeeper.web.access import ACTOR, Access, Actor


def routes(app: FastAPI) -> list[tuple[APIRoute, str]]:
    return [(route, method) for route in app.routes if isinstance(route, APIRoute) for method in route.methods or ()]


def check(access: Access, request: Request) -> None:
    """In a thread of its own and with the caller's actor: a browser test leaves a running loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(copy_context().run, asyncio.run, access.check(request)).result()


def test_each_role_may_do_what_its_role_may_on_every_route(app: FastAPI) -> None:
    access: Access = app.state.pages.access
    for (route, method), role in product(routes(app), Role):
        needed = access.needs[route.path, method]
        request = Request({"type": "http", "method": method, "route": route, "headers": []})
        token = ACTOR.set(Actor("ann", role))
        try:
            if needed is Permission.OPEN or needed in ALLOWED[role]:
                check(access, request)
            else:
                with pytest.raises(HTTPException) as refused:
                    check(access, request)
                assert refused.value.status_code == 403
        finally:
            ACTOR.reset(token)
        if needed is not Permission.OPEN:
            with pytest.raises(HTTPException) as refused:
                check(access, request)
            assert refused.value.status_code == 401


def test_what_changes_something_is_never_open_to_a_viewer(app: FastAPI) -> None:
    viewer = Actor("ann", Role.VIEWER)
    for route, method in routes(app):
        needed = app.state.pages.access.needs[route.path, method]
        if method == "POST" and needed not in (Permission.OPEN, Permission.IN):
            assert not viewer.may(needed), route.path


def test_a_route_without_a_permission_is_refused_at_start() -> None:
    app, access = FastAPI(openapi_url=None), Access()

    @app.get("/known")
    @app.get("/lost")
    def lost() -> None: ...

    access.declare("/known", "GET", Permission.OPEN)
    with pytest.raises(ValueError, match="GET /lost"):
        access.require_all(app)
