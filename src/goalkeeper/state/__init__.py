"""Who uses Goalkeeper: people with their roles, sessions, tokens, and a record of what they did."""

from goalkeeper.state.database import State, has_state, open_state

__all__ = ["State", "has_state", "open_state"]
