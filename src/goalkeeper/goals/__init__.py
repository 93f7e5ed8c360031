"""Plans: the plan file and its model, agreed versions, targets from own history, plans to start from."""

from __future__ import annotations

from goalkeeper.goals.edit import TextEdit
from goalkeeper.goals.keys import plan_schema
from goalkeeper.goals.plan import Counterweight, Goal, Milestone, Owner, Plan, Shape, Stage, Watched
from goalkeeper.goals.read import parse_plan, read_plan

__all__ = [
    "Counterweight",
    "Goal",
    "Milestone",
    "Owner",
    "Plan",
    "Shape",
    "Stage",
    "TextEdit",
    "Watched",
    "parse_plan",
    "plan_schema",
    "read_plan",
]
