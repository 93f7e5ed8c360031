"""What changed between two agreed versions."""

from __future__ import annotations

from pathlib import Path

import pytest

from goalkeeper.goals.compare import Change, compare
from goalkeeper.warehouse import Store
from goals.agreed_plans import agree_on
from goals.plans import PLAN

NAME = "Billing questions solved the first time"
SECOND = """
[[goal]]
name = "Quick"
metric = "first_response_time"
hold = "2h"
"""


@pytest.fixture
def store(tmp_path: Path):
    with Store(tmp_path) as made:
        yield made


def changes(store: Store, *edits: tuple[str, str], more: str = "") -> list[Change]:
    new = PLAN
    for old, text in edits:
        assert old in new
        new = new.replace(old, text)
    return list(compare(agree_on(store, PLAN), agree_on(store, new + more)))


def test_the_same_plan_has_no_changes(store: Store) -> None:
    assert changes(store, ("# a quarter", "# three months")) == []


@pytest.mark.parametrize(
    ("old", "new", "what", "was", "now"),
    [
        ("to = 0.75", "to = 0.70", "target", "from 65 % to 75 %", "from 65 % to 70 %"),
        ('"team:billing"', '["team:billing", "person:Ann"]', "owner", "team billing", "team billing, person Ann"),
        ("by = 2027-03-31", "by = 2027-03-15", "due", "2027-03-31", "2027-03-15"),
        ('"+10 %"', '"+12 %"', "limit of Average handle time (topic billing)", "+10 %", "+12 %"),
        ("priority = 1\n", "", "priority", "1", ""),
        (
            "because =",
            "milestones = [ { by = 2027-02-01, to = 0.7 } ]\nbecause =",
            "milestone of 2027-02-01",
            "",
            "70 %",
        ),
    ],
)
def test_each_fact_is_told_as_it_was_and_is(store: Store, old: str, new: str, what: str, was: str, now: str) -> None:
    assert changes(store, (old, new)) == [Change(NAME, what, was, now)]


def test_a_counterweight_that_is_gone_takes_its_definition_along(store: Store) -> None:
    found = changes(store, (', { metric = "csat", limit = 0.82 }', ""))
    assert [(each.what, each.now) for each in found] == [
        ("limit of Customer satisfaction (topic billing)", ""),
        ("definition of Customer satisfaction (topic billing)", ""),
    ]


def test_facts_of_the_plan_and_new_goals(store: Store) -> None:
    found = changes(store, ('review = "monthly"', 'review = "weekly"'), more=SECOND)
    assert found == [Change("", "review", "monthly", "weekly"), Change("Quick", "goal", "", "at most 2 h")]


def test_goals_are_known_by_their_id(store: Store) -> None:
    found = changes(store, (f'name = "{NAME}"', 'id = "billing-questions-solved-the-first-time"\nname = "Billing"'))
    assert found == [Change("Billing", "name", NAME, "Billing")]
