"""Every rule is proved by the examples in its own docstring."""

from __future__ import annotations

import re

import pytest

from goalkeeper.goals.edit import apply
from goalkeeper.lint import RULES, Rule, check, mend
from goalkeeper.lint.examples import TODAY, Example, Given, examples, sections
from goalkeeper.lint.rule import Fix
from goalkeeper.tomlfile import parse_toml

EACH = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
EXAMPLES = [
    pytest.param(rule, example, id=f"{rule.code}-{number}-{'bad' if example.is_bad else 'good'}")
    for rule in RULES.values()
    for number, example in enumerate(examples(rule))
]


@EACH
def test_it_is_told_in_words(rule: Rule) -> None:
    assert re.fullmatch(r"GK\d{3}", rule.code)
    assert re.fullmatch(r"\d+\.\d+", rule.since)
    assert rule.title.endswith(".")
    assert len(rule.name.split()) >= 3
    titles = "".join(f"{title} " for title, _ in sections(rule.about))
    fix = "" if rule.fix is Fix.NEVER else "Fix "
    assert re.fullmatch(rf"Why (Bad Good )+{fix}", titles)
    assert all(text for _, text in sections(rule.about))


def test_codes_ascend() -> None:
    assert list(RULES) == sorted(RULES)


def found(example: Example, text: str) -> list[str]:
    toml = parse_toml(text, "plan.toml")
    return [finding.code for finding in check(toml, today=TODAY, evidence=Given(example.data)).findings]


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_bad_yields_its_code_and_good_is_silent_under_all_rules(rule: Rule, example: Example) -> None:
    assert set(found(example, example.text)) == ({rule.code} if example.is_bad else set())


@pytest.mark.parametrize(("rule", "example"), [each for each in EXAMPLES if each.values[1].is_bad])
def test_a_fix_mends_bad(rule: Rule, example: Example) -> None:
    toml, evidence = parse_toml(example.text, "plan.toml"), Given(example.data)
    findings = check(toml, today=TODAY, evidence=evidence).findings
    mended, count = mend(toml, today=TODAY, evidence=evidence)
    if rule.fix is Fix.NEVER:
        assert not any(finding.edits for finding in findings)
    if rule.fix is Fix.ALWAYS:
        assert all(finding.edits for finding in findings)
    if any(finding.edits for finding in findings):
        assert count
        assert found(example, mended.text) == []
        assert apply(toml.text, findings[0].edits) != toml.text
    else:
        assert (mended.text, count) == (toml.text, 0)


@EACH
def test_a_rule_that_mends_shows_it(rule: Rule) -> None:
    bad = [example for example in examples(rule) if example.is_bad]
    edits = [
        bool(finding.edits)
        for example in bad
        for finding in check(parse_toml(example.text, "p"), today=TODAY, evidence=Given(example.data)).findings
    ]
    assert any(edits) == (rule.fix is not Fix.NEVER)


@EACH
def test_a_finding_can_be_allowed_with_a_reason(rule: Rule) -> None:
    example = next(example for example in examples(rule) if example.is_bad)
    allow = f'allow = [{{ rule = "{rule.code}", because = "agreed with the board" }}]\n'
    text = example.text.replace("[plan]\n", f"[plan]\n{allow}", 1)
    checkup = check(parse_toml(text, "plan.toml"), today=TODAY, evidence=Given(example.data))
    if rule.code == "GK901":
        assert checkup.findings
    else:
        assert checkup.findings == ()
        assert {accepted.because for _, accepted in checkup.allowed} == {"agreed with the board"}
