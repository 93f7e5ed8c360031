"""The findings of a check as SARIF 2.1.0, which code hosts show beside the lines of the file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from goalkeeper.goals import TextEdit
from goalkeeper.lint.check import Checkup
from goalkeeper.lint.registry import RULES
from goalkeeper.lint.rule import Rule, RuleFinding

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(checkup: Checkup, version: str) -> dict[str, Any]:
    """One run of the check; allowed findings are there too, as suppressed with their reason."""
    uri = checkup.plan.document.name
    results = [_result(finding, uri) for finding in checkup.findings]
    results += [
        _result(finding, uri) | {"suppressions": [{"kind": "inSource", "justification": accepted.because}]}
        for finding, accepted in checkup.allowed
    ]
    driver = {"name": "goalkeeper", "version": version, "rules": [_rule(rule) for rule in RULES.values()]}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": rule.name.title().replace(" ", ""),
        "shortDescription": {"text": rule.title},
        "help": {"text": rule.about, "markdown": rule.about},
        "defaultConfiguration": {"level": rule.severity.value},
    }


def _result(finding: RuleFinding, uri: str) -> dict[str, Any]:
    place = {
        "artifactLocation": {"uri": uri},
        "region": {"startLine": finding.line, "startColumn": finding.column},
    }
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "level": finding.severity.value,
        "message": {"text": " ".join(filter(None, (finding.found, finding.next_step)))},
        "locations": [{"physicalLocation": place}],
    }
    return result | ({"fixes": [_fix(finding.edits, uri)]} if finding.edits else {})


def _fix(edits: Sequence[TextEdit], uri: str) -> dict[str, Any]:
    replacements = [
        {
            "deletedRegion": {"charOffset": edit.start, "charLength": edit.end - edit.start},
            "insertedContent": {"text": edit.text},
        }
        for edit in edits
    ]
    return {"artifactChanges": [{"artifactLocation": {"uri": uri}, "replacements": replacements}]}
