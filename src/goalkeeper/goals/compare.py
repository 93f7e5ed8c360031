"""What changed from one agreed version of a plan to the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from goalkeeper.goals.agreed import Agreed, FrozenGoal
from goalkeeper.goals.plan import Goal, Plan
from goalkeeper.goals.values import limit_words
from goalkeeper.metrics import METRICS, Metric

Told = dict[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that changed; ``goal`` is empty for the plan itself, ``was`` or ``now`` where there was or is none."""

    goal: str
    what: str
    was: str
    now: str


def compare(before: Agreed, after: Agreed, metrics: Mapping[str, Metric] = METRICS) -> tuple[Change, ...]:
    """The facts that differ, those of the plan first; goals are known by their id."""
    old, new = before.plan(metrics), after.plan(metrics)
    olds = {goal.id: (goal, frozen) for goal, frozen in zip(old.goals, before.goals, strict=True)}
    news = {goal.id: (goal, frozen) for goal, frozen in zip(new.goals, after.goals, strict=True)}
    changes = list(_between("", _told_of_plan(old), _told_of_plan(new)))
    for id in dict.fromkeys((*news, *olds)):
        if id not in olds:
            changes.append(Change(news[id][0].name, "goal", "", news[id][0].aim_words))
        elif id not in news:
            changes.append(Change(olds[id][0].name, "goal", olds[id][0].aim_words, ""))
        else:
            changes += _between(news[id][0].name, _told(old, *olds[id]), _told(new, *news[id]))
    return tuple(changes)


def _between(goal: str, old: Told, new: Told) -> Iterator[Change]:
    for what in dict.fromkeys((*new, *old)):
        was, now = old.get(what, ""), new.get(what, "")
        if was != now:
            yield Change(goal, what, was, now)


def _told_of_plan(plan: Plan) -> Told:
    return {
        "period": f"{plan.since} to {plan.last}" if plan.since else "",
        "stage": plan.stage or "",
        "review": plan.review if isinstance(plan.review, str) else ", ".join(map(str, plan.review)),
    }


def _told(plan: Plan, goal: Goal, frozen: FrozenGoal) -> Told:
    """The facts of a goal by what they are called."""
    watched, show = goal.watched, goal.watched.format
    told = {
        "name": goal.name,
        "metric": watched.words,
        "read as": ", ".join(filter(None, (watched.variant, watched.statistic, watched.clock))),
        "definition": frozen.definition,
        "start": show(frozen.start.value),
        "target": goal.aim_words,
        "due": str(plan.due(goal) or ""),
        "owner": goal.owner_words,
        "priority": str(goal.priority or ""),
        "because": goal.because,
        "reward": goal.reward,
    }
    for each, kept in zip(goal.must_not_get_worse, frozen.counterweights, strict=True):
        told[f"limit of {each.watched.words}"] = limit_words(each.limit, each.watched.metric.unit)
        told[f"definition of {each.watched.words}"] = kept.definition
    return told | {f"milestone of {each.by}": show(each.to) for each in goal.milestones}
