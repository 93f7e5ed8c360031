"""The peers' facts by plain loops over each ticket's own events; written from the columns' meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tickets.desk import Desk, Row
from tickets.oracle import DONE, OPEN, Oracle, Ticket, later_turns, opening
from tickets.working import local_day, ms

PAUSED = ("pending", "on_hold")
Intervals = list[tuple[int, int | None]]


@dataclass
class Own:
    """One event of the ticket itself, not before its making."""

    t: int
    type: str
    actor: str
    person: str
    new: str | None
    public: bool

    @property
    def is_reply(self) -> bool:
        """A public reply of a human agent."""
        return self.type == "reply" and self.public and self.actor == "agent"


class PeerOracle(Oracle):
    """The rows of facts.peer_tickets, peer_solvings and peer_states."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.raw: dict[int, list[Row]] = {key: [] for key in self.tickets}
        for row in desk.rows("SELECT * FROM canon.ticket_events ORDER BY occurred_at, coalesce(seq, 0), event_id"):
            if row["ticket_key"] in self.raw:
                self.raw[row["ticket_key"]].append(row)
        self.bots = {
            (agent["source_id"], agent["agent_id"])
            for agent in desk.rows("FROM canon.agents")
            if agent["is_bot"] or agent["role"] == "bot"
        }

    def rows(self) -> dict[str, list[Row]]:
        tickets: list[Row] = []
        solvings: list[Row] = []
        states: list[Row] = []
        for key in sorted(self.tickets):
            ticket = self.tickets[key]
            opened = ms(ticket.row["created_at"])
            events = [self._own(row, opened) for row in self.raw[key]]
            spans = _spans(events, opened)
            tickets.append(self._ticket(ticket, opened, events, spans))
            for before, (state, start, end) in zip(["", *(span[0] for span in spans)], spans, strict=False):
                if state == "solved" and before != "solved":
                    schedule = self._schedule_key(ticket)
                    solvings.append(
                        {
                            "ticket_key": key, "solved_at": start, "solved_day": local_day(start, self.zone),
                            "since_made_s": (start - opened) // 1000,
                            "since_made_working_s": self.clock.between(schedule, opened, start) // 1000,
                        }
                    )  # fmt: skip
                if state in OPEN and (end is None or end > start):
                    states.append({"ticket_key": key, "state": state, "began_at": start, "ended_at": end})
            if not spans:
                row = {"ticket_key": key, "state": "open", "began_at": opened}
                states.append(row | {"ended_at": tickets[-1]["solving_first_at"]})
        return {"peer_tickets": tickets, "peer_solvings": solvings, "peer_states": states}

    def _own(self, row: Row, opened: int) -> Own:
        actor = row["actor_type"]
        if actor == "agent" and (row["source_id"], row["actor_id"]) in self.bots:
            actor = "bot"
        public = row["type"] == "reply" if row["is_public"] is None else row["is_public"]
        t = max(ms(row["occurred_at"]), opened)
        return Own(t, row["type"], actor, row["actor_id"] or "", row["new_value"], public)

    def _ticket(self, ticket: Ticket, opened: int, events: list[Own], spans: list[tuple[str, int, int | None]]) -> Row:
        comments = [event for event in events if event.type in ("reply", "note")]
        in_public = [event for event in comments if event.type == "reply" and event.public]
        opener = comments[0] if comments and not ticket.by_customer else None
        public_opener = in_public[0] if in_public and not ticket.by_customer else None
        replies = [event for event in comments if event.is_reply]
        answers = [event for event in comments if event.actor == "agent" and event.public and event is not opener]
        reply = _first(replies)
        comment = _first([event for event in replies if event is not opener])
        until = -1 if reply is None else reply
        handed = [
            event.t
            for event in events
            if event.actor == "bot" and event.type in ("assign", "team", "escalation") and event.t <= until
        ]
        entries = list(zip(["", *(span[0] for span in spans)], spans, strict=False))
        returned = [s[1] for before, s in entries if before in DONE and s[0] in OPEN and s[1] <= until]
        solved = [s[1] for before, s in entries if s[0] == "solved" and before != "solved"]
        closed = [s[1] for before, s in entries if s[0] == "closed" and before != "closed"]
        first, last = (solved or closed or [None])[0], (solved or closed or [None])[-1]
        closes = sum(s[0] in DONE and before not in DONE for before, s in entries)
        solves = len(solved)
        if not spans:
            at = [None if ticket.row[name] is None else ms(ticket.row[name]) for name in ("solved_at", "closed_at")]
            at[1] = at[1] if ticket.row["status"] in DONE else None
            first = last = at[0] if at[0] is not None else at[1]
            solves, closes = int(at[0] is not None), int(first is not None)
        agents = [event.t for event in events if event.type == "assign" and event.new is not None] or [opened]
        since_bot = max([opened, *handed])
        row = {
            "ticket_key": ticket.key,
            "opened_at": opened, "reply_at": reply, "comment_at": comment, "answer_at": _first(answers),
            "handed_over_at": max(handed, default=None), "since_bot_at": since_bot,
            "since_last_at": max([since_bot, *returned]), "solving_first_at": first, "solving_last_at": last,
            "solves": solves, "closes": closes, "was_paused": any(span[0] in PAUSED for span in spans),
            "public_agent_comments": len(replies),
            "agent_replies": sum(event is not public_opener for event in replies),
            "customer_comments": sum(event.actor == "customer" for event in in_public),
            "participants": len({event.person for event in replies}),
            "commenters": len({event.person for event in comments if event.actor == "agent"}),
        }  # fmt: skip
        for name, moment in {"opened_day": opened, "reply_day": reply, "solving_first_day": first,
                             "solving_last_day": last}.items():  # fmt: skip
            row[name] = None if moment is None else local_day(moment, self.zone)
        waits: Intervals = [(opened, comment), *later_turns(ticket)]
        if not ticket.by_customer:
            begun, answered = opening(ticket)
            waits += [(begun, answered)] if begun is not None else []
        lengths: dict[str, Intervals] = {
            "first_reply": [(opened, reply)], "comment": [(opened, comment)], "answer": [(opened, row["answer_at"])],
            "reply_since_bot": [(since_bot, reply)], "reply_since_last": [(row["since_last_at"], reply)],
            "all_replies": waits, "first_solving": [(opened, first)], "full_solving": [(opened, last)],
            "unassigned": [(opened, agents[0])], "first_assigned": [(min(agents), last)],
            "last_assigned": [(max(agents), last)],
            "unpaused_reply": _outside(spans, (*PAUSED, *DONE, "deleted", "spam", "merged"), opened, reply),
            "unheld_solving": _outside(spans, PAUSED, opened, last),
            "unpaused_solving": _outside(spans, (*PAUSED, *DONE, "deleted", "spam", "merged"), opened, last),
        }  # fmt: skip
        for name in OPEN:
            within = [(start, ticket.horizon if end is None else end) for state, start, end in spans if state == name]
            lengths[name] = within or ([(opened, opened)] if spans else [])
        return row | self._lengths(ticket, lengths)

    def _lengths(self, ticket: Ticket, lengths: dict[str, Intervals]) -> Row:
        key, found = self._schedule_key(ticket), {}
        for name, intervals in lengths.items():
            whole = [(a, b) for a, b in intervals if b is not None and b >= a]
            found[f"{name}_s"] = sum(b - a for a, b in whole) // 1000 if whole else None
            worked = sum(self.clock.between(key, a, b) for a, b in whole)
            found[f"{name}_working_s"] = worked // 1000 if whole else None
        return found


