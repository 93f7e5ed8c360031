"""A desk of sixty weeks in which satisfied customers come back more often: what its own weeks show is known."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from measure.small import Row, Small

FIRST = datetime(2025, 1, 6)  # a Monday
WEEKS = 60
A_WEEK = 40
RESPONSE = {"email": 0.5, "chat": 0.06}


def world(folder: Path) -> Small:
    """The desk, loaded: tickets by e-mail and chat, one in four by chat, with invitations and answers; calls."""
    rng = np.random.default_rng(5)
    tickets: list[Row] = []
    events: list[Row] = []
    invitations: list[Row] = []
    answers: list[Row] = []
    for week in range(WEEKS):
        mood = rng.uniform(-1, 1)
        for _ in range(A_WEEK):
            number, day = len(tickets), timedelta(days=7 * week + int(rng.integers(0, 5)))
            made = FIRST + day + timedelta(hours=8 + float(rng.uniform(0, 3)))
            channel, topic = ("chat" if number % 4 == 0 else "email"), ("billing" if number % 2 else "login")
            solved = made + timedelta(hours=5)
            tickets.append(_ticket(number, made, channel, topic))
            replied = made + timedelta(hours=float(rng.uniform(0.2, 4)))
            events += _events(number, replied, solved, comes_back=rng.random() < 0.15 + 0.12 * mood)
            who = {"ticket_id": f"T{number}", "customer_id": f"c{number}"}
            asked = {"invitation_id": f"I{number}", "survey_id": "after", "kind": "csat", "channel": channel} | who
            invitations.append(asked | {"sent_at": _text(solved)})
            if rng.random() < RESPONSE[channel]:
                score = 5 if rng.random() < 0.75 + 0.2 * mood else 2
                answers.append(_answer(number, solved, score) | who)
    calls = [_call(number) for number in range(600)]
    shifts = [_shift(day) for day in range(7 * WEEKS)]
    return Small(folder).load(
        tickets=tickets, ticket_events=events, survey_invitations=invitations, survey_responses=answers,
        interactions=calls, agents=[{"agent_id": "ann", "name": "Ann"}], agent_shifts=shifts,
    )  # fmt: skip


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds") + "Z"


def _ticket(number: int, made: datetime, channel: str, topic: str) -> Row:
    row = {"ticket_id": f"T{number}", "created_at": _text(made), "status": "solved", "reason": topic}
    return row | {"channel": channel, "requester_customer_id": f"c{number}"}


def _events(number: int, replied: datetime, solved: datetime, *, comes_back: bool) -> list[Row]:
    steps = [("reply", replied, None), ("status", solved, "solved")]
    if comes_back:
        steps += [("status", solved + timedelta(hours=3), "open")]
        steps += [("status", solved + timedelta(hours=9), "solved")]
    return [
        {"ticket_id": f"T{number}", "event_id": f"{number}-{place}", "occurred_at": _text(when), "type": kind,
         "actor_type": "agent", "actor_id": "ann", "new_value": new}
        for place, (kind, when, new) in enumerate(steps)
    ]  # fmt: skip


def _answer(number: int, solved: datetime, score: int) -> Row:
    answer = {"response_id": f"A{number}", "invitation_id": f"I{number}", "survey_id": "after", "kind": "csat"}
    return answer | {"responded_at": _text(solved + timedelta(days=1)), "score": score, "scale_min": 1, "scale_max": 5}


def _call(number: int) -> Row:
    begun = FIRST + timedelta(hours=16.75 * number)
    row = {"interaction_id": f"P{number}", "kind": "call", "started_at": _text(begun), "direction": "in"}
    ended = _text(begun + timedelta(minutes=10))
    return row | {"outcome": "answered", "ended_at": ended, "wait_s": 20, "talk_s": 500, "agent_id": "ann"}


def _shift(day: int) -> Row:
    begun = FIRST + timedelta(days=day, hours=9)
    return {
        "agent_id": "ann",
        "started_at": _text(begun),
        "ended_at": _text(begun + timedelta(hours=1)),
        "kind": "worked",
    }
