"""How a page comes to be: a route makes a view, written as a page or as its JSON twin, and kept for a while."""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import FastAPI, Request, Response
from jinja2 import Environment
from starlette.routing import compile_path

from goalkeeper.charts import ChartSpec
from goalkeeper.documents.as_json import written as as_text
from goalkeeper.documents.page import TEMPLATES as OF_DOCUMENTS
from goalkeeper.documents.page import environment
from goalkeeper.reports.plans import plan_paths
from goalkeeper.web.kept import Kept
from goalkeeper.workspace import Workspace

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


Made = View | File
Maker = Callable[[Workspace, Request], Made]


class Pages:
    """The pages of an app over a workspace, each by the address that it is declared with."""

    def __init__(self, app: FastAPI, workspace: Workspace) -> None:
        self.app, self.workspace = app, workspace
        self.kept = Kept(lambda: state_of(workspace), workspace.store.leave)
        self.declared: dict[str, Maker] = {}
        self.takes: set[str] = set()

    def add(self, address: str, make: Maker) -> None:
        """Declares a page; the same address ending in `.json` gives its twin."""
        self.declared[address] = make

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
        facts = {"title": made.title, "company": company, "place": made.place, **made.facts}
        page = templates().get_template(made.template).render(facts)
        again = {"Refresh": str(made.refresh_s)} if made.refresh_s else None
        return Response(page, made.status, again, media_type="text/html; charset=utf-8")

    def take(self, address: str, do: Callable[[Request], Awaitable[Response]]) -> None:
        """Declares what is done with a form that is sent to an address."""
        self.takes.add(address)

        async def done(request: Request) -> Response:
            answer = await do(request)
            self.kept.forget()
            return answer

        self.app.add_api_route(address, done, methods=["POST"], include_in_schema=False, name=f"{address} sent")

    def allowed(self, path: str) -> str:
        """The methods that an address answers to."""
        shown = any(compile_path(address)[0].match(path) for address in self.declared)
        sent = any(compile_path(address)[0].match(path) for address in self.takes)
        return ", ".join([*(["GET", "HEAD"] if shown else []), *(["POST"] if sent else [])])

    def warm(self) -> None:
        """Makes the pages that everybody opens first and keeps them."""
        for address in ("/", "/metrics"):
            asked = {"type": "http", "method": "GET", "path": address, "query_string": b"", "headers": list[object]()}
            self.answer(self.declared[address], Request(asked))

    def answer(self, make: Maker, request: Request) -> Response:
        """What a page, or its twin, answers."""
        form = request.scope.get("form", "html")

        def made_now() -> tuple[Response, bool]:
            made = make(self.workspace, request)
            return self.written(made, form), isinstance(made, File) or made.kept

        return self.kept.answer(f"{form} {request.url.path}?{request.url.query}", made_now)


def state_of(workspace: Workspace) -> object:
    """Something that differs once data or plans have changed; settings and own metrics are read when it is opened."""
    folder = workspace.folder
    files = [
        workspace.store.path, workspace.store.path.with_name(f"{workspace.store.path.name}.wal"),
        *plan_paths(folder),
    ]  # fmt: skip
    return tuple((path.name, stat.st_mtime_ns, stat.st_size) for path in files if (stat := _stat(path)))


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


async def fields_of(request: Request, most: int) -> dict[str, str]:
    """The texts of a form, each of at most so many bytes."""
    async with request.form(max_files=0, max_fields=4, max_part_size=most) as form:
        return {name: text for name, text in form.items() if isinstance(text, str)}


def readout(chart: ChartSpec) -> str:
    """What a chart's marks say, as the page's script reads it: a list of label and words."""
    told = [
        (mark.label, mark.gap or "no value") if mark.value is None
        else (mark.label, " ".join(part for part in (
            chart.words(mark.value), f"({chart.interval_words(mark)})" if mark.has_interval else "",
            f"n {mark.n:,}" if mark.n is not None else "") if part))
        for mark in chart.series
    ]  # fmt: skip
    return json.dumps(told, ensure_ascii=False)


@cache
def templates() -> Environment:
    """The app's own templates, then those of documents, whose macros it shows documents with."""
    made = environment(TEMPLATES, OF_DOCUMENTS)
    made.globals["readout"] = readout
    return made
