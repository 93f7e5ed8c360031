"""The ticket facts: one row a ticket, every derived column computed once, on both clocks."""

from goalkeeper.tickets.columns import SPAN_COLUMNS, TICKET_COLUMNS, TURN_COLUMNS, Derived
from goalkeeper.tickets.refresh import FactsSettings, RefreshReport, make_clocks, refresh_tickets

__all__ = [
    "SPAN_COLUMNS",
    "TICKET_COLUMNS",
    "TURN_COLUMNS",
    "Derived",
    "FactsSettings",
    "RefreshReport",
    "make_clocks",
    "refresh_tickets",
]
