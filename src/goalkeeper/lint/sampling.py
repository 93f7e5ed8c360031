"""GK3xx: goals that the data can measure, in the time there is."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date

from goalkeeper.formulas import Part
from goalkeeper.goals import Goal, Plan, Shape, TextEdit, Watched
from goalkeeper.goals.edit import replace
from goalkeeper.goals.outlook import rows_needed
from goalkeeper.goals.plan import JUDGED_WEEKS, TARGET_KEYS
from goalkeeper.lint.rule import Checked, Fix, Found, Needs, Severity, rule
from goalkeeper.measure.response import NOISY_RESPONSE, WEAK_RESPONSE
from goalkeeper.stats.estimate import Estimate
from goalkeeper.tomlfile import Path_
from goalkeeper.units import Unit, format_value

_HOUR_S = 3_600


def all_watched(plan: Plan) -> Iterator[tuple[Path_, Watched]]:
    """Whatever the plan watches, with its place: goals and counterweights."""
    for goal in plan.goals:
        yield goal.path, goal.watched
        yield from ((each.path, each.watched) for each in goal.must_not_get_worse)


@rule("GK301", since="0.2", severity=Severity.ERROR, needs=(Needs.DATA,))
def a_metric_that_cannot_be_computed(checked: Checked) -> Iterator[Found]:
    """A metric cannot be computed from the connected data.

    ## Why
    A goal that nobody can measure is a wish. The finding says which rows or columns are missing.

    ## Bad
    ```toml
    [[goal]]
    metric = "handle_time"
    to = "6 min"
    owner = "team:phone"
    because = "a minute a call is two agents a year"
    must_not_get_worse = [{ metric = "csat", limit = "-2 pts" }]
    ```
    ```toml
    # own data
    [[seen]]
    metric = "handle_time"
    missing = "no calls are loaded"
    ```

    ## Good
    ```toml
    [[goal]]
    metric = "handle_time"
    to = "6 min"
    owner = "team:phone"
    because = "a minute a call is two agents a year"
    must_not_get_worse = [{ metric = "csat", limit = "-2 pts" }]
    ```
    ```toml
    # own data
    [[seen]]
    metric = "handle_time"
    recent = [412, 398, 427, 5200]
    ```
    """
    for path, watched in all_watched(checked.plan):
        if missing := checked.evidence.missing(watched):
            words = f"{watched.words} cannot be computed: {missing}."
            yield Found((*path, "metric"), words, "Load what is missing, or take another metric.", at_value=True)


@rule("GK302", since="0.2", needs=(Needs.DATA,))
def a_survey_that_few_answer(checked: Checked) -> Iterator[Found]:
    """A survey metric rests on a response rate under 20 %; under 10 % it is noise, and an error.

    ## Why
    Satisfaction measured on one ticket in twenty says who likes to answer, not how customers feel. Asking other
    people, or at another moment, moves it more than any work does.

    ## Bad
    ```toml
    [[goal]]
    metric = "csat"
    to = 0.85
    owner = "team:support"
    because = "unhappy customers leave"
    must_not_get_worse = [{ metric = "first_response_time", limit = "+10 %" }]
    ```
    ```toml
    # own data
    [[seen]]
    metric = "csat"
    response = [0.05, 0.046, 0.055, 8200]
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
    ```toml
    # own data
    [[seen]]
    metric = "csat"
    response = [0.27, 0.26, 0.28, 8200]
    ```
    """
    for path, watched in all_watched(checked.plan):
        response = checked.evidence.response(watched)
        if response is None or not isinstance(response.rate, Estimate) or response.rate.value >= WEAK_RESPONSE:
            continue
        rate, is_noise = response.rate, response.rate.value < NOISY_RESPONSE
        share = format_value(rate.value, Unit.SHARE)
        verdict = "noise, not signal" if is_noise else "they speak for few"
        words = f"only {share} of {rate.n:,} {response.of} brought an answer: {verdict}."
        step = f"Raise the response rate over {WEAK_RESPONSE * 100:g} % first, or set that as the goal."
        severity = Severity.ERROR if is_noise else Severity.WARNING
        yield Found((*path, "metric"), words, step, at_value=True, severity=severity)


@rule("GK303", since="0.2", needs=(Needs.DATA,))
def a_change_too_small_to_show(checked: Checked) -> Iterator[Found]:
    """The change aimed at is smaller than what the sample can show by the due date.

    ## Why
    Whether such a goal is reached is decided by chance. It takes more rows, a larger change, or more time: the finding
    says how many rows.

    ## Bad
    ```toml
    [[goal]]
    metric = "csat"
    from = 0.82
    to = 0.84
    owner = "team:support"
    because = "unhappy customers leave"
    must_not_get_worse = [{ metric = "first_response_time", limit = "+10 %" }]
    ```
    ```toml
    # own data
    [[seen]]
    metric = "csat"
    recent = [0.82, 0.78, 0.86, 390]
    ```

    ## Good
    ```toml
    [[goal]]
    metric = "csat"
    from = 0.82
    to = 0.88
    owner = "team:support"
    because = "unhappy customers leave"
    must_not_get_worse = [{ metric = "first_response_time", limit = "+10 %" }]
    ```
    ```toml
    # own data
    [[seen]]
    metric = "csat"
    recent = [0.82, 0.805, 0.834, 2600]
    ```
    """
    for goal in checked.plan.goals:
        recent = checked.evidence.recent(goal.watched)
        if goal.shape is not Shape.REACH or goal.to is None or not isinstance(recent, Estimate):
            continue
        if not recent.n or not 0 < recent.width < math.inf:
            continue
        start = goal.start if isinstance(goal.start, int | float) else recent.value
        if goal.meets(start):
            continue  # GK401 speaks of it
        coming, needed = checked.evidence.rows_coming(goal.watched), rows_needed(abs(goal.to - start), recent)
        if coming >= needed:
            continue
        counted, show = goal.metric.counted(goal.watched.variant), goal.watched.named
        takes = f"takes about {needed:,.0f}" if math.isfinite(needed) else "needs a start that is better known"
        words = f"{show(start)} and {show(goal.to)} cannot be told apart: about {coming:,.0f} {counted} come in the "
        words += f"{JUDGED_WEEKS} weeks before the due day, and this change {takes}."
        yield Found((*goal.path, "to"), words, "Aim at a larger change, a larger segment, or measure longer.")


@rule("GK304", since="0.2", severity=Severity.ERROR, fix=Fix.SOMETIMES)
def arithmetic_that_cannot_be(checked: Checked) -> Iterator[Found]:
    """A value lies outside what its metric can be, asks for more hours than there are, or is the share of a whole.

    ## Why
    A share of 85 instead of 0.85 is a slip; a handling time that fills more hours than the team works is a plan to
    fail; the share of all topics is always 100 %.

    ## Bad
    ```toml
    [[goal]]
    metric = "csat"
    to = 85
    owner = "team:support"
    because = "unhappy customers leave"
    must_not_get_worse = [{ metric = "first_response_time", limit = "+10 %" }]
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

    ## Bad
    ```toml
    [[goal]]
    metric = "handle_time"
    hold = "12 min"
    owner = "team:phone"
    because = "callers want to be heard"
    must_not_get_worse = [{ metric = "csat", limit = "-2 pts" }]
    ```
    ```toml
    # own data
    [[seen]]
    metric = "handle_time"
    contacts_a_week = 9000
    hours_a_week = 1200
    ```

    ## Good
    ```toml
    [[goal]]
    metric = "handle_time"
    hold = "7 min"
    owner = "team:phone"
    because = "callers want to be heard"
    must_not_get_worse = [{ metric = "csat", limit = "-2 pts" }]
    ```
    ```toml
    # own data
    [[seen]]
    metric = "handle_time"
    contacts_a_week = 9000
    hours_a_week = 1200
    ```

    ## Bad
    ```toml
    [[goal]]
    metric = "theme_share"
    range = [0.05, 0.10]
    owner = "team:support"
    because = "half of the questions about passwords need no human"
    ```

    ## Good
    ```toml
    [[goal]]
    metric = "theme_share"
    where = { topic = "password" }
    range = [0.05, 0.10]
    owner = "team:support"
    because = "half of the questions about passwords need no human"
    ```

    ## Fix
    Divides a share or an index by 100 where that makes it possible.
    """
    for path, watched, value in _values(checked.plan):
        low, high = watched.metric.possible
        if not low <= value <= high:
            edits, step = _hundredth(checked.plan, path, watched, value)
            words = f"{value:g} is no value of {watched.metric.name.lower()}, which lies between {low:g} and {high:g}."
            yield Found(path, words, step, edits, at_value=True)
    for path, watched in all_watched(checked.plan):
        if isinstance(watched.formula, Part) and not watched.part:
            names = " or ".join(watched.formula.splits)
            words = f"{watched.words} is the whole, always 100 %: no part is named."
            yield Found((*path, "metric"), words, f"Name one by {names} in `where`." if names else "", at_value=True)
    for goal in checked.plan.goals:
        yield from _overfull(checked, goal)


def _values(plan: Plan) -> Iterator[tuple[Path_, Watched, float]]:
    """Every value that the plan names, with its place and its metric."""
    for goal in plan.goals:
        named = {(TARGET_KEYS[goal.shape],): goal.to, ("range", 0): goal.low, ("range", 1): goal.high}
        if isinstance(goal.start, int | float):
            named["from",] = goal.start
        yield from ((goal.path + tail, goal.watched, value) for tail, value in named.items() if value is not None)
        yield from (((*each.path, "to"), goal.watched, each.to) for each in goal.milestones)
        for each in goal.must_not_get_worse:
            if not each.limit.needs_start:
                yield (*each.path, "limit"), each.watched, each.limit.amount
            if each.start is not None:
                yield (*each.path, "from"), each.watched, each.start


def _hundredth(plan: Plan, path: Path_, watched: Watched, value: float) -> tuple[tuple[TextEdit, ...], str]:
    low, high = watched.metric.possible
    if watched.metric.unit not in (Unit.SHARE, Unit.INDEX) or not low <= value / 100 <= high:
        return (), ""
    return (replace(plan.document, path, value / 100),), f"Write {value / 100:g}."


def _overfull(checked: Checked, goal: Goal) -> Iterator[Found]:
    load = checked.evidence.workload(goal.watched)
    if load is None or goal.to is None or goal.metric.unit is not Unit.DURATION:
        return
    hours = goal.to * load.contacts_a_week / _HOUR_S
    if hours > load.hours_a_week:
        words = f"{goal.watched.named(goal.to)} for each of {load.contacts_a_week:,.0f} contacts a week makes "
        words += f"{hours:,.0f} hours, and people work {load.hours_a_week:,.0f}."
        most = load.hours_a_week * _HOUR_S / load.contacts_a_week
        yield Found(
            (*goal.path, TARGET_KEYS[goal.shape]), words, f"At most {goal.watched.format(most)} fit.", at_value=True
        )


@rule("GK305", since="0.2", severity=Severity.ERROR)
def a_window_that_closes_too_late(checked: Checked) -> Iterator[Found]:
    """The metric's window does not close before the due date.

    ## Why
    Whether a ticket stayed solved for thirty days is known thirty days later. In a goal of two weeks no row can be
    judged by the due date.

    ## Bad
    ```toml
    [[goal]]
    metric = "first_contact_resolution"
    variant = "30d"
    to = 0.75
    by = 2027-01-14
    owner = "team:support"
    because = "a second contact costs us an hour"
    must_not_get_worse = [{ metric = "first_response_time", limit = "+10 %" }]
    ```

    ## Good
    ```toml
    [[goal]]
    metric = "first_contact_resolution"
    variant = "30d"
    to = 0.75
    by = 2027-03-31
    owner = "team:support"
    because = "a second contact costs us an hour"
    must_not_get_worse = [{ metric = "first_response_time", limit = "+10 %" }]
    ```
    """
    for goal in checked.plan.goals:
        due, days = checked.plan.due(goal), goal.metric.variant(goal.watched.variant).window_days
        start = checked.plan.since or checked.today
        if due is not None and days >= (due - start).days + 1:
            words = (
                f"its window of {days} days is still open on {due}: nothing that happens from {start} on is known then."
            )
            yield Found(
                (*goal.path, "metric"), words, f"Take a shorter window, or a due day from {_later(start, days)} on."
            )


def _later(day: date, days: int) -> date:
    return date.fromordinal(day.toordinal() + days)


SAMPLING = (
    a_metric_that_cannot_be_computed,
    a_survey_that_few_answer,
    a_change_too_small_to_show,
    arithmetic_that_cannot_be,
    a_window_that_closes_too_late,
)
