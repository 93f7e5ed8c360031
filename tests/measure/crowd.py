"""A random desk of three weeks, small and dense: tickets with all kinds of lives, calls, answers and invitations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from measure.money_crowd import MoneyCrowd
from measure.small import Row, Small

START = datetime(2026, 3, 20)  # the clocks of Berlin change on the 29th
HOURS = 21 * 24
CHANNELS = ("email", "chat", "web", None)
TOPICS = ("billing", "login", None)
SCALES = ((1, 5), (0, 10), (1, 10), (1, 7), (1, 100))


def moment(hours: float) -> str:
    """So many hours after the start, as text."""
    return (START + timedelta(seconds=round(hours * 3600))).isoformat() + "Z"


class Crowd:
    """The rows of all tables, drawn from one seed."""

    def __init__(self, seed: int, tickets: int = 150, others: int = 1) -> None:
        self.random = Random(seed)
        self.tickets: list[Row] = []
        self.events: list[Row] = []
        for number in range(tickets):
            self._ticket(number)
        self.calls = [self._call(number) for number in range(90 * others)]
        self.invitations = [self._invitation(number) for number in range(80)]
        self.answers = [self._answer(number) for number in range(250 * others)]
        self.answers += [self._brand_answer(number) for number in range(60)]
        self.money = MoneyCrowd(seed)

    def load(self, folder: Path, settings: str | None = None) -> Small:
        """A workspace with all of it."""
        small = Small(folder, settings) if settings else Small(folder)
        customers = [
            {"customer_id": f"c{number}", "segment": "big" if number % 3 else None, "country": "DE"}
            for number in range(40)
        ]
        customers[7]["is_internal"] = True
        return small.load(
            tickets=self.tickets,
            ticket_events=self.events,
            customers=customers,
            teams=[{"team_id": "t1", "name": "One", "tier": 1}, {"team_id": "t2", "name": "Two", "tier": 2}],
            interactions=self.calls,
            survey_invitations=self.invitations,
            survey_responses=self.answers,
            **self.money.tables,
        )

    def _ticket(self, number: int) -> None:
        pick, name = self.random, f"T{number}"
        now = pick.uniform(0, HOURS)
        row: Row = {
            "ticket_id": name,
            "created_at": moment(now),
            "status": "open",
            "channel": pick.choice(CHANNELS),
            "reason": pick.choice(TOPICS),
            "team_id": pick.choice(("t1", "t2", None)),
            "requester_customer_id": f"c{pick.randrange(40)}",
            "source_system_created_by": pick.choice(("customer",) * 9 + ("agent",)),
        }
        for step in range(pick.randrange(7)):
            now += pick.choice((0.02, 0.2, 1, 5, 20, 60)) * pick.uniform(0.5, 1.5)
            if now > HOURS:
                break
            self._event(row, f"{number}-{step}", now)
        row["status"] = pick.choice((row["status"],) * 20 + ("spam", "deleted"))
        self.tickets.append(row)

    def _event(self, row: Row, event_id: str, now: float) -> None:
        pick = self.random
        kind = pick.choice(("reply",) * 6 + ("status",) * 4 + ("team", "note", "escalation"))
        actor = pick.choice(("agent", "agent", "agent", "customer", "customer", "bot", "system"))
        event: Row = {
            "ticket_id": row["ticket_id"], "event_id": event_id, "occurred_at": moment(now), "type": kind,
            "actor_type": actor, "actor_id": f"{actor}{pick.randrange(4)}",
        }  # fmt: skip
        if kind == "status":
            event["new_value"] = row["status"] = pick.choice(
                ("open", "pending", "solved", "solved", "solved", "closed")
            )
        if kind == "team":
            event["new_value"] = pick.choice(("t1", "t2"))
        self.events.append(event)

    def _some(self, draw: Callable[[], Any], share: float = 0.85) -> Any:
        return draw() if self.random.random() < share else None

    def _call(self, number: int) -> Row:
        pick = self.random
        outcomes = ("answered",) * 8 + ("abandoned", "short_abandon", "voicemail", "missed")
        return {
            "interaction_id": f"i{number}", "kind": pick.choice(("call", "call", "chat")),
            "direction": pick.choice(("in",) * 9 + ("out",)), "started_at": moment(pick.uniform(0, HOURS)),
            "customer_id": f"c{pick.randrange(50)}", "outcome": pick.choice(outcomes),
            "interaction_group_id": f"i{number - 1}" if number % 10 == 3 else None,
            "wait_s": self._some(lambda: pick.randrange(0, 60)), "talk_s": self._some(lambda: pick.randrange(30, 600)),
            "wrap_s": self._some(lambda: pick.randrange(0, 90), 0.5),
        }  # fmt: skip

    def _invitation(self, number: int) -> Row:
        pick = self.random
        sent = pick.uniform(0, HOURS)
        return {
            "invitation_id": f"v{number}", "survey_id": "s", "kind": pick.choice(("csat", "nps")),
            "sent_at": moment(sent), "channel": pick.choice(CHANNELS), "customer_id": f"c{pick.randrange(50)}",
            "expires_at": self._some(lambda: moment(sent + pick.uniform(24, 200)), 0.5),
        }  # fmt: skip

    def _answer(self, number: int) -> Row:
        pick = self.random
        low, high = pick.choice(SCALES)
        return {
            "response_id": f"r{number}", "survey_id": "s", "kind": pick.choice(("csat", "csat", "nps", "nps", "ces")),
            "responded_at": moment(pick.uniform(0, HOURS)), "score": pick.randint(low, high), "scale_min": low,
            "scale_max": high, "invitation_id": f"v{number}" if number < 40 else None,
            "customer_id": f"c{pick.randrange(50)}", "is_partial": pick.random() < 0.1,
            "ticket_id": f"T{pick.randrange(200)}",
        }  # fmt: skip

    def _brand_answer(self, number: int) -> Row:
        pick = self.random
        return {
            "response_id": f"b{number}", "survey_id": "b", "kind": "brand", "scale_min": 0,
            "responded_at": moment(pick.uniform(0, HOURS)), "scale_max": pick.choice((1, 1, 1, 1, 5)),
            "score": pick.randint(0, 1), "customer_id": f"c{pick.randrange(50)}",
        }  # fmt: skip
