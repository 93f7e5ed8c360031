"""What a load tells of every row it read."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class FileReport:
    """What became of one file: rows by fate, and why rows were held back.

    For a file that fills one table once a row, ``rows`` is the sum of the four fates; ``passed_over`` are the rows
    that no rule of the mapping takes. ``again`` says that a file known before was mapped anew.
    """

    name: str
    mapping: str
    rows: int = 0
    loaded: int = 0
    unchanged: int = 0
    held: int = 0
    passed_over: int = 0
    tables: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    warnings: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    already: bool = False
    again: bool = False


@dataclass(slots=True)
class LoadReport:
    """What a load did; ``skipped`` are members that no rule of the mapping is for, ``unread`` files of a folder that
    are no tables, with why."""

    source_id: str
    files: list[FileReport] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def loaded(self) -> int:
        """Canonical rows that are new or newer."""
        return sum(file.loaded for file in self.files)

    @property
    def held(self) -> int:
        """Rows held back in quarantine."""
        return sum(file.held for file in self.files)
