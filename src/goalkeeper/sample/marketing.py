"""What marketing keeps in spreadsheets: customers won, visits to the shop, sales of service, spending, the brand.

The files bear the names and columns of the canonical tables. Each share is planted; what came out is in the truths.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np

from goalkeeper.sample.arrays import Bools, Floats, Ints, choose, lognormal, stream
from goalkeeper.sample.company import BRANDS, CURRENCY
from goalkeeper.sample.intake import World
from goalkeeper.sample.period import DAY_S, epoch_s, iso
from goalkeeper.sample.shop import VOIDED
from goalkeeper.sample.tickets import Tickets, counted
from goalkeeper.sample.truths import Truth, share

# How customers came: the last share is of those of whom nobody knows.
WAYS = ("search", "social", "store", "referral", "")
WAY_SHARES = (0.38, 0.22, 0.12, 0.20, 0.08)
_WAY_COST_CENTS = (2600, 3900, 1400, 1000, 0)
COST_KNOWN = 0.9
# Of visits with and without a chat, how many order; and how many visits there are with a chat.
BOUGHT_WITH_CHAT, BOUGHT_WITHOUT = 0.22, 0.09
CHATTED = 0.15
VISIT_DAYS = 3
OFFERED, ACCEPTED = 0.06, 0.35
WALLET = 0.30  # of what is spent on such things, how much with us
SPENDING_ANSWERS = 60  # a half-year
BRAND_ASKED = 250  # a half-year
BRAND_RECALL = (0.22, 0.25, 0.28, 0.31)

Rows = list[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Won:
    """How each customer came: an index into WAYS; the cost in cents is -1 where it is not known."""

    way: Ints
    cost: Ints


def write_marketing(folder: Path, world: World, tickets: Tickets) -> tuple[dict[str, Path], Truth, Won]:
    """Writes the files; returns their paths, what is true of them, and how each customer was won."""
    won, acquisitions, won_truth = _acquisitions(world)
    visits, visit_truth = _visits(world)
    upsells, upsell_truth = _upsells(world, tickets)
    spending, spending_truth = _spending(world)
    brand, brand_truth = _brand(world)
    people = world.customers
    sheets: dict[str, tuple[tuple[str, ...], Rows]] = {
        "customers": (
            ("customer_id", "external_id", "email_key", "country"),
            [(ref, ref, email, BRANDS[n].country)
             for ref, email, n in zip(people.refs, people.emails, people.brand.tolist(), strict=True)],
        ),
        "acquisitions": (
            ("customer_id", "acquired_at", "channel", "cost", "currency", "referred_by_customer_id"), acquisitions,
        ),
        "shop_visits": (
            ("visit_id", "started_at", "customer_id", "visitor_key", "chatted", "order_id"), visits,
        ),
        "upsells": (
            ("upsell_id", "customer_id", "occurred_at", "amount", "currency", "kind", "ticket_id", "accepted"), upsells,
        ),
        "spend_answers": (
            ("answer_id", "answered_at", "spend_in_category", "spend_with_us", "currency", "customer_id", "category"),
            spending,
        ),
        "survey_responses": (
            ("response_id", "survey_id", "kind", "responded_at", "score", "scale_min", "scale_max"), brand,
        ),
    }  # fmt: skip
    paths = {}
    for name, (header, lines) in sheets.items():
        paths[f"marketing/{name}.csv"] = path = folder / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows(lines)
    return paths, won_truth | visit_truth | upsell_truth | spending_truth | brand_truth, won


def _euros(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _acquisitions(world: World) -> tuple[Won, Rows, Truth]:
    """Every customer; who came by a referral was sent by one who had joined before."""
    rng, people = stream(world.seed, "acquisitions"), world.customers
    count = len(people)
    way = choose(rng, np.array(WAY_SHARES), count)
    typical: Floats = np.array(_WAY_COST_CENTS, dtype=np.float64)[way]
    cost = np.rint(typical * lognormal(rng, 1.0, 0.4, count)).astype(np.int64)
    cost[rng.random(count) >= COST_KNOWN] = -1
    sender = (rng.random(count) * np.maximum(np.arange(count), 1)).astype(np.int64)
    rows: Rows = []
    for number, (moment, by, cents) in enumerate(zip(iso(people.joined), way.tolist(), cost.tolist(), strict=True)):
        sent = people.refs[sender[number]] if WAYS[by] == "referral" and number else ""
        known = cents >= 0
        rows.append((people.refs[number], moment, WAYS[by], _euros(cents) if known else "",
                     CURRENCY if known else "", sent))  # fmt: skip
    referred, unknown = int((way == WAYS.index("referral")).sum()), int((way == WAYS.index("")).sum())
    return Won(way, cost), rows, {"referred": share(referred, count - unknown), "unknown_way": unknown}


def _visits(world: World) -> tuple[Rows, Truth]:
    """Half of the orders follow a visit within the hour; the other visits, of unknown visitors, come to nothing."""
    rng, orders, period = stream(world.seed, "visits"), world.orders, world.period
    sold = np.flatnonzero((rng.random(len(orders)) < 0.5) & (orders.status != VOIDED))
    # So many of the visits that sold had a chat that with the planted shares CHATTED of all visits have one.
    with_chat = CHATTED * BOUGHT_WITH_CHAT
    chat_of_sold: Bools = rng.random(len(sold)) < with_chat / (with_chat + (1 - CHATTED) * BOUGHT_WITHOUT)
    chats, quiet = int(chat_of_sold.sum()), int((~chat_of_sold).sum())
    vain_chats = round(chats * (1 - BOUGHT_WITH_CHAT) / BOUGHT_WITH_CHAT)
    vain = vain_chats + round(quiet * (1 - BOUGHT_WITHOUT) / BOUGHT_WITHOUT)
    at = np.concatenate((
        orders.at[sold] - rng.integers(120, 3600, len(sold)),
        rng.integers(period.start_s, period.end_s, vain),
    ))  # fmt: skip
    order = np.concatenate((sold, np.full(vain, -1)))
    chatted = np.concatenate((chat_of_sold, np.arange(vain) < vain_chats))
    turn = np.argsort(at, kind="stable")
    at, order, chatted = at[turn], order[turn], chatted[turn]
    rows: Rows = []
    for number, (moment, bought, chat) in enumerate(zip(iso(at), order.tolist(), chatted.tolist(), strict=True)):
        named = bought >= 0
        rows.append((
            f"V{number + 1:07d}", moment, world.customers.refs[orders.customer[bought]] if named else "",
            f"w{number * 7919 % 1_000_003:07d}", str(chat).lower(), orders.names[bought] if named else "",
        ))  # fmt: skip
    over = at + VISIT_DAYS * DAY_S <= int(orders.at.max())
    sums = {
        name: share(int((over & own & (order >= 0)).sum()), int((over & own).sum()))
        for name, own in (("with_chat", chatted), ("without_chat", ~chatted))
    }
    return rows, {"visits": {"visits": len(rows), **sums}}


def _upsells(world: World, tickets: Tickets) -> tuple[Rows, Truth]:
    """An offer in some tickets, at the time of the first reply; a third of them is bought."""
    rng, cases, end = stream(world.seed, "upsells"), tickets.cases, world.period.end_s
    able = np.flatnonzero(counted(cases, end) & (cases.first_reply < end - 60))
    offered = able[rng.random(len(able)) < OFFERED]
    offered = offered[np.argsort(cases.first_reply[offered], kind="stable")]
    accepted = rng.random(len(offered)) < ACCEPTED
    cents = np.rint(lognormal(rng, 2900.0, 0.6, len(offered))).astype(np.int64)
    kind = np.where(rng.random(len(offered)) < 0.7, "upsell", "cross_sell").tolist()
    rows: Rows = []
    moments = iso(cases.first_reply[offered])
    for number, ticket in enumerate(offered.tolist()):
        rows.append((
            f"U{number + 1:05d}", world.customers.refs[cases.customer[ticket]], moments[number],
            _euros(int(cents[number])), CURRENCY, kind[number], int(cases.ids[ticket]),
            str(bool(accepted[number])).lower(),
        ))  # fmt: skip
    return rows, {"upsells": {"offered": len(rows), "sold": int(accepted.sum()), "cents": int(cents[accepted].sum())}}


def _waves(world: World) -> list[int]:
    """The moments at which the four half-yearly surveys close."""
    return [epoch_s(last - timedelta(days=20)) for _, last in world.period.half_years()]


def _spending(world: World) -> tuple[Rows, Truth]:
    rng, people = stream(world.seed, "spending"), world.customers
    rows: Rows = []
    ours = whole = 0
    for wave in _waves(world):
        known = int(np.searchsorted(people.joined, wave - 40 * DAY_S))
        for who in rng.permutation(known)[:SPENDING_ANSWERS].tolist():
            category = int(lognormal(rng, 42_000.0, 0.7, 1)[0])
            spent = int(category * rng.beta(3.0, 3.0 * (1 - WALLET) / WALLET))
            ours, whole = ours + spent, whole + category
            moment = iso(np.array([wave - int(rng.integers(0, 10 * DAY_S))]))[0]
            rows.append((f"W{len(rows) + 1:05d}", moment, _euros(category), _euros(spent), CURRENCY,
                         people.refs[who], "outdoor gear"))  # fmt: skip
    return rows, {"spending": {"answers": len(rows), "ours_cents": ours, "whole_cents": whole}}


def _brand(world: World) -> tuple[Rows, Truth]:
    """Strangers, asked each half-year which shops for outdoor gear come to mind."""
    rng = stream(world.seed, "brand")
    rows: Rows = []
    waves = []
    for wave, recall in zip(_waves(world), BRAND_RECALL, strict=True):
        named = rng.random(BRAND_ASKED) < recall
        moments = iso(wave - rng.integers(0, 10 * DAY_S, BRAND_ASKED))
        for yes, moment in zip(named.tolist(), moments, strict=True):
            rows.append((f"B{len(rows) + 1:05d}", "brand", "brand", moment, int(yes), 0, 1))
        waves.append(share(int(named.sum()), BRAND_ASKED))
    return rows, {"brand": {"waves": waves, "all": share(sum(w["hits"] for w in waves), len(rows))}}
