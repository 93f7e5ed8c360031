"""Sessions in the help centre: what people looked for, and whether they wrote a ticket all the same."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from goalkeeper.sample.arrays import Ints, choose, stream
from goalkeeper.sample.cases import Kind
from goalkeeper.sample.company import ARTICLES, CHAT, WEB
from goalkeeper.sample.demand import season
from goalkeeper.sample.intake import World
from goalkeeper.sample.period import DAY_S, iso
from goalkeeper.sample.tickets import Tickets

HEADER = (
    "session_id", "started_at", "visitor", "customer_ref", "searches", "searches_no_result", "articles_viewed",
    "article_ids", "helpful_votes", "unhelpful_votes", "bot_handled", "ended_in", "ticket_id",
)  # fmt: skip
LEFT, CONTACT, RESOLVED = range(3)
ENDINGS = ("left", "contact", "resolved_click")
_ALONE_A_TICKET = 0.55
_BEFORE_TICKET = 0.40
_RESOLVED_SHARE = 0.42
_LOGGED_IN = 0.5


@dataclass(frozen=True, slots=True)
class Sessions:
    """One entry a session in the order of time; `ticket` is -1 where none was written."""

    at: Ints
    ending: Ints
    ticket: Ints
    customer: Ints


def make_sessions(world: World, tickets: Tickets, size: int) -> Sessions:
    """Sessions that ended in a web or chat ticket minutes later, and sessions of their own."""
    rng = stream(world.seed, "help centre")
    cases, period = tickets.cases, world.period
    own = np.isin(cases.kind, (Kind.AGENT_STARTED, Kind.INTERNAL, Kind.SPAM))
    wrote = np.flatnonzero(np.isin(cases.channel, (WEB, CHAT)) & ~own)
    wrote = wrote[rng.random(len(wrote)) < _BEFORE_TICKET]
    wrote_at = cases.created[wrote] - rng.integers(90, 900, len(wrote))
    count = int(size * _ALONE_A_TICKET)
    day = choose(rng, season(period), count)
    at = period.start_s + day * DAY_S + rng.integers(0, DAY_S, count)
    who = rng.integers(0, len(world.customers), count)
    columns = (
        np.concatenate((wrote_at, at)),
        np.concatenate((np.full(len(wrote), CONTACT), np.where(rng.random(count) < _RESOLVED_SHARE, RESOLVED, LEFT))),
        np.concatenate((wrote, np.full(count, -1))),
        np.concatenate((cases.customer[wrote], who)),
    )
    rows = np.flatnonzero(columns[0] >= period.start_s)
    rows = rows[np.argsort(columns[0][rows], kind="stable")]
    return Sessions(*(column[rows].astype(np.int64) for column in columns))


def write_sessions(path: Path, sessions: Sessions, world: World, tickets: Tickets) -> None:
    """Writes sessions.csv; half of the visitors are logged in, those who write a ticket always are."""
    rng = stream(world.seed, "help centre file")
    size = len(sessions.at)
    known = ((rng.random(size) < _LOGGED_IN) | (sessions.ticket >= 0)).tolist()
    searches, bot = rng.poisson(1.3, size), rng.random(size) < 0.2
    empty = rng.binomial(searches, 0.18)
    viewed = rng.poisson(1.6, size) + (sessions.ending == RESOLVED)
    votes = rng.random(size)
    numbers = (sessions.ending, sessions.ticket, sessions.customer, searches, empty, viewed, votes, bot)
    rows = zip(iso(sessions.at), *(column.tolist() for column in numbers), strict=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number, (at, ending, ticket, customer, asked, none, seen, vote, by_bot) in enumerate(rows):
            read = "|".join(ARTICLES[(number + n) % len(ARTICLES)] for n in range(seen))
            writer.writerow((
                f"S{number + 1:07d}", at, f"v{customer * 7919 % 1_000_003:07d}",
                world.customers.refs[customer] if known[number] else "", asked, none, seen, read,
                int(ending == RESOLVED and vote < 0.3), int(ending != RESOLVED and seen > 0 and vote < 0.12),
                str(by_bot).lower(), ENDINGS[ending], tickets.cases.ids[ticket] if ticket >= 0 else "",
            ))  # fmt: skip
