"""What a rule is: one function; its facts in the decorator, its reason and its proof in the docstring."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from inspect import cleandoc

from goalkeeper.errors import Finding
from goalkeeper.goals import Plan, TextEdit
from goalkeeper.goals.notes import Mistake
from goalkeeper.lint.evidence import Evidence
from goalkeeper.tomlfile import Path_

SECTIONS = ("Why", "Bad", "Good", "Fix")
"""The sections of a rule's docstring, in their order; Fix stands only where the rule has one."""


class Severity(StrEnum):
    """How serious a finding is."""

    ERROR = "error"  # the goal cannot work as it is written
    WARNING = "warning"  # it can, and will probably do harm or say nothing


class Fix(StrEnum):
    """Whether a rule can mend what it finds."""

    NEVER = "never"
    SOMETIMES = "sometimes"
    ALWAYS = "always"


class Needs(StrEnum):
    """What a rule cannot do without, beside the plan itself."""

    DATA = "own data"
    STAGE = "the plan's stage"


@dataclass(frozen=True, slots=True)
class Checked:
    """What rules look at: the plan, what could not be read of it, own data, and the day of the check."""

    plan: Plan
    mistakes: tuple[Mistake, ...]
    evidence: Evidence
    today: date


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule found: where in the plan, what, what to do about it, and the edits that do it.

    ``at_value`` points at the value of a key and not at the key; ``severity`` is the rule's own where it is None.
    """

    path: Path_
    words: str
    next_step: str = ""
    edits: tuple[TextEdit, ...] = ()
    at_value: bool = False
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the plan check."""

    code: str
    name: str
    since: str
    severity: Severity
    fix: Fix
    needs: tuple[Needs, ...]
    look: Callable[[Checked], Iterable[Found]] = field(repr=False)
    about: str = field(repr=False)

    @property
    def title(self) -> str:
        """What it finds, in one sentence."""
        return self.about.split("\n", 1)[0]


@dataclass(frozen=True, slots=True)
class RuleFinding(Finding):
    """A finding of a rule: its code, how serious it is, its place, and the edits that mend it."""

    code: str = ""
    severity: Severity = Severity.WARNING
    line: int = 0
    column: int = 0
    edits: tuple[TextEdit, ...] = ()

    def __str__(self) -> str:
        return " ".join(part for part in (f"{self.where}:", self.code, self.found, self.valid, self.next_step) if part)


def rule(
    code: str,
    *,
    since: str,
    fix: Fix = Fix.NEVER,
    severity: Severity = Severity.WARNING,
    needs: tuple[Needs, ...] = (),
) -> Callable[[Callable[[Checked], Iterable[Found]]], Rule]:
    """Makes a rule of a function; its name reads after "allow", its docstring holds the SECTIONS."""

    def make(look: Callable[[Checked], Iterable[Found]]) -> Rule:
        about = cleandoc(look.__doc__ or "")
        return Rule(code, look.__name__.replace("_", " "), since, severity, fix, needs, look, about)

    return make
