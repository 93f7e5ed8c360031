"""The documents of the plan file, from its declared keys: the reference for people and the schema for editors."""

from __future__ import annotations

import json

from goalkeeper.goals import plan_schema
from goalkeeper.goals.keys import COUNTERWEIGHT_KEYS, GOAL_KEYS, MILESTONE_KEYS, PLAN_KEYS, Keys

_HEAD = """\
# The plan file

A plan is a TOML file: one table `[plan]`, and a table `[[goal]]` for each goal. Editors that know JSON schema complete
and check it with [plan.schema.json](plan.schema.json): write `#:schema plan.schema.json` into its first line.

```toml
# plan
[plan]
name = "Support, Q1 2027"
quarter = "2027Q1"
stage = "50k-500k"
review = "monthly"

[[goal]]
name = "Billing questions solved the first time"
metric = "first_contact_resolution"
where = { topic = "billing" }
from = 0.65
to = 0.75
owner = "team:billing"
priority = 1
because = "repeat contacts come before 4 in 10 cancellations"
must_not_get_worse = [
    { metric = "resolution_time", limit = "+10 %" },
    { metric = "csat", limit = 0.82 },
]
```

A goal has one of four shapes. `to` reaches a value by the due day, `hold` stays at a value or better, `range` stays
between two values, `trend` moves in one direction. A goal is judged by its value over the last four weeks up to the due
day. Values are numbers in the metric's unit (shares and indexes from 0 to 1, durations in seconds) or texts: `"75 %"`,
`"4h"`, `"40 pts"`.

The limit of a counterweight is a value, or a text with a sign for a change from its start: `"+10 %"` is a tenth of the
start, `"-2 pts"` two points, `"+5 min"` five minutes. The sign says which way is worse. A counterweight takes the
segment and the clock of its goal unless it names its own.

A start that is measured is the value over the quarter before the plan. Totals, and who stayed, left or came over a
period, grow with its length: their starts are of four weeks, as their results are.
"""


def plan_page() -> str:
    """docs/plan.md: every key of the plan file."""
    parts = [_HEAD.rstrip("\n")]
    for title, keys in (
        ("[plan]", PLAN_KEYS),
        ("[[goal]]", GOAL_KEYS),
        ("must_not_get_worse", COUNTERWEIGHT_KEYS),
        ("milestones", MILESTONE_KEYS),
    ):
        parts.append("\n".join([f"## {title}", "", *_table(keys)]))
    return "\n\n".join(parts) + "\n"


def plan_schema_text() -> str:
    """docs/plan.schema.json."""
    return json.dumps(plan_schema(), indent=2, ensure_ascii=False) + "\n"


def _table(keys: Keys) -> list[str]:
    rows = ["| key | holds | meaning | example |", "|---|---|---|---|"]
    for key in keys.values():
        name = f"`{key.name}`" + (" (needed)" if key.is_needed else "")
        rows.append(f"| {name} | {key.kind.words} | {key.about} | `{key.example}` |")
    return rows
