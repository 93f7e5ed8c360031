"""The team's own files: agents, teams, shifts and costs."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from goalkeeper.sample.agents import Agent, Staff
from goalkeeper.sample.arrays import stream
from goalkeeper.sample.company import (
    BRANDS,
    CURRENCY,
    TEAM_KINDS,
    TEAM_TIERS,
    TEAMS,
    group_id,
    team_name,
)
from goalkeeper.sample.hours import daily_minutes
from goalkeeper.sample.period import Period

AGENT_HEADER = (
    "agent_id", "name", "email", "team_id", "team", "role", "hired_on", "left_on", "fte", "timezone", "is_bot",
)  # fmt: skip
TEAM_HEADER = ("team_id", "name", "brand", "tier")
SHIFT_HEADER = ("agent_id", "started_at", "ended_at", "kind", "paid")
COST_HEADER = ("month", "scope", "scope_id", "item", "amount", "currency")
_SALARIES = {"lead": 4600, "agent": 3300}
_TOOLING, _TELEPHONY_A_SEAT = 2900, 38
_SHIFT_MINUTES = 480


def write_team_files(folder: Path, staff: Staff, period: Period, seed: int) -> tuple[dict[str, Path], dict[str, int]]:
    """Writes all four files; returns their paths and their numbers of rows."""
    rows = {
        "agents": (AGENT_HEADER, _agents(staff)),
        "teams": (TEAM_HEADER, _teams()),
        "shifts": (SHIFT_HEADER, _shifts(staff, period, seed)),
        "costs": (COST_HEADER, _costs(staff, period)),
    }
    paths = {}
    for name, (header, lines) in rows.items():
        paths[f"team/{name}.csv"] = path = folder / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows(lines)
    return paths, {name: len(lines) for name, (_, lines) in rows.items()}


def _agents(staff: Staff) -> list[tuple[object, ...]]:
    return [
        (a.agent_id, a.name, a.email, group_id(a.team), team_name(a.team), a.role, a.hired_on.isoformat(),
         a.left_on.isoformat() if a.left_on else "", a.fte, a.zone, str(a.is_bot).lower())
        for a in staff.agents
    ]  # fmt: skip


def _teams() -> list[tuple[object, ...]]:
    size = len(TEAM_KINDS)
    return [(group_id(n), team_name(n), BRANDS[n // size].name, TEAM_TIERS[n % size]) for n in range(TEAMS)]


def _employed(agent: Agent, day: date) -> bool:
    return agent.hired_on <= day and (agent.left_on is None or day < agent.left_on)


def _shifts(staff: Staff, period: Period, seed: int) -> list[tuple[object, ...]]:
    """A planned and a worked shift for each agent and working day; some stay longer, few are away."""
    rng = stream(seed, "shifts")
    days = [period.first + timedelta(days=n) for n in range(period.days)]
    lines: list[tuple[object, ...]] = []
    for index, brand in enumerate(BRANDS):
        zone = ZoneInfo(brand.zone)
        daily = daily_minutes(brand, period, days)
        agents = [a for a in staff.agents if a.team // len(TEAM_KINDS) == index and not a.is_bot]
        for seat, agent in enumerate(agents):
            away = rng.random(len(days)) < 0.09
            extra = np.where(rng.random(len(days)) < 0.12, rng.integers(15, 90, len(days)), 0).tolist()
            for number, day in enumerate(days):
                spans = daily[number]
                weekend_turn = day.weekday() < 5 or (number // 7 + seat) % 4 == 0
                if not spans or away[number] or not weekend_turn or not _employed(agent, day):
                    continue
                lines += _shift(agent, day, zone, spans[0][0], spans[-1][1], seat, extra[number])
    return lines


def _shift(
    agent: Agent, day: date, zone: ZoneInfo, opens: int, closes: int, seat: int, extra: int
) -> list[tuple[object, ...]]:
    """Early or late shift of eight hours (or of the part-time share) inside the open hours."""
    length = min(int(_SHIFT_MINUTES * agent.fte), closes - opens)
    begin = opens if seat % 2 == 0 else closes - length
    start = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=begin)
    planned = (start + timedelta(minutes=length)).isoformat()
    worked = (start + timedelta(minutes=length + extra)).isoformat()
    return [
        (agent.agent_id, start.isoformat(), planned, "scheduled", "true"),
        (agent.agent_id, start.isoformat(), worked, "worked", "true"),
    ]


def _costs(staff: Staff, period: Period) -> list[tuple[object, ...]]:
    """Salaries by team, tooling and telephony for the company, a month each."""
    lines: list[tuple[object, ...]] = []
    for number in range(24):
        month = period.month(number)
        key = f"{month.year}-{month.month:02d}"
        there = [a for a in staff.agents if not a.is_bot and _employed(a, month)]
        for team in range(TEAMS):
            pay = sum(_SALARIES[a.role] * a.fte for a in there if a.team == team)
            lines.append((key, "team", group_id(team), "salaries", f"{pay * 1.22:.2f}", CURRENCY))
        lines.append((key, "company", "", "tooling", f"{_TOOLING:.2f}", CURRENCY))
        lines.append((key, "company", "", "telephony", f"{_TELEPHONY_A_SEAT * len(there):.2f}", CURRENCY))
    return lines
