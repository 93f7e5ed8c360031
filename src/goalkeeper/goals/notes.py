"""What a reader of plan files notes while it goes on reading: every mistake with its place and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from goalkeeper.errors import UnknownName
from goalkeeper.goals.edit import TextEdit, rename, replace
from goalkeeper.goals.keys import Keys
from goalkeeper.metrics import Metric
from goalkeeper.tomlfile import Path_, TomlFile

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something that cannot be read: where, what was found, what is valid, and the edits that mend it.

    ``at_value`` says that the value is at fault, and not the key or the table.
    """

    path: Path_
    found: str
    valid: str = ""
    edits: tuple[TextEdit, ...] = ()
    at_value: bool = True


@dataclass
class Notes:
    """The mistakes found so far in a file, and the metrics that it may name."""

    toml: TomlFile
    metrics: Mapping[str, Metric]
    mistakes: list[Mistake] = field(default_factory=list)

    def wrong(self, path: Path_, found: str, valid: str = "", *, key: bool = False) -> None:
        """Notes a mistake of a value, or of a ``key``."""
        self.mistakes.append(Mistake(path, found, valid, at_value=not key))

    def unknown(self, kind: str, name: str, valid: Iterable[str], path: Path_, *, key: bool = False) -> None:
        """Notes a name that is in no registry, with the edit that writes the nearest valid one."""
        error = UnknownName(kind, name, valid)
        edit = error.near and (rename if key else replace)(self.toml, path, error.near)
        self.mistakes.append(Mistake(path, error.message, error.hint, (edit,) if edit else (), at_value=not key))

    def table(self, data: Any, keys: Keys, path: Path_) -> dict[str, Any]:
        """The values of a table that its keys may hold; whatever else is in it, or is missing, is noted."""
        if not isinstance(data, dict):
            self.wrong(path, f"it is {shown(data)}.", "Write a table.")
            return {}
        found = {}
        for name, value in data.items():
            here = (*path, name)
            if name not in keys:
                self.unknown("key", name, keys, here, key=True)
            elif not keys[name].kind.fits(value):
                self.wrong(here, f"`{name}` is {shown(value)}.", f"Write {keys[name].kind.words}.")
            else:
                found[name] = value
        for key in keys.values():
            if key.is_needed and key.name not in data:
                hint = f"Write {key.name} = {key.example}." if key.example else f"Write a table [{key.name}]."
                self.wrong(path, f"`{key.name}` is missing.", hint, key=True)
        return found


def shown(value: object) -> str:
    """A parsed value as a message shows it, cut short."""
    text = str(value) if hasattr(value, "isoformat") else repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
