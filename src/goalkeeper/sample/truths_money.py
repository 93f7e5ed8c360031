"""What is true of the sample company's customers and money, worked out from the simulation itself."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from goalkeeper.sample.arrays import Bools, Floats, Ints
from goalkeeper.sample.company import PLAN_CENTS
from goalkeeper.sample.intake import World
from goalkeeper.sample.marketing import Won
from goalkeeper.sample.period import DAY_S
from goalkeeper.sample.shop import VOIDED, Orders
from goalkeeper.sample.subscriptions import TRIAL_S, Subscription
from goalkeeper.sample.truths import Truth, share

YEAR_S = 365 * DAY_S
MONTH_S = 30.4375 * DAY_S
SAVE_S = 30 * DAY_S
_STILL = 1 << 60


def money_truths(world: World, won: Won) -> Truth:
    """Who stayed in the last month, who was saved, what buyers and subscribers are worth."""
    subs, orders = world.subscriptions, world.orders
    known = _known_until(subs)
    clock = world.hours.clocks[0]
    start = clock.instant(world.period.until.replace(day=1), 0)
    begin, end = _paid(subs, world.period.end_s)
    there: Bools = (begin < start) & (end > start)
    last = min(known, clock.instant(world.period.until + timedelta(days=1), 0) - 1)  # the month ends at local midnight
    now: Bools = (begin <= last) & (end > last)
    before, after = _revenue(subs, start) * there, _revenue(subs, last) * now
    newest_won = max(int(orders.at.max()), int(world.customers.joined.max()))
    return {
        "last_month": {
            "kept": share(int((there & now).sum()), int(there.sum())),
            "new": int(((begin >= start) & (begin <= last)).sum()),
            "net_revenue": round(float((after * there).sum() / before.sum()), 6),
            "gross_revenue": round(float(np.minimum(after, before).sum() / before.sum()), 6),
        },
        "saved": _saved(subs, known),
        "buyers": _buyers(orders),
        "worth": {
            "of_orders": round(order_worth(orders, int(orders.at.max())) / 100, 4),
            "of_subscriptions": round(_subscription_worth(begin, end, _revenue(subs, known), known) / 100, 4),
            "over_cost": round(order_worth(orders, newest_won) / _cost(world, won, newest_won), 6),
        },
    }


def _known_until(subs: list[Subscription]) -> int:
    """The newest moment in the billing exports, whose subscriptions begin on whole minutes."""
    return max(max((entry.at for entry in sub.happenings), default=sub.start) for sub in subs)


def _paid(subs: list[Subscription], export: int) -> tuple[Ints, Ints]:
    """From when to when each subscription is paid for; a trial is not, and what never was paid begins after it ends."""
    begin = np.array([sub.start + (TRIAL_S if sub.trial else 0) for sub in subs], dtype=np.int64)
    end = np.array([sub.end or _STILL for sub in subs], dtype=np.int64)
    begin[np.array([sub.status == "trialing" for sub in subs])] = _STILL
    return np.where(begin < np.minimum(end, export), begin, _STILL), end


def _revenue(subs: list[Subscription], moment: int) -> Floats:
    """Cents a month of each subscription at a moment, by its last price up to then, or its first."""
    found = []
    for sub in subs:
        prices = [entry.after for entry in sub.happenings if entry.at <= moment and entry.after]
        first = next((entry.after for entry in sub.happenings if entry.after), PLAN_CENTS[sub.plan])
        found.append((prices[-1] if prices else first) * (10 / 12 if sub.yearly else 1))
    return np.array(found, dtype=np.float64)


def _saved(subs: list[Subscription], known: int) -> Truth:
    """Requests to cancel whose 30 days are over, and those withdrawn within them."""
    asked = saved = 0
    for sub in subs:
        for number, entry in enumerate(sub.happenings):
            if entry.cancels and not entry.cancels_before and entry.at + SAVE_S <= known:
                asked += 1
                later = sub.happenings[number + 1 :]
                saved += any(each.reason == "saved" and each.at <= entry.at + SAVE_S for each in later)
    return share(saved, asked)


def _kept(orders: Orders) -> tuple[Ints, Ints, Ints]:
    """Moment, customer and cents paid in the end of each order that was not voided."""
    rows = orders.status != VOIDED
    return orders.at[rows], orders.customer[rows], (orders.total - orders.refunded)[rows]


def _buyers(orders: Orders) -> Truth:
    """Who bought, who bought again, and who did so three times in the last 365 days."""
    at, customer, _ = _kept(orders)
    times = np.bincount(customer)
    recent = np.bincount(customer[at > int(orders.at.max()) - YEAR_S])
    return {"again": share(int((times >= 2).sum()), int((times >= 1).sum())), "regular": int((recent >= 3).sum())}


def order_worth(orders: Orders, moment: int) -> float:
    """Cents paid in the last year a buyer of it, times 1 ÷ the share of the year before's buyers who did not return."""
    at, customer, cents = _kept(orders)
    last: Bools = (at > moment - YEAR_S) & (at <= moment)
    before: Bools = (at > moment - 2 * YEAR_S) & (at <= moment - YEAR_S)
    buyers, earlier = set(customer[last].tolist()), set(customer[before].tolist())
    lost = 1 - len(buyers & earlier) / len(earlier)
    return float(cents[last].sum()) / len(buyers) * min(1 / lost, 5.0)


def _subscription_worth(begin: Ints, end: Ints, revenue: Floats, moment: int) -> float:
    now: Bools = (begin <= moment) & (end > moment)
    since = moment - YEAR_S
    lost = int(((begin < end) & (end > since) & (end <= moment)).sum())
    held = np.clip(np.minimum(end, moment) - np.maximum(begin, since), 0, None)[begin < end].sum() / MONTH_S
    return float(revenue[now].mean()) * min(float(held) / lost, 60.0)


def _cost(world: World, won: Won, moment: int) -> float:
    """Mean cents of the customers won in the last year whose cost is known."""
    recent = (world.customers.joined > moment - YEAR_S) & (world.customers.joined <= moment) & (won.cost >= 0)
    return float(won.cost[recent].mean())
