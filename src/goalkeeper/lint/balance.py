"""GK2xx: goals that cannot be reached at the expense of what they leave out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from goalkeeper.goals import Goal, Stage, Watched
from goalkeeper.goals.edit import append
from goalkeeper.goals.guards import GUARDS, guard_of, is_said_by_customers, usual_limit
from goalkeeper.lint.rule import Checked, Fix, Found, Needs, rule
from goalkeeper.metrics import METRICS, Aim
from goalkeeper.stats.estimate import Estimate
from goalkeeper.tomlfile import Path_

_PULLING = ((Aim.SPEED, Aim.QUALITY), (Aim.DEFLECTION, Aim.QUALITY))
_LEVEL = 0.95
_NAMED = 3


def _unguarded(checked: Checked, aim: Aim, words: str) -> Iterator[Found]:
    for goal in checked.plan.goals:
        beside = checked.plan.beside(goal)
        if goal.aims_at(aim) and not any(GUARDS[aim](each.metric) for each in beside):
            yield _add_guard(checked, goal, aim, words)


def _add_guard(checked: Checked, goal: Goal, aim: Aim, words: str) -> Found:
    """What is missing, and the edit that adds it; what own data can compute is taken first."""
    guard = guard_of(goal.metric, aim, lambda each: not checked.evidence.missing(Watched(each)))
    member = {"metric": guard.key, "limit": usual_limit(guard)}
    edit = append(checked.plan.document, goal.path, "must_not_get_worse", member)
    step = f"Add {guard.name.lower()} to `must_not_get_worse`."
    return Found((*goal.path, "metric"), f"{goal.metric.name.lower()} {words}", step, (edit,), at_value=True)


@rule("GK201", since="0.2", fix=Fix.ALWAYS)
def speed_without_quality(checked: Checked) -> Iterator[Found]:
    """A speed goal stands without anything that guards quality.

    ## Why
    A team that is asked only to be fast sends fast, cold, scripted answers; satisfaction and retention pay for it.

    ## Bad
    ```toml
    [[goal]]
    metric = "first_response_time"
    to = "4h"
    owner = "team:support"
    because = "customers who wait write twice"
    ```

    ## Good
    ```toml
    [[goal]]
    metric = "first_response_time"
    to = "4h"
    owner = "team:support"
    because = "customers who wait write twice"
    must_not_get_worse = [{ metric = "csat", limit = "-2 pts" }]
    ```

    ## Fix
    Adds the metric's registered counterweight for quality, with the usual limit.
    """
    yield from _unguarded(checked, Aim.SPEED, "has no counterweight for quality.")


@rule("GK202", since="0.2", fix=Fix.ALWAYS)
def closing_without_solving(checked: Checked) -> Iterator[Found]:
    """A goal that closing early reaches stands without first-contact resolution or reopenings beside it.

    ## Why
    The quickest way to a short resolution time or a small backlog is to close tickets that are not solved. Only what
    customers do afterwards shows it: they write again.

    ## Bad
    ```toml
    [[goal]]
    metric = "resolution_time"
    clock = "calendar"
    to = "24h"
    owner = "team:support"
    because = "open tickets cost two status calls each"
    must_not_get_worse = [{ metric = "csat", limit = "-2 pts" }]
    ```

    ## Good
    ```toml
    [[goal]]
    metric = "resolution_time"
    clock = "calendar"
    to = "24h"
    owner = "team:support"
    because = "open tickets cost two status calls each"
    must_not_get_worse = [
        { metric = "first_contact_resolution", limit = "-2 pts" },
        { metric = "reopen_rate", limit = "+2 pts" },
    ]
    ```

    ## Fix
    Adds the metric's registered counterweight that shows whether problems stay solved.
    """
    words = "is reached by closing early too, and nothing beside it shows whether problems stay solved."
    yield from _unguarded(checked, Aim.CLOSING, words)


@rule("GK203", since="0.2")
def goals_that_pull_apart_without_an_order(checked: Checked) -> Iterator[Found]:
    """Two goals of the same people pull against each other, and no priority says which one wins.

    ## Why
    Speed and quality, or fewer contacts and quality, want different things of the same hour. Without an order every
    agent decides alone. Own history can show other pairs: weeks better in one are worse in the other, time and volume
    apart.

    ## Bad
    ```toml
    [[goal]]
    metric = "first_response_time"
    to = "4h"
    owner = "team:support"
    because = "customers who wait write twice"

    [[goal]]
    metric = "csat"
    to = 0.85
    owner = "team:support"
    because = "unhappy customers leave"
    ```

    ## Good
    ```toml
    [[goal]]
    metric = "first_response_time"
    to = "4h"
    owner = "team:support"
    priority = 2
    because = "customers who wait write twice"

    [[goal]]
    metric = "csat"
    to = 0.85
    owner = "team:support"
    priority = 1
    because = "unhappy customers leave"
    ```

    ## Bad
    ```toml
    [[goal]]
    metric = "people_per_ticket"
    to = 1.2
    owner = "team:support"
    because = "every hand-over costs ten minutes"
    must_not_get_worse = [{ metric = "handle_time", limit = "+10 %" }]

    [[goal]]
    metric = "reopen_rate"
    to = 0.05
    owner = "team:support"
    because = "each reopening costs a second answer"
    must_not_get_worse = [{ metric = "resolution_time", limit = "+10 %" }]
    ```
    ```toml
    # own data
    [[pull]]
    metrics = ["people_per_ticket", "reopen_rate"]
    correlation = [-0.42, -0.61, -0.18]
    weeks = 60
    ```

    ## Good
    ```toml
    [[goal]]
    metric = "people_per_ticket"
    to = 1.2
    owner = "team:support"
    priority = 2
    because = "every hand-over costs ten minutes"
    must_not_get_worse = [{ metric = "handle_time", limit = "+10 %" }]

    [[goal]]
    metric = "reopen_rate"
    to = 0.05
    owner = "team:support"
    priority = 1
    because = "each reopening costs a second answer"
    must_not_get_worse = [{ metric = "resolution_time", limit = "+10 %" }]
    ```
    ```toml
    # own data
    [[pull]]
    metrics = ["people_per_ticket", "reopen_rate"]
    correlation = [-0.42, -0.61, -0.18]
    weeks = 60
    ```
    """
    pairs = [pair for pair in combinations(checked.plan.goals, 2) if _compete(*pair)]
    looked = [pair for pair in pairs if not _are_declared_apart(*pair)]
    level = 1 - (1 - _LEVEL) / max(1, len(looked))  # so many pairs, so many chances to be wrong
    found: dict[Path_, list[str]] = {}
    for one, other in pairs:
        why = f"'{one.name}'"
        if not _are_declared_apart(one, other):
            seen = checked.evidence.pull(one.watched, other.watched, level)
            if not isinstance(seen, Estimate) or seen.high is None or seen.high >= 0:
                continue
            shown = [f"{each:+.2f}".replace("-", "−") for each in (seen.value, seen.low or 0, seen.high)]
            why += f" (own weeks: correlation {shown[0]}, {shown[1]} to {shown[2]})"
        found.setdefault(other.path, []).append(why)
    for path, reasons in found.items():
        more = f" and {len(reasons) - _NAMED:,} more" if len(reasons) > _NAMED else ""
        words = f"it pulls against {', '.join(reasons[:_NAMED])}{more}, and no priority says which one wins."
        yield Found(path, words, "Give both a priority; 1 is the first.")


def _compete(one: Goal, other: Goal) -> bool:
    """Whether two goals have the same people and no order between them."""
    ordered = one.priority is not None and other.priority is not None and one.priority != other.priority
    return not ordered and one.metric is not other.metric and one.shares_people_with(other)


def _are_declared_apart(one: Goal, other: Goal) -> bool:
    return any(
        (one.aims_at(left) and other.aims_at(right)) or (one.aims_at(right) and other.aims_at(left))
        for left, right in _PULLING
    )


@rule("GK204", since="0.2", fix=Fix.ALWAYS)
def quality_without_throughput(checked: Checked) -> Iterator[Found]:
    """A quality goal stands without anything that guards throughput.

    ## Why
    A team that is asked only for satisfied customers spends hours on one ticket and misses the second one.

    ## Bad
    ```toml
    [[goal]]
    metric = "csat"
    to = 0.85
    owner = "team:support"
    because = "unhappy customers leave"
    ```

    ## Good
    ```toml
    [[goal]]
    metric = "csat"
    to = 0.85
    owner = "team:support"
    because = "unhappy customers leave"
    must_not_get_worse = [{ metric = "first_response_time", limit = "+10 %" }]
    ```

    ## Fix
    Adds the metric's registered counterweight for speed, with the usual limit.
    """
    yield from _unguarded(checked, Aim.QUALITY, "has no counterweight for throughput.")


@rule("GK205", since="0.2", needs=(Needs.STAGE,))
def a_subscription_business_without_retention(checked: Checked) -> Iterator[Found]:
    """A subscription business over 500k a month has no goal that is aligned with retention.

    ## Why
    Service is where subscribers decide to stay. Pure service numbers can all be green while they leave.

    ## Bad
    ```toml
    [plan]
    name = "Support, Q1 2027"
    quarter = "2027Q1"
    stage = "over-500k"
    subscription_business = true
    review = "monthly"

    [[goal]]
    metric = "csat"
    to = 0.85
    owner = "team:support"
    because = "unhappy customers leave"
    must_not_get_worse = [{ metric = "first_response_time", limit = "+10 %" }]
    ```

    ## Good
    ```toml
    [plan]
    name = "Support, Q1 2027"
    quarter = "2027Q1"
    stage = "over-500k"
    subscription_business = true
    review = "monthly"

    [[goal]]
    metric = "save_rate"
    range = [0.20, 0.40]
    owner = "team:retention"
    because = "each saved subscriber is worth nine months of revenue"
    must_not_get_worse = [{ metric = "csat", limit = "-2 pts" }]
    ```
    """
    plan = checked.plan
    if not plan.subscription_business or plan.stage is not Stage.OVER_500K or not plan.goals:
        return
    if not any(goal.aims_at(Aim.RETENTION) for goal in plan.goals):
        fitting = [metric.key for metric in METRICS.values() if Aim.RETENTION in metric.aims]
        words = "a subscription business of this stage has no goal that is aligned with retention."
        yield Found(("plan", "subscription_business"), words, f"Add one, such as {', '.join(fitting[:_NAMED])}.")


@rule("GK206", since="0.2", fix=Fix.ALWAYS)
def fewer_contacts_without_the_customers_view(checked: Checked) -> Iterator[Found]:
    """A goal on deflection, automation or escalation stands without satisfaction or effort of the same customers.

    ## Why
    Contacts can be kept away by making contact hard. The customers who were kept away are the ones to ask.

    ## Bad
    ```toml
    [[goal]]
    metric = "escalation_rate"
    where = { topic = "billing" }
    to = 0.08
    owner = "team:billing"
    because = "each escalation costs forty minutes"
    must_not_get_worse = [{ metric = "csat", limit = "-2 pts", where = { topic = "refund" } }]
    ```

    ## Good
    ```toml
    [[goal]]
    metric = "escalation_rate"
    where = { topic = "billing" }
    to = 0.08
    owner = "team:billing"
    because = "each escalation costs forty minutes"
    must_not_get_worse = [{ metric = "csat", limit = "-2 pts" }]
    ```

    ## Fix
    Adds satisfaction of the goal's own segment as a counterweight, with the usual limit.
    """
    for goal in checked.plan.goals:
        beside = checked.plan.beside(goal)
        if goal.aims_at(Aim.DEFLECTION) and not any(_speaks_for(each, goal) for each in beside):
            yield _add_guard(checked, goal, Aim.DEFLECTION, "has nothing beside it that its own customers say.")


def _speaks_for(watched: Watched, goal: Goal) -> bool:
    """Whether it is what the customers of a goal's own segment say; a split that answers lack cannot be asked for."""
    splits = watched.metric.dataset(watched.variant).splits
    own = {split: values for split, values in goal.watched.where.items() if split in splits}
    return is_said_by_customers(watched.metric) and watched.where == own


BALANCE = (
    speed_without_quality,
    closing_without_solving,
    goals_that_pull_apart_without_an_order,
    quality_without_throughput,
    a_subscription_business_without_retention,
    fewer_contacts_without_the_customers_view,
)
