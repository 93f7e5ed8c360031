"""The tickets as columns, and the log of what happened to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np

from goalkeeper.sample.arrays import NEVER, Bools, Floats, Ints

# Who acts, where it is no agent.
SYSTEM, CUSTOMER = -1, -2


class Kind(IntEnum):
    """What a ticket really is; all but SERVED and RETURN stay out of the service figures."""

    SERVED = 0
    RETURN = 1
    DUPLICATE = 2
    BOT_ONLY = 3
    SPAM = 4
    DELETED = 5
    AGENT_STARTED = 6
    INTERNAL = 7


class Step(IntEnum):
    """One audit of a ticket."""

    CREATED = 0
    ACKNOWLEDGED = 1
    BOT_REPLIED = 2
    BOT_SOLVED = 3
    ASSIGNED = 4
    NOTED = 5
    REPLIED_PENDING = 6
    REPLIED_OPEN = 7
    REPLIED_SOLVED = 8
    CUSTOMER_WROTE = 9
    PASSED_ON = 10
    HELD = 11
    MERGED_AWAY = 12
    MERGED_FROM = 13
    SURVEY_OFFERED = 14
    SURVEY_ANSWERED = 15
    CLOSED = 16
    DELETED = 17
    PRIORITISED = 18
    SOLVED_SILENTLY = 19


_COUNTS = (
    "created", "channel", "kind", "team", "ids", "human_replies", "handle_s", "wait_s", "talk_s", "hold_s", "wrap_s",
    "first_work_s",
)  # fmt: skip
_REFERENCES = ("customer", "order", "returns_to", "merges_into", "agent", "first_team", "rating")
_MOMENTS = (
    "first_reply", "solved_first", "solved_last", "reopened", "thanked", "passed_on", "merged_at", "closed",
)  # fmt: skip


@dataclass(slots=True)
class Cases:
    """One entry a ticket. Moments are UTC seconds, NEVER where a thing never happens."""

    created: Ints
    day: Ints
    brand: Ints
    topic: Ints
    channel: Ints
    kind: Ints
    team: Ints
    customer: Ints
    order: Ints
    returns_to: Ints
    merges_into: Ints
    agent: Ints
    first_reply: Ints
    first_work_s: Ints
    first_team: Ints
    solved_first: Ints
    solved_last: Ints
    reopened: Ints
    thanked: Ints
    passed_on: Ints
    merged_at: Ints
    closed: Ints
    human_replies: Ints
    rating: Ints
    handle_s: Ints
    wait_s: Ints
    talk_s: Ints
    hold_s: Ints
    wrap_s: Ints
    voicemail: Bools
    via_api: Bools
    ids: Ints

    @classmethod
    def empty(cls, day: Ints, brand: Ints, topic: Ints) -> Cases:
        """Tickets of which only day, brand and topic are known."""
        size = len(day)
        columns: dict[str, Any] = {name: np.zeros(size, dtype=np.int64) for name in _COUNTS}
        columns |= {name: np.full(size, -1, dtype=np.int64) for name in _REFERENCES}
        columns |= {name: np.full(size, NEVER, dtype=np.int64) for name in _MOMENTS}
        columns |= {name: np.zeros(size, dtype=np.bool_) for name in ("voicemail", "via_api")}
        return cls(day=day, brand=brand, topic=topic, **columns)

    def __len__(self) -> int:
        return len(self.created)


@dataclass(frozen=True, slots=True)
class Steps:
    """The audits of all tickets, sorted by ticket and time."""

    ticket: Ints
    at: Ints
    step: Ints
    actor: Ints
    value: Ints


@dataclass(slots=True)
class Log:
    """Collects steps in any order of tickets; those of one ticket and second keep the order of adding."""

    parts: list[tuple[Ints, Ints, Ints, Ints, Ints]] = field(default_factory=list)

    def add(self, step: Step, ticket: Ints, at: Ints, actor: Ints | int, value: Ints | int = 0) -> None:
        """Adds the same step for many tickets."""
        shape = ticket.shape
        self.parts.append((
            ticket, at, np.full(shape, int(step), dtype=np.int64),
            np.broadcast_to(np.asarray(actor, dtype=np.int64), shape),
            np.broadcast_to(np.asarray(value, dtype=np.int64), shape),
        ))  # fmt: skip

    def steps(self, rank: Ints, until: int) -> Steps:
        """Steps before `until`, tickets in the order of `rank`."""
        ticket, at, step, actor, value = (np.concatenate(column) for column in zip(*self.parts, strict=True))
        seen = np.flatnonzero(at < until)
        order = seen[np.lexsort((seen, at[seen], rank[ticket[seen]]))]
        return Steps(ticket[order], at[order], step[order], actor[order], value[order])


def share_of(rng: np.random.Generator, chance: Floats | float, size: int) -> Bools:
    """True with the given chance in each row."""
    return np.asarray(rng.random(size) < chance, dtype=np.bool_)
