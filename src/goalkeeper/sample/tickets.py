"""All tickets of the two years: taken in, answered, repeated, merged, and put in order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from goalkeeper.sample.agents import Staff
from goalkeeper.sample.arrays import Bools, Ints, lognormal, stream, whole
from goalkeeper.sample.cases import CUSTOMER, SYSTEM, Cases, Kind, Log, Step, Steps, share_of
from goalkeeper.sample.company import EMAIL, LOGIN, SOCIAL, WEB
from goalkeeper.sample.desk import CLOSES_AFTER_S, Desk, hourly_job
from goalkeeper.sample.intake import World, first_teams, outage_rows, take_in
from goalkeeper.sample.period import DAY_S, epoch_s
from goalkeeper.sample.planted import CHANGED_RETURNS, CHANGED_TEAM

FIRST_TICKET_ID = 100_001
_CLOSER_RETURNS = 3.0


@dataclass(frozen=True, slots=True)
class Tickets:
    """The tickets, their audits, and the order in which they were written (`order[n]` is the n-th)."""

    cases: Cases
    steps: Steps
    order: Ints
    problem: int | None


def make_tickets(world: World, staff: Staff, size: int) -> Tickets:
    """Simulates every ticket; nothing at or after the day of the export is kept in the steps."""
    cases = take_in(world, size)
    log = Log()
    desk = Desk(world.period, world.planted, world.hours, staff, log, stream(world.seed, "desk"))
    rng = stream(world.seed, "tickets")
    problem = _outage_problem(cases, world)
    log.add(Step.CREATED, *_opened(cases, np.flatnonzero(~np.isin(cases.kind, (Kind.AGENT_STARTED, Kind.INTERNAL,
            Kind.RETURN, Kind.DUPLICATE)))), CUSTOMER)  # fmt: skip
    desk.serve(cases, np.flatnonzero(cases.kind == Kind.SERVED))
    _returns(cases, desk, world)
    _duplicates(cases, desk, rng)
    _bot_only(cases, desk, rng)
    _thrown_away(cases, desk, rng)
    _started_inside(cases, desk, rng)
    order = np.argsort(cases.created, kind="stable")
    rank = np.empty(size, dtype=np.int64)
    rank[order] = np.arange(size)
    cases.ids[:] = FIRST_TICKET_ID + rank
    for sub in world.subscriptions:
        for entry in sub.happenings:
            if entry.ticket_id is not None:
                entry.ticket_id = int(cases.ids[entry.ticket_id])
    return Tickets(cases, log.steps(rank, world.period.end_s), order, problem)


def _opened(cases: Cases, rows: Ints) -> tuple[Ints, Ints]:
    return rows, cases.created[rows]


def _outage_problem(cases: Cases, world: World) -> int | None:
    """Makes one ticket of the outage the desk's own problem ticket, half an hour after it began."""
    rows = np.flatnonzero(outage_rows(cases, world))
    if not len(rows):
        return None
    row = int(rows[0])
    cases.kind[row], cases.channel[row], cases.via_api[row] = Kind.INTERNAL, WEB, False
    cases.created[row] = world.hours.clocks[cases.brand[row]].midnights[cases.day[row]] + 1800
    return row


def _returns(cases: Cases, desk: Desk, world: World) -> None:
    """The same customer writes again on the same topic within six days of the solving."""
    rng = stream(world.seed, "returns")
    rows = np.flatnonzero(cases.kind == Kind.RETURN)
    served = np.flatnonzero(
        (cases.kind == Kind.SERVED) & (cases.solved_last < world.period.end_s - 7 * DAY_S) & ~_login(cases)
    )
    weight = np.where(
        (cases.first_team[served] == CHANGED_TEAM) & (cases.created[served] >= epoch_s(world.planted.change_from)),
        CHANGED_RETURNS, 1.0,
    )  # fmt: skip
    weight = np.where(cases.agent[served] == desk.staff.closer, _CLOSER_RETURNS, weight)
    keys = np.log(rng.random(len(served))) / weight
    parents = served[np.argsort(-keys, kind="stable")[: len(rows)]]
    lone, rows = rows[len(parents) :], rows[: len(parents)]
    cases.kind[lone] = Kind.SERVED
    cases.returns_to[rows] = parents
    for column in (cases.brand, cases.topic, cases.customer, cases.order):
        column[rows] = column[parents]
    cases.created[rows] = cases.solved_last[parents] + (rng.uniform(0.1, 6.0, len(rows)) * DAY_S).astype(np.int64)
    for index, clock in enumerate(desk.hours.clocks):
        own = rows[cases.brand[rows] == index]
        day = np.searchsorted(clock.midnights, cases.created[own], side="right") - 1
        cases.day[own] = np.clip(day, 0, world.period.days - 1)
    every = np.concatenate((rows, lone))
    cases.team[every] = first_teams(cases.brand[every], cases.topic[every])
    desk.log.add(Step.CREATED, *_opened(cases, every), CUSTOMER)
    desk.serve(cases, every)


def _login(cases: Cases) -> Bools:
    return np.asarray(cases.topic == LOGIN, dtype=np.bool_)


