"""GK4xx: targets that are neither met already nor out of reach, and the team's own."""

from __future__ import annotations

from collections.abc import Iterator

from goalkeeper.goals import Goal, Plan, Shape
from goalkeeper.goals.outlook import outlook
from goalkeeper.goals.plan import TARGET_KEYS
from goalkeeper.lint.rule import Checked, Found, Needs, Severity, rule
from goalkeeper.metrics import Benchmark
from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.units import Better

NEAR_IMPOSSIBLE = 0.05
"""The chance under which a target is out of reach."""


@rule("GK401", since="0.2", severity=Severity.ERROR)
def a_target_that_asks_nothing(checked: Checked) -> Iterator[Found]:
    """The target is met already, or lies on the wrong side of the start.

    ## Why
    A goal that is reached before it begins, or by getting worse, changes nothing. To keep what is good, hold it.

    ## Bad
    ```toml
    [[goal]]
    metric = "survey_response_rate"
    from = 0.25
    to = 0.22
    owner = "team:support"
    because = "under 20 % nobody can tell which topics drive customers away"
    ```

    ## Good
    ```toml
    [[goal]]
    metric = "survey_response_rate"
    from = 0.22
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
    because = "under 20 % nobody can tell which topics drive customers away"
    ```
    ```toml
    # own data
    [[seen]]
    metric = "survey_response_rate"
    recent = [0.31, 0.30, 0.32, 8200]
    ```

    ## Good
    ```toml
    [[goal]]
    metric = "survey_response_rate"
    hold = 0.25
    owner = "team:support"
    because = "under 20 % nobody can tell which topics drive customers away"
    ```
    ```toml
    # own data
    [[seen]]
    metric = "survey_response_rate"
    recent = [0.31, 0.30, 0.32, 8200]
    ```
    """
    for goal in checked.plan.goals:
        show, named, name = goal.watched.format, goal.watched.named, goal.metric.name.lower()
        recent, then = checked.evidence.recent(goal.watched), f"over the {goal.watched.recent_words}"
        if goal.shape is Shape.REACH and isinstance(goal.start, int | float) and _is_no_gain(goal):
            words = f"the target {named(goal.to)} is no better than the start {named(goal.start)}."
            yield Found((*goal.path, "to"), words, "Swap them, or hold the start.", at_value=True)
        elif goal.shape is Shape.RISE and goal.metric.better == (Better.LOWER if goal.rising else Better.HIGHER):
            words = f"{name} is better when it {'falls' if goal.rising else 'rises'}."
            yield Found((*goal.path, "trend"), words, "Turn the trend round.", at_value=True)
        elif not isinstance(recent, Estimate):
            continue
        elif goal.shape is Shape.REACH and goal.meets(recent.value):
            words = f"it is met already: {name} was {show(recent.value)} {then}."
            yield Found((*goal.path, "to"), words, "Aim further, or hold it.", at_value=True)
        elif goal.shape is Shape.HOLD and _is_beyond(goal, recent):
            words = f"there is nothing to hold yet: {name} was {show(recent.value)} {then}."
            yield Found((*goal.path, "hold"), words, "Reach it first: write `to` instead of `hold`.", at_value=True)


def _is_no_gain(goal: Goal) -> bool:
    if goal.metric.better is Better.NEITHER or not isinstance(goal.start, int | float) or goal.to is None:
        return goal.start == goal.to
    return goal.to <= goal.start if goal.upwards else goal.to >= goal.start


def _is_beyond(goal: Goal, recent: Estimate) -> bool:
    """Whether the whole interval lies on the bad side of the line."""
    ends = [end for end in (recent.low, recent.high) if end is not None] or [recent.value]
    return not any(goal.meets(end) for end in ends)


