"""A workspace that files of any kind are thrown at."""

from __future__ import annotations

from pathlib import Path

import goalkeeper
from goalkeeper.warehouse import FileReport
from goalkeeper.workspace import Workspace

MAPPING = """\
name = "any"
[[file]]
match = ["*"]
needs = ["id", "created"]
times = ["%d/%m/%Y %H:%M", "iso"]
[[file.table]]
to = "tickets"
columns.ticket_id = "id"
columns.created_at = "created"
columns.channel = { const = "email" }
columns.status = "status"
columns.reason = "topic"
"""
GOOD = "\n".join(f"{number},2024-01-01 10:00:00,open,billing" for number in range(100, 200))


class Target:
    """The workspace, its mapping's text, and a way to throw bytes at it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "files").mkdir()
        self.workspace: Workspace = goalkeeper.open(goalkeeper.create(folder / "workspace"))
        self.mapping = MAPPING

    def throw(self, content: bytes | str, name: str = "export.csv") -> FileReport:
        """Loads one file; it fails only in words."""
        path = self.folder / "files" / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return self.load(path)

    def load(self, path: Path) -> FileReport:
        (self.folder / "any.toml").write_text(self.mapping, encoding="utf-8")
        (file,) = self.workspace.load(path, mapping=self.folder / "any.toml").files
        return file

    def csv(self, *lines: str) -> FileReport:
        """Loads good rows with these among them, and sees that each row has one fate."""
        file = self.throw("id,created,status,topic\n" + GOOD + "\n" + "".join(line + "\n" for line in lines))
        assert file.loaded + file.unchanged + file.held + file.passed_over == file.rows
        return file

    def held(self) -> list[tuple[str, str, str]]:
        """Code, found value and reason of what is held back."""
        return self.workspace.store.rows(
            "SELECT code, found, reason FROM meta.quarantine WHERE released_at IS NULL ORDER BY held_id"
        )

    def topics(self) -> list[str]:
        """The topics of the tickets beside the good ones."""
        found = self.workspace.store.rows(
            "SELECT reason FROM canon.tickets WHERE length(ticket_id) < 3 ORDER BY ticket_id"
        )
        return [topic for (topic,) in found]

    @property
    def is_untouched(self) -> bool:
        """Whether nothing of any load is in the store."""
        store = self.workspace.store
        raw = store.rows("SELECT 1 FROM duckdb_tables() WHERE schema_name = 'raw'")
        return not raw and not any(
            store.one(f"SELECT count(*) FROM {table}") for table in ("canon.tickets", "meta.loads", "meta.quarantine")
        )
