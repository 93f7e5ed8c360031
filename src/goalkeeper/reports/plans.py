"""The plan files of a workspace: looked over, mended, begun and agreed to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from goalkeeper.errors import Findings, UsageError
from goalkeeper.goals import Stage
from goalkeeper.goals.agree import agree
from goalkeeper.goals.agreed import Agreed
from goalkeeper.goals.outlook import next_due
from goalkeeper.goals.starter import starter_plan
from goalkeeper.lint import Checkup, check, mend
from goalkeeper.lint.measured import Measured, look_into
from goalkeeper.measure.periods import after, begin
from goalkeeper.tomlfile import TomlFile, read_toml
from goalkeeper.workspace import Workspace


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan file of the workspace by its name there, and its check; or the ``problem`` that it cannot be read."""

    name: str
    checkup: Checkup | None
    problem: str = ""


def look_over(workspace: Workspace, toml: TomlFile, *, today: date) -> Checkup:
    """The check of a plan's text with the workspace's own data, where it has some; Findings where it is no TOML."""
    return check(toml, today=today, evidence=_seen(workspace), metrics=workspace.metrics)


def _seen(workspace: Workspace) -> Measured | None:
    """What the workspace's own data shows, where it has some."""
    return Measured(workspace) if workspace.has_facts else None


def mended(workspace: Workspace, toml: TomlFile, *, today: date) -> tuple[TomlFile, int]:
    """The text with every finding mended that can be, and how many were."""
    return mend(toml, today=today, evidence=_seen(workspace), metrics=workspace.metrics)


def agree_to(
    workspace: Workspace,
    toml: TomlFile,
    *,
    today: date,
    now: datetime,
    keep: Callable[[Agreed], None] | None = None,
) -> tuple[Checkup, Agreed | None, bool]:
    """Keeps a plan as its next version if its check finds nothing, and says whether that is a new one.

    Starts, definitions and the first forecast are frozen with it. ``now`` is UTC without zone. ``keep`` is told of the
    version before it is kept; where that raises, nothing is.
    """
    with workspace.store.writing("agreement"), workspace.store.transaction():
        seen = Measured(workspace)
        checkup = check(toml, today=today, evidence=seen, metrics=workspace.metrics)
        if checkup.findings:
            return checkup, None, False
        agreed, is_new = agree(seen.history, checkup.plan, now=now)
        if keep:
            keep(agreed)
    return checkup, agreed, is_new


def begun_in(workspace: Workspace, stage: Stage, owner: str, *, today: date) -> str:
    """The text of a plan to start from in a workspace, for the quarter that comes."""
    return begun(stage, owner, _seen(workspace), today=today)


def begun(stage: Stage, owner: str, seen: Measured | None, *, today: date, due: date | None = None) -> str:
    """The text of a plan to start from, with measured starts where data was seen.

    It is for the quarter of the due day, by default the one that comes.
    """
    day = due or next_due(seen.history.until if seen else today)
    last = after(begin(day, "quarter"), "quarter") - timedelta(days=1)
    return starter_plan(stage, last, owner, look_into(seen) if seen else None)


def plan_files(workspace: Workspace, *, today: date) -> tuple[PlanFile, ...]:
    """All plan files of a workspace: `plan.toml`, and those of its folder `plans`."""
    found, seen = [], _seen(workspace)
    for path in plan_paths(workspace.folder):
        name = path.relative_to(workspace.folder).as_posix()
        try:
            checkup = check(read_toml(path), today=today, evidence=seen, metrics=workspace.metrics)
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
