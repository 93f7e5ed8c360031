"""Numbers that would be wrong are refused in words: mixed scales, mixed currencies, open windows, small groups."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from goalkeeper.stats.estimate import NoEstimate
from measure.small import Row, Small, at, event, ticket


def answer(number: int, score: float, low: float, high: float, kind: str = "nps", **more: Any) -> Row:
    row = {"response_id": f"r{number}", "survey_id": "s", "kind": kind, "responded_at": at("03-02 12:00")}
    return row | {"score": score, "scale_min": low, "scale_max": high} | more


def test_one_to_ten_is_no_net_promoter_score(tmp_path: Path) -> None:
    with Small(tmp_path).load(survey_responses=[answer(n, 1 + n % 10, 1, 10) for n in range(50)]) as small:
        (cell,) = small.measure("nps")
        assert cell.value == NoEstimate("no_data", what="answers")
        assert cell.left_out == {"not on a scale of 0 to 10": 50}


def test_one_to_ten_beside_nought_to_ten_is_left_out(tmp_path: Path) -> None:
    rows = [answer(n, 10, 0, 10) for n in range(10)] + [answer(100 + n, 1, 1, 10) for n in range(90)]
    with Small(tmp_path).load(survey_responses=rows) as small:
        (cell,) = small.measure("nps")
        assert cell.estimate is not None
        assert (cell.estimate.value, cell.n, cell.left_out) == (1.0, 10, {"not on a scale of 0 to 10": 90})


def test_two_currencies_are_not_added(tmp_path: Path) -> None:
    def cost(number: int, currency: str, day: str) -> Row:
        return {"cost_id": str(number), "kind": "tooling", "period_start": day, "period_end": day, "amount": 100,
                "currency": currency}  # fmt: skip

    tickets = [ticket(n, "03-02 09:00", "solved") for n in range(6)]
    solved = [event(n, f"03-0{2 + n % 5} 10:00", "status", "ann", "solved") for n in range(6)]
    costs = [cost(n, "EUR", f"2026-03-0{2 + n}") for n in range(5)]
    with Small(tmp_path).load(tickets=tickets, ticket_events=solved, cost_items=costs) as small:
        (alone,) = small.measure("cost_per_resolution")
        assert (alone.estimate is not None, alone.currency) == (True, "EUR")
        assert alone.estimate.value == pytest.approx(500 / 6)  # type: ignore[union-attr]
        small.load(cost_items=[cost(9 + n, "USD", f"2026-03-0{2 + n}") for n in range(5)])
        (mixed,) = small.measure("cost_per_resolution")
        assert mixed.value == NoEstimate("currencies", what="EUR and USD")
        assert mixed.value.words == "EUR and USD are not added; filter by currency"
        for currency in ("EUR", "USD"):
            (own,) = small.measure("cost_per_resolution", where=f"currency = '{currency}'")
            assert (own.estimate is not None, own.currency) == (True, currency)
            assert own.estimate.value == pytest.approx(500 / 6)  # type: ignore[union-attr]
        assert small.measure("cost_per_resolution").to_dicts()[0]["no_estimate"]["reason"] == "currencies"


def test_an_open_window_is_pending_and_never_a_success(tmp_path: Path) -> None:
    tickets = [ticket(n, "03-02 09:00", "solved", reason="billing") for n in range(8)] + [ticket(9, "03-05 09:00")]
    events = [event(n, "03-02 10:00", "reply", "ann") for n in range(8)]
    events += [event(n, "03-02 11:00", "status", "ann", "solved") for n in range(8)]
    with Small(tmp_path).load(tickets=tickets, ticket_events=events) as small:
        (cell,) = small.measure("first_contact_resolution")
        assert (cell.value, cell.pending) == (NoEstimate("pending", 8, what="solved tickets"), 8)


def test_times_that_run_backwards_are_held_back(tmp_path: Path) -> None:
    calls = [
        {"interaction_id": f"i{n}", "kind": "call", "direction": "in", "started_at": at("03-02 10:00"),
         "outcome": "answered", "wait_s": -5 if n < 3 else 10, "talk_s": 60}
        for n in range(10)
    ]  # fmt: skip
    small = Small(tmp_path)
    with small, pytest.raises(AssertionError, match="wait_s"):
        small.load(interactions=calls)


def test_four_employees_are_not_told(tmp_path: Path) -> None:
    rows = [answer(n, 5, 1, 5, "esat", team_id="t1") for n in range(4)]
    with Small(tmp_path).load(survey_responses=rows, teams=[{"team_id": "t1", "name": "One"}]) as small:
        (cell,) = small.measure("employee_satisfaction", by="team", since=date(2026, 3, 1), until=date(2026, 4, 1))
        assert cell.value == NoEstimate("too_few", 4, 5, "answers of employees")
