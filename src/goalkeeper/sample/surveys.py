"""The relationship survey: the list of invitations, and the answers as an online form writes them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from goalkeeper.sample.arrays import Floats, Ints, choose, lognormal, quotas, stream, whole
from goalkeeper.sample.company import PLANS
from goalkeeper.sample.customers import Customers
from goalkeeper.sample.hours import AllHours
from goalkeeper.sample.period import DAY_S, Period, epoch_s, iso
from goalkeeper.sample.planted import LIFT, PLAN_MIX, PLAN_SCORES
from goalkeeper.sample.subscriptions import Subscription
from goalkeeper.sample.texts import NPS_REASONS

NPS_QUESTION = "How likely are you to recommend us to a friend or colleague?"
REASON_QUESTION = "What is the main reason for your score?"
EFFORT_QUESTION = "Our team made it easy to solve my problem (1 = not at all, 7 = fully)"
HEADER = (
    "Timestamp", "E-mail address", "Reference (please leave as it is)", NPS_QUESTION, REASON_QUESTION, "Plan",
    EFFORT_QUESTION,
)  # fmt: skip
INVITATION_HEADER = ("invitation_id", "survey", "customer_ref", "email", "plan", "sent_at", "channel", "status")
RESPONSE_RATE = 0.26
_ANSWERS_A_TICKET = 0.13
_LEAST_ANSWERS = 480
# The last days of a half-year send nothing, so that every answer falls into the half-year of its question.
_QUIET_DAYS = 12
_LATEST_S = 10 * DAY_S
_NO_EFFORT, _NO_REASON, _BOUNCED = 0.30, 0.45, 0.01


@dataclass(frozen=True, slots=True)
class Survey:
    """Invitations sorted by time; `answered` is 0 and scores -1 without an answer."""

    sent: Ints
    customer: Ints
    plan: Ints
    half: Ints
    answered: Ints
    score: Ints
    effort: Ints


def _scores(rng: np.random.Generator, half: int, plan: int, count: int) -> Ints:
    """Scores whose shares of promoters, passives and detractors are the planted ones, to within one answer."""
    promoters, passives, detractors = PLAN_SCORES[plan]
    lift = LIFT * half / 3
    shares: Floats = np.array([detractors - lift, passives, promoters + lift])
    low, middle, high = quotas(count, shares).tolist()
    parts = (
        choose(rng, np.array([3, 2, 4, 6, 8, 14, 16.0]), low),
        7 + choose(rng, np.array([0.45, 0.55]), middle),
        9 + choose(rng, np.array([0.45, 0.55]), high),
    )
    return rng.permutation(np.concatenate(parts))


def _invite(
    rng: np.random.Generator, subs: list[Subscription], plan: int, first: int, last: int, count: int
) -> tuple[Ints, Ints]:
    """Moments and customers: subscribers who have only ever had this plan, while they have it."""
    own = [s for s in subs if s.plan == plan and not s.switched]
    begin = np.array([max(s.start + DAY_S, first) for s in own], dtype=np.int64)
    end = np.array([min(s.end or last, last) for s in own], dtype=np.int64)
    span = np.maximum(end - begin, 0)
    who = choose(rng, span.astype(np.float64), count)
    sent = begin[who] + (rng.random(count) * span[who]).astype(np.int64)
    return sent, np.array([s.customer for s in own], dtype=np.int64)[who]


def make_survey(period: Period, subs: list[Subscription], seed: int, tickets: int) -> Survey:
    """Invitations and answers of the four half-years, with the planted mix of plans and scores."""
    rng = stream(seed, "surveys")
    answers = max(int(tickets * _ANSWERS_A_TICKET), _LEAST_ANSWERS)
    parts = []
    for half, (first_day, last_day) in enumerate(period.half_years()):
        first, last = epoch_s(first_day), epoch_s(last_day) - _QUIET_DAYS * DAY_S
        in_plans = quotas(answers // 4, np.array(PLAN_MIX[half]))
        for plan, count in enumerate(in_plans.tolist()):
            size = round(count / RESPONSE_RATE)
            sent, customer = _invite(rng, subs, plan, first, last, size)
            answered, score = np.zeros(size, dtype=np.int64), np.full(size, -1, dtype=np.int64)
            picked = rng.permutation(size)[:count]
            answered[picked] = sent[picked] + whole(lognormal(rng, 36_000.0, 1.2, count), 60, _LATEST_S)
            score[picked] = _scores(rng, half, plan, count)
            parts.append((sent, customer, np.full(size, plan), np.full(size, half), answered, score))
    sent, customer, plans, halves, answered, score = (np.concatenate(c) for c in zip(*parts, strict=True))
    effort = np.clip(np.rint(3.2 + 0.3 * score + rng.normal(0, 1.1, len(score))), 1, 7).astype(np.int64)
    effort[(score < 0) | (rng.random(len(score)) < _NO_EFFORT)] = -1
    order = np.argsort(sent, kind="stable")
    columns = (sent, customer, plans, halves, answered, score, effort)
    return Survey(*(column[order].astype(np.int64) for column in columns))


def _form_stamp(wall_s: int) -> str:
    """'3/4/2025 9:31:22', month first, as a form's sheet writes it."""
    at = datetime.fromtimestamp(wall_s, UTC)
    return f"{at.month}/{at.day}/{at.year} {at.hour}:{at.minute:02d}:{at.second:02d}"


def write_survey(folder: Path, survey: Survey, customers: Customers, hours: AllHours, seed: int) -> dict[str, Path]:
    """Writes nps.csv (Berlin time) and nps_invitations.csv (UTC)."""
    rng = stream(seed, "survey file")
    paths = {"surveys/nps.csv": folder / "nps.csv", "surveys/nps_invitations.csv": folder / "nps_invitations.csv"}
    bounced = (rng.random(len(survey.sent)) < _BOUNCED) & (survey.answered == 0)
    with paths["surveys/nps_invitations.csv"].open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(INVITATION_HEADER)
        rows = zip(survey.customer.tolist(), survey.plan.tolist(), iso(survey.sent), bounced.tolist(), strict=True)
        for number, (customer, plan, sent, lost) in enumerate(rows):
            writer.writerow((f"INV-{number + 1:06d}", "nps", customers.refs[customer], customers.emails[customer],
                             PLANS[plan], sent, "email", "bounced" if lost else "delivered"))  # fmt: skip
    with paths["surveys/nps.csv"].open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        given = np.flatnonzero(survey.answered)
        given = given[np.argsort(survey.answered[given], kind="stable")]
        silent = (rng.random(len(given)) < _NO_REASON).tolist()
        walls = hours.clocks[0].wall(survey.answered[given]).tolist()
        for number, wall, quiet in zip(given.tolist(), walls, silent, strict=True):
            customer, score, effort = int(survey.customer[number]), int(survey.score[number]), survey.effort[number]
            reasons = NPS_REASONS[0 if score <= 6 else 1 if score <= 8 else 2]
            writer.writerow((
                _form_stamp(wall), customers.emails[customer], f"INV-{number + 1:06d}", score,
                "" if quiet else reasons[number % len(reasons)], PLANS[survey.plan[number]],
                "" if effort < 0 else effort,
            ))  # fmt: skip
    return paths
