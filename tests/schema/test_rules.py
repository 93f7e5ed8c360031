"""Every rule blames its bad example and lets its good one pass."""

from __future__ import annotations

import pytest

from goalkeeper.schema import TABLES, checks, table
from schema.examples import EXAMPLES, Example
from schema.rows import judged


def test_every_rule_has_an_example() -> None:
    declared = {(each.name, rule.key) for each in TABLES.values() for rule in each.rules}
    assert {(example.table, example.rule) for example in EXAMPLES} == declared


@pytest.mark.parametrize("example", [pytest.param(e, id=f"{e.table}-{e.rule}") for e in EXAMPLES])
def test_rule_tells_bad_from_good(example: Example) -> None:
    each = table(example.table)
    rules = [check for check in checks(each) if check.code in {rule.key for rule in each.rules}]
    bad, good = judged(each, rules, [example.bad, example.good])
    assert example.rule in bad
    assert example.rule not in good
