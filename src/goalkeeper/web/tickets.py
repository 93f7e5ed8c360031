"""A ticket and how every number comes of it."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import Request
from starlette.exceptions import HTTPException

from goalkeeper.reports.explain import explain
from goalkeeper.state.roles import Permission
from goalkeeper.web.moments import moments_of
from goalkeeper.web.pages import Made, Pages, View
from goalkeeper.web.waiting import waiting, with_data
from goalkeeper.workspace import Workspace


def declare(pages: Pages) -> None:
    """Declares the way to a ticket and its page."""
    pages.add("/tickets", with_data("tickets", _find), Permission.TICKETS)
    pages.add("/tickets/{source}/{ticket:path}", _ticket, Permission.TICKETS)


def _find(workspace: Workspace, request: Request) -> Made:
    """A form, or the ticket that it names; the newest tickets to begin with."""
    asked = request.query_params.get("id", "").strip()
    found: list[tuple[str, str]] = []
    workspace.require_facts()
    if asked:
        found = workspace.store.rows(
            "SELECT source_id, ticket_id FROM canon.tickets WHERE ticket_id = ? ORDER BY 1", [asked],
        )  # fmt: skip
    newest = workspace.store.rows(
        "SELECT source_id, ticket_id, subject, created_at, status FROM canon.tickets "
        "ORDER BY created_at DESC, ticket_key DESC LIMIT 12"
    )
    if not newest:
        return waiting("tickets", wants="tickets")
    return View(
        "tickets.html", "Tickets",
        {
            "asked": asked, "found": found, "newest": newest, "moment": moments_of(workspace, with_zone=False),
            "zone": workspace.settings.timezone,
        },
        lambda: {"asked": asked, "found": [{"source": source, "ticket": ticket} for source, ticket in found]},
        place="tickets",
    )  # fmt: skip


def _ticket(workspace: Workspace, request: Request) -> Made:
    ticket, source = request.path_params["ticket"], request.path_params["source"]
    known = workspace.store.one(
        "SELECT count(*) FROM canon.tickets WHERE ticket_id = ? AND source_id = ?", [ticket, source]
    )
    if not known:
        raise HTTPException(404)
    story = explain(workspace, ticket, source=source)
    return View(
        "ticket.html", f"Ticket {story.ticket_id}", {"story": story, "zone": workspace.settings.timezone},
        lambda: asdict(story), place="tickets",
    )  # fmt: skip
