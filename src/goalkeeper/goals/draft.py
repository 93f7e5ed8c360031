"""The draft of the next plan, written from a plan and what is proposed for each of its goals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from goalkeeper.goals.history import History
from goalkeeper.goals.outlook import next_due
from goalkeeper.goals.plan import TARGET_KEYS, Goal, Plan, Shape
from goalkeeper.goals.proposal import Choice
from goalkeeper.goals.starter import target_lines
from goalkeeper.measure.periods import begin, label
from goalkeeper.tomlfile import written, written_key
from goalkeeper.units import Better

_QUARTER = re.compile(r"[\s,]*(Q[1-4][\s-]*\d{4}|\d{4}[\s-]*Q[1-4])", re.IGNORECASE)
_OF_ITS_TIME = ("period", "quarter", "by", "milestones", "from", "allow", "because")


def draft(history: History, plan: Plan, choices: Mapping[str, Choice], met: frozenset[str], today: date) -> str:
    """The text of a plan for the next quarter that has time left.

    ``choices`` are by the goals' ids: those to stop are left out. ``met`` are the ids of goals reached at nobody's
    expense: they become lines to hold. What the plan allows itself has to be thought of again, so it is not taken over.
    """
    due = next_due(max(plan.until or today, today))
    quarter = label(begin(due, "quarter"), "quarter").replace("-", "")
    own = plan.document.data["plan"]
    review = {"review": plan.review} if isinstance(plan.review, str) and plan.review else {"review": "monthly"}
    kept = {key: value for key, value in own.items() if key not in (*_OF_ITS_TIME, "name", "review")}
    name = f"{_QUARTER.sub('', plan.name)}, {quarter[4:]} {quarter[:4]}".removeprefix(", ")
    lines = ["[plan]", *_pairs({"name": name, "quarter": quarter} | kept | review)]
    for goal in plan.goals:
        if choices[goal.id] is not Choice.STOP:
            lines += ["", "[[goal]]", *_goal(history, plan, goal, goal.id in met, due)]
    return "\n".join(lines) + "\n"


def _goal(history: History, plan: Plan, goal: Goal, is_met: bool, due: date) -> Iterator[str]:
    own = dict(plan.document.data["goal"][goal.path[1]])
    target = {key: own.pop(key) for key in TARGET_KEYS.values() if key in own}
    guards = [
        {key: value for key, value in each.items() if key != "from"} for each in own.pop("must_not_get_worse", [])
    ]
    first = ("id", "name", "metric", "variant", "statistic", "clock", "where")
    yield from _pairs({"id": goal.id} | {key: own[key] for key in first if key in own})
    now = history.recent(goal.watched).estimate
    if goal.shape is Shape.REACH and is_met:
        yield from _pairs({"from": "measure", "hold": target["to"]})
    elif goal.shape is Shape.REACH and now and goal.metric.better is not Better.NEITHER:
        yield from target_lines(history, goal.watched, now, due)
    else:
        yield from _pairs({"from": "measure"} | target)
    kept = {key: value for key, value in own.items() if key not in (*first, "by", "milestones", "from", "allow")}
    yield from _pairs(kept)
    if guards:
        yield from _pairs({"must_not_get_worse": guards})


def _pairs(table: Mapping[str, Any]) -> Iterator[str]:
    return (f"{written_key(key)} = {written(value)}" for key, value in table.items())
