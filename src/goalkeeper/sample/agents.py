"""The people who answer: forty-five agents with joiners and leavers, and one bot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from goalkeeper.sample.arrays import NEVER, Ints, stream
from goalkeeper.sample.company import BRANDS, TEAM_KINDS, TEAM_SIZES, TEAMS, team_index
from goalkeeper.sample.period import DAY_S, Period, epoch_s
from goalkeeper.sample.planted import CLOSER_SEAT, CLOSER_TEAM
from goalkeeper.sample.texts import AGENT_NAMES

# A leaver gets no new work in the last days, so that little is left behind.
_WIND_DOWN_DAYS = 10
# (team kind, seat) -> months of the period after which the seat is filled or left.
_JOINS = {(0, 6): 8, (0, 7): 15, (1, 3): 11}
_LEAVES = {(0, 5): 10, (2, 2): 18}


@dataclass(frozen=True, slots=True)
class Agent:
    """One agent, or the bot."""

    agent_id: int
    name: str
    email: str
    team: int
    role: str
    hired_on: date
    left_on: date | None
    fte: float
    zone: str
    is_bot: bool = False


def _agent(period: Period, rng: np.random.Generator, number: int, team: int, seat: int) -> Agent:
    brand, kind = divmod(team, len(TEAM_KINDS))
    name = AGENT_NAMES[number]
    jitter = timedelta(days=int(rng.integers(0, 20)))
    joins, leaves = _JOINS.get((kind, seat)), _LEAVES.get((kind, seat))
    hired = period.first - timedelta(days=int(rng.integers(90, 1800)))
    if joins is not None:
        hired = period.month(joins) + jitter
    fte = 1.0 if (team, seat) == (CLOSER_TEAM, CLOSER_SEAT) else float(rng.choice([1.0, 1.0, 0.8, 0.5]))
    return Agent(
        agent_id=7700100 + number,
        name=name,
        email=f"{name.lower().replace(' ', '.')}@{BRANDS[brand].domain}",
        team=team,
        role="lead" if seat == 0 else "agent",
        hired_on=hired,
        left_on=None if leaves is None else period.month(leaves) + jitter,
        fte=fte,
        zone=BRANDS[brand].zone,
    )


class Staff:
    """All agents, and who may take work when; the bot stands last."""

    def __init__(self, period: Period, seed: int) -> None:
        rng = stream(seed, "agents")
        self.agents: list[Agent] = []
        self.seats: list[Ints] = []
        for team in range(TEAMS):
            size = TEAM_SIZES[team % len(TEAM_KINDS)]
            first = len(self.agents)
            self.seats.append(np.arange(first, first + size, dtype=np.int64))
            self.agents += [_agent(period, rng, first + seat, team, seat) for seat in range(size)]
        self.bot = len(self.agents)
        self.agents.append(
            Agent(7700999, "Fern the helper", "fern@tarnfolk.example", team_index(0, 0), "bot",
                  period.first, None, 0.0, "UTC", is_bot=True)
        )  # fmt: skip
        self.ids: Ints = np.array([a.agent_id for a in self.agents], dtype=np.int64)
        self.closer = int(self.seats[CLOSER_TEAM][CLOSER_SEAT])
        self._from = np.array([epoch_s(a.hired_on) for a in self.agents], dtype=np.int64)
        left = [NEVER if a.left_on is None else epoch_s(a.left_on) for a in self.agents]
        self._left = np.array(left, dtype=np.int64)
        self._weight = np.array([a.fte for a in self.agents])
        self.speed = np.exp(rng.normal(0.0, 0.08, len(self.agents)))
        self.liked = rng.normal(0.0, 0.02, len(self.agents))

    def pick(self, rng: np.random.Generator, team: Ints, moments: Ints) -> Ints:
        """For each row an agent of its team who is there, by full-time share."""
        out = np.empty(len(team), dtype=np.int64)
        for index, seats in enumerate(self.seats):
            rows = np.flatnonzero(team == index)
            at = moments[rows, None]
            there = (self._from[seats] <= at) & (at < self._left[seats] - _WIND_DOWN_DAYS * DAY_S)
            edges = np.cumsum(there * self._weight[seats], axis=1)
            spot = (edges <= rng.random((len(rows), 1)) * edges[:, -1:]).sum(axis=1)
            out[rows] = seats[np.minimum(spot, len(seats) - 1)]
        return out

    def still_there(self, rng: np.random.Generator, agent: Ints, team: Ints, moments: Ints) -> Ints:
        """The same agents, those who have left by then replaced by a colleague."""
        gone = moments >= self._left[agent]
        out = agent.copy()
        out[gone] = self.pick(rng, team[gone], moments[gone])
        return out
