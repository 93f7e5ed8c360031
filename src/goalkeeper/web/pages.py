"""How a page comes to be: a route makes a view, written as a page or as its JSON twin, and kept for a while."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping
from contextvars import copy_context
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

from fastapi import FastAPI, Request, Response
from jinja2 import Environment
from starlette.routing import compile_path

from goalkeeper.documents.as_json import written as as_text
from goalkeeper.documents.chart_file import CHART_FORMS
from goalkeeper.documents.page import TEMPLATES as OF_DOCUMENTS
from goalkeeper.documents.page import environment
from goalkeeper.reports.notes import NOTES_FILE
from goalkeeper.reports.plans import plan_paths
from goalkeeper.state.roles import Permission
from goalkeeper.web.access import ACTOR, HERE, Access, asks_people
from goalkeeper.web.kept import Kept
from goalkeeper.web.security import NONCE
from goalkeeper.web.trail import Trail
from goalkeeper.workspace import Workspace

MOST_FIELDS = 80
READ_OUT = "/numbers"
"""The end of the addresses whose JSON a chart fetches when it is read: nothing is taken away by that."""
TEMPLATES = Path(__file__).with_name("templates")


@dataclass(frozen=True, slots=True)
class View:
    """What a page shows: the facts of its template, and what its JSON twin says.

    ``kept`` is False for what depends on more than the workspace; ``refresh_s`` asks the browser to look again.
    """

    template: str
    title: str
    facts: Mapping[str, object]
    json: Callable[[], object]
    place: str = ""
    status: int = 200
    kept: bool = True
    refresh_s: int = 0


@dataclass(frozen=True, slots=True)
class File:
    """A file to take away."""

    name: str
    media_type: str
    content: bytes
    kept: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    """A link of a row of choices."""

    words: str
    href: str
    is_on: bool


Made = View | File
Maker = Callable[[Workspace, Request], Made]


class Pages:
    """The pages of an app over a workspace, each by the address that it is declared with."""

    def __init__(
        self,
        app: FastAPI,
        workspace: Workspace,
        access: Access,
        trail: Trail,
        *,
        today: Callable[[], date],
        is_sample: bool = False,
    ) -> None:
        self.app, self.workspace, self.access, self.trail = app, workspace, access, trail
        self.is_sample = is_sample
        self.kept = Kept(lambda: (today(), state_of(workspace)), workspace.store.leave)
        self.declared: dict[str, Maker] = {}

    def add(self, address: str, make: Maker, needs: Permission) -> None:
        """Declares a page and who may see it; the same address ending in `.json` gives its twin."""
        self.declared[address] = make
        for method in ("GET", "HEAD"):
            self.access.declare(address, method, needs)

        def answer(request: Request) -> Response:
            return self.answer(make, request)

        self.app.add_api_route(address, answer, methods=["GET", "HEAD"], include_in_schema=False, name=address)

    def written(self, made: Made, form: str = "html") -> Response:
        """A view as a page or as JSON; a file as it is."""
        if isinstance(made, File):
            headers = {"Content-Disposition": f'attachment; filename="{made.name}"'}
            return Response(made.content, media_type=made.media_type, headers=headers)
        if form == "json":
            return Response(as_text(made.json(), indent=None), made.status, media_type="application/json")
        company = self.workspace.settings.name
        actor = ACTOR.get()
        may = actor.may if actor else _nothing
        facts = {"title": made.title, "company": company, "place": made.place, "actor": actor, "may": may,
                 "opens": self.access.opens, "nonce": NONCE, "is_sample": self.is_sample, **made.facts}  # fmt: skip
        page = templates().get_template(made.template).render(facts)
        again = {"Refresh": str(made.refresh_s)} if made.refresh_s else None
        return Response(page, made.status, again, media_type="text/html; charset=utf-8")

    def take(self, address: str, do: Callable[[Request], Awaitable[Response]], needs: Permission) -> None:
        """Declares what is done with a form that is sent to an address, and who may send it."""
        self.access.declare(address, "POST", needs)

        async def done(request: Request) -> Response:
            answer = await do(request)
            # Somebody who signs in, looks at a draft or is turned away has changed nothing that a page shows.
            if answer.status_code == 303 and needs not in (Permission.OPEN, Permission.IN):
                self.kept.forget()
            return answer

        self.app.add_api_route(address, done, methods=["POST"], include_in_schema=False, name=f"{address} sent")

    def allowed(self, path: str) -> str:
        """The methods that an address answers to."""
        needs = self.access.needs
        found = {method for address, method in needs if compile_path(address)[0].match(path)}
        return ", ".join(sorted(found))

    def warm(self) -> None:
        """Makes the pages that everybody opens first and keeps them, as an owner sees them."""
        before = ACTOR.set(HERE)
        try:
            for address in ("/", "/metrics"):
                asked = {
                    "type": "http", "method": "GET", "path": address, "query_string": b"", "headers": list[object](),
                    "app": self.app,
                }  # fmt: skip
                self.answer(self.declared[address], Request(asked))
        finally:
            ACTOR.reset(before)

    def answer(self, make: Maker, request: Request) -> Response:
        """What a page, or its twin, answers."""
        form = request.scope.get("form", "html")
        actor = ACTOR.get()
        asked_by = copy_context()  # for the thread that may make it anew

        def made_now() -> tuple[Response, bool]:
            made = make(self.workspace, request)
            return self.written(made, form), made.kept

        sight = actor.sight if actor else ""
        key = f"{request.url.path}?{request.url.query} {form} {sight}"
        response = self.kept.answer(key, lambda: asked_by.run(made_now))
        if response.status_code == 200:
            self._tell(request, form, is_file="content-disposition" in response.headers)
        return response

    def _tell(self, request: Request, form: str, *, is_file: bool) -> None:
        """Records what is taken away, and each look at numbers of single people, also at what was kept."""
        asked, path = request.query_params, request.url.path
        address = ("/home" if path == "/" else path) + ".json" if form == "json" else path
        address += f"?{unquote_plus(request.url.query)}" if request.url.query else ""
        if is_file or (form == "json" and not path.endswith(READ_OUT)):
            self.trail.record("exported", address)
        if asks_people(asked.get("where", ""), asked.getlist("by")):
            self.trail.record("looked at agents", address)


def _nothing(_: str) -> bool:
    return False


def state_of(workspace: Workspace) -> object:
    """Something that differs once data or plans have changed; settings and own metrics are read when it is opened."""
    folder = workspace.folder
    files = [
        workspace.store.path, workspace.store.path.with_name(f"{workspace.store.path.name}.wal"),
        folder / NOTES_FILE,
        *plan_paths(folder),
    ]  # fmt: skip
    return tuple((path.name, stat.st_mtime_ns, stat.st_size) for path in files if (stat := _stat(path)))


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def pictures(place: str, address: str, what: str) -> list[Choice]:
    """Links to a chart of a page as pictures; ``address`` is the page's with all that is asked of it."""
    query = [*parse_qsl(urlsplit(address).query), ("what", what)]
    return [Choice(form.upper(), f"{place}/chart.{form}?{urlencode(query)}", False) for form in CHART_FORMS]


async def fields_of(request: Request, most: int, most_fields: int = MOST_FIELDS) -> dict[str, str]:
    """The texts of a form, each of at most so many bytes."""
    async with request.form(max_files=0, max_fields=most_fields, max_part_size=most) as form:
        return {name: text for name, text in form.items() if isinstance(text, str)}


@cache
def templates() -> Environment:
    """The app's own templates, then those of documents, whose macros it shows documents with."""
    return environment(TEMPLATES, OF_DOCUMENTS)
