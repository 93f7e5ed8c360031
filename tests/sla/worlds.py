"""Random desks whose tickets change priority, with the promises of three policies and some that a source brings."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tickets.desk import Row
from tickets.worlds import DAY_NIGHT, HALF_HOURS, PLAIN, Load, World, iso

PROMISES = ("first_reply", "next_reply", "resolution", "requester_wait", "agent_work")
PRIORITIES = ("low", "normal", "high", "urgent")
POLICIES = """
[[sla]]
id = "night"
channel = ["phone", "chat"]
type = "incident"
clock = "calendar"
pause = ["new", "pending"]
first_reply = { low = "90 min", urgent = "5 min" }
next_reply = "1h"
resolution = { urgent = "3h", other = "2 days" }
[[sla]]
id = "experts"
team = ["Experts", "t3"]
from = 2025-03-28
until = 2025-10-24
schedule = "24x7"
next_reply = { high = "1 s", other = "20 min" }
agent_work = "4h"
[[sla]]
id = "rest"
pause = "on_hold"
first_reply = "90 min"
requester_wait = { normal = "30 min", other = "9h" }
resolution = "7h"
agent_work = "2h"
"""
SETTINGS = [text.replace("\n[[", POLICIES + "[[", 1) if "[[" in text else text + POLICIES
            for text in (DAY_NIGHT, HALF_HOURS, PLAIN)]  # fmt: skip


class PromiseWorld(World):
    """A world with priorities, types and promises."""

    def __init__(self, seed: int, **size: int) -> None:
        super().__init__(seed, **size)
        for load in [*self.loads]:
            if self.random.random() < 0.6:
                self.loads.insert(self.loads.index(load) + 1, Load(load.source, {"ticket_sla": self._brought(load)}))

    def _ticket(self, ticket_id: str, ids: list[str]) -> Row:
        kind = self.some("incident", "question")
        return super()._ticket(ticket_id, ids) | {"type": kind, "priority": self.some(*PRIORITIES)}

    def _events(self, ticket_id: str, created: datetime) -> list[Row]:
        changes = [
            {
                "ticket_id": ticket_id,
                "event_id": f"p{number}",
                "occurred_at": iso(max(self.moment(), created)),
                "type": "priority",
                "actor_type": "agent",
                "old_value": self.some(*PRIORITIES),
                "new_value": self.some(*PRIORITIES, none=0.2),
            }
            for number in range(self.random.choice((0, 0, 1, 3)))
        ]
        return super()._events(ticket_id, created) + changes

    def _brought(self, load: Load) -> list[Row]:
        rows: dict[Any, Row] = {}
        for _ in range(12):
            applied = self.moment()
            key = (f"T{self.random.randrange(28)}", self.random.choice(PROMISES), self.random.choice((1, 1, 2)))
            rows[key] = {
                "ticket_id": key[0],
                "metric": key[1],
                "instance": key[2],
                "target_s": self.random.choice((0, 600, 7200, 100_000)),
                "applied_at": iso(applied),
                "fulfilled_at": self.some(iso(applied + timedelta(minutes=self.random.randrange(900)))),
                "clock": self.some("calendar", "business"),
                "schedule_id": self.some("day", "india", "24x7", "elsewhere"),
                "paused_s": self.some(0, 1200),
            }
        return list(rows.values())
