"""Who writes in, when, how and about what: the tickets before anybody has answered them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from goalkeeper.sample.arrays import Bools, Floats, Ints, choose, stream
from goalkeeper.sample.cases import Cases, Kind, share_of
from goalkeeper.sample.company import (
    BRANDS,
    CANCELLATION,
    CHANNELS,
    CHAT,
    EMAIL,
    LOGIN,
    PHONE,
    SOCIAL,
    TEAM_KINDS,
    TOPICS,
    WEB,
)  # fmt: skip
from goalkeeper.sample.customers import Customers
from goalkeeper.sample.demand import ticket_cells
from goalkeeper.sample.hours import AllHours
from goalkeeper.sample.period import DAY_S, Period
from goalkeeper.sample.planted import Planted
from goalkeeper.sample.shop import Orders
from goalkeeper.sample.subscriptions import Subscription

_KIND_SHARES = {
    Kind.RETURN: 0.065, Kind.DUPLICATE: 0.025, Kind.SPAM: 0.013, Kind.DELETED: 0.003,
    Kind.AGENT_STARTED: 0.024, Kind.INTERNAL: 0.006,
}  # fmt: skip
_BOT_SOLVES = {CHAT: 0.22, WEB: 0.05}
_VOICEMAIL = 0.06
_BY_API = 0.10
_REACH_OF_ORDERS = 500


@dataclass(frozen=True, slots=True)
class World:
    """All that exists before the first ticket."""

    period: Period
    planted: Planted
    hours: AllHours
    customers: Customers
    orders: Orders
    subscriptions: list[Subscription]
    seed: int


def take_in(world: World, size: int) -> Cases:
    """Tickets with kind, channel, moment of writing, customer, order and first team."""
    day, brand, topic = ticket_cells(world.period, world.planted, world.seed, size)
    cases = Cases.empty(day, brand, topic)
    rng = stream(world.seed, "intake")
    _kinds(cases, world, rng)
    _channels(cases, world, rng)
    _moments(cases, world, rng)
    _askers(cases, world, rng)
    cases.team[:] = first_teams(cases.brand, cases.topic)
    return cases


def first_teams(brand: Ints, topic: Ints) -> Ints:
    """The team that gets a topic first."""
    kind = np.array([t.team_kind for t in TOPICS], dtype=np.int64)[topic]
    return brand * len(TEAM_KINDS) + kind


def outage_rows(cases: Cases, world: World) -> Bools:
    """The login tickets of the outage."""
    first = (world.planted.outage_first - world.period.first).days
    last = (world.planted.outage_last - world.period.first).days
    return np.asarray((cases.topic == LOGIN) & (cases.day >= first) & (cases.day <= last), dtype=np.bool_)


def _kinds(cases: Cases, world: World, rng: np.random.Generator) -> None:
    shares: Floats = np.zeros(len(Kind))
    for kind, share in _KIND_SHARES.items():
        shares[kind] = share
    shares[Kind.SERVED] = 1 - shares.sum()
    cases.kind[:] = choose(rng, shares, len(cases))
    cases.kind[outage_rows(cases, world)] = Kind.SERVED


def _channels(cases: Cases, world: World, rng: np.random.Generator) -> None:
    """Calls and chats come only on days on which the brand is open."""
    size = len(cases)
    shares = np.array([channel.share for channel in CHANNELS])
    closed_shares = np.array([0.0 if c.open_hours_only else c.share for c in CHANNELS])
    any_day, closed_day = choose(rng, shares, size), choose(rng, closed_shares, size)
    is_open = np.zeros(size, dtype=np.bool_)
    for index, hours in enumerate(world.hours.brands):
        rows = cases.brand == index
        is_open[rows] = hours.open_days[cases.day[rows]] > 0
    channel = np.where(is_open, any_day, closed_day)
    written = np.where(rng.random(size) < 0.7, EMAIL, WEB)
    by_hand = np.isin(cases.kind, (Kind.RETURN, Kind.DUPLICATE, Kind.SPAM, Kind.DELETED))
    by_desk = np.isin(cases.kind, (Kind.AGENT_STARTED, Kind.INTERNAL))
    cases.channel[:] = np.where(by_desk, WEB, np.where(by_hand, written, channel))
    bot_can = np.array([topic.bot_can for topic in TOPICS])[cases.topic] & (cases.kind == Kind.SERVED)
    for way, share in _BOT_SOLVES.items():
        cases.kind[bot_can & (cases.channel == way) & share_of(rng, share, size)] = Kind.BOT_ONLY
    cases.voicemail[:] = (cases.channel == PHONE) & share_of(rng, _VOICEMAIL, size)
    cases.via_api[:] = (cases.channel == WEB) & ~by_desk & share_of(rng, _BY_API, size)


def _moments(cases: Cases, world: World, rng: np.random.Generator) -> None:
    """Moments of the day on the brand's own clock; calls, chats and the desk's own tickets in open hours."""
    size = len(cases)
    evening = share_of(rng, np.where(cases.channel == SOCIAL, 0.5, 0.35), size)
    hour = np.where(evening, rng.normal(20.0, 1.6, size), rng.normal(12.0, 3.2, size))
    second = (np.clip(hour, 0.05, 23.9) * 3600).astype(np.int64) + rng.integers(0, 60, size)
    share = rng.random(size)
    in_hours = np.isin(cases.channel, (CHAT, PHONE)) | np.isin(cases.kind, (Kind.AGENT_STARTED, Kind.INTERNAL))
    for index, (clock, hours) in enumerate(zip(world.hours.clocks, world.hours.brands, strict=True)):
        rows = cases.brand == index
        midnight = clock.midnights[cases.day[rows]]
        at = midnight + second[rows]
        begin, end = hours.worked(midnight), hours.worked(clock.midnights[cases.day[rows] + 1])
        work = 1 + (share[rows] * np.maximum(end - begin - 900, 1)).astype(np.int64)
        opened = hours.after(midnight, work)
        cases.created[rows] = np.where(in_hours[rows] & (end > begin), opened, at)
    _pull_in(cases, world.period.end_s)


def _pull_in(cases: Cases, end: int) -> None:
    """The last day ends later in the west than the exports are made: what comes after them comes a day sooner.

    Calls and chats become letters then, since the day before may be closed.
    """
    late = cases.created >= end
    cases.created[late] -= DAY_S
    cases.day[late] -= 1
    live = late & np.isin(cases.channel, (CHAT, PHONE))
    cases.channel[live] = EMAIL
    cases.kind[live & (cases.kind == Kind.BOT_ONLY)] = Kind.SERVED
    cases.voicemail[live] = False


def _askers(cases: Cases, world: World, rng: np.random.Generator) -> None:
    """A customer for each ticket: of a recent order, with a running subscription, or anyone of the brand."""
    askers = [topic.asker for topic in TOPICS]
    wants_order = np.array([asker == "buyer" for asker in askers])[cases.topic]
    wants_plan = np.array([asker == "subscriber" for asker in askers])[cases.topic]
    for brand in range(len(BRANDS)):
        rows = np.flatnonzero(cases.brand == brand)
        known = np.flatnonzero(world.customers.brand == brand)
        latest = np.searchsorted(world.customers.joined[known], cases.created[rows])
        pick = (rng.random(len(rows)) * np.maximum(latest, 1)).astype(np.int64)
        cases.customer[rows] = known[pick]
        _ask_about_orders(cases, world, rng, np.flatnonzero(wants_order & (cases.brand == brand)), brand)
        _ask_about_plans(cases, world, rng, np.flatnonzero(wants_plan & (cases.brand == brand)), brand)
    _ask_to_cancel(cases, world)


def _ask_about_orders(cases: Cases, world: World, rng: np.random.Generator, rows: Ints, brand: int) -> None:
    own = np.flatnonzero(world.orders.brand == brand)
    latest = np.searchsorted(world.orders.at[own], cases.created[rows])
    rows, latest = rows[latest > 0], latest[latest > 0]
    back = 1 + (rng.random(len(rows)) * np.minimum(latest, _REACH_OF_ORDERS)).astype(np.int64)
    order = own[latest - back]
    cases.order[rows], cases.customer[rows] = order, world.orders.customer[order]


def _ask_about_plans(cases: Cases, world: World, rng: np.random.Generator, rows: Ints, brand: int) -> None:
    """Takes a running subscription where one of five draws finds it."""
    own = [sub for sub in world.subscriptions if world.customers.brand[sub.customer] == brand]
    if not own:
        return
    start = np.array([sub.start for sub in own], dtype=np.int64)
    end = np.array([sub.end or world.period.end_s for sub in own], dtype=np.int64)
    who = np.array([sub.customer for sub in own], dtype=np.int64)
    for _ in range(5):
        pick = rng.integers(0, len(own), len(rows))
        runs = (start[pick] <= cases.created[rows]) & (cases.created[rows] < end[pick])
        cases.customer[rows[runs]] = who[pick[runs]]
        rows = rows[~runs]


def _ask_to_cancel(cases: Cases, world: World) -> None:
    """Ties cancellation tickets to the next cancel request of the brand, where one follows within a day."""
    asked = sorted(
        (entry.at, entry.subscription, number)
        for sub in world.subscriptions
        for number, entry in enumerate(sub.happenings)
        if entry.cancels and not entry.cancels_before
    )
    brands = [int(world.customers.brand[world.subscriptions[sub].customer]) for _, sub, _ in asked]
    for brand in range(len(BRANDS)):
        own = [entry for entry, of in zip(asked, brands, strict=True) if of == brand]
        if not own:
            continue
        times = np.array([at for at, _, _ in own], dtype=np.int64)
        rows = np.flatnonzero((cases.topic == CANCELLATION) & (cases.brand == brand) & (cases.kind == Kind.SERVED))
        spot = np.searchsorted(times, cases.created[rows], side="right")
        near = (spot < len(times)) & (times[np.minimum(spot, len(times) - 1)] - cases.created[rows] < 86_400)
        for row, place in zip(rows[near].tolist(), spot[near].tolist(), strict=True):
            _, sub, number = own[place]
            cases.customer[row] = world.subscriptions[sub].customer
            # The row for now; it becomes the ticket's id once ids are given.
            world.subscriptions[sub].happenings[number].ticket_id = row