def _duplicates(cases: Cases, desk: Desk, rng: np.random.Generator) -> None:
    """An impatient customer writes a second ticket, which the agent merges into the first before answering it."""
    rows = np.flatnonzero(cases.kind == Kind.DUPLICATE)
    slow = (cases.first_reply - cases.created > 1800) & np.isin(cases.channel, (EMAIL, WEB, SOCIAL))
    targets = np.flatnonzero(np.isin(cases.kind, (Kind.SERVED, Kind.RETURN)) & slow & ~_login(cases))
    rows = rows[: len(targets)]
    target = rng.permutation(targets)[: len(rows)]
    cases.merges_into[rows] = target
    for column in (cases.brand, cases.topic, cases.customer, cases.order, cases.team):
        column[rows] = column[target]
    gap = cases.first_reply[target] - cases.created[target]
    share = rng.uniform(0.05, 0.85, len(rows))
    cases.created[rows] = cases.created[target] + (gap * share).astype(np.int64)
    # A second ticket written after the last day would not stand in the export: it comes sooner then.
    late = cases.created[rows] >= desk.period.end_s
    cases.created[rows[late]] = cases.created[target[late]] + 1
    merged = cases.first_reply[target] - 100
    cases.merged_at[rows] = merged
    agent = cases.agent[target]
    desk.log.add(Step.CREATED, *_opened(cases, rows), CUSTOMER)
    desk.log.add(Step.ACKNOWLEDGED, rows, cases.created[rows] + 2, SYSTEM)
    desk.log.add(Step.MERGED_AWAY, rows, merged, agent, target)
    desk.log.add(Step.MERGED_FROM, target, merged, agent, rows)
    left = np.flatnonzero((cases.kind == Kind.DUPLICATE) & (cases.merges_into < 0))
    cases.kind[left] = Kind.SERVED
    desk.log.add(Step.CREATED, *_opened(cases, left), CUSTOMER)
    desk.serve(cases, left)


def _bot_only(cases: Cases, desk: Desk, rng: np.random.Generator) -> None:
    """The bot answers and solves; no human takes part."""
    rows = np.flatnonzero(cases.kind == Kind.BOT_ONLY)
    created, bot = cases.created[rows], desk.staff.bot
    solved = created + whole(lognormal(rng, 240.0, 0.6, len(rows)), 30, 7200)
    desk.log.add(Step.BOT_REPLIED, rows, created + 3, bot)
    desk.log.add(Step.CUSTOMER_WROTE, rows, created + (solved - created) // 2, CUSTOMER)
    desk.log.add(Step.BOT_SOLVED, rows, solved, bot)
    closed = hourly_job(solved + CLOSES_AFTER_S, rows)
    desk.log.add(Step.CLOSED, rows, closed, SYSTEM)
    cases.solved_first[rows] = cases.solved_last[rows] = solved
    cases.closed[rows] = closed


def _thrown_away(cases: Cases, desk: Desk, rng: np.random.Generator) -> None:
    """Spam and tickets deleted on request."""
    rows = np.flatnonzero(np.isin(cases.kind, (Kind.SPAM, Kind.DELETED)))
    desk.log.add(Step.ACKNOWLEDGED, rows, cases.created[rows] + 2, SYSTEM)
    work = whole(lognormal(rng, 5400.0, 0.8, len(rows)), 5)
    gone = desk.hours.after(cases.brand[rows], cases.created[rows], work)
    agent = desk.staff.pick(rng, cases.team[rows], gone)
    desk.log.add(Step.DELETED, rows, gone, agent)
    cases.closed[rows] = gone


def _started_inside(cases: Cases, desk: Desk, rng: np.random.Generator) -> None:
    """Tickets an agent writes to a customer, and tickets among colleagues."""
    rows = np.flatnonzero(np.isin(cases.kind, (Kind.AGENT_STARTED, Kind.INTERNAL)))
    created = cases.created[rows]
    agent = desk.staff.pick(rng, cases.team[rows], created)
    cases.agent[rows] = agent
    desk.log.add(Step.CREATED, rows, created, agent)
    outward = cases.kind[rows] == Kind.AGENT_STARTED
    writes = outward & share_of(rng, 0.5, len(rows))
    wrote = created + whole(lognormal(rng, 20_000.0, 1.0, len(rows)), 120, 10 * DAY_S)
    desk.log.add(Step.CUSTOMER_WROTE, rows[writes], wrote[writes], CUSTOMER)
    begin = np.where(writes, wrote, created)
    done = desk.hours.after(cases.brand[rows], begin, whole(lognormal(rng, 14_000.0, 0.8, len(rows)), 60))
    helper = desk.staff.pick(rng, cases.team[rows], done)
    replies = writes | ~outward
    desk.log.add(Step.REPLIED_SOLVED, rows[replies], done[replies], helper[replies])
    desk.log.add(Step.SOLVED_SILENTLY, rows[~replies], done[~replies], helper[~replies])
    closed = hourly_job(done + CLOSES_AFTER_S, rows)
    desk.log.add(Step.CLOSED, rows, closed, SYSTEM)
    cases.solved_first[rows] = cases.solved_last[rows] = done
    cases.closed[rows] = closed


def counted(cases: Cases, until: int) -> Bools:
    """Tickets that belong to the service figures on the day of the export."""
    out = np.isin(cases.kind, (Kind.SERVED, Kind.RETURN))
    waiting = (cases.kind == Kind.DUPLICATE) & (cases.merged_at >= until)
    unseen = np.isin(cases.kind, (Kind.SPAM, Kind.DELETED)) & (cases.closed >= until)
    unsolved = (cases.kind == Kind.BOT_ONLY) & (cases.solved_last >= until)
    return np.asarray(out | waiting | unseen | unsolved, dtype=np.bool_)
