"""The promises of a desk by plain loops over its tickets; deadlines are not computed but checked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sla.worlds import PROMISES
from tickets.desk import Desk, Row
from tickets.oracle import DONE, Event, Life, Oracle, Ticket, later_turns, life_of, opening
from tickets.working import ROUND_THE_CLOCK, local_day, ms

STOPPED = {
    "first_reply": set(), "next_reply": set(), "resolution": {*DONE},
    "requester_wait": {"pending", *DONE}, "agent_work": {"pending", "on_hold", *DONE},
}  # fmt: skip
UNITS = {"s": 1, "min": 60, "h": 3600, "days": 86_400}


@dataclass
class Promise:
    """One promise, with the schedule that its clock runs on and the states in which it stands still."""

    name: str
    instance: int
    policy: str | None
    applied: int
    kept: int | None
    target_s: int
    schedule_key: int
    stopped: set[str]
    told_paused_s: int = 0


class PromiseOracle(Oracle):
    """What is promised to each ticket."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.ids = [table["id"] for table in self.tables] + [ROUND_THE_CLOCK]
        self.brought: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
        for row in desk.rows("FROM canon.ticket_sla ORDER BY applied_at, instance"):
            self.brought[row["source_id"], row["ticket_id"], row["metric"]].append(row)

    def promises(self) -> Iterator[tuple[Ticket, Life, Promise]]:
        for ticket in self.tickets.values():
            life = life_of(ticket, self.desk.reopen_grace_s * 1000)
            declared = [found for each in _made(ticket, life) if (found := self._declared(ticket, *each))]
            taken = {promise.name for promise in declared}
            brought = [each for name in PROMISES if name not in taken for each in self._brought(ticket, life, name)]
            for promise in declared + brought:
                yield ticket, life, promise

    def _declared(self, ticket: Ticket, name: str, instance: int, applied: int, kept: int | None) -> Promise | None:
        """What the first policy promises that names this and fits."""
        team = _value_at(ticket, "team", applied, ticket.row["team_id"])
        record = {
            "channel": ticket.row["channel"], "brand": self._brand(ticket), "type": ticket.row["type"],
            "team": self.names.get((ticket.row["source_id"], team), team),
        }  # fmt: skip
        priority = _value_at(ticket, "priority", applied, ticket.row["priority"])
        day = datetime.fromtimestamp(applied // 1000, ZoneInfo(self.zone)).date()
        for policy in self.settings["sla"]:
            fits = all(record[field] in _listed(policy[field]) for field in record if field in policy)
            if not fits or not policy.get("from", date.min) <= day <= policy.get("until", date.max):
                continue
            targets = policy.get(name, {})
            targets = targets if isinstance(targets, dict) else {"other": targets}
            target = targets.get(priority, targets.get("other"))
            if target is not None:
                key = self._schedule_key(ticket)
                if policy.get("clock") == "calendar":
                    key = self.ids.index(ROUND_THE_CLOCK)
                if "schedule" in policy:
                    key = self.ids.index(policy["schedule"])
                stopped = STOPPED[name] | set(_listed(policy.get("pause", [])))
                number, unit = target.split() if " " in target else (target[:-1], target[-1])
                return Promise(name, instance, policy["id"], applied, kept, int(number) * UNITS[unit], key, stopped)
        return None

    def _brought(self, ticket: Ticket, life: Life, name: str) -> Iterator[Promise]:
        rows = self.brought[ticket.row["source_id"], ticket.row["ticket_id"], name]
        turns = [turn for turn in (opening(ticket), *later_turns(ticket)) if turn[0] is not None]
        answers = [reply for _, reply in turns if reply is not None]
        ends = [end["ended_at"] for end in self._spans(ticket, life) if end["ended_at"] is not None]
        for place, row in enumerate(rows):
            applied = ms(row["applied_at"])
            told_paused_s = row["paused_s"] or 0
            if name in ("first_reply", "next_reply"):
                kept = min((reply for reply in answers if reply >= applied), default=None)
            else:
                last = place == len(rows) - 1
                again = ms(rows[place + 1]["applied_at"]) if not last else 0
                fitting = [end for end in ends if end >= applied and (life.resolved if last else end < again)]
                kept = max(fitting, default=None)
                told_paused_s = told_paused_s if name == "resolution" else 0
            if kept is None and row["fulfilled_at"] is not None:
                kept = ms(row["fulfilled_at"])
            key = self.ids.index(ROUND_THE_CLOCK)
            if row["clock"] == "business":
                known = row["schedule_id"] in self.ids
                key = self.ids.index(row["schedule_id"]) if known else self._schedule_key(ticket)
            yield Promise(
                name, row["instance"], None, applied, kept, row["target_s"], key, STOPPED[name], told_paused_s
            )

    def wrong(self, ticket: Ticket, life: Life, promise: Promise, row: Row) -> Iterator[str]:
        """What a row of the facts says of a promise that does not hold."""
        over = life.over_at()
        if life.closed_unsolved and over is None:
            over = ticket.horizon
        if life.closed_unsolved is None:  # done, but nobody tells when
            over = promise.applied
        is_over = promise.kept is None and over is not None and over >= promise.applied
        stop = promise.kept if promise.kept is not None else over if is_over and over is not None else ticket.horizon
        stop = max(stop, promise.applied)
        runs = list(_runs(promise, life, stop))
        between = self.clock.between
        elapsed = sum(between(promise.schedule_key, start, min(end, stop)) for start, end in runs)
        whole = between(promise.schedule_key, promise.applied, stop)
        due, goal_ms = row["due_at"], (promise.target_s + promise.told_paused_s) * 1000
        stands_still = promise.kept is None and not is_over and not any(end > stop for _, end in runs)

        def used(moment: int) -> int:
            """On its clock by a moment; from where it stopped it is thought to run on."""
            past = max(moment, stop)
            known = sum(between(promise.schedule_key, start, min(end, stop, moment)) for start, end in runs)
            return known + between(promise.schedule_key, stop, past)

        if due is None:
            status = "pending"
            if not stands_still or elapsed >= goal_ms > 0:
                yield "due_at is NULL"
        else:
            status = "kept" if promise.kept is not None else "pending"
            status = "broken" if due < stop else status
            if goal_ms and (used(due) != goal_ms or used(due - 1) >= goal_ms):
                yield f"due_at {due}, when {used(due)} of {goal_ms} ms are used"
            if not goal_ms and (used(due) != 0 or used(due + 1) != 1):
                yield f"due_at {due} is not the first open moment"
        if is_over and status != "broken":
            status = None
        words = None
        if status is None:
            words = f"{'solved' if life.resolved else 'closed'} without a reply"
            words = words if "reply" in promise.name else "closed without being solved"
        expected = {
            "policy": promise.policy,
            "target_s": promise.target_s,
            "applied_day": local_day(promise.applied, self.zone),
            "applied_at": promise.applied,
            "kept_at": promise.kept,
            "elapsed_s": max(0, elapsed // 1000 - promise.told_paused_s),
            "paused_s": (whole - elapsed) // 1000 + promise.told_paused_s,
            "status": status,
            "promise_left_out": words,
        }
        for name, value in expected.items():
            if row[name] != value:
                yield f"{name}: {row[name]!r}, by the oracle {value!r}"


def _made(ticket: Ticket, life: Life) -> Iterator[tuple[str, int, int, int | None]]:
    start, reply = opening(ticket)
    if start is not None:
        yield "first_reply", 1, start, reply
    for number, (began, answered) in enumerate(later_turns(ticket), 1):
        yield "next_reply", number, began, answered
    ends = {"status", "solved_at", "closed_at"} & ticket.tells
    for name in ("resolution", "requester_wait", "agent_work") if ends else ():
        yield name, 1, ticket.created, life.solved if life.resolved else None


def _runs(promise: Promise, life: Life, stop: int) -> Iterator[tuple[int, int]]:
    """The stretches in which its clock runs, from its beginning; one that has no end ends after `stop`."""
    if not promise.stopped:
        yield promise.applied, stop + 1
        return
    for place, state in enumerate(life.states):
        start = state.start if place else min(state.start, promise.applied)  # a message seconds before its ticket
        end = stop + 1 if state.end is None or state.status == "unknown" else state.end
        if state.status not in promise.stopped and end > promise.applied and start <= stop:
            yield max(start, promise.applied), end


def _value_at(ticket: Ticket, kind: str, moment: int, now: str | None) -> str | None:
    """A ticket's priority or team at a moment, from its changes; the first ever set where there was none yet."""
    changes: list[Event] = [event for event in ticket.events if event.type == kind]
    if not changes:
        return now
    before = [event for event in changes if event.t <= moment]
    if before:
        return before[-1].new
    return changes[0].old if changes[0].old is not None else changes[0].new


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def disagreements(desk: Desk) -> list[str]:
    """Every promise in which the facts of a desk differ from the oracle, in words."""
    rows = {(row["ticket_key"], row["promise"], row["instance"]): row for row in desk.rows("FROM facts.promises")}
    assert len(rows) == desk.store.one("SELECT count(*) FROM facts.promises")
    oracle, words = PromiseOracle(desk), []
    for ticket, life, promise in oracle.promises():
        place = f"{ticket.row['source_id']} {ticket.row['ticket_id']} {promise.name} {promise.instance}"
        row = rows.pop((ticket.key, promise.name, promise.instance), None)
        if row is None:
            words.append(f"{place}: there is none")
        else:
            words += [f"{place}: {what}" for what in oracle.wrong(ticket, life, promise, row)]
    return words + [f"{key}: the oracle has none" for key in rows]
