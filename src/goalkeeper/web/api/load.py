"""Loading a file by the API, as the browser does it, in one call that answers when it is done."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from goalkeeper.connectors.mapping import read_mapping
from goalkeeper.errors import UsageError
from goalkeeper.state.roles import Permission
from goalkeeper.web.api.calls import Calls
from goalkeeper.web.api.models import LoadedFileOut, LoadOut
from goalkeeper.web.uploads import MOST_MAPPING, Uploads

_TEXT = {"type": "string", "maxLength": 200}
_FIELDS: dict[str, Any] = {
    "file": {"type": "string", "format": "binary", "description": "A file, or a zip of files"},
    "preset": _TEXT | {"description": "The name of a ready mapping or of one of the workspace's own"},
    "mapping": {"type": "string", "maxLength": MOST_MAPPING, "description": "A mapping's text, in place of a name"},
    "source": _TEXT | {"description": "What the source is called; by default as the mapping says"},
}
_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {"type": "object", "required": ["file"], "properties": _FIELDS, "additionalProperties": False}
        }
    },
}


def declare(calls: Calls) -> None:
    """Declares the call."""
    uploads, pages = calls.parts.uploads, calls.pages

    # The form is read here and not by a parameter: that would take 200 MB in before it is asked who sends them.
    async def load(request: Request) -> LoadOut:
        """Loads a file and brings the facts up to date: all of it or nothing. At most 200 MB."""
        async with request.form(max_files=1, max_fields=len(_FIELDS), max_part_size=MOST_MAPPING) as form:
            fields = {name: text for name, text in form.items() if isinstance(text, str)}
            file = form.get("file")
            unknown = sorted(form.keys() - _FIELDS.keys())
            if unknown:
                raise UsageError(f"there is no field '{unknown[0][:80]}'.", hint=f"Valid: {', '.join(_FIELDS)}.")
            if not isinstance(file, UploadFile) or not file.filename:
                raise UsageError("no file was sent.", where="file", hint="Send it as multipart/form-data.")
            made = await run_in_threadpool(_load, uploads, file, fields)
        pages.kept.forget()
        return made

    calls.add("/load", "POST", load, Permission.LOAD, openapi_extra={"requestBody": _BODY})


def _load(uploads: Uploads, file: UploadFile, fields: dict[str, str]) -> LoadOut:
    text, preset = fields.get("mapping", ""), fields.get("preset", "").strip()
    if text.strip() and preset:
        raise UsageError("there are two mappings.", where="preset", hint="Send a preset's name or a mapping's text.")
    if preset and preset not in uploads.known:
        raise UsageError(f"no mapping '{preset[:80]}'.", where="preset", hint=f"Valid: {', '.join(uploads.known)}.")
    mapping = read_mapping(text, "mapping") if text.strip() else preset
    upload = uploads.keep(file.filename or "", file.file)
    source = fields.get("source", "").strip()
    try:
        uploads.record_load(upload, source)
        report = uploads.load(upload, mapping, text, source)
    finally:
        uploads.drop(upload)
    return LoadOut(
        source=report.source_id, loaded=report.loaded, held=report.held, skipped=report.skipped,
        files=[LoadedFileOut.model_validate(asdict(each)) for each in report.files],
    )  # fmt: skip
