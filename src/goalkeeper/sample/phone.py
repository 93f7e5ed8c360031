"""The call log of each site: one row a call, times on the site's own clock without a zone."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from goalkeeper.sample.agents import Staff
from goalkeeper.sample.arrays import NEVER, Bools, Ints, lognormal, stream, whole
from goalkeeper.sample.cases import Cases, Kind
from goalkeeper.sample.company import BRANDS, EMAIL, PHONE, TEAM_KINDS, WEB
from goalkeeper.sample.intake import World
from goalkeeper.sample.period import iso
from goalkeeper.sample.tickets import Tickets

HEADER = (
    "call_id", "site", "customer_ref", "queue", "started_at", "queue_entered", "answered", "ended", "wait_s",
    "talk_s", "hold_s", "wrap_s", "agent", "outcome", "ticket_id",
)  # fmt: skip
ANSWERED, ABANDONED, VOICEMAIL = range(3)
OUTCOMES = ("answered", "abandoned", "voicemail")
SHORT_S = 5
_MENU_S = 8
# For each call that makes a ticket: calls given up, and calls on a ticket that exists.
_ABANDONED_SHARE = 0.12
_ABOUT_TICKETS_SHARE = 0.13
_NUMBER_HIDDEN = 0.12
_GIVEN_UP_AT_ONCE = 0.15


@dataclass(frozen=True, slots=True)
class Calls:
    """One entry a call, sorted by time; `ticket` is -1 without one, `agent` -1 where nobody answered."""

    queued: Ints
    brand: Ints
    queue: Ints
    outcome: Ints
    wait_s: Ints
    talk_s: Ints
    hold_s: Ints
    wrap_s: Ints
    agent: Ints
    ticket: Ints
    customer: Ints

    @property
    def ended(self) -> Ints:
        """When the line was cut; the wrap-up follows."""
        return self.queued + self.wait_s + self.talk_s + self.hold_s


def make_calls(world: World, tickets: Tickets, staff: Staff) -> Calls:
    """Calls that made a ticket, calls about a ticket, and calls given up; those of the period's last second too."""
    rng = stream(world.seed, "phone")
    cases = tickets.cases
    came = np.flatnonzero((cases.channel == PHONE) & np.isin(cases.kind, (Kind.SERVED, Kind.RETURN)))
    parts = [_with_ticket(cases, came), _about_ticket(rng, cases, staff, world, came), _given_up(rng, cases, came)]
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    calls = Calls(*columns)
    order = np.flatnonzero(calls.ended + calls.wrap_s < world.period.end_s)
    order = order[np.argsort(calls.queued[order], kind="stable")]
    return Calls(*(column[order] for column in columns))


def _with_ticket(cases: Cases, rows: Ints) -> tuple[Ints, ...]:
    voicemail: Bools = cases.voicemail[rows]
    wait = np.where(voicemail, 45 + rows % 90, cases.wait_s[rows])
    talk = np.where(voicemail, 15 + rows % 40, cases.talk_s[rows])
    return (
        cases.created[rows], cases.brand[rows], cases.team[rows], np.where(voicemail, VOICEMAIL, ANSWERED), wait,
        talk, cases.hold_s[rows], cases.wrap_s[rows], np.where(voicemail, -1, cases.agent[rows]), rows,
        cases.customer[rows],
    )  # fmt: skip


def _about_ticket(rng: np.random.Generator, cases: Cases, staff: Staff, world: World, came: Ints) -> tuple[Ints, ...]:
    """Customers ring about a ticket they have written, while it is open."""
    slow = np.isin(cases.channel, (EMAIL, WEB)) & (cases.kind == Kind.SERVED)
    slow &= (cases.solved_first - cases.created > 4 * 3600) & (cases.solved_first < NEVER)
    rows = rng.permutation(np.flatnonzero(slow))[: int(len(came) * _ABOUT_TICKETS_SHARE)]
    size = len(rows)
    queued = world.hours.after(cases.brand[rows], cases.created[rows], rng.integers(60, 7200, size))
    zero = np.zeros(size, dtype=np.int64)
    agent = staff.pick(rng, cases.team[rows], queued)
    return (
        queued, cases.brand[rows], cases.team[rows], zero + ANSWERED, whole(lognormal(rng, 16, 0.9, size)),
        whole(lognormal(rng, 160, 0.5, size)), zero, whole(lognormal(rng, 40, 0.5, size)), agent, rows,
        cases.customer[rows],
    )  # fmt: skip


def _given_up(rng: np.random.Generator, cases: Cases, came: Ints) -> tuple[Ints, ...]:
    """Calls that left the queue, some within seconds; they come where calls come."""
    size = int(len(came) * _ABANDONED_SHARE)
    rows = rng.permutation(came)[:size]
    size = len(rows)
    zero = np.zeros(size, dtype=np.int64)
    queued = cases.created[rows] - rng.integers(0, 600, size)
    wait = whole(lognormal(rng, 38, 1.0, size), 1, 1800)
    wait = np.where(rng.random(size) < _GIVEN_UP_AT_ONCE, rng.integers(1, SHORT_S, size), wait)
    return (
        queued, cases.brand[rows], cases.team[rows], zero + ABANDONED, wait, zero, zero, zero, zero - 1, zero - 1,
        cases.customer[rows],
    )  # fmt: skip


def write_calls(folder: Path, calls: Calls, world: World, tickets: Tickets, staff: Staff) -> dict[str, Path]:
    """One file a site."""
    rng = stream(world.seed, "phone file")
    hidden = (rng.random(len(calls.queued)) < _NUMBER_HIDDEN).tolist()
    paths = {}
    for index, brand in enumerate(BRANDS):
        name = f"calls_{brand.city.lower().replace(' ', '_')}.csv"
        paths[f"phone/{name}"] = folder / name
        rows = np.flatnonzero(calls.brand == index)
        clock = world.hours.clocks[index]
        answered_at = calls.queued[rows] + calls.wait_s[rows]
        moments = (calls.queued[rows] - _MENU_S, calls.queued[rows], answered_at, calls.ended[rows])
        walls = [iso(clock.wall(m), tail="", between=" ") for m in moments]
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADER)
            for place, call in enumerate(rows.tolist()):
                ticket, agent, outcome = int(calls.ticket[call]), int(calls.agent[call]), int(calls.outcome[call])
                answered = outcome == ANSWERED
                writer.writerow((
                    f"{brand.order_prefix}-{call + 1:07d}", brand.city,
                    "" if hidden[call] and ticket < 0 else world.customers.refs[calls.customer[call]],
                    TEAM_KINDS[calls.queue[call] % len(TEAM_KINDS)], walls[0][place], walls[1][place],
                    walls[2][place] if answered else "", walls[3][place], calls.wait_s[call],
                    calls.talk_s[call] if answered else "", calls.hold_s[call] if answered else "",
                    calls.wrap_s[call] if answered else "", staff.ids[agent] if answered else "",
                    OUTCOMES[outcome], tickets.cases.ids[ticket] if ticket >= 0 else "",
                ))  # fmt: skip
    return paths
