"""One tree of errors; every message says what was found, what is valid, and the next step."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


class GoalkeeperError(Exception):
    """Base of all errors a caller may want to catch."""


class UsageError(GoalkeeperError):
    """The user's input cannot be used; the command line prints it and exits with 2."""

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        self.message, self.where, self.hint = message, where, hint
        super().__init__(": ".join(part for part in (where, message) if part) + (f" {hint}" if hint else ""))


class UnknownName(UsageError):
    """A name that is in no registry; says the nearest valid one."""

    def __init__(self, kind: str, name: str, valid: Iterable[str], *, where: str = "", see: str = "") -> None:
        names = sorted(valid)
        spelled = {each.lower(): each for each in names}
        close = difflib.get_close_matches(name.lower(), spelled, n=1, cutoff=0.6)
        self.near = spelled[close[0]] if close else ""
        if self.near:
            hint = f"Did you mean '{self.near}'?"
        elif not names:
            hint = "There is none here."
        else:
            hint = "Valid: " + ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "") + "."
        super().__init__(f"no {kind} '{name}'.", where=where, hint=f"{hint} {see}".strip())


class SourceError(UsageError):
    """A file or source cannot be read as what it claims to be."""


class LoadStopped(UsageError):
    """A load changed nothing, since too many of its rows fail their contract."""


class WorkspaceBusy(UsageError):
    """Another process owns the workspace's database."""


class FileGone(GoalkeeperError):
    """A database's file was taken away or replaced while it was open: what is written would be lost with it."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"the file of {what} is gone, or another one stands in its place")


@dataclass(frozen=True, slots=True)
class Finding:
    """A user's mistake with its place: what was found, what is valid, what to do next."""

    where: str
    found: str
    valid: str = ""
    next_step: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (f"{self.where}:", self.found, self.valid, self.next_step) if part)


class Findings(UsageError):
    """Several mistakes at once, so that one run tells them all."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(map(str, self.findings)))
