"""When the workspace's jobs are due, as its settings say: a time of day each, in the workspace's zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from goalkeeper.errors import Finding
from goalkeeper.tomlfile import TomlFile

JOBS = ("refresh", "evaluate", "report")
EVERY = ("day", "week", "month", "quarter")
"""How often a job is due; those of a week, a month and a quarter on their first day."""
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class JobTime:
    """When one job is due: every so often at a local time of day."""

    job: str
    at: time
    every: str = "day"

    def last_due(self, now: datetime, zone: str) -> date:
        """The day of the latest moment that it was due by ``now`` (UTC without zone).

        08:00 stays 08:00 when the clocks change; a time that a day does not have is that of the clock before it.
        """
        local = now.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone))
        day = _first_of(local.date(), self.every)
        if self.due_at(day, zone) > now:
            day = _first_of(day - timedelta(days=1), self.every)
        return day

    def next_due(self, now: datetime, zone: str) -> datetime:
        """The next moment that it is due, UTC without zone."""
        day = self.last_due(now, zone) + timedelta(days=1)
        while _first_of(day, self.every) != day:
            day += timedelta(days=1)
        return self.due_at(day, zone)

    def due_at(self, day: date, zone: str) -> datetime:
        """The moment that it is due on a day, UTC without zone."""
        local = datetime.combine(day, self.at, ZoneInfo(zone))
        return local.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)


def _first_of(day: date, every: str) -> date:
    match every:
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "quarter":
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case _:
            return day


def parse_job_times(toml: TomlFile, findings: list[Finding]) -> tuple[JobTime, ...]:
    """The table `[jobs]`: a time for each job, or a table of `at` and `every`; mistakes go to ``findings``."""
    table = toml.data.get("jobs", {})
    if not isinstance(table, dict):
        findings.append(Finding(toml.where("jobs"), "it is no table.", "Write [jobs] and a line for each job."))
        return ()
    found = []
    for job, given in table.items():
        where = toml.where("jobs", job)
        said: dict[str, Any] = given if isinstance(given, dict) else {"at": given}
        at, every = said.get("at"), said.get("every", "week" if job == "report" else "day")
        parts = _TIME.fullmatch(at) if isinstance(at, str) else None
        if job not in JOBS:
            findings.append(Finding(where, f"unknown job '{job}'.", f"Valid: {', '.join(JOBS)}."))
        elif set(said) - {"at", "every"}:
            findings.append(Finding(where, "it has an unknown key.", "Valid: at, every."))
        elif parts is None:
            findings.append(Finding(where, f"its time is {at!r}.", 'Write a time of day, such as "06:00".'))
        elif every not in EVERY:
            findings.append(Finding(where, f"`every` is {every!r}.", f"Valid: {', '.join(EVERY)}."))
        else:
            found.append(JobTime(job, time(int(parts[1]), int(parts[2])), every))
    return tuple(found)
