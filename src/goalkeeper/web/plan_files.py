"""The plan files of a workspace as several people write them: read with a mark, saved only over what was read."""

from __future__ import annotations

import hashlib
import re
import threading
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.goals.agreed import Agreed
from goalkeeper.goals.edit import write_back
from goalkeeper.lint import Checkup
from goalkeeper.reports.plans import agree_to, plan_paths
from goalkeeper.tomlfile import parse_toml
from goalkeeper.web.trail import Record
from goalkeeper.workspace import Workspace

_NEW = re.compile(r"plan\.toml|plans/[A-Za-z0-9][A-Za-z0-9_-]{0,79}\.toml")


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan's text as somebody has it before them; ``mark`` is that of the file when they began."""

    name: str
    text: str
    mark: str
    said: str = ""
    theirs: str = ""


class SavedMeanwhile(Exception):
    """Somebody else has written a file since it was read: ``theirs`` is what stands there now."""

    def __init__(self, theirs: Draft) -> None:
        self.theirs = theirs
        super().__init__(theirs.name)


class PlanFiles:
    """Reads and writes the plan files of a workspace, one writer at a time; ``record`` is told before each writing."""

    def __init__(self, workspace: Workspace, record: Record) -> None:
        self.workspace, self.record = workspace, record
        self._saving = threading.RLock()  # between looking at the mark and writing nobody else may write

    def path_of(self, name: str) -> Path:
        """The file of a name; UnknownName if there is none."""
        folder = self.workspace.folder
        found = {path.relative_to(folder).as_posix(): path for path in plan_paths(folder)}
        if name not in found:
            raise UnknownName("plan file", name, found)
        return found[name]

    def read(self, name: str, said: str = "") -> Draft:
        """A file's text and mark; UnknownName if there is none."""
        return _draft(name, self.path_of(name).read_bytes(), said)

    def place_of(self, name: str) -> Path:
        """The file of a name, there or not; UnknownName for a name that no plan has."""
        return self.workspace.folder / name if _NEW.fullmatch(name) else self.path_of(name)

    def save(self, draft: Draft) -> str:
        """Writes a draft, and gives the mark of what is written; SavedMeanwhile where somebody else has.

        A mark is empty for a file that is not there: it is begun, or was taken away by somebody else.
        """
        with self._saving:
            path, before = self._before(draft)
            self.record("plan saved", f"{draft.name}: {_changed(before.text, draft.text)}")
            path.parent.mkdir(exist_ok=True)
            return _mark_of(write_back(path, draft.text))

    def begin(self, text: str) -> str:
        """Writes a new plan where there is none, and gives its name."""
        with self._saving:
            path = _free(self.workspace.folder)
            name = path.relative_to(self.workspace.folder).as_posix()
            self.record("plan saved", f"{name}: begun")
            path.parent.mkdir(exist_ok=True)
            write_back(path, text)
        return name

    def agree(self, draft: Draft, *, today: date, now: datetime) -> tuple[Checkup, Agreed | None, bool]:
        """Agrees to a draft that is saved, as `agree_to`; the frozen starts are written into its file.

        SavedMeanwhile where somebody else has written, and then nothing is agreed.
        """
        self.workspace.require_facts()
        toml = parse_toml(draft.text, draft.name)

        def keep(agreed: Agreed) -> None:
            with self._saving:
                self._before(draft)
                told = f"{draft.name}: {agreed.name}, version {agreed.version}, {agreed.hash[:12]}"
                self.record("plan agreed", told)
                self.save(replace(draft, text=agreed.text))

        return agree_to(self.workspace, toml, today=today, now=now, keep=keep)

    def _before(self, draft: Draft) -> tuple[Path, Draft]:
        """The file of a draft, and what stands there; SavedMeanwhile where that is not what the draft began with."""
        path = self.place_of(draft.name)
        there = _draft(draft.name, path.read_bytes()) if path.exists() else Draft(draft.name, "", "")
        if there.mark != draft.mark:
            raise SavedMeanwhile(there)
        return path, there


def _draft(name: str, content: bytes, said: str = "") -> Draft:
    text = content.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    return Draft(name, text, _mark_of(content), said)


def _free(folder: Path) -> Path:
    """Where a new plan of a workspace goes: `plan.toml`, else the first free file of `plans`."""
    first = folder / "plan.toml"
    number = 1
    while first.exists():
        number += 1
        first = folder / "plans" / f"plan-{number}.toml"
    return first


def _changed(before: str, after: str) -> str:
    """Which goals of a plan's text are other ones than before."""
    old, new = _goals(before), _goals(after)
    said = [
        *(f"goal {id} added" for id in new if id not in old),
        *(f"goal {id} taken out" for id in old if id not in new),
        *(f"goal {id} changed" for id in new if id in old and new[id] != old[id]),
    ]
    return ", ".join(said) or ("other words changed" if before != after else "nothing changed")


def _goals(text: str) -> dict[str, object]:
    """The goals of a plan's text by id; none where it cannot be read."""
    try:
        found = parse_toml(text, "plan").data.get("goal", [])
    except UsageError:
        return {}
    return {str(each.get("id")): each for each in found if isinstance(each, dict)} if isinstance(found, list) else {}


def _mark_of(content: bytes) -> str:
    """What tells one content of a file from another."""
    return hashlib.sha256(content).hexdigest()
