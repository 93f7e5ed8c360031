"""Plans for tests."""

from __future__ import annotations

from goalkeeper.goals import Plan, parse_plan
from goalkeeper.goals.notes import Mistake
from goalkeeper.tomlfile import parse_toml

PLAN = """\
[plan]
name = "Support, Q1 2027"
period = "2027-01-01..2027-03-31"      # a quarter
stage = "50k-500k"
subscription_business = true
review = "monthly"

[[goal]]
name = "Billing questions solved the first time"
metric = "first_contact_resolution"
where = { topic = "billing" }
from = 0.65                            # frozen when agreed
to = 0.75
by = 2027-03-31
owner = "team:billing"
priority = 1
because = "repeat contacts come before 4 in 10 cancellations"    # relevance
must_not_get_worse = [ { metric = "handle_time", limit = "+10 %" }, { metric = "csat", limit = 0.82 } ]
"""
HEAD = '[plan]\nname = "x"\nquarter = "2027Q1"\n'


def read(text: str) -> tuple[Plan, tuple[Mistake, ...]]:
    """A plan and its mistakes."""
    return parse_plan(parse_toml(text, "plan.toml"))


def mistakes(text: str) -> list[str]:
    """The mistakes of a plan as "line:column found"."""
    plan, found = read(text)
    places = [(plan.document.place(*each.path, value=each.at_value), each) for each in found]
    return [f"{place.line}:{place.column} {each.found}" if place else each.found for place, each in places]
