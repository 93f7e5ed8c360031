"""What was loaded, and the rows held back."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import Request

from goalkeeper.reports.intake import intake
from goalkeeper.state.roles import Permission
from goalkeeper.warehouse.quarantine import listed, shown
from goalkeeper.web.moments import moments_of
from goalkeeper.web.pages import Made, Pages, View
from goalkeeper.workspace import Workspace

MOST_ROWS = 50


def declare(pages: Pages) -> None:
    """Declares the pages of the data."""
    pages.add("/data", _sources, Permission.DATA)
    pages.add("/data/quarantine", _quarantine, Permission.DATA)


def _sources(workspace: Workspace, _: Request) -> Made:
    made = intake(workspace)
    return View(
        "data.html", "Data",
        {"made": made, "moment": moments_of(workspace, with_zone=False), "zone": workspace.settings.timezone},
        lambda: asdict(made), place="data",
    )  # fmt: skip


def _quarantine(workspace: Workspace, request: Request) -> Made:
    """The reasons, and the rows of one of them."""
    code = request.query_params.get("code", "")
    reasons = listed(workspace.store)
    rows = shown(workspace.store, code=code, limit=MOST_ROWS) if code else []
    return View(
        "quarantine.html", "Held back", {"reasons": reasons, "code": code, "rows": rows, "most": MOST_ROWS},
        lambda: {"reasons": [asdict(each) for each in reasons], "rows": rows}, place="data",
    )  # fmt: skip
