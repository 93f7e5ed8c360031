"""GK1xx: as many goals as people can keep in mind, and as their company is ready for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from goalkeeper.goals import Goal, Owner, Stage
from goalkeeper.goals.plan import first_stage
from goalkeeper.lint.rule import Checked, Found, Needs, rule

MOST_GOALS = 3
_NAMED = 4
_NOBODY = Owner("team", "")


def _by_owner(goals: Iterable[Goal]) -> Iterator[tuple[Owner, list[Goal]]]:
    """Each owner's goals in the order of the plan; goals without owners are those of one unnamed team."""
    pairs = [(owner, goal) for goal in goals for owner in goal.owners or (_NOBODY,)]
    pairs.sort(key=lambda pair: str(pair[0]))
    for owner, found in groupby(pairs, key=lambda pair: pair[0]):
        yield owner, [goal for _, goal in found]


def _too_many(owner: Owner, goals: list[Goal], what: str, next_step: str) -> Found:
    more = f" and {len(goals) - _NAMED:,} more" if len(goals) > _NAMED else ""
    names = ", ".join(f"'{goal.name}'" for goal in goals[:_NAMED])
    who = "the team" if owner == _NOBODY else str(owner)
    first = goals[MOST_GOALS]
    path = (*first.path, "owner") if first.owners else first.path
    return Found(path, f"{who} has {len(goals):,} {what}: {names}{more}.", next_step)


@rule("GK101", since="0.2")
def too_many_goals_for_one_person(checked: Checked) -> Iterator[Found]:
    """One person has more than three goals.

    ## Why
    People keep two or three priorities in mind. With more, each loses, and the choice which one gives way is made
    by whoever shouts.

    ## Bad
    ```toml
    [[goal]]
    metric = "csat"
    to = 0.85
    owner = "person:ann"
    because = "unhappy customers leave"
    must_not_get_worse = [{ metric = "first_response_time", limit = "+10 %" }]

    [[goal]]
    metric = "reopen_rate"
    to = 0.05
    owner = "person:ann"
    because = "each reopening costs a second answer"
    must_not_get_worse = [{ metric = "first_response_time", limit = "+10 %" }]

    [[goal]]
    metric = "nps"
    to = 0.40
    owner = "person:ann"
    because = "promoters bring in one new customer in five"
    must_not_get_worse = [{ metric = "first_response_time", limit = "+10 %" }]

    [[goal]]
    metric = "survey_response_rate"
    to = 0.25
    owner = "person:ann"
    because = "without answers nobody knows what customers think"
    ```

    ## Good
    ```toml
    [[goal]]
    metric = "csat"
    to = 0.85
    owner = "person:ann"
    because = "unhappy customers leave"
    must_not_get_worse = [{ metric = "first_response_time", limit = "+10 %" }]

    [[goal]]
    metric = "survey_response_rate"
    to = 0.25
    owner = "person:ann"
    because = "without answers nobody knows what customers think"
    ```
    """
    for owner, goals in _by_owner(checked.plan.goals):
        if owner.kind != "team" and len(goals) > MOST_GOALS:
            yield _too_many(owner, goals, "goals", "Keep the two or three that matter most this quarter.")


@rule("GK102", since="0.2")
def too_many_goals_for_a_team(checked: Checked) -> Iterator[Found]:
    """A team has more than three primary goals.

    ## Why
    Beyond two or three, goals begin to work against each other and focus blurs. Goals of priority 4 and later do not
    count: everybody knows that they come after.

    ## Bad
    ```toml
    [[goal]]
    metric = "csat"
    to = 0.85
    owner = "team:support"
    because = "unhappy customers leave"
    must_not_get_worse = [{ metric = "first_response_time", limit = "+10 %" }]

    [[goal]]
    metric = "reopen_rate"
    to = 0.05
    owner = "team:support"
    because = "each reopening costs a second answer"
    must_not_get_worse = [{ metric = "first_response_time", limit = "+10 %" }]

    [[goal]]
    metric = "nps"
    to = 0.40
    owner = "team:support"
    because = "promoters bring in one new customer in five"
    must_not_get_worse = [{ metric = "first_response_time", limit = "+10 %" }]

    [[goal]]
    metric = "survey_response_rate"
    to = 0.25
    owner = "team:support"
    because = "without answers nobody knows what customers think"
    ```

    ## Good
    ```toml
    [[goal]]
    metric = "csat"
    to = 0.85
    owner = "team:support"
    priority = 1
    because = "unhappy customers leave"
    must_not_get_worse = [{ metric = "first_response_time", limit = "+10 %" }]

    [[goal]]
    metric = "survey_response_rate"
    to = 0.25
    owner = "team:support"
    priority = 2
    because = "without answers nobody knows what customers think"
    ```
    """
    for owner, goals in _by_owner(goal for goal in checked.plan.goals if goal.is_primary):
        if owner.kind == "team" and len(goals) > MOST_GOALS:
            yield _too_many(
                owner, goals, "primary goals", "Keep two or three, or give the others priority 4 and later."
            )


@rule("GK103", since="0.2", needs=(Needs.STAGE,))
def goals_that_do_not_fit_the_stage(checked: Checked) -> Iterator[Found]:
    """A goal comes too early, or at all, for the stage of the company.

    ## Why
    Before launch the founder answers everybody and needs no goal. Under 50k a month, first response and satisfaction
    are enough; contact resolution, deflection and the like need tickets enough to learn from. Goals that are tied to
    retention need a workflow of their own, which pays from 500k on.

    ## Bad
    ```toml
    [plan]
    name = "Support, Q1 2027"
    quarter = "2027Q1"
    stage = "under-50k"
    review = "monthly"

    [[goal]]
    metric = "first_contact_resolution"
    to = 0.75
    owner = "team:support"
    because = "a second contact costs us an hour"
    must_not_get_worse = [{ metric = "first_response_time", limit = "+10 %" }]
    ```

    ## Good
    ```toml
    [plan]
    name = "Support, Q1 2027"
    quarter = "2027Q1"
    stage = "under-50k"
    review = "monthly"

    [[goal]]
    metric = "csat"
    to = 0.85
    owner = "team:support"
    because = "the first customers are the ones that recommend us"
    must_not_get_worse = [{ metric = "first_response_time", limit = "+10 %" }]
    ```
    """
    stage = checked.plan.stage
    if stage is None:
        return
    for goal in checked.plan.goals:
        needed = first_stage(goal.metric)
        path = (*goal.path, "metric")
        if stage is Stage.PRE_LAUNCH:
            yield Found(path, "before launch there is nothing to set a goal for.", "Track it, without a target.")
        elif needed.rank > stage.rank:
            words = f"a goal on {goal.metric.name.lower()} comes too early: the stage is {stage}."
            yield Found(path, words, f"Track it; set a goal from the stage {needed} on.")


PEOPLE = (too_many_goals_for_one_person, too_many_goals_for_a_team, goals_that_do_not_fit_the_stage)
