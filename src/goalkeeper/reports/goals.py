"""Builds what people ask of their goals: where each stands on an evening, and how one got there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.goals import Goal
from goalkeeper.goals.agreed import Agreed, FrozenGoal, versions
from goalkeeper.goals.evaluate import Evaluator
from goalkeeper.goals.evaluation import Evaluation, Holding
from goalkeeper.goals.evenings import Refused, evaluate_due, evaluations, last_evaluation
from goalkeeper.goals.history import History
from goalkeeper.insights.changes import Changes, changes
from goalkeeper.measure import Cell
from goalkeeper.reports.scorecard import reading_of
from goalkeeper.reports.views import Point, Reading
from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.workspace import Workspace

SHOWN_AFTER = timedelta(weeks=4)
"""For how long a plan is shown after its last evening."""

WEEKS_BEFORE = 13
EVENINGS = 14
"""How many evenings a page tells: a quarter of Sundays, and the last one."""


@dataclass(frozen=True, slots=True)
class GoalRow:
    """One goal of an agreed plan and its evaluation; None before its first evening, or where ``refused`` says why."""

    plan: str
    version: int
    goal: Goal
    frozen: FrozenGoal
    begins: date
    due: date | None
    evaluation: Evaluation | None
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """All goals that run, or ended lately, on an evening; ``unreadable`` are plans that no longer can be read."""

    company: str
    as_of: date
    rows: tuple[GoalRow, ...]
    unreadable: tuple[Refused, ...] = ()

    @property
    def met(self) -> int:
        """How many are reached, and at nobody's expense."""
        return sum(row.evaluation is not None and row.evaluation.is_met for row in self.rows)


@dataclass(frozen=True, slots=True)
class Turn:
    """Something that changed about a goal on an evening."""

    day: date
    words: str


@dataclass(frozen=True, slots=True)
class GoalPage:
    """One goal with its evenings, what turned on them, and its weeks from a quarter before its start on.

    ``changes`` are those of the weeks since its start against the year before.
    """

    company: str
    as_of: date
    row: GoalRow
    evenings: tuple[Evaluation, ...]
    turns: tuple[Turn, ...]
    weeks: tuple[Point, ...]
    changes: Changes | NoEstimate

    @property
    def sundays(self) -> tuple[Evaluation, ...]:
        """What was found on Sundays, and on the last evening."""
        return tuple(each for each in self.evenings if each.day.weekday() == 6 or each is self.evenings[-1])


def progress(
    workspace: Workspace, *, as_of: date | None = None, plan: str = "", now: datetime | None = None
) -> Progress:
    """Where the goals stand on an evening, by default the last that the data covers whole; missed ones are caught up.

    ``plan`` names the one to show, else all that run or ended lately. ``now`` is UTC without zone.
    """
    history, day, refused = _caught_up(workspace, as_of, now)
    rows = tuple(_row(workspace, *each, day, refused) for each in _shown(history, day, plan, refused))
    unreadable = tuple(each for each in refused if not each.goal)
    return Progress(workspace.settings.name, day, rows, unreadable)


def goal_page(
    workspace: Workspace, id: str, *, as_of: date | None = None, plan: str = "", now: datetime | None = None
) -> GoalPage:
    """One goal with its history; UnknownName if no plan that is shown has one of that id."""
    history, day, refused = _caught_up(workspace, as_of, now)
    found = {goal.id: (evaluator, goal, frozen) for evaluator, goal, frozen in _shown(history, day, plan, refused)}
    if id not in found:
        raise UnknownName("goal", id, found)
    return _page(history, day, refused, *found[id])


def goal_pages(
    workspace: Workspace, rows: Sequence[GoalRow], *, as_of: date | None = None, now: datetime | None = None
) -> tuple[GoalPage, ...]:
    """The pages of goals that `progress` shows of the same evening, in their order."""
    history, day, refused = _caught_up(workspace, as_of, now)
    found = {}
    for plan in dict.fromkeys(row.plan for row in rows):
        for evaluator, goal, frozen in _shown(history, day, plan, refused):
            found[plan, goal.id] = (evaluator, goal, frozen)
    return tuple(_page(history, day, refused, *found[row.plan, row.goal.id]) for row in rows)


