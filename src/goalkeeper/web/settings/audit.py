"""The record of what people did, to read, to filter, and to take away."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import Request

from goalkeeper.documents.exports import Cell, as_csv
from goalkeeper.errors import UsageError
from goalkeeper.state import State
from goalkeeper.state import audit as record
from goalkeeper.state.roles import Permission
from goalkeeper.state.tables import Entry
from goalkeeper.web.pages import File, Made, Pages
from goalkeeper.web.settings.topics import AUDIT, view
from goalkeeper.workspace import Workspace

MOST_ROWS = 50


def declare(pages: Pages, state: State) -> None:
    """Declares the record and its file."""

    def page(_: Workspace, request: Request) -> Made:
        what, who, before = _asked(request)
        with state.reading() as session:
            found = record.entries(session, most=MOST_ROWS + 1, before=before, what=filter(None, [what]), who=who)
            kinds, people = record.named(session)
            broken, count = record.broken_at(session), record.count(session)
        rows, chosen = list(found[:MOST_ROWS]), {"what": what, "who": who}
        older = str(rows[-1].number) if len(found) > MOST_ROWS else ""
        return view(
            pages, AUDIT,
            {
                "rows": rows, "kinds": kinds, "people": people, "what": what, "who": who, "broken": broken,
                "count": count, "csv": _address("audit.csv", **chosen), "is_first": not before,
                "newest": _address("audit", **chosen), "older": older and _address("audit", **chosen, before=older),
            },
            lambda: {"count": count, "broken_at": broken or None, "next": int(older) if older else None,
                     "entries": list(map(_json, rows))},
        )  # fmt: skip

    def as_file(_: Workspace, request: Request) -> Made:
        what, who, _before = _asked(request)
        with state.reading() as session:
            found = record.entries(session, what=filter(None, [what]), who=who)
            head = ["number", "at", "who", "what", "about", "digest"]
            cells: list[list[Cell]] = [
                [each.number, each.at.isoformat(), each.who, each.what, each.about, each.digest] for each in found
            ]
        return File("audit.csv", "text/csv; charset=utf-8", as_csv(head, cells), kept=False)

    pages.add(AUDIT.href, page, Permission.AUDIT)
    pages.add(f"{AUDIT.href}.csv", as_file, Permission.AUDIT)


def _asked(request: Request) -> tuple[str, str, int]:
    """Kind, person, and the number below which entries are wanted; 0 for all."""
    text = request.query_params.get("before", "0") or "0"
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise UsageError(
            f"'{text[:20]}' is no number of an entry.", where="before", hint="Leave it out for the newest."
        )
    return request.query_params.get("what", ""), request.query_params.get("who", ""), int(text)


def _address(name: str, **chosen: str) -> str:
    query = urlencode({key: text for key, text in chosen.items() if text})
    return f"/settings/{name}" + (f"?{query}" if query else "")


def _json(entry: Entry) -> dict[str, object]:
    return {"number": entry.number, "at": entry.at, "who": entry.who, "what": entry.what, "about": entry.about,
            "digest": entry.digest}  # fmt: skip
