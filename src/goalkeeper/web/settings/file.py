"""The settings file as several people write parts of it: read with a mark, saved only over what was read."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass

from goalkeeper.errors import Finding, Findings
from goalkeeper.goals.edit import write_back
from goalkeeper.tomlfile import TomlFile, parse_toml, read_toml
from goalkeeper.web.trail import Record
from goalkeeper.workspace import Workspace
from goalkeeper.workspace.settings import SETTINGS_FILE, Settings, parse_settings
from goalkeeper.workspace.settings_part import part_text, with_part


@dataclass(frozen=True, slots=True)
class Part:
    """Some tables of the file; ``check`` finds what is wrong in them with the lines of their own text."""

    name: str
    keys: tuple[str, ...]
    check: Callable[[TomlFile, Settings, list[Finding]], None]


@dataclass(frozen=True, slots=True)
class Text:
    """A part's text as somebody has it before them; ``mark`` is that of the file's part when they began."""

    text: str
    mark: str


class SettingsFile:
    """Reads and writes the parts of a workspace's settings, one writer at a time; what is saved holds at once."""

    def __init__(self, workspace: Workspace, record: Record) -> None:
        self.workspace, self.record = workspace, record
        self.path = workspace.folder / SETTINGS_FILE
        self._saving = threading.Lock()  # between looking at the mark and writing nobody else may write

    def read(self, part: Part) -> Text:
        """A part as it stands in the file."""
        text = part_text(read_toml(self.path), part.keys)
        return Text(text, hashlib.sha256(text.encode()).hexdigest())

    def check(self, part: Part, text: str) -> Settings:
        """The settings as they would be; Findings for every mistake, UsageError for what is no such part."""
        whole = with_part(read_toml(self.path), part.keys, text)
        findings: list[Finding] = []
        part.check(parse_toml(text, part.name), self.workspace.settings, findings)
        if findings:
            raise Findings(findings)
        return parse_settings(parse_toml(whole, SETTINGS_FILE))

    def save(self, part: Part, sent: Text) -> Text | None:
        """Writes a part; None where it is kept, else what somebody else has written meanwhile. Raises as `check`."""
        with self._saving:
            there = self.read(part)
            if there.mark != sent.mark:
                return there
            self.check(part, sent.text)
            if there.text.strip() == sent.text.strip():
                return None
            self.record(f"{part.name} changed", ", ".join(_ids(sent.text)))
            write_back(self.path, with_part(read_toml(self.path), part.keys, sent.text))
            self.workspace.reread()
        return None


def _ids(text: str) -> list[str]:
    """The ids that a part's text names."""
    tables = [each for value in parse_toml(text, "here").data.values() for each in value]
    return [str(each["id"]) for each in tables if "id" in each] or ["none is left"]