def _shown(
    history: History, day: date, plan: str, refused: Sequence[Refused]
) -> Iterator[tuple[Evaluator, Goal, FrozenGoal]]:
    """The goals of the plans that are shown, each with its evaluator and what was frozen for it."""
    for evaluator in _in_force(history, day, plan, [each.plan for each in refused if not each.goal]):
        for goal, frozen in zip(evaluator.plan.goals, evaluator.agreed.goals, strict=True):
            yield evaluator, goal, frozen


def _page(
    history: History, day: date, refused: Sequence[Refused], evaluator: Evaluator, goal: Goal, frozen: FrozenGoal
) -> GoalPage:
    workspace = history.workspace
    evenings = evaluations(workspace.store, evaluator.agreed.name, frozen.meaning, day)
    since = evaluator.start - timedelta(weeks=WEEKS_BEFORE)
    cells = history.cells(goal.watched, since - timedelta(days=since.weekday()), day + timedelta(days=1), "week")
    weeks = (Point(cell.period.label, cell.period.since, _reading(cell)) for cell in cells)
    row = _row(workspace, evaluator, goal, frozen, day, refused)
    changed = changes(history, goal.watched, evaluator.start, max(day, evaluator.start) + timedelta(days=1))
    return GoalPage(workspace.settings.name, day, row, evenings, tuple(_turns(evenings)), tuple(weeks), changed)


def _reading(week: Cell) -> Reading:
    """What a week holds; one that is not over yet so far, whatever it counts."""
    found = reading_of(week)
    return replace(found, so_far=found.so_far or week.period.days < 7)


def _caught_up(
    workspace: Workspace, as_of: date | None, now: datetime | None
) -> tuple[History, date, tuple[Refused, ...]]:
    done = evaluate_due(workspace, now=now or datetime.now(UTC).replace(tzinfo=None, microsecond=0))
    if as_of and as_of > done.until:
        raise UsageError(
            f"the data covers no whole day after {done.until}.", where="--as-of", hint="Name an earlier day."
        )
    return History(workspace), as_of or done.until, done.refused


def _in_force(history: History, day: date, plan: str, unreadable: Sequence[str]) -> Iterator[Evaluator]:
    """Of each plan the version that was in force on a day, if it is to be shown."""
    latest: dict[str, Agreed] = {}
    names = set()
    for agreed in versions(history.workspace.store):
        names.add(agreed.name)
        if agreed.name not in unreadable and Evaluator(history, agreed).agreed_on <= day:
            latest[agreed.name] = agreed
    if plan and plan not in names:
        raise UnknownName("agreed plan", plan, names)
    for agreed in latest.values():
        evaluator = Evaluator(history, agreed)
        last = max((evaluator.last_evening(goal) for goal in evaluator.plan.goals), default=day)
        if agreed.name == plan or (not plan and (last == date.max or day <= last + SHOWN_AFTER)):
            yield evaluator


def _row(
    workspace: Workspace, evaluator: Evaluator, goal: Goal, frozen: FrozenGoal, day: date, refused: Sequence[Refused]
) -> GoalRow:
    agreed = evaluator.agreed
    evaluation = last_evaluation(workspace.store, agreed.name, frozen.meaning, day)
    why = next((each.why for each in refused if (each.plan, each.goal) == (agreed.name, goal.id)), "")
    due = evaluator.plan.due(goal)
    return GoalRow(agreed.name, agreed.version, goal, frozen, evaluator.first_evening, due, evaluation, why)


def _turns(evenings: Sequence[Evaluation]) -> Iterator[Turn]:
    """What an evening says otherwise than the one before, oldest first."""
    for before, now in pairwise(evenings):
        if now.status is not before.status:
            yield Turn(now.day, f"{before.status} → {now.status}")
        was = {(each.metric, each.name): each.holding for each in before.guards}
        for guard in now.guards:
            if guard.holding is not was.get((guard.metric, guard.name), Holding.CANNOT_SAY):
                yield Turn(now.day, f"{guard.name}: {guard.holding}")
        for step, earlier in zip(now.steps, before.steps, strict=False):
            if step.is_reached is not earlier.is_reached and step.is_reached is not None:
                day = f"{step.by.day} {step.by:%B %Y}"
                yield Turn(now.day, f"Milestone of {day}: {'reached' if step.is_reached else 'missed'}")
