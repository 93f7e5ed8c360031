"""Agreed versions of plans: what was agreed, with frozen starts, definitions and the first forecast; kept for good.

A changed plan, or a changed definition of a metric in it, makes a new version. Each version holds the hash of the one
before it, so a row that was changed later does not go unnoticed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.goals.plan import JUDGED_WEEKS, Goal, Plan, Shape, Watched
from goalkeeper.goals.read import read_plan
from goalkeeper.metrics import METRICS, Metric
from goalkeeper.warehouse.store import Store

_TABLE = """
CREATE TABLE IF NOT EXISTS meta.agreed_plans (
    plan VARCHAR, version INTEGER, agreed_at TIMESTAMP, text VARCHAR, frozen VARCHAR, previous VARCHAR, hash VARCHAR)
"""


@dataclass(frozen=True, slots=True)
class Start:
    """A value to count from, its interval, and the days it was measured over; ``why`` says why there is no interval.

    A value that the plan itself gives has ``is_given``; the interval beside it is that of the data.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    since: date
    until: date
    is_given: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class FrozenCounterweight:
    """A counterweight as agreed: the definition of its metric, its start, and its limit as a value."""

    metric: str
    definition: str
    start: Start
    bound: float


@dataclass(frozen=True, slots=True)
class FirstForecast:
    """The chance of a goal when it was agreed; without a number, ``why`` says why."""

    chance: float | None = None
    low: float | None = None
    high: float | None = None
    words: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class FrozenGoal:
    """A goal as agreed; ``meaning`` changes with what it asks, and not with its name, owner or priority."""

    id: str
    meaning: str
    metric: str
    definition: str
    start: Start
    counterweights: tuple[FrozenCounterweight, ...]
    forecast: FirstForecast


def incomparable(goal: Goal, frozen: FrozenGoal) -> Watched | None:
    """What a goal counts from a start that was measured over another length than it is judged by."""
    pairs = zip(goal.must_not_get_worse, frozen.counterweights, strict=True)
    counted = [(each.watched, kept.start) for each, kept in pairs if each.limit.needs_start]
    if goal.shape in (Shape.REACH, Shape.RISE):
        counted.append((goal.watched, frozen.start))
    for watched, start in counted:
        if (
            watched.formula.depends_on_length
            and not start.is_given
            and (start.until - start.since).days != 7 * JUDGED_WEEKS
        ):
            return watched
    return None


@dataclass(frozen=True, slots=True)
class Agreed:
    """One agreed version of a plan."""

    name: str
    version: int
    agreed_at: datetime
    text: str
    goals: tuple[FrozenGoal, ...]
    previous: str
    hash: str

    def plan(self, metrics: Mapping[str, Metric] = METRICS) -> Plan:
        """The plan that was agreed."""
        return read_plan(self.text, f"{self.name}, version {self.version}", metrics)

    @property
    def own_hash(self) -> str:
        """The hash of all that was agreed, and of the version before."""
        parts = [self.name, self.version, self.agreed_at.isoformat(), self.text, _frozen(self.goals), self.previous]
        return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()

    @property
    def is_intact(self) -> bool:
        """Whether it is as it was agreed."""
        return self.hash == self.own_hash


def add_version(
    store: Store, name: str, now: datetime, text: str, goals: tuple[FrozenGoal, ...], before: Agreed | None
) -> Agreed:
    """Keeps a plan as the version after ``before``, or as the first."""
    version, previous = (before.version + 1, before.hash) if before else (1, "")
    agreed = Agreed(name, version, now, text, goals, previous, "")
    agreed = replace(agreed, hash=agreed.own_hash)
    _make_table(store)
    row = [name, version, now, text, _frozen(goals), previous, agreed.hash]
    store.con.execute("INSERT INTO meta.agreed_plans VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    return agreed


def versions(store: Store, name: str = "") -> tuple[Agreed, ...]:
    """All agreed versions, or those of one plan, oldest first."""
    _make_table(store)
    where, parameters = ("WHERE plan = ?", [name]) if name else ("", [])
    rows = store.rows(
        "SELECT plan, version, agreed_at, text, frozen, previous, hash FROM meta.agreed_plans "
        f"{where} ORDER BY agreed_at, version",
        parameters,
    )
    return tuple(
        Agreed(name, version, at, text, _thawed(frozen), previous, made)
        for name, version, at, text, frozen, previous, made in rows
    )


def latest(store: Store, name: str) -> Agreed | None:
    """The version in force of a plan; None if it was never agreed."""
    found = versions(store, name)
    return found[-1] if found else None


def latest_name(store: Store) -> str:
    """The plan that was agreed last; UsageError if none was."""
    every = versions(store)
    if not every:
        raise UsageError("no plan was agreed yet.", hint="goalkeeper plan agree FILE.")
    return every[-1].name


def find_agreed(store: Store, name: str, version: int = 0) -> Agreed:
    """An agreed version of a plan, the latest by default; UnknownName if there is none."""
    every = versions(store)
    found = {each.version: each for each in every if each.name == name}
    if not found:
        raise UnknownName("agreed plan", name, {each.name for each in every})
    if version and version not in found:
        raise UnknownName("version", str(version), map(str, found), where=name)
    return found[version or max(found)]


def _make_table(store: Store) -> None:
    store.con.execute(_TABLE)


def _frozen(goals: tuple[FrozenGoal, ...]) -> str:
    return json.dumps([asdict(goal) for goal in goals], ensure_ascii=False, default=str, allow_nan=True)


def _thawed(text: str) -> tuple[FrozenGoal, ...]:
    return tuple(
        FrozenGoal(
            **goal
            | {
                "start": _start_of(goal["start"]),
                "counterweights": tuple(
                    FrozenCounterweight(**each | {"start": _start_of(each["start"])}) for each in goal["counterweights"]
                ),
                "forecast": FirstForecast(**goal["forecast"]),
            }
        )
        for goal in json.loads(text)
    )


def _start_of(found: dict[str, Any]) -> Start:
    days = {name: date.fromisoformat(found[name]) for name in ("since", "until")}
    return Start(**found | days)
