"""GK5xx to GK7xx: why a goal matters, by when, who reviews it, who owns it, and what hangs on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from goalkeeper.goals import Plan
from goalkeeper.goals.edit import put
from goalkeeper.lint.rule import Checked, Fix, Found, rule
from goalkeeper.measure.periods import Period, periods
from goalkeeper.metrics import Aim, Group
from goalkeeper.stats.estimate import Estimate

_YEAR_DAYS, _EDGE_DAYS = 366, 45
_LATER = timedelta(days=14)


@rule("GK501", since="0.2")
def a_goal_without_a_reason(checked: Checked) -> Iterator[Found]:
    """A goal says no `because`, and own weeks show no link to retention, revenue or cost.

    ## Why
    Numbers that are good to look at and change nothing take the place of those that do. Ask of each: how does it
    help customers stay, bring revenue, or save cost?

    ## Bad
    ```toml
    [[goal]]
    metric = "survey_response_rate"
    to = 0.25
    owner = "team:support"
    ```

    ## Good
    ```toml
    [[goal]]
    metric = "survey_response_rate"
    to = 0.25
    owner = "team:support"
    because = "under 20 % nobody can tell which topics drive customers away"
    ```

    ## Bad
    ```toml
    [[goal]]
    metric = "survey_response_rate"
    to = 0.25
    owner = "team:support"
    ```
    ```toml
    # own data
    [[seen]]
    metric = "survey_response_rate"
    link = [0.04, -0.20, 0.28, 60]
    ```

    ## Good
    ```toml
    [[goal]]
    metric = "survey_response_rate"
    to = 0.25
    owner = "team:support"
    ```
    ```toml
    # own data
    [[seen]]
    metric = "survey_response_rate"
    link = [0.36, 0.12, 0.56, 60]
    ```
    """
    for goal in checked.plan.goals:
        if goal.because or goal.aims_at(Aim.RETENTION) or goal.metric.group is Group.STRATEGIC:
            continue
        seen = checked.evidence.link(goal.watched)
        if isinstance(seen, Estimate) and seen.low is not None and seen.high is not None and seen.low * seen.high > 0:
            continue
        words = f"nothing says why {goal.metric.name.lower()} matters: no `because`"
        words += ", and own weeks show no link to retention, revenue or cost." if isinstance(seen, Estimate) else "."
        yield Found(goal.path, words, "Write how it helps retention, revenue or cost.")


@rule("GK601", since="0.2")
def a_goal_without_a_due_date(checked: Checked) -> Iterator[Found]:
    """A goal has no due date, or runs for more than a year without a milestone.

    ## Why
    Without a day there is no moment at which anybody looks, and over a year nobody remembers why it was set.

    ## Bad
    ```toml
    [plan]
    name = "Support"
    stage = "50k-500k"
    review = "monthly"

    [[goal]]
    metric = "survey_response_rate"
    to = 0.25
    owner = "team:support"
    because = "under 20 % nobody can tell which topics drive customers away"
    ```

    ## Good
    ```toml
    [plan]
    name = "Support"
    stage = "50k-500k"
    review = "monthly"

    [[goal]]
    metric = "survey_response_rate"
    to = 0.25
    by = 2027-03-31
    owner = "team:support"
    because = "under 20 % nobody can tell which topics drive customers away"
    ```
    """
    for goal in checked.plan.goals:
        due = checked.plan.due(goal)
        start = checked.plan.since or checked.today
        if due is None:
            yield Found(goal.path, "it has no due date, and the plan has no period.", "Write by = 2027-03-31.")
        elif (due - start).days > _YEAR_DAYS and not goal.milestones:
            words = f"it is due on {due}, more than a year after {start}, without a milestone."
            yield Found((*goal.path, "by"), words, "Add milestones, or an earlier day.")


@rule("GK602", since="0.2", fix=Fix.SOMETIMES)
def a_quarter_without_a_review(checked: Checked) -> Iterator[Found]:
    """The plan is not reviewed in each quarter.

    ## Why
    Goals are guesses about what matters. Those that nobody looks at again stay in force after the reason is gone.

    ## Bad
    ```toml
    [plan]
    name = "Support, Q1 2027"
    quarter = "2027Q1"
    stage = "50k-500k"

    [[goal]]
    metric = "survey_response_rate"
    to = 0.25
    owner = "team:support"
    because = "under 20 % nobody can tell which topics drive customers away"
    ```

    ## Good
    ```toml
    [plan]
    name = "Support, Q1 2027"
    quarter = "2027Q1"
    stage = "50k-500k"
    review = "monthly"

    [[goal]]
    metric = "survey_response_rate"
    to = 0.25
    owner = "team:support"
    because = "under 20 % nobody can tell which topics drive customers away"
    ```

    ## Fix
    Adds a monthly review where the plan names none.
    """
    plan = checked.plan
    if not plan.goals:
        return
    if not plan.review and ("plan", "review") not in plan.document.spans:
        edits = (put(plan.document, ("plan",), "review", "monthly"),) if ("plan",) in plan.document.spans else ()
        yield Found(("plan",), "it names no review.", 'Write review = "monthly".', edits)
    elif isinstance(plan.review, tuple):
        for span in _without_review(plan, plan.review):
            words = f"nobody reviews the plan in {span.label}."
            yield Found(("plan", "review"), words, "Add a day, at least one a quarter.", at_value=True)


def _without_review(plan: Plan, days: tuple[date, ...]) -> Iterator[Period]:
    """The quarters of the plan without a review, which may come two weeks later; the edges of others do not count."""
    if plan.since is None or plan.until is None:
        return
    for span in periods(plan.since, plan.until, "quarter"):
        if span.days >= _EDGE_DAYS and not any(span.since <= day < span.until + _LATER for day in days):
            yield span


@rule("GK701", since="0.2")
def a_goal_without_an_owner(checked: Checked) -> Iterator[Found]:
    """A goal has no owner.

    ## Why
    What everybody owns nobody does. The owner need not do the work, but has to notice when it is not done.

    ## Bad
    ```toml
    [[goal]]
    metric = "survey_response_rate"
    to = 0.25
    because = "under 20 % nobody can tell which topics drive customers away"
    ```

    ## Good
    ```toml
    [[goal]]
    metric = "survey_response_rate"
    to = 0.25
    owner = "person:ann"
    because = "under 20 % nobody can tell which topics drive customers away"
    ```
    """
    for goal in checked.plan.goals:
        if not goal.owners:
            yield Found(goal.path, "it has no owner.", 'Write owner = "team:…" or "person:…".')


@rule("GK702", since="0.2", fix=Fix.ALWAYS)
def a_reward_on_what_can_be_gamed(checked: Checked) -> Iterator[Found]:
    """A reward is tied to a metric that can be gamed, and nobody watches for it.

    ## Why
    Money finds the shortest way to a number. Each metric names the ways it is gamed; with `watch_gaming` they are
    watched for and shown beside the goal.

    ## Bad
    ```toml
    [[goal]]
    metric = "csat"
    to = 0.85
    owner = "team:support"
    because = "unhappy customers leave"
    must_not_get_worse = [{ metric = "first_response_time", limit = "+10 %" }]
    reward = "200 EUR each"
    ```

    ## Good
    ```toml
    [[goal]]
    metric = "csat"
    to = 0.85
    owner = "team:support"
    because = "unhappy customers leave"
    must_not_get_worse = [{ metric = "first_response_time", limit = "+10 %" }]
    reward = "200 EUR each"
    watch_gaming = true
    ```

    ## Fix
    Adds `watch_gaming = true`.
    """
    for goal in checked.plan.goals:
        if goal.reward and goal.metric.gamed_by and not goal.watch_gaming:
            ways = goal.metric.gamed_by.rstrip(".").lower()
            words = f"a reward hangs on {goal.metric.name.lower()}, which is gamed by {ways}."
            edit = put(checked.plan.document, goal.path, "watch_gaming", True)
            yield Found((*goal.path, "reward"), words, "Write watch_gaming = true.", (edit,))


COMMITMENT = (
    a_goal_without_a_reason,
    a_goal_without_a_due_date,
    a_quarter_without_a_review,
    a_goal_without_an_owner,
    a_reward_on_what_can_be_gamed,
)
