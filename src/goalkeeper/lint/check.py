"""Checks a plan by all rules, leaves out what it allows, and mends what can be mended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from goalkeeper.errors import UnknownName
from goalkeeper.goals import Plan, TextEdit, parse_plan
from goalkeeper.goals.edit import apply
from goalkeeper.goals.plan import Acceptance
from goalkeeper.lint.evidence import Evidence, NoData
from goalkeeper.lint.registry import FILE_CODE, RULES
from goalkeeper.lint.rule import Checked, Found, Needs, Rule, RuleFinding
from goalkeeper.metrics import METRICS, Metric
from goalkeeper.tomlfile import TomlFile, parse_toml

_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Checkup:
    """What the check of a plan gave: findings in the order of the file, those it allows, and the rules not run."""

    plan: Plan
    findings: tuple[RuleFinding, ...]
    allowed: tuple[tuple[RuleFinding, Acceptance], ...]
    not_run: Mapping[Needs, tuple[str, ...]]


def check(
    toml: TomlFile, *, today: date, evidence: Evidence | None = None, metrics: Mapping[str, Metric] = METRICS
) -> Checkup:
    """Checks a plan file; without ``evidence`` the rules that need own data are named as not run.

    ``metrics`` are those that the plan may name.
    """
    plan, mistakes = parse_plan(toml, metrics)
    checked = Checked(plan, mistakes, evidence or NoData(), today)
    findings, allowed = [], []
    for rule in RULES.values():
        for found in rule.look(checked):
            finding = _finding(rule, found, toml)
            accepted = _accepted(rule.code, found, plan)
            if accepted:
                allowed.append((finding, accepted))
            else:
                findings.append(finding)
    findings += _unknown_codes(plan)
    absent = {Needs.DATA: evidence is None, Needs.STAGE: plan.stage is None}
    not_run = {
        need: tuple(rule.code for rule in RULES.values() if need in rule.needs)
        for need, is_absent in absent.items()
        if is_absent and plan.goals
    }
    return Checkup(plan, tuple(sorted(findings, key=lambda each: (each.line, each.column))), tuple(allowed), not_run)


def mend(
    toml: TomlFile, *, today: date, evidence: Evidence | None = None, metrics: Mapping[str, Metric] = METRICS
) -> tuple[TomlFile, int]:
    """The file with every finding mended that has a fix, and how many were; edits that meet wait for the next round."""
    mended = 0
    for _ in range(_ROUNDS):
        edits: list[TextEdit] = []
        for finding in check(toml, today=today, evidence=evidence, metrics=metrics).findings:
            if finding.edits and not _meet(edits, finding.edits):
                edits += finding.edits
                mended += 1
        if not edits:
            break
        toml = parse_toml(apply(toml.text, edits), toml.name)
    return toml, mended


def _meet(edits: list[TextEdit], others: tuple[TextEdit, ...]) -> bool:
    """Whether some edit touches one of the others, so that only one of them can be made now."""
    return any(one.start <= other.end and other.start <= one.end for one in edits for other in others)


def _finding(rule: Rule, found: Found, toml: TomlFile) -> RuleFinding:
    place = toml.place(*found.path, value=found.at_value)
    line, column = place or (1, 1)
    return RuleFinding(
        where=f"{toml.name}:{line}:{column}",
        found=_named(found, toml) + found.words,
        next_step=found.next_step,
        code=rule.code,
        severity=found.severity or rule.severity,
        line=line,
        column=column,
        edits=found.edits,
    )


def _named(found: Found, toml: TomlFile) -> str:
    """The name of the goal that a finding is about, as it is written."""
    match found.path:
        case ("goal", int(number), *_):
            goal = toml.data["goal"][number]
            name = goal.get("name") if isinstance(goal, dict) else None
            return f"'{name}': " if isinstance(name, str) else ""
    return ""


def _accepted(code: str, found: Found, plan: Plan) -> Acceptance | None:
    """What allows a finding: its goal, or the whole plan; a file that cannot be read is never allowed."""
    if code == FILE_CODE:
        return None
    goal = next((goal for goal in plan.goals if goal.path == found.path[:2]), None)
    allowed = (*(goal.allow if goal else ()), *plan.allow)
    return next((each for each in allowed if each.code == code), None)


def _unknown_codes(plan: Plan) -> Iterator[RuleFinding]:
    """Codes that the plan allows and that are no rule's."""
    rule = RULES[FILE_CODE]
    for each in (*plan.allow, *(each for goal in plan.goals for each in goal.allow)):
        if each.code not in RULES:
            error = UnknownName("rule", each.code, RULES)
            yield _finding(rule, Found(each.path, error.message, error.hint, at_value=True), plan.document)
