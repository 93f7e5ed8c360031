"""The people who buy and subscribe; the same reference and address stands in every export."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from goalkeeper.sample.arrays import Bools, Floats, Ints, choose, stream
from goalkeeper.sample.company import BRANDS, PLANS
from goalkeeper.sample.period import DAY_S, Period
from goalkeeper.sample.planted import PLAN_MIX
from goalkeeper.sample.texts import FIRST_NAMES, HOSTILE_NAMES, LAST_NAMES

_HOSTS = ("mail.example", "post.example", "inbox.example")
_KNOWN_BEFORE = 0.45
_SUBSCRIBES = 0.6
# Plans of those who join in the period: basic takes over.
_JOINERS_PLANS = ((0.45, 0.34, 0.21), (0.86, 0.10, 0.04))


@dataclass(frozen=True, slots=True)
class Customers:
    """One entry a customer; `plan` is -1 where the customer never subscribes."""

    brand: Ints
    joined: Ints
    plan: Ints
    names: list[str]
    emails: list[str]
    refs: list[str]

    def __len__(self) -> int:
        return len(self.refs)

    @property
    def subscribes(self) -> Bools:
        """Who ever subscribes."""
        return self.plan >= 0


def _plans(rng: np.random.Generator, joined: Ints, period: Period) -> Ints:
    size = len(joined)
    progress = np.clip((joined - period.start_s) / (period.end_s - period.start_s), 0, 1)[:, None]
    early, late = (np.array(shares) for shares in _JOINERS_PLANS)
    shares: Floats = np.where(
        joined[:, None] < period.start_s, np.array(PLAN_MIX[0]), early + (late - early) * progress
    )
    plan = (np.cumsum(shares, axis=1) <= rng.random((size, 1))).sum(axis=1)
    plan = np.minimum(plan, len(PLANS) - 1)
    return np.where(rng.random(size) < _SUBSCRIBES, plan, -1).astype(np.int64)


def make_customers(period: Period, seed: int, size: int) -> Customers:
    """Customers of all brands, in the order in which they joined."""
    rng = stream(seed, "customers")
    before = period.start_s - 3 * 365 * DAY_S
    early = rng.random(size) < _KNOWN_BEFORE
    span = period.end_s - period.start_s - 10 * DAY_S
    joined = np.where(
        early,
        before + rng.random(size) * (period.start_s - before),
        period.start_s + rng.random(size) * span,
    )
    joined = np.sort(joined.astype(np.int64))
    first = rng.integers(0, len(FIRST_NAMES), size).tolist()
    last = rng.integers(0, len(LAST_NAMES), size).tolist()
    host = rng.integers(0, len(_HOSTS), size).tolist()
    names, emails, refs = [], [], []
    for number, (a, b, c) in enumerate(zip(first, last, host, strict=True)):
        given, family = FIRST_NAMES[a], LAST_NAMES[b]
        hostile = number % 499 == 17
        names.append(HOSTILE_NAMES[number // 499 % len(HOSTILE_NAMES)] if hostile else f"{given} {family}")
        emails.append(f"{given}.{family}{number}@{_HOSTS[c]}".lower())
        refs.append(f"C-{number + 1:06d}")
    brand = choose(rng, np.array([b.share for b in BRANDS]), size)
    return Customers(brand, joined, _plans(rng, joined, period), names, emails, refs)
