"""Random desks: tickets, events, agents, teams and calls of several sources, in several loads out of order."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tickets.desk import Desk, Row

DAY_NIGHT = """
timezone = "Europe/Berlin"
specialist_teams = ["Experts"]
[[schedule]]
id = "day"
tz = "Europe/Berlin"
hours = { mon-fri = ["09:00-12:30", "13:30-18:00"], sat = ["10:00-14:00"] }
closed = ["2025-03-26", "2025-10-29"]
[[schedule]]
id = "night"
tz = "America/New_York"
hours = { sun-fri = ["22:00-06:00"], sat = ["01:00-03:30"] }
[[schedule_for]]
channel = ["phone", "chat"]
brand = "north"
schedule = "24x7"
[[schedule_for]]
team = ["Experts", "t3"]
schedule = "night"
[[schedule_for]]
channel = "chat"
schedule = "night"
"""
HALF_HOURS = """
timezone = "Australia/Lord_Howe"
[[schedule]]
id = "island"
tz = "Australia/Lord_Howe"
hours = { mon-sun = ["00:15-03:45", "20:00-23:00"] }
on = { "2025-04-06" = ["00:00-24:00"] }
[[schedule]]
id = "india"
tz = "Asia/Kolkata"
hours = { mon-fri = ["09:30-18:15"] }
breaks = { "2025-04-01" = ["12:00-13:00"] }
[[schedule_for]]
brand = "south"
schedule = "india"
"""
PLAIN = 'timezone = "America/Sao_Paulo"\nspecialist_teams = ["t2"]\n'
SETTINGS = {"day and night": DAY_NIGHT, "half hours": HALF_HOURS, "round the clock": PLAIN}

# The weeks in which clocks change in Berlin, on Lord Howe, and in New York.
STARTS = (datetime(2025, 3, 25), datetime(2025, 4, 1), datetime(2025, 10, 22), datetime(2025, 10, 29))
STATUSES = ("new", "open", "open", "pending", "on_hold", "solved", "solved", "solved", "closed", "closed")
GONE = ("deleted", "spam", "merged")
EVENTS = ("reply",) * 10 + ("status",) * 9 + ("note", "note", "team", "team", "assign", "assign", "tag", "created")
ACTORS = ("customer",) * 5 + ("agent",) * 6 + ("bot", "system", "unknown")


@dataclass
class Load:
    """The rows of one load of one source, by table."""

    source: str
    tables: dict[str, list[Row]] = field(default_factory=dict)


def iso(moment: datetime) -> str:
    return moment.isoformat() + "Z"


class World:
    """All that the loads of a random desk bring, in the order they come."""

    def __init__(self, seed: int, *, sources: int = 2, tickets: int = 25, rounds: int = 3) -> None:
        self.random, self.seed = Random(seed), seed
        self.start = self.random.choice(STARTS)
        self.days = self.random.choice((2, 6, 12))
        self.end = self.start + timedelta(days=self.days + 4)
        # With the newest event known from the first load on, a later load moves no horizon.
        self.is_anchored = self.random.random() < 0.7
        self.loads: list[Load] = []
        self.created: dict[tuple[str, str], datetime] = {}
        names = ["desk", "shop", "phone"][:sources]
        first: dict[str, dict[str, dict[Any, Row]]] = {name: self._source(name, tickets) for name in names}
        self._link_calls(first)
        for number in range(rounds):
            for name in self.random.sample(names, len(names)):
                if number == 0 or self.random.random() < 0.7:
                    self._deal(name, first[name], is_first=number == 0, is_last=number == rounds - 1)

    def loaded(self, desk: Desk) -> None:
        """Brings in all of it without a look at the facts."""
        for load in self.loads:
            desk.load(load.source, **load.tables)

    # Making the rows.

    def some(self, *values: Any, none: float = 0.3) -> Any:
        return None if self.random.random() < none else self.random.choice(values)

    def told(self, what: str, moment: datetime) -> str | None:
        """A moment that a ticket's row may tell, where the source tells such."""
        return None if what in self.silent or self.quiet.random() < 0.3 else iso(moment)

    def moment(self) -> datetime:
        """A moment of the world; half of them on a coarse grid, so that many are the same."""
        if self.random.random() < 0.5:
            return self.start + timedelta(minutes=30 * self.random.randrange(self.days * 48))
        return self.start + timedelta(milliseconds=self.random.randrange(self.days * 86_400_000))

    def _source(self, name: str, count: int) -> dict[str, dict[Any, Row]]:
        """Rows to come of each table by key. The third source knows calls only, or hardly a ticket."""
        if name == "phone":
            count = self.random.choice((0, 0, 3))
        ids = [f"T{number}" for number in range(count)]
        # Some sources never say when tickets are solved, or who replies.
        self.quiet = Random(f"{self.seed} {name}")
        self.silent = {what for what in ("solved_at", "first_replied_at", "reply") if self.quiet.random() < 0.25}
        rows: dict[str, dict[Any, Row]] = {
            "agents": self._agents(),
            "teams": self._teams(),
            "brands": self._brands(),
            "interactions": {},
        }
        rows["tickets"] = {ticket_id: self._ticket(ticket_id, ids) for ticket_id in ids}
        rows["ticket_events"] = {}
        for ticket in rows["tickets"].values():
            created = datetime.fromisoformat(ticket["created_at"][:-1])
            self.created[name, ticket["ticket_id"]] = created
            for event in self._events(ticket["ticket_id"], created):
                rows["ticket_events"][event["ticket_id"], event["event_id"]] = event
        return rows

    def _agents(self) -> dict[Any, Row]:
        return {
            f"a{number}": {
                "agent_id": f"a{number}",
                "is_bot": self.some(True, False, False, none=0.5),
                "role": self.some("agent", "agent", "lead", "bot", none=0.5),
            }
            for number in range(self.random.randrange(4))
        }

    def _teams(self) -> dict[Any, Row]:
        return {
            f"t{number}": {
                "team_id": f"t{number}",
                "name": self.random.choice(("Front", "Experts", "Billing")),
                "tier": self.some(1, 1, 2, 3),
            }
            for number in range(self.random.randrange(4))
        }

    def _brands(self) -> dict[Any, Row]:
        named = {"b1": self.random.choice(("north", "south"))}
        return {brand: {"brand_id": brand, "name": name} for brand, name in named.items() if self.random.random() < 0.5}

    def _ticket(self, ticket_id: str, ids: list[str]) -> Row:
        created = self.moment()
        others = [other for other in (*ids, "T999") if other != ticket_id]
        solved = created + timedelta(minutes=self.random.randrange(3000))
        closed = solved + timedelta(minutes=self.random.choice((0, 30, 5000)))
        return {
            "ticket_id": ticket_id,
            "created_at": iso(created),
            "updated_at": self.some(iso(created), iso(self.start + timedelta(days=self.days)), none=0.2),
            "status": self.random.choice((*STATUSES, *STATUSES, *GONE)),
            "first_replied_at": self.told(
                "first_replied_at", created + timedelta(minutes=self.quiet.randrange(-9, 900))
            ),
            "solved_at": self.some(None if "solved_at" in self.silent else iso(solved)),
            "closed_at": self.some(iso(closed)),
            "channel": self.some("email", "phone", "chat"),
            "brand": self.some("north", "south", "b1"),
            "requester_customer_id": self.some("c1", "c2", "c3", "c4", none=0.15),
            "assignee_agent_id": self.some("a0", "a1"),
            "team_id": self.some("t0", "t1", "t2", "t3"),
            "reason": self.some("bill", "crash", none=0.2),
            "priority": self.some("low", "urgent"),
            "language": self.some("de"),
            "source_system_created_by": self.some("customer", "customer", "agent", "bot", "system"),
            "merged_into_ticket_id": self.some(*others, none=0.8),
            "is_test": self.some(True, False, False, False, none=0.8),
            "is_internal": self.some(True, False, False, False, none=0.8),
        }

    def _events(self, ticket_id: str, created: datetime) -> list[Row]:
        count = self.random.choice((0, 1, 3, 6, 12))
        silent = self.random.random() < 0.25  # a source that logs no status
        found = {}
        for _ in range(count):
            event = self._event(ticket_id, created, silent)
            found[event["event_id"]] = event
        return list(found.values())

    def _event(self, ticket_id: str, created: datetime, silent: bool) -> Row:
        after = max(self.moment(), created)
        if self.random.random() < 0.1:  # the clocks of one system differ a little
            after = created - timedelta(seconds=self.random.randrange(60))
        kind = self.random.choice(EVENTS)
        if (silent and kind == "status") or kind in self.silent:
            kind = "note"
        if self.random.random() < 0.04:
            kind = self.random.choice(("escalation", "deleted", "spam", "restored", "restored"))
        row = {
            "ticket_id": ticket_id,
            "event_id": str(self.random.randrange(40)),
            "occurred_at": iso(after),
            "type": kind,
            "actor_type": self.random.choice(ACTORS),
            "actor_id": self.some("a0", "a1", "a2", "a3"),
            "seq": self.some(-1, 0, 1, 2, none=0.6),
            "is_public": self.some(True, True, False, none=0.6),
        }
        if kind == "status":
            gone = self.random.random() < 0.05
            row["new_value"] = self.random.choice(GONE if gone else STATUSES)
            row["old_value"] = self.some("new", "solved", none=0.8)
        if kind in ("team", "assign"):
            letter = kind[0]
            row["old_value"] = self.some(*(f"{letter}{number}" for number in range(4)), none=0.6)
            row["new_value"] = self.some(*(f"{letter}{number}" for number in range(4)), "Experts", none=0.2)
        return row

    def _link_calls(self, sources: dict[str, dict[str, dict[Any, Row]]]) -> None:
        for name, rows in sources.items():
            for number in range(self.random.choice((0, 6, 15))):
                begun = self.moment()
                rows["interactions"][f"i{number}"] = {
                    "interaction_id": f"i{number}",
                    "kind": self.random.choice(("call", "chat")),
                    "direction": self.random.choice(("in", "in", "in", "out", "internal")),
                    "started_at": iso(begun),
                    "interaction_group_id": self.some("g1", "g2", "i1", none=0.6),
                    "ticket_id": self.some(*(f"T{number}" for number in range(28)), none=0.2),
                    "outcome": self.some("answered", "answered", "abandoned", none=0.1),
                }
            if name == "phone" and self.random.random() < 0.5:
                for row in rows["interactions"].values():  # ids that may be of one help desk alone
                    row["ticket_id"] = self.some("T0", "T24", "T26", "T27")

    # Dealing them out to loads.

    def _deal(self, name: str, rows: dict[str, dict[Any, Row]], *, is_first: bool, is_last: bool) -> None:
        load = Load(name)
        for table, waiting in rows.items():
            brought = waiting.setdefault("", {"brought": {}})["brought"]
            keys = [key for key in waiting if key != "" and (is_last or self.random.random() < 0.5)]
            now = [waiting.pop(key) | {} for key in keys]
            known = [row for key, row in brought.items() if self.random.random() < 0.1]
            changed = [self._changed(name, table, row) for row in known]
            for row in (*now, *changed):
                brought[_key(table, row)] = row
            if now or changed:
                load.tables[table] = self.random.sample([*now, *changed], len(now) + len(changed))
        if is_first and self.is_anchored:
            load.tables.setdefault("tickets", []).append(
                {"ticket_id": "last", "created_at": iso(self.end), "updated_at": iso(self.end), "status": "open"}
            )
        if load.tables:
            self.loads.append(load)

    def _changed(self, source: str, table: str, row: Row) -> Row:
        """A later version of a row: some of its columns differ, and mostly it says so."""
        if table == "tickets":
            fresh = self._ticket(row["ticket_id"], [f"T{number}" for number in range(20)])
            names = (
                "status",
                "requester_customer_id",
                "reason",
                "merged_into_ticket_id",
                "is_test",
                "team_id",
                "brand",
            )
            names += ("source_system_created_by", "channel")
            taken = self.random.sample(names, 2)
            newer = {} if self.random.random() < 0.3 else {"updated_at": iso(self.end - timedelta(hours=1))}
            return row | {name: fresh[name] for name in taken} | newer
        if table == "ticket_events":
            fresh = self._event(row["ticket_id"], self.created[source, row["ticket_id"]], silent=False)
            return fresh | {"event_id": row["event_id"]}
        if table == "agents":
            return row | {"is_bot": self.some(True, False)}
        if table == "brands":
            return row | {"name": self.random.choice(("north", "south"))}
        if table == "teams":
            return row | {"tier": self.some(1, 2), "name": self.random.choice(("Front", "Experts"))}
        return row | {"ticket_id": self.some("T1", "T2", "T3"), "outcome": self.some("answered", "abandoned")}


def _key(table: str, row: Row) -> Any:
    names = {"tickets": "ticket_id", "agents": "agent_id", "teams": "team_id", "brands": "brand_id"}
    names["interactions"] = "interaction_id"
    return row[names[table]] if table in names else (row["ticket_id"], row["event_id"])
