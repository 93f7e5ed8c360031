"""The goals: all of them, each with its history, and the check of the plans."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from fastapi import Request

from goalkeeper.charts import ChartSpec
from goalkeeper.documents import goal_words as words
from goalkeeper.documents.as_json import checkup_json, page_json, progress_json
from goalkeeper.documents.change_words import change_sentences
from goalkeeper.documents.chart_file import CHART_FORMS, chart_file
from goalkeeper.documents.goal_charts import track_of, trend_of
from goalkeeper.documents.words import day_words, short_day, span_words, tied_within
from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.goals.agreed import versions
from goalkeeper.goals.evaluation import Evaluation, Guard, Status
from goalkeeper.insights.changes import Changes
from goalkeeper.lint import find_rule
from goalkeeper.reports.goals import EVENINGS, GoalPage, GoalRow, goal_page, goal_pages, progress
from goalkeeper.reports.plans import PlanFile, plan_files
from goalkeeper.state.roles import Permission
from goalkeeper.web.pages import File, Made, Pages, View, pictures
from goalkeeper.web.waiting import with_data
from goalkeeper.workspace import Workspace

_TONES = {
    Status.REACHED: "good", Status.ON_PACE: "good", Status.EITHER: "warn", Status.BEHIND: "bad",
    Status.TOO_EARLY: "flat", Status.NO_DATA: "flat",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class GuardShown:
    """A counterweight in words."""

    name: str
    value: str
    limit: str
    holding: str
    tone: str

    @classmethod
    def of(cls, guard: Guard) -> GuardShown:
        holding = words.holding_status(guard)
        return cls(guard.name, words.guard_value(guard), words.guard_limit(guard), holding.words, holding.tone)


@dataclass(frozen=True, slots=True)
class GoalShown:
    """A goal in words and drawn, as a page shows it."""

    page: GoalPage
    href: str
    status: str
    tone: str
    value: str
    interval: str
    span: str
    aim: str
    chance: tuple[str, ...]
    guards: tuple[GuardShown, ...]
    track: ChartSpec

    @property
    def row(self) -> GoalRow:
        """The goal itself."""
        return self.page.row

    @classmethod
    def of(cls, page: GoalPage) -> GoalShown:
        """The goal of a page."""
        row, found = page.row, page.row.evaluation
        due = f" by {day_words(row.due)}" if row.due else ""
        value, *rest = words.value_lines(row, found) if found else (f"begins on {day_words(row.begins)}",)
        return cls(
            page=page,
            href=f"/goals/{row.goal.id}",
            status=status_words(found),
            tone=tone_of(found),
            value=value,
            interval=rest[0] if rest else "",
            span=span_words(found.since, found.last + timedelta(days=1)) if found else "",
            aim=f"{row.goal.watched.words}: {tied_within(row.goal.aim_words)}{due}",
            chance=words.chance_lines(found) if found else (),
            guards=tuple(map(GuardShown.of, found.guards)) if found else (),
            track=track_of(page),
        )


def tone_of(found: Evaluation | None) -> str:
    """The colour of a goal's status; one reached at the expense of another is not met."""
    return "flat" if found is None else "bad" if found.expense else _TONES[found.status]


def status_words(found: Evaluation | None) -> str:
    """The status of a goal, also before its first evening."""
    return found.words if found else "Not begun"


def declare(pages: Pages, *, now: Callable[[], datetime], today: Callable[[], date]) -> None:
    """Declares the pages of goals and plans."""

    def all_goals(workspace: Workspace, _: Request) -> Made:
        view = progress(workspace, now=now())
        shown = [GoalShown.of(each) for each in goal_pages(workspace, view.rows, now=now())]
        return View(
            "goals.html", "Goals",
            {
                "view": view, "goals": shown, "day": day_words(view.as_of),
                "to_come": list(_to_come(workspace, view.as_of)),
            },
            lambda: progress_json(view), place="goals",
        )  # fmt: skip

    def one_goal(workspace: Workspace, request: Request) -> Made:
        page = goal_page(workspace, request.path_params["id"], now=now())
        found = page.row.evaluation
        return View(
            "goal.html",
            page.row.goal.name,
            {
                "goal": GoalShown.of(page),
                "trend": _trend(page),
                "pictures": pictures(f"/goals/{page.row.goal.id}", "", "trend"),
                "wanted": words.wanted_words(page.row),
                "first_forecast": words.first_forecast_words(page.row),
                "record": words.record_words(found.track_record) if found and found.track_record else "",
                "changes": change_sentences(page.changes) if isinstance(page.changes, Changes) else (),
                "evenings": [_evening(page.row, each) for each in page.sundays[-EVENINGS:]],
                "days": {each.day: day_words(each.day) for each in page.turns},
            },
            lambda: page_json(page),
            place="goals",
        )

    def chart(workspace: Workspace, request: Request) -> Made:
        """A chart of a goal's page as a picture: its weeks, or its way to the due day."""
        page = goal_page(workspace, request.path_params["id"], now=now())
        name, form = request.query_params.get("what", "trend"), request.path_params["form"]
        charts = {"trend": _trend, "track": track_of}
        if name not in charts:
            raise UnknownName("chart", name, charts, where="what")
        evening = datetime.combine(page.as_of, time.max, ZoneInfo(workspace.settings.timezone))
        content = chart_file(charts[name](page), form, company=page.company, as_of=evening)
        return File(f"{page.row.goal.id}-{name}.{form}", CHART_FORMS[form], content)

    def check(workspace: Workspace, _: Request) -> Made:
        plans = plan_files(workspace, today=today())
        codes = {found.code for plan in plans if plan.checkup for found in plan.checkup.findings}
        rules = {code: find_rule(code).title for code in sorted(codes)}
        return View(
            "check.html", "Plan check", {"plans": plans, "rules": rules},
            lambda: [_plan_json(plan) for plan in plans], place="check",
        )  # fmt: skip

    pages.add("/goals", with_data("goals", all_goals), Permission.NUMBERS)
    pages.add("/goals/{id}", with_data("goals", one_goal), Permission.NUMBERS)
    pages.add("/goals/{id}/chart.{form}", chart, Permission.NUMBERS)
    pages.add("/check", check, Permission.NUMBERS)


def _to_come(workspace: Workspace, day: date) -> Iterator[tuple[str, str, int]]:
    """The agreed plans that begin after a day: the name, when, and how many goals."""
    latest = {each.name: each for each in versions(workspace.store)}
    for agreed in latest.values():
        with suppress(UsageError):  # it names what is no more, and is told of elsewhere
            plan = agreed.plan(workspace.metrics)
            if plan.since and plan.since > day:
                yield plan.name, day_words(plan.since), len(plan.goals)


def _trend(page: GoalPage) -> ChartSpec:
    """Its weeks by their first day, which people know better than a week's number."""
    return trend_of(replace(page, weeks=tuple(replace(week, label=short_day(week.start)) for week in page.weeks)))


def _evening(row: GoalRow, found: Evaluation) -> tuple[str, ...]:
    chance = words.tenths(found.chance) if found.chance else ""
    pace = tied_within(row.goal.watched.format(found.pace)) if found.pace is not None else ""
    return (day_words(found.day), words.value_words(row, found), pace, chance, found.words)


def _plan_json(plan: PlanFile) -> dict[str, object]:
    return {"file": plan.name, "problem": plan.problem or None, "check": plan.checkup and checkup_json(plan.checkup)}
