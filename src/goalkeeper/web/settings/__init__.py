"""The pages of settings: who comes in, what is recorded, and what all numbers are counted by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from goalkeeper.jobs import Jobs
from goalkeeper.state import State
from goalkeeper.web.pages import Pages
from goalkeeper.web.settings import audit, counting, overview, own, people, privacy

__all__ = ["declare"]


def declare(
    pages: Pages, work: Jobs, *, people_of: State | None, now: Callable[[], datetime], today: Callable[[], date]
) -> None:
    """Declares them; people, their tokens and sessions only where people sign in."""
    overview.declare(pages, with_people=people_of is not None)
    counting.declare(pages, work, today=today)
    privacy.declare(pages, work, with_people=people_of is not None, now=now)
    if people_of:
        people.declare(pages, people_of, now=now)
        own.declare(pages, people_of, now=now)
    if pages.trail.state:
        audit.declare(pages, pages.trail.state)
