"""What the peers count over, beside our own datasets; its tables are made when a profile asks for them."""

from __future__ import annotations

from goalkeeper.datasets.dataset import Dataset
from goalkeeper.datasets.work import OF_TICKET
from goalkeeper.peers import ANSWER_COLUMNS, SOLVING_COLUMNS, STATE_COLUMNS, TICKET_COLUMNS, TURN_COLUMNS
from goalkeeper.tickets.columns import FLAG, TEXT, Derived

MORE = (
    *OF_TICKET,
    Derived("status", TEXT, "The ticket's state in the latest snapshot"),
    Derived("started_by_customer", FLAG, "False where an agent, a bot or the system opened the ticket"),
)
# Peers know neither test tickets nor internal ones, and count a merged ticket like any other.
_GONE = "CASE WHEN left_out IN ('deleted', 'spam') THEN left_out END"


def _peer(name: str, rows: str, columns: tuple[Derived, ...]) -> Dataset:
    listed = ", ".join([f"x.{column.name}" for column in columns] + [f"f.{column.name}" for column in MORE])
    source = f"(SELECT {listed} FROM facts.{name} x JOIN facts.tickets f ON f.ticket_key = x.ticket_key)"
    return Dataset(name, rows, source, (*columns, *MORE), left_out=_GONE, on_demand=True)


PEERS = (
    _peer("peer_tickets", "tickets", TICKET_COLUMNS),
    _peer("peer_solvings", "solvings", SOLVING_COLUMNS),
    _peer("peer_states", "open tickets", STATE_COLUMNS),
    _peer("peer_turns", "replies", TURN_COLUMNS),
    _peer("peer_answers", "answers", ANSWER_COLUMNS),
)
