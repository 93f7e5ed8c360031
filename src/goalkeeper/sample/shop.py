"""The shop's orders, in the columns of a Shopify orders export: one row a line of an order."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from goalkeeper.sample.arrays import Bools, Ints, choose, stream
from goalkeeper.sample.company import BRANDS, CURRENCY, PRODUCTS
from goalkeeper.sample.customers import Customers
from goalkeeper.sample.demand import season
from goalkeeper.sample.hours import AllHours
from goalkeeper.sample.period import DAY_S, Period, iso

HEADER = (
    "Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Fulfilled at", "Accepts Marketing",
    "Currency", "Subtotal", "Shipping", "Taxes", "Total", "Discount Code", "Discount Amount", "Shipping Method",
    "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku",
    "Lineitem fulfillment status", "Cancelled at", "Payment Method", "Refunded Amount", "Vendor", "Id", "Tags",
    "Source",
)  # fmt: skip
PAID, REFUNDED, PARTLY_REFUNDED, VOIDED = range(4)
STATUSES = ("paid", "refunded", "partially_refunded", "voided")
_STATUS_SHARES = np.array([0.925, 0.035, 0.03, 0.01])
_TAX = 0.2
_FREE_SHIPPING_CENTS = 8000


@dataclass(frozen=True, slots=True)
class Orders:
    """One entry an order in the order of time; money in cents; lines are indexed by `line_order`."""

    at: Ints
    customer: Ints
    brand: Ints
    status: Ints
    names: list[str]
    line_order: Ints
    line_product: Ints
    line_quantity: Ints
    discount: Ints
    subtotal: Ints
    shipping: Ints
    total: Ints
    refunded: Ints
    fulfilled_at: Ints

    def __len__(self) -> int:
        return len(self.names)


def _moments(
    rng: np.random.Generator, period: Period, hours: AllHours, joined: Ints, brand: Ints
) -> tuple[Ints, Bools]:
    """Seasonal moments after joining, at local times of day; and which of them fall into the period."""
    edges = np.concatenate(([0.0], np.cumsum(season(period))))
    first = np.clip((joined - period.start_s) // DAY_S + 1, 0, period.days - 1)
    spot = edges[first] + rng.random(len(joined)) * (edges[-1] - edges[first])
    day = np.clip(np.searchsorted(edges, spot, side="right") - 1, 0, period.days - 1)
    second = np.clip(rng.normal(15.5, 4.2, len(joined)), 0.1, 23.8) * 3600
    at = np.empty(len(joined), dtype=np.int64)
    for index, clock in enumerate(hours.clocks):
        rows = brand == index
        at[rows] = clock.midnights[day[rows]] + second[rows].astype(np.int64)
    return at, (at >= period.start_s) & (at < period.end_s - 60) & (at > joined)


def make_orders(period: Period, hours: AllHours, customers: Customers, seed: int, size: int) -> Orders:
    """About `size` orders of the period; a few customers buy often, many once or never."""
    rng = stream(seed, "shop")
    appetite = rng.gamma(0.6, 1.0, len(customers))
    buyer = choose(rng, appetite, size)
    at, fits = _moments(rng, period, hours, customers.joined[buyer], customers.brand[buyer])
    order = np.flatnonzero(fits)[np.argsort(at[fits], kind="stable")]
    at, buyer = at[order], buyer[order]
    brand = customers.brand[buyer]
    count = len(at)
    lines = 1 + rng.binomial(4, 0.15, count)
    line_order = np.repeat(np.arange(count), lines)
    product = rng.integers(0, len(PRODUCTS), len(line_order))
    quantity = 1 + rng.binomial(2, 0.1, len(line_order))
    prices = np.array([cents for _, cents in PRODUCTS])
    gross = np.bincount(line_order, weights=prices[product] * quantity, minlength=count).astype(np.int64)
    discount = np.where(rng.random(count) < 0.18, gross // 10, 0)
    subtotal = gross - discount
    shipping = np.where(subtotal >= _FREE_SHIPPING_CENTS, 0, 590)
    status = choose(rng, _STATUS_SHARES, count)
    total = subtotal + shipping
    part = np.where(status == PARTLY_REFUNDED, total // 3, 0)
    refunded = np.where(status == REFUNDED, total, part)
    fulfilled = at + (rng.gamma(2.0, 0.7, count) * DAY_S).astype(np.int64) + 3600
    return Orders(
        at, buyer, brand, status, _names(brand), line_order, product, quantity,
        discount, subtotal, shipping, total, refunded, fulfilled,
    )  # fmt: skip


def _names(brand: Ints) -> list[str]:
    counters = [1000] * len(BRANDS)
    names = []
    for index in brand.tolist():
        counters[index] += 1
        names.append(f"#{BRANDS[index].order_prefix}{counters[index]}")
    return names


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _local_stamps(hours: AllHours, brand: Ints, at: Ints) -> list[str]:
    """'2025-03-04 09:31:22 +0100' on each brand's own clock."""
    stamps = np.empty(len(at), dtype=object)
    for index, clock in enumerate(hours.clocks):
        rows = np.flatnonzero(brand == index)
        texts = iso(clock.wall(at[rows]), tail="", between=" ")
        offsets = (clock.offset_s(at[rows]) // 60).tolist()
        tails = [f" {'-' if m < 0 else '+'}{abs(m) // 60:02d}{abs(m) % 60:02d}" for m in offsets]
        stamps[rows] = [text + tail for text, tail in zip(texts, tails, strict=True)]
    result: list[str] = stamps.tolist()
    return result


@dataclass(frozen=True, slots=True)
class _Head:
    """What only the first row of an order says."""

    customer: int
    brand: int
    status: int
    discount: int
    subtotal: int
    shipping: int
    total: int
    refunded: int
    sent: bool
    email: str
    created: str
    fulfilled: str
    gift: bool

    def fill(self, cells: list[Any], number: int) -> None:
        """Puts the order's own cells into its first row."""
        tax = self.total - round(self.total / (1 + _TAX))
        voided = self.status == VOIDED
        cells[2:15] = [
            STATUSES[self.status], "" if voided else self.created,
            "fulfilled" if self.sent else "unfulfilled", self.fulfilled if self.sent else "", "no", CURRENCY,
            _money(self.subtotal), _money(self.shipping), _money(tax), _money(self.total),
            "TRAIL10" if self.discount else "", _money(self.discount), "Standard",
        ]  # fmt: skip
        cells[21:24] = [self.created if voided else "", "Card", _money(self.refunded)]
        cells[25:28] = [820_000_000_000 + number, "gift" if self.gift else "", "web"]


def _heads(orders: Orders, customers: Customers, hours: AllHours, period: Period, seed: int) -> list[_Head]:
    rng = stream(seed, "shop file")
    shouted = (rng.random(len(orders)) < 0.04).tolist()
    gift = (rng.random(len(orders)) < 0.05).tolist()
    emails = [customers.emails[customer] for customer in orders.customer.tolist()]
    sent = (orders.fulfilled_at < period.end_s) & (orders.status != VOIDED)
    columns = (
        orders.customer, orders.brand, orders.status, orders.discount, orders.subtotal, orders.shipping, orders.total,
        orders.refunded, sent,
    )  # fmt: skip
    rows = zip(
        *(column.tolist() for column in columns),
        [email.title() if loud else email for email, loud in zip(emails, shouted, strict=True)],
        _local_stamps(hours, orders.brand, orders.at),
        _local_stamps(hours, orders.brand, orders.fulfilled_at),
        gift,
        strict=True,
    )
    return [_Head(*row) for row in rows]


def write_orders(path: Path, orders: Orders, customers: Customers, hours: AllHours, period: Period, seed: int) -> None:
    """Writes orders.csv; later lines of an order repeat Name, Email and Created at and leave the rest blank."""
    heads = _heads(orders, customers, hours, period, seed)
    lines = (orders.line_order.tolist(), orders.line_product.tolist(), orders.line_quantity.tolist())
    previous = -1
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for index, product, quantity in zip(*lines, strict=True):
            head = heads[index]
            cells: list[Any] = [""] * len(HEADER)
            cells[0:2] = [orders.names[index], head.email]
            name, cents = PRODUCTS[product]
            cells[15:20] = [head.created, quantity, name, _money(cents), f"SKU-{product + 1:03d}"]
            cells[20], cells[24] = "fulfilled" if head.sent else "pending", BRANDS[head.brand].name
            if index != previous:
                head.fill(cells, index)
            previous = index
            writer.writerow(cells)
