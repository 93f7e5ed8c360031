"""Any file → plain tables that the database reads at full speed, every row kept or handed back."""

from __future__ import annotations

from goalkeeper.connectors.files.opening import open_files
from goalkeeper.connectors.files.plain import Limits, PlainFile, Reject
from goalkeeper.connectors.files.staging import lines, stage

__all__ = ["Limits", "PlainFile", "Reject", "lines", "open_files", "stage"]
