"""The plan check: one function a rule, each with its reason, its proof and, where there is one, its fix."""

from __future__ import annotations

from goalkeeper.lint.check import Checkup, check, mend
from goalkeeper.lint.evidence import Evidence
from goalkeeper.lint.registry import RULES, find_rule
from goalkeeper.lint.rule import Rule, RuleFinding, Severity

__all__ = ["RULES", "Checkup", "Evidence", "Rule", "RuleFinding", "Severity", "check", "find_rule", "mend"]
