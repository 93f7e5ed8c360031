"""Reads the sample company's help-desk files with plain loops, knowing nothing of how they were made."""

from __future__ import annotations

import json
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import holidays

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BRAND_NAMES = {4410001: "Pinetarn", 4410002: "Brackenbox", 4410003: "Saltfern"}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@dataclass
class NaiveTicket:
    """What a plain reading of one ticket's audits says."""

    ticket: dict[str, Any]
    human_replies: list[tuple[datetime, int]] = field(default_factory=list)
    solved: list[datetime] = field(default_factory=list)
    reopened: list[tuple[datetime, float]] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    group_at_first_reply: str = ""
    merged: bool = False
    human_touched: bool = False
    started_by_agent: bool = False
    internal: bool = False

    @property
    def created(self) -> datetime:
        return moment(self.ticket["created_at"])

    @property
    def left_out(self) -> str:
        """Why the ticket stays out of the service figures; blank where it counts."""
        deleted = self.ticket["status"] == "deleted"
        reasons = {
            "merged": self.merged,
            "spam": deleted and "spam" in self.ticket["tags"],
            "deleted": deleted,
            "internal": self.internal,
            "agent_started": self.started_by_agent,
            "bot_only": bool(self.solved) and not self.human_touched,
        }
        return next((reason for reason, holds in reasons.items() if holds), "")


@dataclass
class NaiveDesk:
    """All tickets by id, with the raw rows beside them."""

    tickets: dict[int, NaiveTicket]
    audits: list[dict[str, Any]]
    users: dict[int, dict[str, Any]]

    @property
    def counted(self) -> list[NaiveTicket]:
        return [t for t in self.tickets.values() if not t.left_out]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def read_desk(folder: Path) -> NaiveDesk:
    users = {u["id"]: u for u in json.loads((folder / "helpdesk/users.json").read_text("utf-8"))["users"]}
    rows = lines(folder / "helpdesk/tickets.ndjson")
    audits = lines(folder / "helpdesk/audits.ndjson")
    by_ticket = defaultdict(list)
    for audit in audits:
        by_ticket[audit["ticket_id"]].append(audit)
    agents = {n for n, u in users.items() if u["role"] != "end-user" and not u["user_fields"]["is_bot"]}
    return NaiveDesk({r["id"]: read_ticket(r, by_ticket[r["id"]], agents) for r in rows}, audits, users)


def read_ticket(row: dict[str, Any], audits: list[dict[str, Any]], agents: set[int]) -> NaiveTicket:
    """`agents` are the ids of the humans who answer."""
    found = NaiveTicket(row, started_by_agent=row["submitter_id"] in agents, internal=row["requester_id"] in agents)
    solved_at: datetime | None = None
    for number, audit in enumerate(audits):
        at, author, via = moment(audit["created_at"]), audit["author_id"], audit["via"]
        merge = via.get("source", {}).get("rel") == "merge"
        found.human_touched |= author in agents
        for event in audit["events"]:
            name = event.get("field_name")
            if name == "group_id":
                found.groups.append(event["value"])
            if event["type"] == "Comment" and event["public"] and author in agents and number and not merge:
                if not found.human_replies:
                    found.group_at_first_reply = found.groups[-1]
                found.human_replies.append((at, author))
            if name == "status" and event["type"] == "Change":
                if event["value"] == "solved":
                    solved_at = at
                    found.solved.append(at)
                elif event["previous_value"] == "solved" and event["value"] == "open":
                    assert solved_at is not None
                    found.reopened.append((at, (at - solved_at).total_seconds()))
        if merge and "to" in via["source"]:
            found.merged = True
    return found


class NaiveHours:
    """Working seconds by walking over local days, from the text of the workspace settings."""

    def __init__(self, settings: str) -> None:
        document = tomllib.loads(settings)
        self.by_id = {table["id"]: table for table in document["schedule"]}
        self.of_brand = {rule["brand"]: rule["schedule"] for rule in document["schedule_for"]}
        self.spans = cache(self._spans)

    def _spans(self, schedule: str, day: date) -> list[tuple[datetime, datetime]]:
        table = self.by_id[schedule]
        hours = table["hours"]
        for change in table.get("change", []):
            if day >= date.fromisoformat(change["from"]):
                hours = change["hours"]
        texts: list[str] = []
        for key, spans in hours.items():
            first, _, last = key.partition("-")
            if WEEKDAYS.index(first) <= day.weekday() <= WEEKDAYS.index(last or first):
                texts = spans
        country, _, part = table["holidays"][0].partition("-")
        if day in holidays.country_holidays(country, subdiv=part, years=day.year):
            texts = []
        texts = [] if str(day) in table.get("closed", {}) else table.get("on", {}).get(str(day), texts)
        zone = ZoneInfo(table["tz"])
        return [(wall(day, text[:5], zone), wall(day, text[6:], zone)) for text in texts]

    def between(self, brand: int, start: datetime, end: datetime) -> int:
        schedule = self.of_brand[BRAND_NAMES[brand]]
        zone = ZoneInfo(self.by_id[schedule]["tz"])
        day, total = start.astimezone(zone).date(), 0.0
        while day <= end.astimezone(zone).date():
            for opens, closes in self.spans(schedule, day):
                total += max((min(end, closes) - max(start, opens)).total_seconds(), 0)
            day += timedelta(days=1)
        return round(total)


def wall(day: date, text: str, zone: ZoneInfo) -> datetime:
    """A local wall-clock time as a UTC moment."""
    hour, minute = map(int, text.split(":"))
    local = datetime(day.year, day.month, day.day, hour % 24, minute, tzinfo=zone) + timedelta(days=hour // 24)
    return local.astimezone(UTC)


def quantile(values: list[int], share: float) -> int:
    """The smallest value with at least that share of the values at or below it."""
    ordered = sorted(values)
    return next(v for n, v in enumerate(ordered, 1) if n >= share * len(ordered) - 1e-9)
