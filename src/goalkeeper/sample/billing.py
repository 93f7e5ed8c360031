"""The billing exports: subscriptions in the columns of a Stripe export, and the log of what happened to them."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from goalkeeper.sample.arrays import Ints
from goalkeeper.sample.company import CURRENCY, PLAN_CENTS, PLANS
from goalkeeper.sample.customers import Customers
from goalkeeper.sample.period import Period, iso
from goalkeeper.sample.subscriptions import TRIAL_S, Subscription

HEADER = (
    "id", "Customer ID", "Customer Description", "Customer Email", "Plan", "Quantity", "Currency", "Interval",
    "Amount", "Status", "Created (UTC)", "Start (UTC)", "Current Period Start (UTC)", "Current Period End (UTC)",
    "Trial Start (UTC)", "Trial End (UTC)", "Canceled At (UTC)", "Cancel At Period End", "Ended At (UTC)",
)  # fmt: skip
EVENT_HEADER = (
    "id", "type", "created", "subscription", "customer", "plan", "interval", "previous_amount", "amount", "currency",
    "previous_cancel_at_period_end", "cancel_at_period_end", "reason", "ticket_id",
)  # fmt: skip


def subscription_id(number: int) -> str:
    """The billing system's id of the n-th subscription."""
    return f"sub_{number + 1:08d}"


def _minutes(moments: list[int]) -> list[str]:
    """'2025-03-04 09:31'; blank for 0."""
    texts = iso(np.array(moments, dtype=np.int64), tail="", between=" ")
    return [text[:16] if moment else "" for text, moment in zip(texts, moments, strict=True)]


def _euros(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def write_subscriptions(path: Path, subs: list[Subscription], customers: Customers, period: Period) -> None:
    """Writes subscriptions.csv as it stands on the day of the export."""
    last = period.end_s - 1
    ends = [sub.paid_until(min(last, sub.end - 1 if sub.end else last)) for sub in subs]
    stamps = [
        _minutes([sub.start for sub in subs]),
        _minutes([end - sub.step_s for sub, end in zip(subs, ends, strict=True)]),
        _minutes(ends),
        _minutes([sub.start if sub.trial else 0 for sub in subs]),
        _minutes([sub.start + TRIAL_S if sub.trial else 0 for sub in subs]),
        _minutes([sub.cancel_asked if sub.cancels or sub.end else 0 for sub in subs]),
        _minutes([sub.end for sub in subs]),
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for sub, start, begins, ends_at, trial, trial_end, asked, ended in zip(subs, *stamps, strict=True):
            cents = PLAN_CENTS[sub.plan] * sub.months_paid
            writer.writerow((
                subscription_id(sub.number), f"cus_{sub.customer + 1:08d}", customers.refs[sub.customer],
                customers.emails[sub.customer], PLANS[sub.plan], 1, CURRENCY.lower(),
                "year" if sub.yearly else "month", _euros(cents), sub.status, start, start, begins, ends_at,
                trial, trial_end, asked or ended, str(sub.cancels).lower(), ended,
            ))  # fmt: skip


def write_events(path: Path, subs: list[Subscription]) -> int:
    """Writes subscription_events.csv in the order of time; returns the number of rows."""
    rows = sorted((h.at, h.subscription, n, h) for sub in subs for n, h in enumerate(sub.happenings))
    times: Ints = np.array([row[0] for row in rows], dtype=np.int64)
    plan_of = dict(zip(PLAN_CENTS, PLANS, strict=True))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(EVENT_HEADER)
        for number, (row, stamp) in enumerate(zip(rows, iso(times), strict=True)):
            entry = row[3]
            sub, created = subs[entry.subscription], entry.type.endswith(".created")
            before, after = entry.before * sub.months_paid, entry.after * sub.months_paid
            writer.writerow((
                f"evt_{number + 1:09d}", entry.type, stamp, subscription_id(entry.subscription),
                f"cus_{sub.customer + 1:08d}", plan_of.get(entry.after, ""), "year" if sub.yearly else "month",
                "" if created else _euros(before), _euros(after), CURRENCY.lower(),
                str(entry.cancels_before).lower(), str(entry.cancels).lower(), entry.reason,
                "" if entry.ticket_id is None else entry.ticket_id,
            ))  # fmt: skip
    return len(rows)
