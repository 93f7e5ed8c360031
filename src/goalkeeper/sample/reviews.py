"""Public reviews, some of them by customers who have just given a bad rating."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from goalkeeper.sample.arrays import Ints, choose, lognormal, stream, whole
from goalkeeper.sample.company import BRANDS, PRODUCTS
from goalkeeper.sample.intake import World
from goalkeeper.sample.period import DAY_S, iso
from goalkeeper.sample.texts import REVIEW_BODIES, REVIEW_TITLES
from goalkeeper.sample.tickets import Tickets

HEADER = (
    "review_id", "platform", "brand", "product", "published_at", "rating", "title", "body", "author", "customer_ref",
    "order", "country", "verified", "replied_at",
)  # fmt: skip
PLATFORMS = ("StarBoard", "ShopVoice", "AppShelf")
_A_TICKET, _LEAST = 0.05, 60
_RATINGS = np.array([0.09, 0.06, 0.11, 0.27, 0.47])
_ANGRY = 0.10
_REPLY_RATE = 0.45


@dataclass(frozen=True, slots=True)
class Reviews:
    """One entry a review in the order of time; `order` is -1 for those not tied to a purchase."""

    at: Ints
    rating: Ints
    brand: Ints
    customer: Ints
    order: Ints
    after_bad_rating: Ints


def make_reviews(world: World, tickets: Tickets, size: int) -> Reviews:
    """Reviews of recent buyers, and of one in ten customers who rated a ticket bad, within 25 days of its solving."""
    rng = stream(world.seed, "reviews")
    orders, cases, end = world.orders, tickets.cases, world.period.end_s
    count = max(int(size * _A_TICKET), _LEAST)
    order = rng.integers(0, len(orders), count)
    at = orders.at[order] + whole(lognormal(rng, 9.0 * DAY_S, 0.7, count), 2 * DAY_S)
    angry = np.flatnonzero((cases.rating == 0) & (cases.solved_last < end - 30 * DAY_S))
    angry = angry[rng.random(len(angry)) < _ANGRY]
    # Surveys are answered within four days of the solving: reviews follow from the fifth day on.
    angry_at = cases.solved_last[angry] + (rng.uniform(5, 25, len(angry)) * DAY_S).astype(np.int64)
    zero = np.zeros(count, dtype=np.int64)
    columns = (
        np.concatenate((at, angry_at)),
        np.concatenate((1 + choose(rng, _RATINGS, count), 1 + rng.integers(0, 2, len(angry)))),
        np.concatenate((orders.brand[order], cases.brand[angry])),
        np.concatenate((orders.customer[order], cases.customer[angry])),
        np.concatenate((order, cases.order[angry])),
        np.concatenate((zero, np.ones(len(angry), dtype=np.int64))),
    )
    rows = np.flatnonzero(columns[0] < end)
    rows = rows[np.argsort(columns[0][rows], kind="stable")]
    return Reviews(*(column[rows] for column in columns))


def write_reviews(path: Path, reviews: Reviews, world: World) -> None:
    """Writes reviews.csv; unverified reviews name no customer."""
    rng = stream(world.seed, "review file")
    size = len(reviews.at)
    known = ((rng.random(size) < 0.6) | (reviews.after_bad_rating > 0)).tolist()
    platform = rng.integers(0, len(PLATFORMS), size).tolist()
    product = rng.integers(0, len(PRODUCTS), size).tolist()
    replied_at = reviews.at + whole(lognormal(rng, 1.5 * DAY_S, 0.8, size), 600)
    replies = (rng.random(size) < _REPLY_RATE) & (replied_at < world.period.end_s)
    rows = zip(iso(reviews.at), iso(replied_at), replies.tolist(), reviews.rating.tolist(), reviews.brand.tolist(),
               reviews.customer.tolist(), reviews.order.tolist(), strict=True)  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number, (at, replied, has_reply, rating, brand, customer, order) in enumerate(rows):
            writer.writerow((
                f"R{number + 1:06d}", PLATFORMS[platform[number]], BRANDS[brand].name, PRODUCTS[product[number]][0],
                at, rating, REVIEW_TITLES[rating - 1], REVIEW_BODIES[rating - 1],
                world.customers.names[customer].split(" ")[0], world.customers.refs[customer] if known[number] else "",
                world.orders.names[order] if known[number] and order >= 0 else "", BRANDS[brand].country,
                str(known[number]).lower(), replied if has_reply else "",
            ))  # fmt: skip
