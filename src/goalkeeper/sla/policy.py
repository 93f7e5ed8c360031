"""A policy: what is promised to which tickets; and the single offers that follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from goalkeeper.calendars import ALWAYS, Schedules
from goalkeeper.engines.text import literal

DONE = ("solved", "closed")
# What is promised, and the states in which its clock stands still whatever the policy says. A customer who waits for a
# reply waits on while the desk believes that all is done.
PROMISES: Mapping[str, tuple[str, ...]] = {
    "first_reply": (),
    "next_reply": (),
    "resolution": DONE,
    "requester_wait": ("pending", *DONE),
    "agent_work": ("pending", "on_hold", *DONE),
}
REPLIES = ("first_reply", "next_reply")
FIELDS = ("channel", "brand", "team", "type")
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Policy:
    """The targets of the tickets whose every named field has one of the named values, in a span of local days.

    ``targets`` says the seconds of each promise by priority; OTHER stands for any other, and for none. An empty
    ``schedule`` is the ticket's own; ``pause`` are states in which all its clocks stand still.
    """

    id: str
    targets: Mapping[str, Mapping[str, int]]
    when: tuple[tuple[str, tuple[str, ...]], ...] = ()
    since: date | None = None
    last: date | None = None
    is_working: bool = True
    schedule: str = ""
    pause: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """One target of a policy: its promise, the test of who gets it, its schedule's key (None: the ticket's own)."""

    policy: str
    promise: str
    test: str
    target_ms: int
    schedule_key: int | None
    pauses: tuple[str, ...]


def read_of(policies: Iterable[Policy]) -> list[str]:
    """The types of events whose values the promises depend on."""
    fields = {field for policy in policies for field, _ in policy.when}
    priorities = {name for policy in policies for targets in policy.targets.values() for name in targets} - {OTHER}
    return ["status", *(["team"] if "team" in fields else []), *(["priority"] if priorities else [])]


def offers(policies: Iterable[Policy], schedules: Schedules, zone: str) -> list[Offer]:
    """All offers in order: for each promise of a ticket the first one whose test holds is the one it gets.

    The tests are SQL over channel, brand, team, type and priority, and over the moment ``applied_t``.
    """
    return [offer for policy in policies for offer in _of(policy, schedules, zone)]


def _of(policy: Policy, schedules: Schedules, zone: str) -> Iterator[Offer]:
    tests = [f"{field} IN ({', '.join(map(literal, values))})" for field, values in policy.when]
    if policy.since:
        tests.append(f"applied_t >= {_midnight_ms(policy.since, zone)}")
    if policy.last:
        tests.append(f"applied_t < {_midnight_ms(policy.last + timedelta(days=1), zone)}")
    key = None if policy.is_working else schedules.key(ALWAYS.id)
    if policy.schedule:
        key = schedules.key(policy.schedule)
    for promise, by_priority in policy.targets.items():
        pauses = tuple(dict.fromkeys((*PROMISES[promise], *policy.pause)))
        for priority, target_s in sorted(by_priority.items(), key=lambda each: each[0] == OTHER):
            named = [] if priority == OTHER else [f"priority = {literal(priority)}"]
            test = " AND ".join((*tests, *named)) or "true"
            yield Offer(policy.id, promise, test, target_s * 1000, key, pauses)


def _midnight_ms(day: date, zone: str) -> int:
    """The first moment of a local day."""
    return round(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).timestamp() * 1000)
