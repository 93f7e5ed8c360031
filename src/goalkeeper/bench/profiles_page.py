"""The document of the profiles, from their registry."""

from __future__ import annotations

from goalkeeper.datasets import Dataset
from goalkeeper.datasets.peers import MORE, PEERS
from goalkeeper.metrics import METRICS
from goalkeeper.metrics.profiles import PROFILES, Profile

_HEAD = """\
# Profiles

Other programs use the same names for other numbers. A profile computes a metric as one of them defines it, over your
own tickets, so that a number can be compared with the one it shows, and the difference explained ticket by ticket.

```sh
goalkeeper demo --workspace demo --tickets 500
goalkeeper metric first_response_time --profile zendesk --by channel --workspace demo
goalkeeper metric first_contact_resolution --profile zendesk --variant messaging --workspace demo
goalkeeper explain 100007 --profiles zendesk,goalkeeper --workspace demo
```

From Python: `ws.measure("first_response_time", profile="zendesk")`. JSON and tables carry the profile and the version
of its definition. Benchmarks are not compared with it: they were measured by other definitions.

A profile copies a definition, never a fault. Where a program loses a Sunday, counts boundaries of minutes or looks at a
promise too late, the number here is the exact one by its definition. Working hours are those of your schedules: a
ticket has one schedule, the last, as in Zendesk.

What profiles count over is computed when one is asked for the first time after a refresh. A ticket counts by its own
events alone: one that was merged into another counts like any other, and test tickets and internal ones do too.
"""
_COLUMNS = """\
## What they count over

A moment is milliseconds since 1970 UTC, a day a local day number, lengths are whole seconds. Each row has its ticket's
splits beside.
"""


def profiles_page() -> str:
    """docs/profiles.md: every profile with its definitions, and the columns that they count."""
    sections = [_section(each) for each in PROFILES.values()]
    return "\n".join([_HEAD, _matrix(), *sections, _COLUMNS, *map(_columns, PEERS)])


def _matrix() -> str:
    keys = [key for key in METRICS if any(_has(each, key) for each in PROFILES.values())]
    lines = ["| metric | " + " | ".join(PROFILES) + " |", "|---" * (len(PROFILES) + 1) + "|"]
    lines += [f"| {key} | " + " | ".join(_has(each, key) for each in PROFILES.values()) + " |" for key in keys]
    return "\n".join(lines) + "\n"


def _has(profile: Profile, key: str) -> str:
    return "own" if key in profile.definitions else "ours" if key in profile.same else ""


def _section(profile: Profile) -> str:
    lines = [f"## {profile.key}", "", f"**{profile.name}.**", ""]
    for key, its in profile.definitions.items():
        metric = profile.metric(METRICS[key])
        clock = f", {metric.clock} time unless asked otherwise" if metric.formula.has_clock else ""
        variants = f" Variants: {', '.join(f'`{name}`' for name in its.variants)}." if its.variants else ""
        about = " ".join(metric.about.split())
        lines.append(f"- `{key}`, {metric.headline()}{clock}. {about}{variants} ({its.source})")
    lines += [f"- `{key}` is like ours: {why}." for key, why in profile.same.items()]
    lines += [f"- `{key}`: none. {why[0].upper()}{why[1:]}." for key, why in profile.apart.items()]
    return "\n".join(lines) + "\n"


def _columns(data: Dataset) -> str:
    lines = [f"### facts.{data.name}", "", "| column | kind | meaning |", "|---|---|---|"]
    lines += [f"| {each.name} | {each.kind} | {each.about} |" for each in data.columns if each not in MORE]
    return "\n".join(lines) + "\n"