def _first(events: list[Own]) -> int | None:
    return min((event.t for event in events), default=None)


def _spans(events: list[Own], opened: int) -> list[tuple[str, int, int | None]]:
    changes = [event for event in events if event.type == "status"]
    if not changes:
        return []
    starts = [("new", opened), *((str(event.new), event.t) for event in changes)]
    ends: list[int | None] = [*(start for _, start in starts[1:]), None]
    return [(state, start, end) for (state, start), end in zip(starts, ends, strict=True)]


def _outside(
    spans: list[tuple[str, int, int | None]], states: tuple[str, ...], opened: int, until: int | None
) -> Intervals:
    """The stretches outside some states until a moment; all of it where no state is known."""
    if until is None:
        return []
    if not spans:
        return [(opened, until)]
    return [
        (start, until if end is None else min(end, until))
        for state, start, end in spans
        if state not in states and start <= until
    ]


ORDER = {
    "peer_tickets": "ticket_key",
    "peer_solvings": "ticket_key, solved_at",
    "peer_states": "ticket_key, began_at, ended_at NULLS LAST, state",
}


def disagreements(desk: Desk) -> list[str]:
    """Every value in which the peers' facts differ from the oracle's, in words."""
    words: list[str] = []
    for table, rows in PeerOracle(desk).rows().items():
        found = desk.rows(f"SELECT * FROM facts.{table} ORDER BY {ORDER[table]}")
        if table == "peer_states":
            rows.sort(key=_state_order)
        if len(rows) != len(found):
            words.append(f"{table}: {len(found)} rows, {len(rows)} by the oracle")
            continue
        for mine, other in zip(found, rows, strict=True):
            words += [
                f"{table} {mine['ticket_key']} {name}: {mine.get(name)!r}, by the oracle {other.get(name)!r}"
                for name in mine | other
                if mine.get(name) != other.get(name) or (name in mine) != (name in other)
            ]
    return words


def _state_order(row: Row) -> tuple[Any, ...]:
    ended = row["ended_at"]
    return row["ticket_key"], row["began_at"], ended is None, ended or 0, row["state"]
