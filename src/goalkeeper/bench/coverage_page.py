"""The document of which source gives which metric, and what is missing for the others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from goalkeeper.connectors.mapping import Mapping
from goalkeeper.connectors.mapping.model import TableRule
from goalkeeper.connectors.presets import presets
from goalkeeper.metrics import METRICS
from goalkeeper.metrics.needs import missing, needs
from goalkeeper.schema import TABLES

GENERIC = "canonical"  # fills any column, so it says nothing


@cache
def filled(mapping: Mapping) -> set[str]:
    """What a mapping fills, as ``table.column`` and as ``ticket_events.reply``, less what it says it cannot."""
    found: set[str] = set()
    for rule in (rule for file in mapping.files for rule in file.tables):
        found |= {f"{rule.to}.{name}" for name in rule.filled}
        for kind in _kinds(rule):
            found.add(f"{rule.to}.{kind}")
    return found - {what for what, _ in mapping.cannot}


def _kinds(rule: TableRule) -> Iterator[str]:
    """The kinds of events or of surveys that a rule makes; a form's questions are told apart when it is read."""
    if rule.questions is not None:
        yield from ("nps", "csat", "ces", "fcr")
    name = {"ticket_events": "type", "subscription_events": "type", "survey_responses": "kind"}.get(rule.to)
    kinds = TABLES[rule.to].column(name).values if name else ()
    yield from (kind for kind in kinds if re.search(rf"\b{kind}\b", repr(rule)))


def coverage_page() -> str:
    """docs/coverage.md: metrics × ready mappings, and for each mapping what the nearest others lack."""
    known = {name: filled(mapping) for name, mapping in presets().items() if name != GENERIC}
    numbers = {name: number for number, name in enumerate(known, 1)}
    parts = [
        "# Which source gives which metric",
        "",
        "● it is enough by itself; ○ it holds part of it. Several sources in one workspace add up. A spreadsheet with "
        "the columns of the canonical tables (the mapping `canonical`) gives any of them.",
        "",
        *(f"{number}. `{name}`: {presets()[name].title}" for name, number in numbers.items()),
        "",
        "| metric | " + " | ".join(map(str, numbers.values())) + " |",
        "|---|" + "---|" * len(numbers),
    ]
    for key, metric in METRICS.items():
        marks = [_mark(needs(metric.formula), fills) for fills in known.values()]
        parts.append(f"| {key} | " + " | ".join(marks) + " |")
    parts += ["", "## What is missing", ""]
    for name, fills in known.items():
        parts += [f"**{name}**", "", *_lacking(name, fills), ""]
    return "\n".join(parts).rstrip() + "\n"


def _mark(needed: tuple[str, ...], fills: set[str]) -> str:
    lacking = missing(needed, fills)
    return "●" if not lacking else "○" if needed[0] not in lacking else ""


def need_words(need: str) -> str:
    """A need for people: "`agents.hired_on`", "`a.x` or `b.y`"."""
    return " or ".join(f"`{each.rstrip('.')}`" for each in need.split("|"))


def _lacking(name: str, fills: set[str]) -> list[str]:
    """The metrics that a source holds part of, by what they lack, with the reason where the mapping says one."""
    why = dict(presets()[name].cannot)
    groups: dict[tuple[str, ...], list[str]] = {}
    for key, metric in METRICS.items():
        needed = needs(metric.formula)
        lacking = missing(needed, fills)
        if lacking and needed[0] not in lacking:
            groups.setdefault(lacking, []).append(key)
    lines = []
    for lacking, keys in groups.items():
        reasons = dict.fromkeys(why[one] for need in lacking for one in need.split("|") if one in why)
        words = ", ".join(need_words(need) for need in lacking)
        told = f" ({'; '.join(reasons)})" if reasons else ""
        lines.append(f"- {', '.join(keys)}: {words}{told}")
    return lines or ["- nothing: what it holds part of it gives whole"]
