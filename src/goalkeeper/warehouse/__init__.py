"""The store: raw rows as they came, checked canonical rows, what was held back, and what a load touched."""

from goalkeeper.warehouse.load import load
from goalkeeper.warehouse.quarantine import Held, listed, replay, shown
from goalkeeper.warehouse.raw import RawRow, raw_rows
from goalkeeper.warehouse.report import FileReport, LoadReport
from goalkeeper.warehouse.store import Store

__all__ = [
    "FileReport", "Held", "LoadReport", "RawRow", "Store", "listed", "load", "raw_rows", "replay", "shown",
]  # fmt: skip
