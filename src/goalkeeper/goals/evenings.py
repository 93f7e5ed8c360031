"""The evenings' evaluations: each is found once and kept for good; missed evenings are caught up with."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise

import duckdb
import pyarrow as pa

from goalkeeper.errors import UsageError
from goalkeeper.goals.agreed import Agreed, FrozenGoal, versions
from goalkeeper.goals.evaluate import Evaluator
from goalkeeper.goals.evaluation import Evaluation
from goalkeeper.goals.history import History
from goalkeeper.goals.plan import Goal
from goalkeeper.warehouse.store import Store
from goalkeeper.workspace import Workspace

# The key makes an evening that is there already stay as it is, whoever comes a second time.
_TABLE = """
CREATE TABLE IF NOT EXISTS meta.goal_evaluations (
    plan VARCHAR, version INTEGER, goal VARCHAR, meaning VARCHAR, day DATE, found VARCHAR,
    PRIMARY KEY (plan, version, goal, day))
"""
_KEPT = "SELECT found FROM meta.goal_evaluations WHERE plan = ? AND meaning = ? AND day <= ?"


@dataclass(frozen=True, slots=True)
class Refused:
    """A goal, or a whole plan (``goal`` is empty), that cannot be evaluated as it was agreed, and why."""

    plan: str
    goal: str
    why: str


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """What a run did: how many evaluations it added, up to which evening, and what it could not evaluate."""

    added: int
    until: date
    refused: tuple[Refused, ...] = field(default=())


def evaluate_due(workspace: Workspace, *, now: datetime) -> CaughtUp:
    """Evaluates and keeps every evening since the agreement that is not kept yet, up to the last whole day of the data.

    An evening belongs to the version that was in force then. ``now`` is UTC without zone. Safe to end at any moment
    and to run again: a goal's evenings are kept together, and none is ever written twice.
    """
    history = History(workspace)
    workspace.store.con.execute(_TABLE)
    added, refused = 0, list[Refused]()
    for name, group in groupby(sorted(versions(workspace.store), key=lambda each: (each.name, each.version)), _name):
        try:
            evaluators = [Evaluator(history, agreed) for agreed in group]
        except UsageError as error:
            refused.append(Refused(name, "", str(error)))
            continue
        ends = [later.agreed_on - timedelta(days=1) for _, later in pairwise(evaluators)]
        for evaluator, end in zip(evaluators, [*ends, history.until - timedelta(days=1)], strict=True):
            for goal, frozen in zip(evaluator.plan.goals, evaluator.agreed.goals, strict=True):
                missing = _missing(workspace.store, evaluator, goal, end)
                if missing and (why := evaluator.refusal(goal, frozen)):
                    refused.append(Refused(name, goal.id, why))
                elif missing:
                    _catch_up(workspace.store, evaluator, goal, frozen, missing, now)
                    added += len(missing)
    return CaughtUp(added, history.until - timedelta(days=1), tuple(dict.fromkeys(refused)))


def evaluations(store: Store, plan: str, meaning: str, until: date = date.max) -> tuple[Evaluation, ...]:
    """The kept evaluations of a goal up to a day, oldest first, over all versions in which it asked the same."""
    store.con.execute(_TABLE)
    rows = store.rows(f"{_KEPT} ORDER BY day, version", [plan, meaning, until])
    return tuple(Evaluation.from_json(found) for (found,) in rows)


def last_evaluation(store: Store, plan: str, meaning: str, until: date) -> Evaluation | None:
    """The last of a goal's `evaluations` up to a day."""
    store.con.execute(_TABLE)
    found = store.one(f"{_KEPT} ORDER BY day DESC, version DESC LIMIT 1", [plan, meaning, until])
    return Evaluation.from_json(found) if found else None


def _name(agreed: Agreed) -> str:
    return agreed.name


def _missing(store: Store, evaluator: Evaluator, goal: Goal, end: date) -> list[date]:
    """The evenings of a goal up to a day that are not kept, oldest first."""
    first, last = evaluator.first_evening, min(end, evaluator.last_evening(goal))
    sql = "SELECT day FROM meta.goal_evaluations WHERE plan = ? AND version = ? AND goal = ?"
    kept = {day for (day,) in store.rows(sql, [evaluator.agreed.name, evaluator.agreed.version, goal.id])}
    every = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in every if day not in kept]


def _catch_up(
    store: Store, evaluator: Evaluator, goal: Goal, frozen: FrozenGoal, missing: list[date], now: datetime
) -> None:
    """Keeps those evenings of a goal; each looks at the status of the evening before."""
    agreed = evaluator.agreed
    found: list[Evaluation] = []
    with store.snapshot():
        earlier = last_evaluation(store, agreed.name, frozen.meaning, missing[0] - timedelta(days=1))
        status = earlier.status if earlier else None
        for day in missing:
            found.append(evaluator.evaluate(goal, frozen, day, status, now))
            status = found[-1].status
    evenings = pa.table({"day": missing, "found": [each.to_json() for each in found]})
    # A conflict means that another thread has just kept the same evenings: nothing is left to do.
    with suppress(duckdb.TransactionException, duckdb.ConstraintException), store.transaction():
        store.con.register("evenings", evenings)  # no list of values: a year of them would take long
        store.con.execute(
            "INSERT OR IGNORE INTO meta.goal_evaluations SELECT ?, ?, ?, ?, day, found FROM evenings",
            [agreed.name, agreed.version, goal.id, frozen.meaning],
        )
        store.con.unregister("evenings")
