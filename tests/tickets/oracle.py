"""The ticket facts by plain loops over the canonical rows: slow, and written from the columns' meaning alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tickets.desk import Desk, Row
from tickets.working import ROUND_THE_CLOCK, WorkingClock, local_day, ms

OPEN = ("new", "open", "pending", "on_hold")
WAITING = ("new", "open", "on_hold")
DONE = ("solved", "closed")


@dataclass
class Event:
    """What happened, with the actor as the facts see it; bots entered as agents are bots."""

    t: int
    order: tuple[Any, ...]
    type: str
    actor: str
    actor_id: str | None
    old: str | None
    new: str | None
    public: bool

    def is_message_of(self, actor: str) -> bool:
        return self.type == "reply" and self.public and self.actor == actor

    @property
    def is_note(self) -> bool:
        """A reply that the customer cannot see is a note."""
        return self.type == "note" or (self.type == "reply" and not self.public)


@dataclass
class State:
    """A stretch of time in one status; ``end`` is None for the last one. Unknown is open in some way."""

    status: str
    start: int
    end: int | None = None


@dataclass
class Ticket:
    """A ticket with its events, and with the messages of those merged into it."""

    row: Row
    horizon: int
    tells: set[str] = field(default_factory=set)  # of the source: kinds of events, and times that rows tell
    events: list[Event] = field(default_factory=list)
    messages: list[Event] = field(default_factory=list)
    absorbed: list[Ticket] = field(default_factory=list)

    @property
    def key(self) -> int:
        return int(self.row["ticket_key"])

    @property
    def created(self) -> int:
        """When it was made, or the first of those merged into it."""
        return min(ms(ticket.row["created_at"]) for ticket in (self, *self.absorbed))

    @property
    def left_out(self) -> str | None:
        """Why no metric counts it: by the snapshot, or by events that nothing has taken back."""
        row = self.row
        marks: set[str] = set()
        for event in self.events:
            if event.type in ("deleted", "spam"):
                marks.add(event.type)
            if event.type == "restored":
                marks.clear()
        reasons = {
            "deleted": row["status"] == "deleted" or "deleted" in marks,
            "spam": row["status"] == "spam" or "spam" in marks,
            "merged": row["status"] == "merged" or row["merged_into_ticket_id"] is not None,
            "test": row["is_test"] is True,
            "internal": row["is_internal"] is True,
        }
        return next((reason for reason, holds in reasons.items() if holds), None)

    @property
    def by_customer(self) -> bool:
        return self.row["source_system_created_by"] in (None, "customer")


@dataclass
class Life:
    """What the statuses tell: when it was solved and locked, how it stands, how often it came back."""

    states: list[State]
    first_solved: int | None = None
    solved: int | None = None
    closed: int | None = None
    done: bool = False
    resolved: bool = False
    reopens: int = 0
    reopened: int | None = None

    @property
    def closed_unsolved(self) -> bool | None:
        is_undated = self.states[0].status == "unknown" and self.closed is None
        return None if self.done and not self.resolved and is_undated else self.done and not self.resolved

    @property
    def first_done(self) -> int | None:
        """The end of the first stretch in which it was open."""
        return next((state.start for state in self.states if state.status in DONE), self.states[-1].end)

    def over_at(self) -> int | None:
        """When the desk was through with it; None while it is not."""
        if self.resolved:
            return self.solved
        return self.closed if self.done else None


class Oracle:
    """The facts of all tickets of a desk, each table as the rows in its order."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.settings = desk, desk.settings
        self.tables = self.settings.get("schedule", [])
        self.clock = WorkingClock(self.tables)
        self.zone = self.settings.get("timezone", "UTC")
        self.names = {(t["source_id"], t["team_id"]): t["name"] for t in desk.rows("FROM canon.teams")}
        self.brands = {(b["source_id"], b["brand_id"]): b["name"] for b in desk.rows("FROM canon.brands")}
        self.calls = self._calls()
        self.tickets = self._tickets()

    def facts(self) -> dict[str, list[Row]]:
        ordered = [self.tickets[key] for key in sorted(self.tickets)]
        next_contacts = self._next_contacts()
        turns: list[Row] = []
        spans: list[Row] = []
        tickets: list[Row] = []
        for ticket in ordered:
            life = life_of(ticket, self.desk.reopen_grace_s * 1000)
            tickets.append(self._ticket(ticket, life, next_contacts))
            turns += self._turns(ticket, life)
            spans += self._spans(ticket, life)
        return {"tickets": tickets, "turns": turns, "open_spans": spans}

    # What is known.

    def _tickets(self) -> dict[int, Ticket]:
        rows = self.desk.rows("FROM canon.tickets")
        events = self.desk.rows("FROM canon.ticket_events")
        now = ms(datetime.now(UTC).replace(tzinfo=None))
        seen: dict[str, list[int]] = defaultdict(list)
        for row in rows:
            moments = ("created_at", "updated_at", "first_replied_at", "solved_at", "closed_at")
            seen[row["source_id"]] += [ms(row[name]) for name in moments if row[name]]
        for row in events:
            seen[row["source_id"]].append(ms(row["occurred_at"]))
        tells: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            tells[row["source_id"]] |= {
                name for name in ("first_replied_at", "solved_at", "closed_at") if row[name] is not None
            }
        for row in events:
            tells[row["source_id"]] |= {"reply", "status"} & {row["type"]}
        tickets = {
            row["ticket_key"]: Ticket(row, min(now, max(seen[row["source_id"]])), tells[row["source_id"]])
            for row in rows
        }
        by_id = {(ticket.row["source_id"], ticket.row["ticket_id"]): ticket for ticket in tickets.values()}
        bots = {
            (agent["source_id"], agent["agent_id"])
            for agent in self.desk.rows("FROM canon.agents")
            if agent["is_bot"] or agent["role"] == "bot"
        }
        for row in events:
            ticket = by_id.get((row["source_id"], row["ticket_id"]))
            if ticket is not None:
                ticket.events.append(_event(row, bots))
        for ticket in tickets.values():
            survivor = _survivor(ticket, by_id)
            if survivor is not None:
                survivor.absorbed.append(ticket)
        for ticket in tickets.values():
            ticket.events.sort(key=lambda event: event.order)
            absorbed = [
                Event(event.t, (*event.order[:3], 1, other.key), event.type, event.actor, event.actor_id, None, None,
                      event.public)
                for other in ticket.absorbed for event in other.events if event.type in ("reply", "note")
            ]  # fmt: skip
            ticket.messages = sorted(ticket.events + absorbed, key=lambda event: event.order)
        return tickets

    def _calls(self) -> dict[tuple[str, str], int]:
        """Answered contacts by the ticket they belong to; the legs of one contact count once."""
        tickets = self.desk.rows("SELECT source_id, ticket_id FROM canon.tickets")
        sources = {row["source_id"] for row in tickets}
        owners: dict[str, list[str]] = defaultdict(list)
        for row in tickets:
            owners[row["ticket_id"]].append(row["source_id"])
        contacts: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
        for leg in self.desk.rows("FROM canon.interactions"):
            if leg["outcome"] != "answered" or leg["ticket_id"] is None or leg["direction"] == "internal":
                continue
            source = leg["source_id"]
            found = [source] if source in sources else owners[leg["ticket_id"]]
            if len(found) == 1:
                contact = leg["interaction_group_id"] or leg["interaction_id"]
                contacts[found[0], leg["ticket_id"]].add((source, contact))
        return {ticket: len(found) for ticket, found in contacts.items()}

    # The columns.

    def _ticket(self, ticket: Ticket, life: Life, next_contacts: dict[int, tuple[int | None, int | None]]) -> Row:
        row = ticket.row
        key = self._schedule_key(ticket)
        identity = {
            "ticket_key": ticket.key,
            "source": row["source_id"],
            "ticket_id": row["ticket_id"],
            "channel": row["channel"],
            "brand": self._brand(ticket),
            "team": self._team(ticket),
            "agent": row["assignee_agent_id"],
            "priority": row["priority"],
            "language": row["language"],
            "topic": row["reason"],
            "topic_detail": row["reason_detail"],
            "type": row["type"],
            "product": row["product"],
            "customer": f"{row['source_id']}:{row['requester_customer_id']}" if row["requester_customer_id"] else None,
            "status": row["status"],
            "left_out": ticket.left_out,
            "started_by_customer": ticket.by_customer,
            "schedule_key": key,
            "horizon_at": ticket.horizon,
            "created_at": ticket.created,
            "created_day": local_day(ticket.created, self.zone),
        }
        work = self._work(ticket)
        response = self._first_response(ticket, life, key)
        repeats = _repeats(ticket, life, next_contacts.get(ticket.key, (None, None)))

        def passed(start: int | None, end: int | None) -> int | None:
            return None if start is None or end is None else max(0, end - start) // 1000

        one_touch = {"one_touch": life.resolved and work["contacts"] == 1 and not life.reopens}
        return identity | response | self._solving(ticket, life, key) | self._waits(ticket, life, key) | work | {
            "reopens": life.reopens,
            "reopened": None if life.first_solved is None else life.reopens > 0,
            "reopened_at": life.reopened,
            "reopened_s": passed(life.first_solved, life.reopened),
            "solved_followed_s": passed(life.first_solved, ticket.horizon),
        } | one_touch | repeats | {"first_done_at": life.first_done}  # fmt: skip

    def _team(self, ticket: Ticket) -> str | None:
        team = ticket.row["team_id"]
        return self.names.get((ticket.row["source_id"], team), team)

    def _brand(self, ticket: Ticket) -> str | None:
        brand = ticket.row["brand"]
        return self.brands.get((ticket.row["source_id"], brand), brand)

    def _schedule_key(self, ticket: Ticket) -> int:
        record = {"brand": self._brand(ticket), "channel": ticket.row["channel"], "team": self._team(ticket)}
        ids = [table["id"] for table in self.tables] + [ROUND_THE_CLOCK]
        for rule in self.settings.get("schedule_for", []):
            wanted = {name: value for name, value in rule.items() if name != "schedule"}
            if all(record[name] in ([value] if isinstance(value, str) else value) for name, value in wanted.items()):
                return ids.index(rule["schedule"])
        return 0

    def _first_response(self, ticket: Ticket, life: Life, key: int) -> Row:
        start, reply = opening(ticket)
        end = None
        if start is not None:
            end = reply if reply is not None else _until(life, ticket)
        return {
            "first_response_from": start,
            "first_response_at": reply,
            "first_response_done": None if start is None else reply is not None,
        } | self._both("first_response", start, end, key)

    def _solving(self, ticket: Ticket, life: Life, key: int) -> Row:
        first_end = life.first_solved if life.first_solved is not None else _until(life, ticket)
        end = life.solved if life.resolved else _until(life, ticket)
        return {
            "first_solved_at": life.first_solved,
            "first_solved_day": None if life.first_solved is None else local_day(life.first_solved, self.zone),
            "solved_at": life.solved,
            "solved_day": None if life.solved is None else local_day(life.solved, self.zone),
            "resolved": life.resolved,
            **self._both("followed", ticket.created, ticket.horizon, key),
            "closed_at": life.closed,
            "closed_unsolved": life.closed_unsolved,
            **self._both("first_resolution", ticket.created, first_end, key),
            **self._both("resolution", ticket.created, end, key),
            **self._both("followed", ticket.created, ticket.horizon, key),
        }

    def _waits(self, ticket: Ticket, life: Life, key: int) -> Row:
        found: Row = {}
        for name, statuses in {"requester_wait": WAITING, "agent_wait": ("pending",), "on_hold": ("on_hold",)}.items():
            spans = [
                (state.start, ticket.horizon if state.end is None else state.end)
                for state in life.states
                if state.status in statuses
            ]
            known = life.states[0].status != "unknown"
            found[f"{name}_s"] = sum(end - start for start, end in spans) // 1000 if known else None
            worked = sum(self.clock.between(key, start, end) for start, end in spans)
            found[f"{name}_working_s"] = worked // 1000 if known else None
        return found

    def _work(self, ticket: Ticket) -> Row:
        replies = [event for event in ticket.messages if event.is_message_of("agent")]
        people = {event.actor_id for event in replies}
        calls = self.calls.get((ticket.row["source_id"], ticket.row["ticket_id"]), 0)
        moves = self._moves(ticket, "team")
        special = self._specialists(ticket.row["source_id"])
        return {
            "replies": len(replies),
            "customer_messages": sum(event.is_message_of("customer") for event in ticket.messages),
            "bot_replies": sum(event.is_message_of("bot") for event in ticket.messages),
            "notes": sum(event.is_note for event in ticket.messages),
            "people": None if None in people else len(people),
            "calls": calls,
            "contacts": max(len(replies), calls),
            "transfers": len(moves),
            "reassignments": len(self._moves(ticket, "assign")),
            "escalated": any(event.type == "escalation" for event in ticket.events)
            or any(new in special and old not in special for old, new in moves),
        }

    def _specialists(self, source: str) -> set[str]:
        named = set(self.settings.get("specialist_teams", []))
        teams = [team for team in self.desk.rows("FROM canon.teams") if team["source_id"] == source]
        return named | {
            team["team_id"]
            for team in teams
            if (team["tier"] or 0) >= 2 or team["name"] in named or team["team_id"] in named
        }

    @staticmethod
    def _moves(ticket: Ticket, kind: str) -> list[tuple[str, str]]:
        """From where to where it was passed on, both known and different."""
        found, previous = [], None
        for event in ticket.events:
            if event.type == kind:
                old = event.old if event.old is not None else previous
                if old is not None and event.new is not None and old != event.new:
                    found.append((old, event.new))
                previous = event.new
        return found

    def _next_contacts(self) -> dict[int, tuple[int | None, int | None]]:
        """When the customer of each counted ticket made the next one, and the next one on the same topic."""
        by_customer: dict[tuple[str, str], list[Ticket]] = defaultdict(list)
        for ticket in self.tickets.values():
            if ticket.row["requester_customer_id"] and ticket.left_out is None:
                by_customer[ticket.row["source_id"], ticket.row["requester_customer_id"]].append(ticket)
        found = {}
        for tickets in by_customer.values():
            tickets.sort(key=lambda ticket: (ticket.created, ticket.key))
            for place, ticket in enumerate(tickets):
                later = tickets[place + 1 :]
                topic = ticket.row["reason"]
                same = [other for other in later if topic is not None and other.row["reason"] == topic]
                found[ticket.key] = (
                    later[0].created if later else None,
                    same[0].created if same else None,
                )
        return found

    def _turns(self, ticket: Ticket, life: Life) -> list[Row]:
        key = self._schedule_key(ticket)
        found = []
        for start, reply in later_turns(ticket):
            over = ticket.horizon if life.over_at() is None else life.over_at()
            left_out = None
            if reply is None and life.done and start <= over:
                left_out = "solved without a reply" if life.resolved else "closed without a reply"
            end = reply if reply is not None else ticket.horizon
            found.append(
                {
                    "ticket_key": ticket.key,
                    "started_at": start,
                    "started_day": local_day(start, self.zone),
                    "answered_at": reply,
                    "answered": reply is not None,
                    "turn_left_out": left_out,
                }
                | self._both("waited", start, end, key)
            )
        return found

    @staticmethod
    def _spans(ticket: Ticket, life: Life) -> list[Row]:
        found: list[Row] = []
        was_open = False
        for state in life.states:
            is_open = state.status in (*OPEN, "unknown")
            if is_open and not was_open:
                found.append({"ticket_key": ticket.key, "opened_at": state.start, "ended_at": None})
            if is_open:
                found[-1]["ended_at"] = state.end
            was_open = is_open
        return found

    def _both(self, name: str, start: int | None, end: int | None, key: int) -> Row:
        """A stretch of time on both clocks, in whole seconds, never negative."""
        if start is None or end is None:
            return {f"{name}_s": None, f"{name}_working_s": None}
        return {
            f"{name}_s": max(0, end - start) // 1000,
            f"{name}_working_s": self.clock.between(key, start, end) // 1000,
        }


