"""The first page, and what stands there before anything was loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime

from fastapi import Request

from goalkeeper.documents.as_json import card_json, row_json
from goalkeeper.documents.scorecard_html import row_pages
from goalkeeper.documents.words import change_words
from goalkeeper.reports.home import Home
from goalkeeper.reports.home import home as build
from goalkeeper.state.roles import Permission
from goalkeeper.web.goals import GoalShown
from goalkeeper.web.pages import Made, Pages, View
from goalkeeper.web.sample import Sample
from goalkeeper.workspace import Workspace


def declare(pages: Pages, sample: Sample | None, *, now: Callable[[], datetime], today: Callable[[], date]) -> None:
    """Declares the first page; ``sample`` is the company that can be looked at before there is data."""

    def first(workspace: Workspace, _: Request) -> Made:
        if not workspace.has_facts:
            return View(
                "empty.html",
                "Welcome",
                {"sample": sample},
                lambda: {"loaded": False},
                place="home",
                kept=False,
                refresh_s=2 if sample and sample.is_made else 0,
            )
        made = build(workspace, today=today(), now=now())
        return View(
            "home.html",
            "How we are doing",
            {
                "home": made,
                "goals": [GoalShown.of(each) for each in made.goals],
                "rows": row_pages(made.card),
                "changed": [(row, change_words(row, made.card.before_period)) for row in made.changed],
            },
            lambda: home_json(made),
            place="home",
        )

    pages.add("/", first, Permission.NUMBERS)


def home_json(made: Home) -> dict[str, object]:
    """The first page as a dict."""
    return {
        "company": made.company,
        "as_of": made.as_of,
        "headline": made.headline,
        "lede": made.lede,
        "goals": [row_json(each.row) for each in made.goals],
        "more_goals": made.others,
        "waiting": [asdict(each) for each in made.waiting],
        "health": card_json(made.card),
    }
