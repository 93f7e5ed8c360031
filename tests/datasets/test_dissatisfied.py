"""What closes the loop with a dissatisfied customer: who spoke, and whether anybody was reached."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from measure.small import Row, Small, at, event, ticket

AGENTS = [
    {"agent_id": "ann", "name": "Ann"},
    {"agent_id": "robo", "name": "Robo", "is_bot": True},
    {"agent_id": "auto", "name": "Auto", "role": "bot"},
]


def call(direction: str, outcome: str | None, agent: str | None = None, when: str = "03-02 11:00") -> Row:
    row = {"interaction_id": "i", "kind": "call", "direction": direction, "started_at": at(when), "customer_id": "c1"}
    return row | {"outcome": outcome, "agent_id": agent}


def contacted(folder: Path, **tables: list[Row]) -> bool:
    """Whether the loop is closed with c1, who answered on Monday 2 March at 10:00 about T1."""
    low: dict[str, Any] = {"scale_min": 1, "scale_max": 5, "score": 1, "customer_id": "c1"}
    asked = [
        low | {"response_id": f"r-{kind}", "survey_id": kind, "kind": kind, "responded_at": at("03-02 10:00")}
        for kind in ("csat", "ces")
    ]
    more = {"agents": AGENTS, "customers": [{"customer_id": "c1"}], "survey_responses": asked}
    asked[0]["ticket_id"] = "T1"
    with Small(folder).load(tickets=[ticket(1, "03-01 10:00"), ticket(2, "04-01 10:00")], **more, **tables) as small:
        (row,) = small.facts("facts.dissatisfied")  # of the two answers that of the satisfaction survey
        assert row["survey"] == "csat"
        return bool(row["contacted"])


@pytest.mark.parametrize(
    ("interaction", "expected"),
    [
        (call("out", "answered"), True),
        (call("out", None), True),
        (call("out", "missed"), False),
        (call("out", "abandoned"), False),
        (call("out", "voicemail"), False),
        (call("in", "answered"), True),
        (call("in", "answered", "ann"), True),
        (call("in", "answered", "robo"), False),
        (call("in", "answered") | {"customer_id": None, "ticket_id": "T1"}, True),
        (call("in", "answered") | {"customer_id": None, "ticket_id": "T2"}, False),
        (call("in", "abandoned") | {"customer_id": None, "ticket_id": "T1"}, False),
        (call("in", "abandoned"), False),
        (call("in", None), False),
        (call("internal", "answered"), False),
        (call("in", "answered", when="03-02 09:00"), False),
        (call("out", "answered", "ann", when="03-05 09:00"), False),
    ],
)
def test_a_call_closes_the_loop_where_it_was_answered(tmp_path: Path, interaction: Row, expected: bool) -> None:
    assert contacted(tmp_path, interactions=[interaction]) is expected


@pytest.mark.parametrize(
    ("actor", "more", "expected"),
    [
        ("ann", {}, True),
        ("not listed", {}, True),
        ("ann", {"is_public": False}, False),
        ("robo", {}, False),
        ("auto", {}, False),
        ("bot", {}, False),
    ],
)
def test_a_public_reply_of_a_human_closes_the_loop(
    tmp_path: Path, actor: str, more: dict[str, Any], expected: bool
) -> None:
    assert contacted(tmp_path, ticket_events=[event(1, "03-02 11:00", "reply", actor, **more)]) is expected
