"""Reads a plan file; every mistake is noted with its place, and reading goes on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from goalkeeper.errors import Finding, Findings
from goalkeeper.goals.keys import FILE_KEYS, PLAN_KEYS, REVIEWS
from goalkeeper.goals.notes import Mistake, Notes
from goalkeeper.goals.plan import Goal, Plan, Stage
from goalkeeper.goals.read_goal import read_allow, read_goal
from goalkeeper.measure.periods import FIRST, LAST, after
from goalkeeper.metrics import METRICS, Metric
from goalkeeper.tomlfile import TomlFile, parse_toml, read_toml

_PERIOD = re.compile(r"(\d{4}-\d\d-\d\d)\s*\.\.\s*(\d{4}-\d\d-\d\d)")
_QUARTER = re.compile(r"(\d{4})\s*-?\s*Q([1-4])", re.IGNORECASE)
_PLAN = ("plan",)
Period = tuple[date | None, date | None]


def read_plan(source: Path | str, name: str = "", metrics: Mapping[str, Metric] = METRICS) -> Plan:
    """Reads a plan from a path, or from TOML text with its name; Findings when it has mistakes.

    ``metrics`` are those that it may name, such as a workspace's with the company's own.
    """
    toml = read_toml(source) if isinstance(source, Path) else parse_toml(source, name or "plan")
    plan, mistakes = parse_plan(toml, metrics)
    if mistakes:
        raise Findings(Finding(_where(toml, each), each.found, each.valid) for each in mistakes)
    return plan


def parse_plan(toml: TomlFile, metrics: Mapping[str, Metric] = METRICS) -> tuple[Plan, tuple[Mistake, ...]]:
    """The plan as far as it can be read, and its mistakes in the order of the file."""
    notes = Notes(toml, metrics)
    plan = _plan(notes)
    return plan, tuple(sorted(notes.mistakes, key=lambda each: toml.place(*each.path, value=each.at_value) or (0, 0)))


def _where(toml: TomlFile, mistake: Mistake) -> str:
    place = toml.place(*mistake.path, value=mistake.at_value)
    return f"{toml.name}:{place.line}:{place.column}" if place else toml.name


def _plan(notes: Notes) -> Plan:
    data = notes.table(notes.toml.data, FILE_KEYS, ())
    own = notes.table(data["plan"], PLAN_KEYS, _PLAN) if "plan" in data else {}
    since, until = _period(notes, own)
    last = until - timedelta(days=1) if until else None
    goals = [read_goal(notes, each, ("goal", number), since, last) for number, each in enumerate(data.get("goal", []))]
    return Plan(
        document=notes.toml,
        name=own.get("name", ""),
        since=since,
        until=until,
        stage=Stage(own["stage"]) if "stage" in own else None,
        industry=own.get("industry", ""),
        subscription_business=own.get("subscription_business", False),
        review=_review(notes, own.get("review", "")),
        goals=tuple(_with_ids(notes, [goal for goal in goals if goal])),
        allow=read_allow(notes, own, _PLAN),
    )


def _period(notes: Notes, own: Mapping[str, Any]) -> Period:
    if "period" in own and "quarter" in own:
        notes.wrong((*_PLAN, "quarter"), "there is a `period` and a `quarter`.", "Write one of them.", key=True)
    if "period" in own:
        return _days(notes, own["period"])
    if "quarter" not in own:
        return None, None
    found = _QUARTER.fullmatch(own["quarter"].strip())
    if not found or not FIRST.year <= int(found[1]) < LAST.year:
        notes.wrong((*_PLAN, "quarter"), f"'{own['quarter']}' is no quarter.", 'Write it as "2027Q1".')
        return None, None
    since = date(int(found[1]), 3 * int(found[2]) - 2, 1)
    return since, after(since, "quarter")


def _days(notes: Notes, text: str) -> Period:
    path, found = (*_PLAN, "period"), _PERIOD.fullmatch(text.strip())
    if found is None:
        notes.wrong(path, f"'{text}' is no period.", 'Write it as "2027-01-01..2027-03-31".')
        return None, None
    try:
        since, last = (date.fromisoformat(each) for each in found.groups())
    except ValueError:
        notes.wrong(path, f"'{text}' names a day that does not exist.", "Months have 28 to 31 days.")
        return None, None
    if last < since:
        notes.wrong(path, "the period ends before it begins.", f'Write "{last}..{since}".')
    elif not FIRST <= since <= last < LAST:
        notes.wrong(path, f"the period {text} is out of range.", f"Valid: {FIRST} to {LAST}.")
    else:
        return since, last + timedelta(days=1)
    return None, None


def _review(notes: Notes, value: Any) -> str | tuple[date, ...]:
    if isinstance(value, list):
        return tuple(sorted(value))
    if value and value not in REVIEWS:
        notes.unknown("review rhythm", value, REVIEWS, (*_PLAN, "review"))
        return ""
    return str(value)


def _with_ids(notes: Notes, goals: list[Goal]) -> Iterator[Goal]:
    """Each goal with an id of its own, made from its name where none is given; two given alike are a mistake."""
    given = {goal.id for goal in goals}
    seen: set[str] = set()
    for goal in goals:
        if goal.id in seen:
            notes.wrong((*goal.path, "id"), f"two goals have the id '{goal.id}'.", "Give each its own.")
        id = goal.id or next(name for name in _names(goal) if name not in given and name not in seen)
        seen.add(id)
        yield replace(goal, id=id)


def _names(goal: Goal) -> Iterator[str]:
    stem = re.sub(r"[^a-z0-9]+", "-", goal.name.lower()).strip("-") or goal.metric.key
    yield stem
    yield from (f"{stem}-{number}" for number in count(2))
