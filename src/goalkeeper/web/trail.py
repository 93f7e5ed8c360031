"""The record of what is done and looked at through the pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from goalkeeper.state import State, audit
from goalkeeper.web.access import ACTOR

Record = Callable[[str, str], None]
"""Adds an entry: what was done, and about what."""


@dataclass(frozen=True, slots=True)
class Trail:
    """Writes entries in the name of whoever asks; without a state there is nowhere to write them."""

    state: State | None
    now: Callable[[], datetime]
    mark: str = ""
    """What entries begin with, so that those of the sample company are told apart."""

    def record(self, what: str, about: str = "") -> None:
        """Adds an entry, before what it tells of is done: where the one fails, the other is not done.

        They are kept in two places: an entry whose writing fails after it tells of an attempt.
        """
        actor = ACTOR.get()
        if self.state and actor:
            with self.state.writing() as session:
                audit.record(session, actor.name, self.mark + what, about, now=self.now())
