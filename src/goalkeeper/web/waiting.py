"""Pages without data: what each will show, from which data, and from when on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from fastapi import Request

from goalkeeper.documents.words import day_words
from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.web.pages import Made, Maker, View
from goalkeeper.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Waits:
    """A page that has nothing to show yet: what it will show, and what it takes."""

    title: str
    shows: str
    needs: str


WAITS: Mapping[str, Waits] = {
    "goals": Waits(
        "Goals",
        "This page will show each agreed goal on its way: where it stands with its interval, its chance, and what must "
        "not get worse for it.",
        "It needs tickets, calls or answers, and a plan that is agreed. A start takes five rows, a chance 12 weeks.",
    ),
    "metrics": Waits(
        "Metrics",
        "This page will show every metric with its number, its interval, its last 13 weeks, and whether it moved.",
        "It needs tickets, calls, surveys or orders. A number takes five rows; whether weeks stand out takes more.",
    ),
    "tickets": Waits(
        "Tickets",
        "This page will show what happened to a ticket, what was derived from that, and how each metric counts it.",
        "It needs tickets with their events, such as a help desk's export.",
    ),
    "reviews": Waits(
        "Reviews",
        "This page will look back on an agreed plan: what was promised, what came of it, and whether the forecast was "
        "fair.",
        "It needs a plan that is agreed, and none is yet.",
    ),
    "manual": Waits(
        "Manual",
        "This page will tell how you serve your customers: the goals, what each number means, working hours, promises "
        "and who decides.",
        "It needs a plan that is agreed, and none is yet.",
    ),
}  # fmt: skip


def waiting(place: str, *, for_data: bool = True, wants: str = "") -> View:
    """The page of a place that has nothing to show, for want of data (or of what it ``wants``) or else of a plan."""
    each = WAITS[place]
    return View(
        "waits.html", each.title, {"waits": each, "for_data": for_data, "wants": wants},
        lambda: {"shows": None, "needs": each.needs}, place=place, kept=False,
    )  # fmt: skip


def with_data(place: str, make: Maker) -> Maker:
    """A page that waits until something was loaded."""

    def made(workspace: Workspace, request: Request) -> Made:
        return waiting(place) if workspace.store.state("facts") is None else make(workspace, request)

    return made


def ready_words(missing: NoEstimate, last: date, today: date) -> str:
    """What is missing, and on which day it is there if data comes as before; ``last`` is the last whole day.

    No day is named that is past.
    """
    days = 0.0
    if missing.reason == "history":
        days = (missing.need - missing.have) / 86_400
    elif missing.reason == "too_few" and missing.what.startswith("weeks") and missing.have:  # none: they may begin late
        days = (missing.need - missing.have) * 7
    ready = last + timedelta(days=round(days))
    return f"{missing.words}, ready on {day_words(ready)}" if days > 0 and ready >= today else missing.words
