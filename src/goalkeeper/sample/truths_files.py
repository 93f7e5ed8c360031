"""Plain counts of the other exports: calls, survey, shop, subscriptions, reviews, help centre, team."""

from __future__ import annotations

from collections import Counter

import numpy as np

from goalkeeper.sample.company import BRANDS, PLAN_CENTS
from goalkeeper.sample.helpcentre import ENDINGS, RESOLVED, Sessions
from goalkeeper.sample.period import Period
from goalkeeper.sample.phone import ABANDONED, ANSWERED, OUTCOMES, SHORT_S, Calls
from goalkeeper.sample.reviews import Reviews
from goalkeeper.sample.shop import STATUSES, VOIDED, Orders
from goalkeeper.sample.subscriptions import Subscription, active_at
from goalkeeper.sample.surveys import Survey
from goalkeeper.sample.truths import Truth, share
from goalkeeper.sample.truths_planted import nps


def calls_truth(calls: Calls) -> Truth:
    """Calls offered, answered, given up; seconds of the answered ones."""
    answered = calls.outcome == ANSWERED
    handled = calls.talk_s + calls.hold_s + calls.wrap_s
    count = int(answered.sum())
    return {
        "offered": len(calls.queued),
        "by_outcome": {name: int((calls.outcome == n).sum()) for n, name in enumerate(OUTCOMES)},
        "by_site": {b.city: int((calls.brand == n).sum()) for n, b in enumerate(BRANDS)},
        "short_abandoned": int(((calls.outcome == ABANDONED) & (calls.wait_s < SHORT_S)).sum()),
        "answered_within_20_s": int((answered & (calls.wait_s <= 20)).sum()),
        "mean_wait_answered_s": round(float(calls.wait_s[answered].mean()), 4) if count else None,
        "median_wait_answered_s": _median(calls.wait_s[answered].tolist()),
        "mean_handle_s": round(float(handled[answered].mean()), 4) if count else None,
        "with_ticket": int((calls.ticket >= 0).sum()),
    }


def _median(values: list[int]) -> int | None:
    """The smallest value with half of the values at or below it."""
    return sorted(values)[(len(values) - 1) // 2] if values else None


def survey_truth(survey: Survey) -> Truth:
    """Invitations, answers, effort."""
    given = survey.answered > 0
    effort = survey.effort[survey.effort > 0]
    return {
        "invited": len(survey.sent),
        "answered": share(int(given.sum()), len(survey.sent)),
        **nps(survey.score[given]),
        "effort_answers": len(effort),
        "effort_mean": round(float(effort.mean()), 6) if len(effort) else None,
        "effort_5_or_more": int((effort >= 5).sum()),
    }


def orders_truth(orders: Orders) -> Truth:
    """Orders, lines, money, and customers who bought more than once in the file."""
    buys = Counter(orders.customer.tolist())
    kept = Counter(orders.customer[orders.status != VOIDED].tolist())
    return {
        "orders": len(orders),
        "rows": len(orders.line_order),
        "by_status": {name: int((orders.status == n).sum()) for n, name in enumerate(STATUSES)},
        "total_cents": int(orders.total.sum()),
        "refunded_cents": int(orders.refunded.sum()),
        "customers": len(buys),
        "customers_with_2_or_more": sum(1 for count in buys.values() if count >= 2),
        "customers_not_voided": len(kept),
        "customers_not_voided_with_2_or_more": sum(1 for count in kept.values() if count >= 2),
    }


def subscriptions_truth(subs: list[Subscription], period: Period, events: int) -> Truth:
    """Subscriptions by status, movement over the period, cancel requests and what became of them."""
    start, end = period.start_s, period.end_s
    entries = [h for s in subs for h in s.happenings if h.at >= start]
    asked = [h for h in entries if h.cancels and not h.cancels_before]
    running = [s for s in subs if not s.end]
    return {
        "subscriptions": len(subs),
        "events": events,
        "by_status": dict(sorted(Counter(s.status for s in subs).items())),
        "active_at_start": active_at(subs, start - 1),
        "started_in_period": sum(1 for s in subs if s.start >= start),
        "ended_in_period": sum(1 for s in subs if s.end >= start),
        "active_at_end": active_at(subs, end - 1),
        "cancel_requests_in_period": len(asked),
        "saved_in_period": sum(1 for h in entries if h.reason == "saved"),
        "monthly_revenue_cents_at_end": round(sum(PLAN_CENTS[s.plan] * (10 / 12 if s.yearly else 1) for s in running)),
    }


def other_truths(reviews: Reviews, sessions: Sessions, team_rows: dict[str, int]) -> Truth:
    """Reviews, help-centre sessions and the rows of the team's files."""
    return {
        "reviews": {
            "reviews": len(reviews.at),
            "two_stars_or_less": int((reviews.rating <= 2).sum()),
            "mean_rating": round(float(reviews.rating.mean()), 6),
            "after_a_bad_rating": int(reviews.after_bad_rating.sum()),
        },
        "sessions": {
            "sessions": len(sessions.at),
            "by_ending": {name: int((sessions.ending == n).sum()) for n, name in enumerate(ENDINGS)},
            "answered_without_ticket": int(np.sum(sessions.ending == RESOLVED)),
        },
        "team": team_rows,
    }
