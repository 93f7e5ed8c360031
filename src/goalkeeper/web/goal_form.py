"""A goal in fields: what, from where, to where, by when, who, what must not get worse; beside what it would mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from goalkeeper.formulas.shapes import CALENDAR, WORKING
from goalkeeper.goals.fields import GoalFields
from goalkeeper.goals.keys import OF_ONE_PERSON
from goalkeeper.goals.plan import Watched
from goalkeeper.lint import Checkup
from goalkeeper.web.goal_preview import guards_for, preview, smart
from goalkeeper.workspace import Workspace

ROOM = {"guard": 3, "split": 2, "milestone": 2}
"""How many counterweights, splits and milestones the form has room for; always one more than are there."""
KINDS = {
    "hold": "Hold a line, such as 4h or 20 %", "to": "Reach a target by a day, such as 85 %",
    "range": "Stay between two lines, such as 20 % to 30 %", "trend": "Move: rising or falling",
}  # fmt: skip
"""The kinds of target by their key in a plan, with what is written for each."""
CLOCKS = {"": "the metric's own", WORKING: "working hours", CALENDAR: "all hours"}
_WITH = {"guard": "limit", "split": "values", "milestone": "reached"}  # each pair of fields: its first, its second
_PLAIN = ("name", "metric", "statistic", "clock", "start", "shape", "target", "by", "owner", "because")

Pairs = tuple[tuple[str, str], ...]


def sent_goal(id: str, fields: Mapping[str, str]) -> GoalFields:
    """The fields as a browser sent them."""
    said = {name: fields.get(name, "").strip() for name in _PLAIN}
    guards, segment, milestones = (_pairs(fields, name) for name in _WITH)
    return GoalFields(id=id, **said, guards=guards, segment=segment, milestones=milestones)


def _pairs(fields: Mapping[str, str], name: str) -> Pairs:
    count = sum(each.startswith(name) for each in fields)
    pairs = ((fields.get(f"{name}{n}", "").strip(), fields.get(f"{_WITH[name]}{n}", "").strip()) for n in range(count))
    return tuple(pair for pair in pairs if pair[0])


def with_guard(fields: GoalFields, wanted: str) -> GoalFields:
    """The fields with a suggested counterweight, named as "metric limit"."""
    metric, _, limit = wanted.partition(" ")
    there = any(key == metric for key, _ in fields.guards)
    return fields if there else replace(fields, guards=(*fields.guards, (metric, limit)))


def form_facts(workspace: Workspace, fields: GoalFields, checkup: Checkup | None, *, today: date) -> dict[str, object]:
    """What the form's template shows; ``checkup`` is of the plan with the fields in it, None if it cannot be read."""
    goals = checkup.plan.goals if checkup else ()
    goal = next((each for each in goals if each.id == fields.id), None)
    if checkup and goals and not fields.id and fields.metric:
        last = len(checkup.plan.document.data["goal"]) - 1  # where a new one is added
        goal = next((each for each in goals if each.path == ("goal", last)), None)
    chosen = workspace.metrics.get(fields.metric)
    known = [chosen] if chosen else list(workspace.metrics.values())
    watched = goal.watched if goal else Watched(chosen) if chosen else None
    due = checkup.plan.due(goal) if checkup and goal else None
    splits = sorted({split for each in known for split in each.dataset().splits} - {*OF_ONE_PERSON})
    return {
        "fields": fields,
        "pairs": {
            name: _with_room(pairs, ROOM[name])
            for name, pairs in (("guard", fields.guards), ("split", fields.segment), ("milestone", fields.milestones))
        },
        "kinds": KINDS,
        "clocks": CLOCKS,
        "metrics": sorted(((each.name, key) for key, each in workspace.metrics.items())),
        "statistics": sorted({name for each in workspace.metrics.values() for name in each.formula.statistics}),
        "splits": [(each.replace("_", " "), each) for each in splits],
        "preview": preview(workspace, watched, goal, due, today=today) if watched else None,
        "smart": smart(goal, checkup) if goal and checkup else (),
        "suggested": list(guards_for(goal, workspace.metrics)) if goal else [],
    }  # fmt: skip


def _with_room(pairs: Pairs, room: int) -> Pairs:
    return (*pairs, *((("", ""),) * (max(room, len(pairs) + 1) - len(pairs))))
