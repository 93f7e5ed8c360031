"""Builds the first page: how the goals stand, what really changed, and what waits for somebody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from goalkeeper.goals import Plan
from goalkeeper.goals.evaluation import Status
from goalkeeper.reports.goals import GoalPage, GoalRow, Progress, goal_pages, progress
from goalkeeper.reports.plans import PlanFile, plan_files
from goalkeeper.reports.scorecard import scorecard
from goalkeeper.reports.views import Scorecard, ScorecardRow, Verdict
from goalkeeper.warehouse.quarantine import listed
from goalkeeper.workspace import Workspace

MOST_GOALS = 3
HEALTH = (
    "ticket_volume", "backlog", "backlog_over_48h", "first_response_time", "resolution_time",
    "first_contact_resolution", "reopen_rate", "csat", "nps", "survey_response_rate",
)  # fmt: skip
"""What is watched so that no goal is met at its expense."""

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_STATUS = {
    Status.REACHED: ("is reached", "are reached"),
    Status.ON_PACE: ("is on pace", "are on pace"),
    Status.EITHER: ("could go either way", "could go either way"),
    Status.BEHIND: ("is behind", "are behind"),
    Status.TOO_EARLY: ("has only begun", "have only begun"),
    Status.NO_DATA: ("lacks data", "lack data"),
    None: ("has not begun", "have not begun"),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that somebody has to look at, and on which page."""

    count: int
    what: str
    more: str
    page: str


@dataclass(frozen=True, slots=True)
class Home:
    """The first page; ``card`` is of the indicators that are watched, ``others`` how many goals more there are."""

    company: str
    as_of: datetime
    headline: str
    lede: tuple[str, ...]
    day: date | None
    goals: tuple[GoalPage, ...]
    others: int
    card: Scorecard
    changed: tuple[ScorecardRow, ...]
    waiting: tuple[Waiting, ...]


def home(workspace: Workspace, *, today: date, now: datetime | None = None) -> Home:
    """The first page; UsageError where nothing was loaded yet. ``now`` is UTC without zone."""
    standing = progress(workspace, now=now)
    first = sorted(standing.rows, key=lambda row: (row.goal.priority is None, row.goal.priority or 0))[:MOST_GOALS]
    pages = goal_pages(workspace, first, now=now)
    card = scorecard(workspace, only=HEALTH)
    changed = tuple(row for row in card.rows if row.verdict in (Verdict.BETTER, Verdict.WORSE, Verdict.MOVED))
    return Home(
        company=workspace.settings.name,
        as_of=card.as_of,
        headline=headline(standing.rows) or card.takeaways[0],
        lede=card.takeaways if standing.rows else card.takeaways[1:],
        day=standing.as_of if standing.rows else None,
        goals=pages,
        others=len(standing.rows) - len(pages),
        card=card,
        changed=changed,
        waiting=tuple(_waiting(workspace, standing, plan_files(workspace, today=today), today)),
    )


def headline(rows: Sequence[GoalRow]) -> str:
    """How the goals stand in a sentence: "One goal is on pace, and two are behind."; empty without any."""
    groups: dict[tuple[Status | None, str], int] = {}
    for row in rows:
        found = row.evaluation
        expense = found.words.removeprefix(found.status) if found else ""
        key = (found.status if found else None, expense)
        groups[key] = groups.get(key, 0) + 1
    order = list(_STATUS)
    parts = []
    for place, ((status, expense), count) in enumerate(
        sorted(groups.items(), key=lambda each: (order.index(each[0][0]), each[0][1]))
    ):
        number = _NUMBERS[count] if count < len(_NUMBERS) else f"{count:,}"
        noun = (" goal" if count == 1 else " goals") if place == 0 else ""
        parts.append(f"{number}{noun} {_STATUS[status][count > 1]}{expense}")
    if not parts:
        return ""
    said = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])}, and {parts[-1]}"
    return f"{said[:1].upper()}{said[1:]}."


def _is_over(plan: Plan, today: date) -> bool:
    """Whether all goals of a plan are due: nothing that the check finds would still change anything."""
    dues = [plan.due(goal) for goal in plan.goals]
    return bool(dues) and all(due is not None and due < today for due in dues)


def _waiting(workspace: Workspace, standing: Progress, plans: Sequence[PlanFile], today: date) -> Iterator[Waiting]:
    held = listed(workspace.store)
    if held:
        rows = sum(each.rows for each in held)
        most = held[0]
        yield Waiting(rows, "rows held back", f"most of them: {most.reason} ({most.source_id})", "/data/quarantine")
    for plan in plans:
        if plan.problem:
            yield Waiting(1, "plan that cannot be read", plan.name, "/check")
        elif plan.checkup and plan.checkup.findings and not _is_over(plan.checkup.plan, today):
            found = plan.checkup.findings
            yield Waiting(
                len(found), "finding of the plan check" if len(found) == 1 else "findings of the plan check",
                f"{plan.name}: {found[0].found}", "/check",
            )  # fmt: skip
    refused = [row for row in standing.rows if row.refused]
    if refused or standing.unreadable:
        why = refused[0].refused if refused else standing.unreadable[0].why
        yield Waiting(len(refused) + len(standing.unreadable), "goals no longer evaluated", why, "/goals")