def _event(row: Row, bots: set[tuple[str, str]]) -> Event:
    actor = row["actor_type"]
    if actor == "agent" and (row["source_id"], row["actor_id"]) in bots:
        actor = "bot"
    t = ms(row["occurred_at"])
    order = (t, row["seq"] or 0, row["event_id"], 0, 0)
    public = row["is_public"] is not False
    return Event(t, order, row["type"], actor, row["actor_id"], row["old_value"], row["new_value"], public)


def _survivor(ticket: Ticket, by_id: dict[tuple[str, str], Ticket]) -> Ticket | None:
    """The ticket at the end of the chain of merges; None where there is no chain or it has no end."""
    passed = [ticket]
    while True:
        target = by_id.get((ticket.row["source_id"], passed[-1].row["merged_into_ticket_id"]))
        if target is None:
            return passed[-1] if len(passed) > 1 else None
        if target in passed:
            return None
        passed.append(target)


def life_of(ticket: Ticket, grace_ms: int) -> Life:
    """The statuses along the events, or what the snapshot tells where no event speaks of a status.

    Deleted, spam and merged are no statuses of the work: they say that a ticket is left out, and change nothing here.
    """
    changes = [event for event in ticket.events if event.type == "status" and event.new in (*OPEN, *DONE)]
    if not changes:
        return _snapshot_life(ticket)
    states = [State("new", ticket.created)]
    life = Life(states)
    last_way_in, done_since = "", 0
    for event in changes:
        before, after, t = states[-1].status, str(event.new), max(event.t, ticket.created)
        if after == before:
            continue
        states[-1].end = t
        states.append(State(after, t))
        if after in DONE and before in OPEN:
            last_way_in, done_since = after, t
            if after == "solved":
                life.solved = t
                life.first_solved = t if life.first_solved is None else life.first_solved
        if after == "closed":
            life.closed = t
        if before in DONE and after in OPEN:
            life.closed = None
            if event.actor not in ("system", "bot") and t - done_since >= grace_ms:
                life.reopens += 1
                life.reopened = life.reopened or t
    life.done = states[-1].status in DONE
    life.resolved = life.done and last_way_in == "solved"
    return life