@rule("GK402", since="0.2", needs=(Needs.DATA,))
def a_target_out_of_reach(checked: Checked) -> Iterator[Found]:
    """Own history makes the target very unlikely: the chance of reaching it is under 5 %.

    ## Why
    People stop trying for what cannot be reached, or find other ways to the number. The finding names the nearest
    target with a fair chance.

    ## Bad
    ```toml
    [[goal]]
    metric = "survey_response_rate"
    to = 0.60
    owner = "team:support"
    because = "under 20 % nobody can tell which topics drive customers away"
    ```
    ```toml
    # own data
    [[seen]]
    metric = "survey_response_rate"
    weekly = [0.21, 0.23, 0.22, 0.20, 0.24, 0.22, 0.23, 0.21, 0.22, 0.24, 0.23, 0.22, 0.21, 0.23]
    rows_a_week = 600
    ```

    ## Good
    ```toml
    [[goal]]
    metric = "survey_response_rate"
    to = 0.24
    owner = "team:support"
    because = "under 20 % nobody can tell which topics drive customers away"
    ```
    ```toml
    # own data
    [[seen]]
    metric = "survey_response_rate"
    weekly = [0.21, 0.23, 0.22, 0.20, 0.24, 0.22, 0.23, 0.21, 0.22, 0.24, 0.23, 0.22, 0.21, 0.23]
    rows_a_week = 600
    ```
    """
    for goal in checked.plan.goals:
        due = checked.plan.due(goal)
        if due is None or goal.shape is Shape.RISE:
            continue
        seen = outlook(goal, checked.evidence.weeks(goal.watched), due)
        if isinstance(seen, NoEstimate) or seen.chance.value >= NEAR_IMPOSSIBLE:
            continue
        said = "very unlikely" if seen.chance.words_only else f"under {NEAR_IMPOSSIBLE * 100:g} %"
        words = f"its chance is {said}: any four weeks in a row lay between {goal.watched.format(seen.least)} and "
        words += f"{goal.watched.format(seen.most)}."
        fair = "" if seen.fair is None else f"A target with a fair chance is {goal.watched.format(seen.fair)}."
        yield Found((*goal.path, TARGET_KEYS[goal.shape]), words, fair, at_value=True)


@rule("GK403", since="0.2")
def a_target_copied_from_others(checked: Checked) -> Iterator[Found]:
    """The target is a benchmark of another channel, industry, clock or statistic.

    ## Why
    Two minutes is a target for chat; for e-mail it is a slip. Own history says what is ambitious here, a benchmark
    only what others reach, and only like with like.

    ## Bad
    ```toml
    [[goal]]
    metric = "first_response_time"
    where = { channel = "email" }
    to = "2 min"
    owner = "team:support"
    because = "customers who wait write twice"
    must_not_get_worse = [{ metric = "csat", limit = "-2 pts" }]
    ```

    ## Good
    ```toml
    [[goal]]
    metric = "first_response_time"
    where = { channel = "chat" }
    to = "2 min"
    owner = "team:support"
    because = "customers who wait write twice"
    must_not_get_worse = [{ metric = "csat", limit = "-2 pts" }]
    ```
    """
    for goal in checked.plan.goals:
        if goal.to is None:
            continue
        marks = [mark for mark in goal.metric.benchmarks if goal.to in (mark.low, mark.high)]
        reasons = [_unlike(checked.plan, goal, mark) for mark in marks]
        if reasons and all(reasons):
            mark, step = marks[0], f"Set it from own history: goalkeeper plan suggest {goal.metric.key}."
            words = f"{goal.watched.named(goal.to)} is a benchmark {reasons[0]} ('{mark.words}', {mark.source.title})."
            yield Found((*goal.path, TARGET_KEYS[goal.shape]), words, step, at_value=True)


def _unlike(plan: Plan, goal: Goal, mark: Benchmark) -> str:
    """In what a benchmark differs from the goal; empty where like is compared with like."""
    watched = goal.watched
    formula = goal.metric.variant(watched.variant)
    channels = watched.where.get("channel", ())
    if mark.channels and not set(channels) <= set(mark.channels):  # a goal without a channel may have just one
        return f"for {' and '.join(mark.channels)}"
    if mark.industry and mark.industry != plan.industry.lower():
        return f"of the industry {mark.industry}"
    if mark.clock and formula.has_clock and mark.clock != (watched.clock or "working"):
        return f"on the {mark.clock} clock"
    if mark.statistic and mark.statistic != (watched.statistic or goal.metric.headline(watched.variant)):
        return f"of the {mark.statistic}"
    return ""


TARGETS = (a_target_that_asks_nothing, a_target_out_of_reach, a_target_copied_from_others)
