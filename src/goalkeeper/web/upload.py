"""Bringing a file in through the browser: send it, see how it is read, load it, see what became of its rows."""

from __future__ import annotations

import tomllib
from typing import Any

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse

from goalkeeper.errors import Findings, UsageError
from goalkeeper.state.roles import Permission
from goalkeeper.web.pages import Made, Pages, View, fields_of
from goalkeeper.web.security import UPLOAD
from goalkeeper.web.uploads import MOST_MAPPING, Loading, Uploads
from goalkeeper.workspace import Workspace


def declare(pages: Pages) -> Uploads:
    """Declares the pages of uploads and what is sent to them, and gives those that it shows."""
    uploads = Uploads(pages.workspace, pages.kept.forget, pages.trail.record)

    def waiting(workspace: Workspace, _: Request) -> Made:
        listed = list(uploads.listed())
        return View(
            "uploads.html", "Bring a file in", {"uploads": listed},
            lambda: [{"upload": each.token, "file": each.name, "bytes": each.size} for each in listed],
            place="data", kept=False,
        )  # fmt: skip

    def one(_: Workspace, request: Request) -> Made:
        token = request.path_params["token"]
        loading = uploads.loads.get(token)
        if loading and not loading.wrong:
            return _progress(loading)
        return _look(uploads, token, wrong=loading.wrong if loading else "")

    async def send(request: Request) -> Response:
        async with request.form(max_files=1, max_fields=1) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile) or not file.filename:
                raise UsageError("no file was sent.", where="file", hint="Choose one first.")
            kept = await run_in_threadpool(uploads.keep, file.filename, file.file)
        return RedirectResponse(f"{UPLOAD}/{kept.token}", 303)

    async def act(request: Request) -> Response:
        return await run_in_threadpool(_do, request.path_params["token"], await fields_of(request, MOST_MAPPING))

    def _do(token: str, fields: dict[str, str]) -> Response:
        found = uploads.find(token)
        if fields.get("do") == "drop":
            pages.trail.record("file dropped", found.name)
            uploads.drop(found)
            return RedirectResponse(UPLOAD, 303)
        text = fields.get("mapping", "").replace("\r\n", "\n")
        try:
            uploads.start(found, text, fields.get("source", "").strip())
        except Findings as error:
            return pages.written(_look(uploads, token, text=text, findings=tuple(map(str, error.findings))))
        except UsageError as error:
            return pages.written(_look(uploads, token, text=text, wrong=str(error)))
        return RedirectResponse(f"{UPLOAD}/{token}", 303)

    pages.add(UPLOAD, waiting, Permission.LOAD)
    pages.add(f"{UPLOAD}/{{token}}", one, Permission.LOAD)
    pages.take(UPLOAD, send, Permission.LOAD)
    pages.take(f"{UPLOAD}/{{token}}", act, Permission.LOAD)
    return uploads


def columns_of(text: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The tables that a mapping's text fills, with their columns and what they are read from; none of a broken one."""
    try:
        files = tomllib.loads(text).get("file", [])
    except tomllib.TOMLDecodeError:
        return []
    tables = [table for file in _dicts(files) for table in _dicts(file.get("table"))]
    return [
        (str(table.get("to", "")), [(name, str(how)) for name, how in columns.items()])
        for table in tables
        if isinstance(columns := table.get("columns"), dict)
    ]


def _dicts(found: object) -> list[dict[str, Any]]:
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _look(uploads: Uploads, token: str, *, text: str = "", findings: tuple[str, ...] = (), wrong: str = "") -> View:
    upload = uploads.find(token)
    look = uploads.look(upload)
    shown = text or look.proposed
    return View(
        "upload.html",
        upload.name,
        {
            "upload": upload, "look": look, "text": shown, "findings": findings, "wrong": wrong,
            "columns": columns_of(shown), "asks": sum(line.startswith("ask ") for line in shown.splitlines()),
        },
        lambda: {
            "upload": token, "file": upload.name, "mapping": look.mapping and look.mapping.name,
            "proposed": look.proposed or None, "problem": look.problem or None, "wrong": wrong or None,
        },
        place="data",
        status=422 if findings or wrong else 200,
        kept=False,
    )  # fmt: skip


def _progress(loading: Loading) -> View:
    report = loading.report
    return View(
        "loading.html",
        loading.name,
        {"loading": loading, "report": report},
        lambda: {
            "file": loading.name, "is_done": loading.is_done, "what": loading.what, "share": loading.share,
            "loaded": report.loaded if report else None, "held": report.held if report else None,
        },
        place="data",
        kept=False,
        refresh_s=0 if report else 1,
    )  # fmt: skip
