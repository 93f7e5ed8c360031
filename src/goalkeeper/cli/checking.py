"""check."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from goalkeeper.cli.opening import folder_named, workspace_for
from goalkeeper.cli.screen import here, named, screen
from goalkeeper.cli.show import say, say_json
from goalkeeper.errors import UsageError

if TYPE_CHECKING:
    from goalkeeper.lint import Checkup
    from goalkeeper.lint.measured import Measured


def check(plan: Path | None, workspace: str, fix: bool, json: bool, as_sarif: bool, explain: str) -> None:
    """Prints the findings; ends with 1 where there are some, 2 where the file cannot be read."""
    from goalkeeper import __version__
    from goalkeeper.documents.as_json import checkup_json
    from goalkeeper.goals.edit import write_back
    from goalkeeper.lint import check as look
    from goalkeeper.lint import find_rule, mend
    from goalkeeper.lint.sarif import sarif
    from goalkeeper.tomlfile import read_toml
    from goalkeeper.workspace import known_metrics

    if explain:
        rule = find_rule(explain)
        say(f"{rule.code}: {rule.about}")
        return
    if plan is None:
        raise UsageError("no plan is named.", hint="goalkeeper check PLAN, or goalkeeper check --explain CODE.")
    toml = replace(read_toml(here(plan)), name=plan.as_posix())
    today = date.today()  # noqa: DTZ011 - the user's own day
    known = known_metrics(folder_named(workspace) or "")
    with evidence_of(workspace) as evidence:
        if fix:
            mended, count = mend(toml, today=today, evidence=evidence, metrics=known)
            if count:
                write_back(here(plan), mended.text)
                print(f"Mended {_counted(count, 'finding')} in {plan}.", file=screen().err)
            toml = mended
        checkup = look(toml, today=today, evidence=evidence, metrics=known)
    if json:
        say_json(checkup_json(checkup))
    elif as_sarif:
        say_json(sarif(checkup, __version__))
    else:
        show(checkup)
    if checkup.findings:
        sys.exit(1)


@contextmanager
def evidence_of(folder: str) -> Iterator[Measured | None]:
    """What the named workspace shows, or the one in this folder; None without any."""
    from goalkeeper.lint.measured import Measured

    if folder_named(folder) is None:
        yield None
        return
    with workspace_for(folder) as opened, opened.store.snapshot():
        yield Measured(opened) if named(folder) or opened.has_facts else None


def show(checkup: Checkup) -> None:
    """Prints a check for people: one line a finding, then how many and what to do."""
    for finding in checkup.findings:
        say(str(finding))
    for finding, accepted in checkup.allowed:
        say(f"{finding.where}: {finding.code} is allowed: {accepted.because}")
    errors = sum(finding.severity == "error" for finding in checkup.findings)
    fixable = sum(bool(finding.edits) for finding in checkup.findings)
    found = _counted(len(checkup.findings), "finding") if checkup.findings else "no findings"
    serious = f" ({_counted(errors, 'error')})" if errors else ""
    say(f"{checkup.plan.document.name}: {_counted(len(checkup.plan.goals), 'goal')}, {found}{serious}.")
    if fixable:
        say(f"  {fixable:,} can be mended: --fix.")
    if checkup.findings:
        say(f"  Why: goalkeeper check --explain {checkup.findings[0].code}")
    for need, codes in checkup.not_run.items():
        say(f"  Not looked at without {need}: {', '.join(codes)}.")


def _counted(count: int, word: str) -> str:
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"