def _snapshot_life(ticket: Ticket) -> Life:
    """One stretch of unknown statuses until it was solved or locked; waits cannot be told from it."""
    row = ticket.row
    solved, closed = (None if row[name] is None else ms(row[name]) for name in ("solved_at", "closed_at"))
    if "solved_at" not in ticket.tells:  # such a source closes what is solved
        solved = closed
    done = row["status"] in DONE
    life = Life([], solved, solved, closed if done else None, done, resolved=done and solved is not None)
    first = State("unknown", ticket.created)
    if done:
        first.end = solved if solved is not None else closed if closed is not None else ticket.horizon
    life.states.append(first)
    return life


def opening(ticket: Ticket) -> tuple[int | None, int | None]:
    """When the customer first wrote, and the first public reply of a human agent after that."""
    if "reply" not in ticket.tells:
        reply, is_told = ticket.row["first_replied_at"], "first_replied_at" in ticket.tells and ticket.by_customer
        return ticket.created if is_told else None, None if reply is None else ms(reply)
    start = ticket.created if ticket.by_customer else None
    for event in ticket.messages:
        if start is None and event.is_message_of("customer"):
            start = event.t
        elif start is not None and event.is_message_of("agent"):
            return start, event.t
    return start, None


def later_turns(ticket: Ticket) -> list[tuple[int, int | None]]:
    """The customer's later turns: when each began, and when it was answered."""
    turns: list[tuple[int, int | None]] = []
    side = "customer" if ticket.by_customer else "company"
    is_first = not ticket.by_customer  # the customer's first turn is the first response's, not one of these
    for event in ticket.messages:
        if event.is_message_of("customer"):
            if side != "customer" and is_first:
                is_first = False
            elif side != "customer":
                turns.append((event.t, None))
            side = "customer"
        elif event.is_message_of("agent"):
            if side == "customer" and turns and turns[-1][1] is None:
                turns[-1] = (turns[-1][0], event.t)
            side = "company"
    return turns


