"""All topics of settings, each with what it says."""

from __future__ import annotations

from fastapi import Request

from goalkeeper.state.roles import Permission
from goalkeeper.web.access import asker
from goalkeeper.web.pages import Made, Pages, View
from goalkeeper.web.settings.topics import AUDIT, ROOT, TOPICS
from goalkeeper.workspace import Workspace


def declare(pages: Pages, *, with_people: bool) -> None:
    """Declares the list of topics."""

    def page(_: Workspace, __: Request) -> Made:
        has_record = pages.trail.state is not None
        topics = [
            each for each in TOPICS
            if asker().may(each.needs) and (with_people or not each.of_people) and (has_record or each is not AUDIT)
        ]  # fmt: skip
        return View(
            "settings.html", "Settings", {"topics": topics, "with_people": with_people},
            lambda: [{"page": each.href, "title": each.title, "tells": each.tells} for each in topics],
            place="settings", kept=False,
        )  # fmt: skip

    pages.add(ROOT, page, Permission.IN)
