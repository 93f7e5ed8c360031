"""Agreed versions for tests, without any data: starts and forecasts are made up."""

from __future__ import annotations

from datetime import date, datetime

from goalkeeper.goals import Goal, read_plan
from goalkeeper.goals.agree import meaning_of
from goalkeeper.goals.agreed import Agreed, FirstForecast, FrozenCounterweight, FrozenGoal, Start, add_version, latest
from goalkeeper.goals.plan import Plan
from goalkeeper.warehouse import Store

AGREED_AT = datetime(2026, 12, 20, 23, 30)
FORECAST = FirstForecast(0.42, 0.31, 0.55, "could go either way")


def agree_on(store: Store, text: str, at: datetime = AGREED_AT) -> Agreed:
    """Keeps a plan as its next version."""
    plan = read_plan(text, "plan.toml")
    goals = tuple(_frozen(plan, goal) for goal in plan.goals)
    return add_version(store, plan.name, at, text, goals, latest(store, plan.name))


def _frozen(plan: Plan, goal: Goal) -> FrozenGoal:
    beside = tuple(
        FrozenCounterweight(each.watched.metric.key, each.watched.version, _start(0.5), each.limit.bound(0.5))
        for each in goal.must_not_get_worse
    )
    start = _start(goal.start if isinstance(goal.start, float) else 0.6)
    return FrozenGoal(goal.id, meaning_of(plan, goal), goal.metric.key, goal.watched.version, start, beside, FORECAST)


def _start(value: float) -> Start:
    return Start(value, value - 0.02, value + 0.02, 1204, date(2026, 9, 21), date(2026, 12, 21), is_given=False)
