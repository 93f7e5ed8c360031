"""What other programs derive from a ticket where they differ from the ticket facts; computed when a profile asks."""

from goalkeeper.peers.build import forget_peers, make_peers
from goalkeeper.peers.columns import ANSWER_COLUMNS, SOLVING_COLUMNS, STATE_COLUMNS, TICKET_COLUMNS, TURN_COLUMNS

__all__ = [
    "ANSWER_COLUMNS",
    "SOLVING_COLUMNS",
    "STATE_COLUMNS",
    "TICKET_COLUMNS",
    "TURN_COLUMNS",
    "forget_peers",
    "make_peers",
]
