"""How a help desk's data comes in: which exports are known, and the command that loads each."""

from __future__ import annotations

import shlex

from fastapi import Request

from goalkeeper.connectors.mapping import Mapping
from goalkeeper.connectors.presets import presets
from goalkeeper.state.roles import Permission
from goalkeeper.web.pages import Made, Pages, View
from goalkeeper.workspace import Workspace


def declare(pages: Pages) -> None:
    """Declares the page."""
    pages.add("/connect", _known, Permission.DATA)


def _has_tickets(mapping: Mapping) -> bool:
    """Whether an export gives tickets or calls: those are what a help desk's page begins with."""
    return any(table.to in ("tickets", "interactions") for file in mapping.files for table in file.tables)


def _known(workspace: Workspace, _: Request) -> Made:
    place = shlex.quote(workspace.folder.name)
    known = [
        (each.title, each.about, f"goalkeeper load FOLDER --mapping {name} --workspace {place}")
        for name, each in sorted(presets().items(), key=lambda pair: (not _has_tickets(pair[1]), pair[1].title))
    ]
    return View(
        "connect.html", "Connect a help desk", {"known": known, "folder": place},
        lambda: [{"title": title, "about": about, "command": command} for title, about, command in known],
        place="data", kept=False,
    )  # fmt: skip
