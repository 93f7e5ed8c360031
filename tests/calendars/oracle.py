"""Working time by looking at the wall clock of every minute: slow, and nothing shared with the product."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

MINUTE_MS = 60_000
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@cache
def minutes_of(text: str) -> tuple[int, int]:
    """A span's minutes of the day; an end at or before the start is on the next day."""
    opens, closes = (int(part[:2]) * 60 + int(part[3:]) for part in text.split("-"))
    return opens, closes if closes > opens else closes + 1440


def day_spans(table: dict[str, Any], day: date) -> list[tuple[int, int]]:
    """The spans that begin on a local date, read from the schedule's own table."""
    texts = table["hours"]
    for change in sorted(table.get("change", []), key=lambda one: one["from"]):
        if change["from"] <= day.isoformat():
            texts = change["hours"]
    found = texts.get(WEEKDAYS[day.weekday()], [])
    if day.isoformat() in table.get("closed", []):
        found = []
    found = table.get("on", {}).get(day.isoformat(), found)
    return [minutes_of(text) for text in found]


def covers(spans: list[tuple[int, int]], minute: int) -> bool:
    return any(opens <= minute < closes for opens, closes in spans)


def is_open(table: dict[str, Any], zone: ZoneInfo, at: datetime) -> bool:
    """Whether the minute that holds a UTC moment is working time."""
    local = at.astimezone(zone)
    minute, today = local.hour * 60 + local.minute, local.date()
    yesterday = today - timedelta(days=1)
    breaks = table.get("breaks", {})
    for day, passed in ((today, minute), (yesterday, minute + 1440)):
        if covers([minutes_of(text) for text in breaks.get(day.isoformat(), [])], passed):
            return False
    return covers(day_spans(table, today), minute) or covers(day_spans(table, yesterday), minute + 1440)


def worked_ms(table: dict[str, Any], start_ms: int, end_ms: int) -> int:
    """Working milliseconds between two moments; offsets must be whole minutes (true of all zones since 1973)."""
    zone, total = ZoneInfo(table["tz"]), 0
    for at_ms in range(start_ms // MINUTE_MS * MINUTE_MS, end_ms, MINUTE_MS):
        if is_open(table, zone, datetime.fromtimestamp(at_ms // 1000, UTC)):
            total += min(at_ms + MINUTE_MS, end_ms) - max(at_ms, start_ms)
    return total
