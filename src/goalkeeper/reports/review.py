"""Builds the quarterly review of an agreed plan: what was agreed and foretold, what came, what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from goalkeeper.errors import Findings, UnknownName, UsageError
from goalkeeper.goals import Plan
from goalkeeper.goals.agreed import find_agreed, latest_name, versions
from goalkeeper.goals.draft import draft
from goalkeeper.goals.evaluation import Status
from goalkeeper.goals.plan import JUDGED_WEEKS
from goalkeeper.goals.proposal import Proposal, propose
from goalkeeper.goals.tried import Tried, tried
from goalkeeper.lint import check, mend
from goalkeeper.lint.check import Checkup
from goalkeeper.lint.measured import Measured
from goalkeeper.measure import FLOORS
from goalkeeper.measure.periods import after
from goalkeeper.reports.goals import GoalPage, goal_pages, progress
from goalkeeper.reports.scorecard import compare, reading_of
from goalkeeper.reports.views import Reading
from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.tomlfile import parse_toml
from goalkeeper.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Effect:
    """What was tried, as many whole weeks before it as after it, and their difference; that is not yet a proof."""

    tried: Tried
    weeks: int
    before: Reading
    after: Reading
    change: Estimate | NoEstimate | None

    @property
    def since(self) -> date:
        """The first day looked at."""
        return self.tried.day - timedelta(weeks=self.weeks)

    @property
    def until(self) -> date:
        """The day after the last one looked at."""
        return self.tried.day + timedelta(weeks=self.weeks)


@dataclass(frozen=True, slots=True)
class ReviewedGoal:
    """A goal with its history, what was tried for it, and what is proposed."""

    page: GoalPage
    effects: tuple[Effect, ...]
    proposal: Proposal


@dataclass(frozen=True, slots=True)
class NextDraft:
    """The draft of the next plan, mended where the plan check could, and what the check still finds."""

    text: str
    checkup: Checkup


@dataclass(frozen=True, slots=True)
class Review:
    """The review of a plan on an evening; ``brier`` scores the first forecasts of the goals that are due."""

    company: str
    plan: Plan
    version: int
    as_of: date
    agreed_at: datetime
    goals: tuple[ReviewedGoal, ...]
    brier: float | None
    scored: int
    draft: NextDraft

    @property
    def met(self) -> int:
        """How many goals are reached, and at nobody's expense."""
        found = (each.page.row.evaluation for each in self.goals)
        return sum(each is not None and each.is_met for each in found)


def review(workspace: Workspace, name: str = "", quarter: date | None = None, *, now: datetime | None = None) -> Review:
    """The review of a plan: the one named, else the last agreed, or the last one that runs in the quarter.

    ``quarter`` is its first day; a plan that runs on behind it is reviewed as of its last day. ``now`` is UTC without
    zone.
    """
    now = now or datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    agreed = find_agreed(workspace.store, name or _name_in(workspace, quarter))
    until = after(quarter, "quarter") if quarter else None
    plan = agreed.plan(workspace.metrics)
    as_of = until - timedelta(days=1) if until and (plan.until is None or until < plan.until) else None
    view = progress(workspace, as_of=as_of, plan=agreed.name, now=now)
    if not view.rows:
        raise UsageError(
            f"'{agreed.name}' was not yet agreed on {view.as_of}, the last whole day of the data.",
            where="plan",
            hint="Load newer data, or name an earlier plan.",
        )
    agreed = find_agreed(workspace.store, agreed.name, view.rows[0].version)
    plan = agreed.plan(workspace.metrics)
    seen = Measured(workspace)
    notes = [each for each in tried(workspace.store, agreed.name) if each.day <= view.as_of]
    pages = goal_pages(workspace, view.rows, as_of=as_of, now=now)
    goals = tuple(_reviewed(seen, page, [each for each in notes if each.goal == page.row.goal.id]) for page in pages)
    brier, scored = _score(goals)
    made = _draft(workspace, seen, plan, goals, view.as_of + timedelta(days=1))
    return Review(view.company, plan, agreed.version, view.as_of, agreed.agreed_at, goals, brier, scored, made)


def _name_in(workspace: Workspace, quarter: date | None) -> str:
    """The plan agreed last, or the last of those that have a day in the quarter."""
    if quarter is None:
        return latest_name(workspace.store)
    until = after(quarter, "quarter")
    names = {}
    for agreed in versions(workspace.store):
        with suppress(Findings):  # a plan that no longer can be read is nobody else's matter
            plan = agreed.plan(workspace.metrics)
            names[agreed.name] = plan.since and plan.until and plan.since < until and quarter < plan.until
    found = [name for name, fits in names.items() if fits]
    if not found:
        raise UnknownName("plan of that quarter", str(quarter), names, where="--quarter")
    return found[-1]


def _reviewed(seen: Measured, page: GoalPage, notes: Sequence[Tried]) -> ReviewedGoal:
    row = page.row
    effects = tuple(_effect(seen, page, each) for each in notes)
    changes = [each.change for each in effects]
    return ReviewedGoal(page, effects, propose(row.goal, row.frozen, row.evaluation, row.refused, changes))


def _effect(seen: Measured, page: GoalPage, each: Tried) -> Effect:
    """Whole weeks: days of the week differ, and totals of unequal spans do not compare."""
    watched, days = page.row.goal.watched, (page.as_of - each.day).days + 1
    weeks = min(JUDGED_WEEKS, days // 7)
    if not weeks:
        early = NoEstimate("too_few", days, 7, "days")
        return Effect(each, 0, Reading(early, 0), Reading(early, 0), early)
    span = timedelta(weeks=weeks)
    before = reading_of(seen.history.over(watched, each.day - span, each.day))
    now = reading_of(seen.history.over(watched, each.day, each.day + span))
    what, grows = watched.metric.counted(watched.variant), watched.formula.only_grows
    earlier = seen.history.weeks(watched, each.day).results  # they differ by more than by which rows fell into them
    change = compare(now, before, judge=FLOORS.judge, what=what, only_grows=grows, weeks=earlier)
    return Effect(each, weeks, before, now, change)


def _score(goals: Sequence[ReviewedGoal]) -> tuple[float | None, int]:
    """The mean squared error of the first forecasts: 0 is perfect, 0.25 is saying one half always."""
    errors = []
    for each in goals:
        found, told = each.page.row.evaluation, each.page.row.frozen.forecast.chance
        if found and found.is_closed and told is not None and found.status is not Status.NO_DATA:
            errors.append((told - (found.status is Status.REACHED)) ** 2)
    return (sum(errors) / len(errors) if errors else None), len(errors)


def _draft(workspace: Workspace, seen: Measured, plan: Plan, goals: Sequence[ReviewedGoal], today: date) -> NextDraft:
    choices = {each.page.row.goal.id: each.proposal.choice for each in goals}
    met = {each.page.row.goal.id for each in goals if each.page.row.evaluation and each.page.row.evaluation.is_met}
    text = draft(seen.history, plan, choices, frozenset(met), today)
    toml, _ = mend(parse_toml(text, "next.toml"), today=today, evidence=seen, metrics=workspace.metrics)
    return NextDraft(toml.text, check(toml, today=today, evidence=seen, metrics=workspace.metrics))
