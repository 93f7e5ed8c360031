"""What a team keeps in spreadsheets: courses, quality reviews, pulse answers, accounts and touches, ideas, failures.

The files bear the names and columns of the canonical tables. Each share is planted; what came out is in the truths.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from goalkeeper.sample.agents import Agent, Staff
from goalkeeper.sample.arrays import Ints, stream
from goalkeeper.sample.cases import Step
from goalkeeper.sample.company import TEAMS, TOPICS, group_id
from goalkeeper.sample.helpdesk import FIRST_CUSTOMER_ID
from goalkeeper.sample.intake import World
from goalkeeper.sample.period import DAY_S, Period, epoch_s, iso
from goalkeeper.sample.tickets import Tickets
from goalkeeper.sample.truths import Truth, share

_COURSES = ("data-protection", "product-basics", "writing-well")
_ON_TIME, _LATE = 0.83, 0.10
_UNCOVERED = ("other", "warranty")
_QA_SHARE, _QA_BY_HAND, _QA_TWICE, _QA_AGREE = 0.02, 0.15, 0.30, 0.75
_ACCOUNTS, _TOUCHED = 60, 0.72
_CALLED_BACK = 0.6
_IDEAS, _ADOPTED = 240, 0.18
_CAUSES = ("carrier outage", "payment provider", "wrong stock count", "release bug", "expired certificate")
_SHARED = 0.7

Rows = list[tuple[object, ...]]


def write_workplace(folder: Path, world: World, tickets: Tickets, staff: Staff) -> tuple[dict[str, Path], Truth]:
    """Writes the files; returns their paths and what is true of them."""
    period, seed = world.period, world.seed
    people = [agent for agent in staff.agents if not agent.is_bot]
    courses, course_truth = _courses(people, period, seed)
    certificates, cover_truth = _certificates(people, period, seed)
    reviews, review_truth = _reviews(world, tickets, staff)
    pulse, pulse_truth = _pulse(people, period, seed)
    touches, touch_truth = _touches(world, tickets)
    ideas, idea_truth = _ideas(world)
    failures, failure_truth = _failures(period, seed)
    due = [(group_id(team), course, day) for course, day in _due_days(period) for team in range(TEAMS)]
    sheets: dict[str, tuple[tuple[str, ...], Rows]] = {
        "training_requirements": (("team_id", "training_id", "due_on"), [*due]),
        "trainings": (
            ("agent_id", "training_id", "kind", "completed_at", "topic", "expires_on", "passed"),
            [*courses, *certificates],
        ),
        "qa_reviews": (
            ("review_id", "reviewed_at", "score", "scale_min", "scale_max", "ticket_id", "agent_id", "reviewer_id",
             "sampled_at_random", "rubric", "passed"),
            reviews,
        ),
        "survey_responses": (
            ("response_id", "survey_id", "kind", "responded_at", "score", "scale_min", "scale_max", "team_id"), pulse,
        ),
        "accounts": (("account_id", "name", "segment", "owner_agent_id", "started_on"), _accounts(people, period)),
        "touches": (("touch_id", "occurred_at", "kind", "customer_id", "account_id", "initiated_by"), touches),
        "feedback_items": (("item_id", "created_at", "customer_id", "kind", "text", "status", "status_at"), ideas),
        "failures": (("failure_id", "occurred_at", "what", "cause", "shared_at"), failures),
    }  # fmt: skip
    paths = {}
    for name, (header, lines) in sheets.items():
        paths[f"workplace/{name}.csv"] = path = folder / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows(lines)
    parts = (course_truth, cover_truth, review_truth, pulse_truth, touch_truth, idea_truth, failure_truth)
    return paths, {name: truth for part in parts for name, truth in part.items()}


def _due_days(period: Period) -> list[tuple[str, date]]:
    """Each course is due twice in the two years."""
    return [(course, period.month(3 + 2 * n + 12 * year)) for n, course in enumerate(_COURSES) for year in range(2)]


def _courses(people: list[Agent], period: Period, seed: int) -> tuple[Rows, Truth]:
    rng = stream(seed, "courses")
    rows: Rows = []
    done = late = due = 0
    for course, day in _due_days(period):
        for agent in people:
            if agent.hired_on > day or (agent.left_on is not None and agent.left_on < day):
                continue
            due += 1
            luck, before = rng.random(), timedelta(days=int(rng.integers(1, 25)))
            if luck < _ON_TIME + _LATE:
                done, late = (done + 1, late) if luck < _ON_TIME else (done, late + 1)
                on = day - before if luck < _ON_TIME else day + before
                until = on.replace(month=12, day=31)
                rows.append((agent.agent_id, course, "training", f"{on}T09:00:00Z", "", until, "true"))
    return rows, {"courses_on_time": share(done, due), "courses_late": late}


def _certificates(people: list[Agent], period: Period, seed: int) -> tuple[Rows, Truth]:
    """Two or three who stay are certified on each topic from the start; on two topics only one is."""
    rng = stream(seed, "certificates")
    rows: Rows = []
    earned = period.first - timedelta(days=40)
    staying = [agent.agent_id for agent in people if agent.left_on is None and agent.hired_on < period.first]
    for topic in TOPICS:
        count = 1 if topic.key in _UNCOVERED else int(rng.integers(2, 4))
        for agent in rng.permutation(staying)[:count].tolist():
            rows.append((agent, f"expert {topic.key}", "certification", f"{earned}T12:00:00Z", topic.key, "", "true"))
    return rows, {"topics_covered": share(len(TOPICS) - len(_UNCOVERED), len(TOPICS))}


def _reviews(world: World, tickets: Tickets, staff: Staff) -> tuple[Rows, Truth]:
    rng, cases = stream(world.seed, "quality reviews"), tickets.cases
    solved = np.flatnonzero((cases.agent >= 0) & (cases.solved_last < world.period.end_s - 14 * DAY_S))
    drawn = np.sort(rng.permutation(solved)[: max(60, int(_QA_SHARE * len(solved)))])
    rows: Rows = []
    points: list[int] = []
    agreed = twice = 0
    leads = [agent.agent_id for agent in staff.agents if agent.role == "lead"]
    for ticket in drawn.tolist():
        agent = int(staff.ids[cases.agent[ticket]])
        reviewers = [lead for lead in leads if lead != agent]
        first, second = rng.permutation(reviewers)[:2].tolist()
        by_hand = bool(rng.random() < _QA_BY_HAND)
        at = int(cases.solved_last[ticket]) + int(rng.integers(1, 10)) * DAY_S
        score = int(np.clip(round(rng.normal(50 if by_hand else 82, 9)), 0, 100))
        judged = [(first, at, score)]
        if not by_hand:
            points.append(score)
            if rng.random() < _QA_TWICE:
                same = bool(rng.random() < _QA_AGREE)
                other = score if same else int(np.clip(score + rng.choice([-20, 20]), 0, 100))
                judged.append((second, at + DAY_S, other))
                points.append(other)
                twice += 1
                agreed += same
        for reviewer, moment, given in judged:
            rows.append((f"Q{len(rows) + 1:05d}", iso(np.array([moment]))[0], given, 0, 100,
                         int(cases.ids[ticket]), agent, reviewer,
                         str(not by_hand).lower(), "replies v1", str(given >= 70).lower()))  # fmt: skip
    mean = round(sum(points) / len(points), 6)
    return rows, {"qa": {"random": len(points), "mean": mean, "twice": twice, "agreed": agreed}}


def _pulse(people: list[Agent], period: Period, seed: int) -> tuple[Rows, Truth]:
    """Each quarter everyone is asked, unnamed: 1 to 5 for satisfaction, 0 to 10 for recommending; teams of four too."""
    rng = stream(seed, "pulse")
    rows: Rows = []
    happy = promoters = detractors = asked = 0
    for quarter in range(8):
        day = period.month(3 * quarter) + timedelta(days=40)
        for agent in people:
            if agent.hired_on > day or (agent.left_on is not None and agent.left_on < day) or rng.random() < 0.15:
                continue
            mood = int(rng.choice([1, 2, 3, 4, 5], p=[0.04, 0.08, 0.18, 0.42, 0.28]))
            score = int(np.clip(2 * mood + rng.integers(-1, 2), 0, 10))
            asked, happy = asked + 1, happy + (mood >= 4)
            promoters, detractors = promoters + (score >= 9), detractors + (score <= 6)
            stamp = f"{day}T{int(rng.integers(8, 17)):02d}:{int(rng.integers(0, 60)):02d}:00Z"
            for kind, given, low, high in (("esat", mood, 1, 5), ("enps", score, 0, 10)):
                rows.append((f"P{len(rows) + 1:05d}", "pulse", kind, stamp, given, low, high, group_id(agent.team)))
    return rows, {"pulse": {"asked": asked, "satisfied": happy, "promoters": promoters, "detractors": detractors}}


def _accounts(people: list[Agent], period: Period) -> Rows:
    owners = [agent.agent_id for agent in people if agent.role == "lead"]
    return [
        (f"A{number:03d}", f"Account {number}", ("small", "medium", "large")[number % 3], owners[number % len(owners)],
         period.first - timedelta(days=100 + number))
        for number in range(_ACCOUNTS)
    ]  # fmt: skip


def _touches(world: World, tickets: Tickets) -> tuple[Rows, Truth]:
    """A call to most accounts each quarter, and a call back the next day to most who rated a ticket badly."""
    rng, period, steps = stream(world.seed, "touches"), world.period, tickets.steps
    rows: Rows = []
    touched = 0
    for quarter in range(8):
        first = epoch_s(period.month(3 * quarter))
        for account in range(_ACCOUNTS):
            if rng.random() < _TOUCHED:
                touched += 1
                moment = first + int(rng.integers(1, 85)) * DAY_S + 36_000
                rows.append((f"T{len(rows) + 1:05d}", iso(np.array([moment]))[0], "check_in", "", f"A{account:03d}",
                             "company"))  # fmt: skip
    bad = np.flatnonzero((steps.step == int(Step.SURVEY_ANSWERED)) & (steps.value == 0))
    called = bad[rng.random(len(bad)) < _CALLED_BACK]
    back: Ints = steps.at[called] + rng.integers(3600, 20 * 3600, len(called))
    inside = back < period.end_s
    customers = tickets.cases.customer[steps.ticket[called]][inside].tolist()
    for moment_text, customer in zip(iso(back[inside]), customers, strict=True):
        rows.append((f"T{len(rows) + 1:05d}", moment_text, "call", FIRST_CUSTOMER_ID + customer, "", "company"))
    return rows, {
        "touches": {"accounts": _ACCOUNTS, "quarters": 8, "touched": touched},
        "called_back": {"dissatisfied": len(bad), "called": int(inside.sum())},
    }


def _ideas(world: World) -> tuple[Rows, Truth]:
    rng, period = stream(world.seed, "ideas"), world.period
    at = np.sort(rng.integers(period.start_s, period.end_s - 40 * DAY_S, _IDEAS))
    status = rng.choice(["done", "declined", "planned", "new"], _IDEAS, p=[_ADOPTED, 0.34, 0.2, 0.28]).tolist()
    decided = iso(at + rng.integers(10, 39, _IDEAS) * DAY_S)
    who = rng.integers(0, len(world.customers), _IDEAS).tolist()
    rows: Rows = [
        (f"I{number:04d}", moment, FIRST_CUSTOMER_ID + customer, "idea", "It would help if …", word,
         when if word in ("done", "declined") else "")
        for number, (moment, customer, word, when) in enumerate(zip(iso(at), who, status, decided, strict=True))
    ]  # fmt: skip
    return rows, {"ideas": {"adopted": share(status.count("done"), _IDEAS), "declined": status.count("declined")}}


def _failures(period: Period, seed: int) -> tuple[Rows, Truth]:
    """About three a month; shared within three weeks, or never."""
    rng = stream(seed, "failures")
    rows: Rows = []
    at = np.sort(rng.integers(period.start_s, period.end_s - 31 * DAY_S, 72))
    shared = rng.random(len(at)) < _SHARED
    told = iso(at + rng.integers(1, 20, len(at)) * DAY_S)
    causes = [_CAUSES[n] for n in rng.integers(0, len(_CAUSES), len(at)).tolist()]
    for number, (moment, cause, lesson, when) in enumerate(zip(iso(at), causes, shared.tolist(), told, strict=True)):
        rows.append((f"F{number:03d}", moment, f"Customers waited for {cause}", cause, when if lesson else ""))
    last: dict[str, int] = {}
    repeats = 0
    for moment_s, cause in zip(at.tolist(), causes, strict=True):
        repeats += cause in last and moment_s - last[cause] <= 365 * DAY_S
        last[cause] = moment_s
    return rows, {"failures": {"shared": share(int(shared.sum()), len(at)), "repeated": repeats}}
