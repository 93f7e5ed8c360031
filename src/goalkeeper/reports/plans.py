"""Looks over the plan files of a workspace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from goalkeeper.errors import Findings, UsageError
from goalkeeper.lint import Checkup, check
from goalkeeper.lint.measured import Measured
from goalkeeper.tomlfile import read_toml
from goalkeeper.workspace import Workspace


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan file of the workspace by its name there, and its check; or the ``problem`` that it cannot be read."""

    name: str
    checkup: Checkup | None
    problem: str = ""


def plan_files(workspace: Workspace, *, today: date) -> tuple[PlanFile, ...]:
    """All plan files of a workspace: `plan.toml`, and those of its folder `plans`."""
    evidence = Measured(workspace) if workspace.has_facts else None
    found = []
    for path in plan_paths(workspace.folder):
        name = path.relative_to(workspace.folder).as_posix()
        try:
            checkup = check(read_toml(path), today=today, evidence=evidence, metrics=workspace.metrics)
        except Findings as error:
            found.append(PlanFile(name, None, "; ".join(map(str, error.findings))))
        except UsageError as error:
            found.append(PlanFile(name, None, str(error)))
        else:
            found.append(PlanFile(name, checkup))
    return tuple(found)


def plan_paths(folder: Path) -> Iterator[Path]:
    """The plan files of a workspace folder, in order of name."""
    yield from (path for path in (folder / "plan.toml",) if path.is_file())
    yield from sorted((folder / "plans").glob("*.toml"))
