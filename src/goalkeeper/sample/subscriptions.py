"""How each subscription lives: trials, plan changes, failed payments, cancel requests and what became of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from goalkeeper.sample.arrays import Floats, Ints, stream
from goalkeeper.sample.company import PLAN_CENTS, PLAN_LOSS_A_MONTH, PLANS
from goalkeeper.sample.customers import Customers
from goalkeeper.sample.period import DAY_S, Period
from goalkeeper.sample.texts import CANCEL_REASONS

MONTH_S = 30 * DAY_S
TRIAL_S = 14 * DAY_S
SAVED = 0.30
_DRAWS = 12


@dataclass(slots=True)
class Happening:
    """One entry of the billing log; amounts in cents a month."""

    subscription: int
    at: int
    type: str
    before: int
    after: int
    cancels_before: bool = False
    cancels: bool = False
    reason: str = ""
    ticket_id: int | None = None


@dataclass(slots=True)
class Subscription:
    """One subscription as it stands when the exports are made; `end` is 0 while it runs."""

    number: int
    customer: int
    plan: int
    yearly: bool
    start: int
    trial: bool
    end: int = 0
    status: str = "active"
    cancels: bool = False
    cancel_asked: int = 0
    switched: bool = False
    happenings: list[Happening] = field(default_factory=list)

    @property
    def months_paid(self) -> int:
        """The months' price of one payment; a year costs ten."""
        return 10 if self.yearly else 1

    @property
    def step_s(self) -> int:
        """Seconds of one billing period."""
        return 365 * DAY_S if self.yearly else MONTH_S

    def paid_until(self, moment: int) -> int:
        """The end of the billing period that holds a moment."""
        return self.start + ((moment - self.start) // self.step_s + 1) * self.step_s


class _Life:
    """Walks one subscription from its start to its end or to the day of the export."""

    def __init__(self, sub: Subscription, draws: list[float], until: int) -> None:
        self.sub, self.draws, self.until = sub, draws, until

    def note(
        self, at: int, kind: str, after: int, *, reason: str = "", cancels_before: bool = False, cancels: bool = False
    ) -> bool:
        """Adds an entry if it comes before the export; later entries never happened."""
        if at >= self.until:
            return False
        before = PLAN_CENTS[self.sub.plan]
        entry = Happening(self.sub.number, at, kind, before, after, cancels_before, cancels, reason)
        self.sub.happenings.append(entry)
        return True

    def wait(self, draw: int, a_month: float) -> int:
        """Seconds to something that happens at a monthly rate."""
        return int(-np.log(1.0 - self.draws[draw]) / a_month * MONTH_S)

    def run(self) -> None:
        """The first cancel request, failed payment and upgrade compete; the request comes last."""
        sub = self.sub
        cents = PLAN_CENTS[sub.plan]
        self.note(sub.start, "customer.subscription.created", cents)
        if sub.trial and sub.start + TRIAL_S >= self.until:
            sub.status = "trialing"
        begin = sub.start + (TRIAL_S if sub.trial else DAY_S)
        asks = begin + self.wait(0, PLAN_LOSS_A_MONTH[sub.plan])
        fails = begin + self.wait(1, 0.012)
        grows = begin + self.wait(2, 0.018)
        if grows < min(asks, fails) and sub.plan + 1 < len(PLANS):
            self.change_plan(grows, sub.plan + 1)
        if fails < asks:
            if not self.recovers(fails):
                return
            asks = max(asks, fails + 10 * DAY_S)
        self.cancel_request(asks)

    def change_plan(self, at: int, plan: int) -> None:
        """Moves to another plan at once."""
        if self.note(at, "customer.subscription.updated", PLAN_CENTS[plan]):
            self.sub.plan = plan
            self.sub.switched = True

    def recovers(self, at: int) -> bool:
        """A payment fails; three of four are paid days later, the others end the subscription."""
        sub, cents = self.sub, PLAN_CENTS[self.sub.plan]
        if not self.note(at, "invoice.payment_failed", cents):
            return True
        paid = at + int((3 + 6 * self.draws[4]) * DAY_S)
        if self.draws[3] < 0.75:
            if not self.note(paid, "invoice.payment_succeeded", cents):
                sub.status = "past_due"
            return True
        ends = at + 21 * DAY_S
        if self.note(ends, "customer.subscription.deleted", 0, reason="payment_failed"):
            sub.status, sub.end = "canceled", ends
        else:
            sub.status = "past_due"
        return False

    def cancel_request(self, at: int, again: bool = False) -> None:
        """Asks to cancel at the end of the paid period; the first time some are won back."""
        sub, cents = self.sub, PLAN_CENTS[self.sub.plan]
        reason = CANCEL_REASONS[int(self.draws[6 if again else 5] * len(CANCEL_REASONS))]
        update = "customer.subscription.updated"
        if not self.note(at, update, cents, cancels=True, reason=reason):
            return
        sub.cancel_asked = at
        if not again and self.draws[7] < SAVED:
            self.saved(at)
            return
        sub.cancels = True
        ends = sub.paid_until(at)
        if self.note(
            ends, "customer.subscription.deleted", 0,
            cancels_before=True, cancels=True, reason="cancellation_requested",
        ):  # fmt: skip
            sub.status, sub.end = "canceled", ends

    def saved(self, at: int) -> None:
        """The customer stays: on the same plan, on a smaller one, or after a pause; and may ask again later."""
        sub = self.sub
        agreed = at + int((0.05 + 2 * self.draws[8]) * DAY_S)
        update = "customer.subscription.updated"
        smaller = sub.plan - 1 if self.draws[9] < 0.4 and sub.plan else sub.plan
        if not self.note(agreed, update, PLAN_CENTS[smaller], cancels_before=True, reason="saved"):
            sub.cancels = True
            return
        if smaller != sub.plan:
            sub.plan, sub.switched = smaller, True
        elif self.draws[9] > 0.8 and not self.pause(agreed + 3600):
            return
        self.cancel_request(agreed + 40 * DAY_S + self.wait(10, PLAN_LOSS_A_MONTH[sub.plan]), again=True)

    def pause(self, at: int) -> bool:
        """A pause of 30 days; says whether it is over before the export."""
        cents = PLAN_CENTS[self.sub.plan]
        if not self.note(at, "customer.subscription.paused", cents):
            return True
        if self.note(at + MONTH_S, "customer.subscription.resumed", cents):
            return True
        self.sub.status = "paused"
        return False


def make_subscriptions(period: Period, customers: Customers, seed: int) -> list[Subscription]:
    """One subscription for each customer who subscribes, in the order of their starts."""
    rng = stream(seed, "subscriptions")
    who: Ints = np.flatnonzero(customers.subscribes)
    delay = rng.exponential(3.0, len(who)) * DAY_S
    start = (customers.joined[who] + delay.astype(np.int64)) // 60 * 60
    keep = start < period.end_s - 60
    who, start = who[keep], start[keep]
    order = np.argsort(start, kind="stable")
    who, start = who[order], start[order]
    draws: Floats = rng.random((len(who), _DRAWS))
    yearly = (rng.random(len(who)) < 0.12).tolist()
    trial = (rng.random(len(who)) < 0.30).tolist()
    subs = []
    plans = customers.plan[who].tolist()
    for number, (customer, at, plan) in enumerate(zip(who.tolist(), start.tolist(), plans, strict=True)):
        sub = Subscription(number, customer, plan, yearly[number], at, trial[number])
        _Life(sub, draws[number].tolist(), period.end_s).run()
        subs.append(sub)
    return subs


def active_at(subs: list[Subscription], moment: int) -> int:
    """How many subscriptions have started and not ended at a moment."""
    return sum(1 for sub in subs if sub.start <= moment and not 0 < sub.end <= moment)
