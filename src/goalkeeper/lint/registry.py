"""The rules, in the order of their codes."""

from __future__ import annotations

from goalkeeper.errors import UnknownName
from goalkeeper.lint.balance import BALANCE
from goalkeeper.lint.commitment import COMMITMENT
from goalkeeper.lint.file import FILE
from goalkeeper.lint.people import PEOPLE
from goalkeeper.lint.rule import Rule
from goalkeeper.lint.sampling import SAMPLING
from goalkeeper.lint.targets import TARGETS

RULES: dict[str, Rule] = {
    rule.code: rule for rule in (*PEOPLE, *BALANCE, *SAMPLING, *TARGETS, *COMMITMENT, *FILE)
}  # fmt: skip
FILE_CODE = FILE[0].code


def find_rule(code: str) -> Rule:
    """The rule of a code, in any case of its letters; UnknownName if there is none."""
    if code.upper() not in RULES:
        raise UnknownName("rule", code, RULES)
    return RULES[code.upper()]