def _until(life: Life, ticket: Ticket) -> int:
    """Where an unfinished stretch ends: when the desk was through with the ticket, else the horizon."""
    over = life.over_at()
    return ticket.horizon if over is None else over


def _repeats(ticket: Ticket, life: Life, following: tuple[int | None, int | None]) -> Row:
    def passed(moment: int | None) -> int | None:
        if life.solved is None or moment is None:
            return None
        return max(0, moment - life.solved) // 1000

    return {
        "next_contact_s": passed(following[0]),
        "next_same_topic_s": passed(following[1]),
        "quiet_s": passed(ticket.horizon),
    }


def disagreements(desk: Desk) -> list[str]:
    """Every value in which the facts of a desk differ from the oracle's, in words; the facts must be up to date."""
    found, expected = desk.facts(), Oracle(desk).facts()
    names = {row["ticket_key"]: f"{row['source']} {row['ticket_id']}" for row in found["tickets"]}
    words = []
    for table, rows in expected.items():
        if len(rows) != len(found[table]):
            words.append(f"{table}: {len(found[table])} rows, {len(rows)} by the oracle")
            continue
        for mine, other in zip(found[table], rows, strict=True):
            words += [
                f"{names[mine['ticket_key']]}, {table}.{name}: {mine.get(name)!r}, by the oracle {other.get(name)!r}"
                for name in mine | other
                if mine.get(name) != other.get(name) or (name in mine) != (name in other)
            ]
    return words
