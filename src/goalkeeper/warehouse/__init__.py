"""The store: raw rows as they came, checked canonical rows, what was held back, and what a load touched."""

from goalkeeper.warehouse.load import LoadReport, load
from goalkeeper.warehouse.quarantine import Held, listed, replay, shown
from goalkeeper.warehouse.store import Store

__all__ = ["Held", "LoadReport", "Store", "listed", "load", "replay", "shown"]
