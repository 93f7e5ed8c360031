"""Policies as a workspace file writes them: its [[sla]] tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from goalkeeper.calendars import Schedules, WorkingClock
from goalkeeper.errors import Finding, UnknownName, UsageError
from goalkeeper.schema.words import CHANNELS, PRIORITIES
from goalkeeper.sla.policy import FIELDS, OTHER, PROMISES, Policy
from goalkeeper.tomlfile import TomlFile
from goalkeeper.units import parse_duration

KEYS = ("id", "from", "until", *FIELDS, "clock", "schedule", "pause", *PROMISES)
CLOCKS = ("working", "calendar")
STATES = ("new", "open", "pending", "on_hold")
LONGEST_S = 366 * 86_400
_CHOICES = {"channel": CHANNELS}
_DAYS = ("d", "w")


def parse_policies(toml: TomlFile, schedules: Schedules, findings: list[Finding]) -> tuple[Policy, ...]:
    """The policies of a workspace file; every mistake goes to the findings, with its line."""
    tables = toml.data.get("sla", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        findings.append(Finding(toml.where("sla"), "sla is not a list of tables.", next_step="Head each with [[sla]]."))
        return ()
    policies = tuple(_Table(toml, number, table, findings).policy(schedules) for number, table in enumerate(tables))
    seen: set[str] = set()
    for number, policy in enumerate(policies):
        if policy.id in seen:
            findings.append(
                Finding(toml.where("sla", number, "id"), f"the id '{policy.id}' is taken.", "Each stands once.")
            )
        seen.add(policy.id)
    return policies


class _Table:
    """Reads one [[sla]] table."""

    def __init__(self, toml: TomlFile, number: int, data: Mapping[str, Any], findings: list[Finding]) -> None:
        self.toml, self.number, self.data, self.findings = toml, number, data, findings

    def policy(self, schedules: Schedules) -> Policy:
        for key in self.data:
            self.known(key, "key", key, KEYS)
        clock = self.text("clock", "working")
        self.known("clock", "clock", clock, CLOCKS)
        schedule = self.text("schedule", "")
        ids = [each.id for each in schedules.schedules]
        if schedule and self.known("schedule", "schedule", schedule, ids) and clock == "calendar":
            self.wrong("schedule", "the calendar clock has no schedule.", "Leave one of them out.")
        since, last = self.day("from"), self.day("until")
        if since and last and last < since:
            self.wrong("until", f"it ends on {last}, before it begins.", "until is the last day, itself included.")
        policy = Policy(
            id=self.text("id", ""),
            targets={each: self.targets(each, clock) for each in PROMISES if each in self.data},
            when=tuple((field, self.texts(field, _CHOICES.get(field, ()))) for field in FIELDS if field in self.data),
            since=since,
            last=last,
            is_working=clock != "calendar",
            schedule=schedule,
            pause=self.texts("pause", STATES) if "pause" in self.data else (),
        )
        if not self.data.get("id"):
            self.wrong("id", "it has no id.", 'Write for example id = "standard".')
        if not policy.targets and set(self.data) <= set(KEYS):  # else the unknown key is the promise
            self.wrong("id", "it promises nothing.", f"Valid: {', '.join(PROMISES)}.", 'Write first_reply = "4h".')
        self.reach(policy, schedules)
        return policy

    def targets(self, promise: str, clock: str) -> dict[str, int]:
        """The seconds by priority; one duration is for all."""
        value = self.data[promise]
        by_priority = value if isinstance(value, dict) else {OTHER: value}
        found = {}
        for priority, text in by_priority.items():
            path = (promise, priority) if isinstance(value, dict) else (promise,)
            if self.known(path, "priority", priority, (*PRIORITIES, OTHER)):
                seconds = self.seconds(path, text, clock)
                if seconds is not None:
                    found[priority] = seconds
        return found

    def seconds(self, path: tuple[str, ...], text: object, clock: str) -> int | None:
        if not isinstance(text, str):
            self.wrong(path, f"it is {text!r}, not a duration.", 'Write "4h" or "30 min".')
            return None
        try:
            seconds = parse_duration(text)
        except UsageError as error:
            self.wrong(path, error.message, error.hint)
            return None
        if not 1 <= seconds <= LONGEST_S or seconds != round(seconds):
            self.wrong(path, f"'{text}' is no target.", "Valid: whole seconds, from 1 s to 366 days.")
            return None
        if clock == "working" and any(unit in text.lower() for unit in _DAYS):
            self.wrong(path, f"'{text}' has no one length in working time.", "Write hours of work, such as '16h'.")
            return None
        return round(seconds)

    def reach(self, policy: Policy, schedules: Schedules) -> None:
        """A schedule that never works off a target is a mistake of one of them."""
        for schedule in schedules.schedules:
            if schedule.id == policy.schedule:
                longest_s = max((max(targets.values(), default=0) for targets in policy.targets.values()), default=0)
                try:
                    WorkingClock(schedule).add(0, longest_s * 1000)
                except UsageError as error:
                    self.wrong("schedule", error.message, error.hint)

    def text(self, key: str, default: str) -> str:
        value = self.data.get(key, default)
        if isinstance(value, str):
            return value
        self.wrong(key, f"it is {value!r}, not a text.", "Put it in quotes.")
        return default

    def texts(self, key: str, valid: Iterable[str] = ()) -> tuple[str, ...]:
        value = self.data[key]
        values = value if isinstance(value, list) else [value]
        if not values or not all(isinstance(each, str) for each in values):
            self.wrong(key, f"it is {value!r}, not a text or a list of texts.", "Put each in quotes.")
            return ()
        return tuple(each for each in values if not valid or self.known(key, key, each, valid))

    def day(self, key: str) -> date | None:
        value = self.data.get(key)
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            self.wrong(key, f"{value!r} is not a day.", 'Write it as "2026-01-31".')
            return None

    def known(self, path: str | tuple[str, ...], kind: str, name: str, valid: Iterable[str]) -> bool:
        if name in valid:
            return True
        error = UnknownName(kind, name, valid)
        self.wrong(path, error.message, error.hint)
        return False

    def wrong(self, path: str | tuple[str, ...], found: str, *rest: str) -> None:
        parts = (path,) if isinstance(path, str) else path
        self.findings.append(Finding(self.toml.where("sla", self.number, *parts), found, *rest))
