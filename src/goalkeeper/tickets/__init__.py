"""The ticket facts: one row a ticket, every derived column computed once, on both clocks."""

from goalkeeper.tickets.columns import SPAN_COLUMNS, TICKET_COLUMNS, TURN_COLUMNS, Derived
from goalkeeper.tickets.datasets import DATASETS, Dataset, dataset
from goalkeeper.tickets.refresh import FactsSettings, RefreshReport, refresh

__all__ = [
    "DATASETS",
    "SPAN_COLUMNS",
    "TICKET_COLUMNS",
    "TURN_COLUMNS",
    "Dataset",
    "Derived",
    "FactsSettings",
    "RefreshReport",
    "dataset",
    "refresh",
]
