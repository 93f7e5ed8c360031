"""Agreeing on a plan: its starts are measured, its definitions and the first forecast frozen."""

from __future__ import annotations

import hashlib
from collections.abc import Set
from datetime import datetime

from goalkeeper.errors import Finding, Findings
from goalkeeper.goals.agreed import (
    Agreed,
    FirstForecast,
    FrozenCounterweight,
    FrozenGoal,
    Start,
    add_version,
    incomparable,
    latest,
)
from goalkeeper.goals.edit import TextEdit, apply, replace
from goalkeeper.goals.history import History
from goalkeeper.goals.outlook import outlook
from goalkeeper.goals.plan import MEASURE, Counterweight, Goal, Plan, Shape, Watched
from goalkeeper.goals.read import read_plan
from goalkeeper.goals.values import rounded
from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.stats.forecast.forecast import NUMBER_POINTS


def agree(history: History, plan: Plan, *, now: datetime) -> tuple[Agreed, bool]:
    """Freezes a plan as its next version, and says whether there was anything new; ``now`` is UTC without zone.

    Starts that are to be measured are written into the text. Goals that ask what they asked in the version before keep
    their starts and their first forecast. Findings where a start cannot be measured.
    """
    store = history.workspace.store
    before = latest(store, plan.name)
    kept = {goal.meaning: goal for goal in before.goals} if before else {}
    meanings = {meaning_of(plan, goal): goal for goal in plan.goals}
    anew = {meaning for meaning, goal in meanings.items() if meaning in kept and incomparable(goal, kept[meaning])}
    kept = {meaning: was for meaning, was in kept.items() if meaning not in anew}
    plan = read_plan(
        _measured(history, plan, {meanings[each].id for each in anew}), plan.document.name, history.workspace.metrics
    )
    goals = tuple(kept.get(meaning_of(plan, goal)) or _freeze(history, plan, goal) for goal in plan.goals)
    text = plan.document.text
    if before and before.text == text and before.goals == goals:
        return before, False
    return add_version(store, plan.name, now, text, goals, before), True


def meaning_of(plan: Plan, goal: Goal) -> str:
    """Twelve hex digits that change with what a goal asks: its metric and definition, segment, target, days, limits."""
    beside = [
        (_reading(each.watched), each.limit.kind, each.limit.amount, each.start) for each in goal.must_not_get_worse
    ]
    target = (goal.shape.value, goal.start, goal.to, goal.low, goal.high, goal.rising)
    steps = [(each.by, each.to) for each in goal.milestones]
    meaning = repr((_reading(goal.watched), target, plan.since, plan.due(goal), steps, beside))
    return hashlib.sha256(meaning.encode()).hexdigest()[:12]


def _reading(watched: Watched) -> tuple[object, ...]:
    where = sorted((split, sorted(values)) for split, values in watched.where.items())
    return (watched.metric.key, watched.version, watched.variant, watched.statistic, watched.clock, where)


def _measured(history: History, plan: Plan, anew: Set[str]) -> str:
    """The plan's text with every start that is to be measured, or measured anew, as a number."""
    edits: list[TextEdit] = []
    findings = []
    for goal in plan.goals:
        if goal.start != MEASURE and not (goal.has_start and goal.id in anew):
            continue
        value = history.recent(goal.watched, plan.since).value
        if isinstance(value, NoEstimate):
            where = plan.document.where(*goal.path, "from")
            findings.append(Finding(where, f"the start of '{goal.name}' cannot be measured: {value.words}."))
        else:
            edits.append(replace(plan.document, (*goal.path, "from"), rounded(value.value)))
    if findings:
        raise Findings(findings)
    return apply(plan.document.text, edits)


def _freeze(history: History, plan: Plan, goal: Goal) -> FrozenGoal:
    given = goal.start if isinstance(goal.start, int | float) else None
    return FrozenGoal(
        id=goal.id,
        meaning=meaning_of(plan, goal),
        metric=goal.metric.key,
        definition=goal.watched.version,
        start=_start(history, plan, goal.watched, given),
        counterweights=tuple(_freeze_counterweight(history, plan, each) for each in goal.must_not_get_worse),
        forecast=_forecast(history, plan, goal),
    )


def _freeze_counterweight(history: History, plan: Plan, each: Counterweight) -> FrozenCounterweight:
    watched, limit = each.watched, each.limit
    start = _start(history, plan, watched, each.start)
    if start.value is None and limit.needs_start:
        found = f"the limit '{limit.text}' counts from a start of {watched.words} that cannot be measured: {start.why}."
        raise Findings([Finding(plan.document.where(*each.path), found, "Write `from`, or a value as the limit.")])
    bound = limit.bound(0.0 if start.value is None else start.value)
    return FrozenCounterweight(watched.metric.key, watched.version, start, bound)


def _start(history: History, plan: Plan, watched: Watched, given: float | None) -> Start:
    cell = history.recent(watched, plan.since)
    span = (cell.period.since, cell.period.until)
    if isinstance(cell.value, Estimate):
        found, is_given = cell.value, given is not None and given != rounded(cell.value.value)
        return Start(found.value if given is None else given, found.low, found.high, found.n, *span, is_given)
    return Start(given, None, None, cell.n, *span, given is not None, cell.value.words)


def _forecast(history: History, plan: Plan, goal: Goal) -> FirstForecast:
    due, weeks = plan.due(goal), history.weeks(goal.watched)
    if due is None or goal.shape is Shape.RISE:
        return FirstForecast(why="no due date" if due is None else "a direction has no target")
    if weeks.ahead(due) < 1:
        return FirstForecast(why="the due day lies before the end of the data")
    seen = outlook(goal, weeks, due)
    if isinstance(seen, NoEstimate):
        return FirstForecast(why=seen.words)
    chance = seen.chance
    if chance.words_only:
        return FirstForecast(words=chance.words, why=f"under {NUMBER_POINTS} weeks of history")
    return FirstForecast(chance.value, chance.low, chance.high, chance.words)
