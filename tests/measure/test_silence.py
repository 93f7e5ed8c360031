"""A number is said only of sources that tell what it needs: silence is not zero."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from goalkeeper.measure import Question
from goalkeeper.measure.listing import listing
from goalkeeper.metrics import METRICS
from goalkeeper.metrics.needs import untold
from goalkeeper.reports.doctor import doctor
from goalkeeper.reports.scorecard import scorecard
from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.warehouse.told import told
from measure.small import Row, Small, at, event, ticket


def _mute(first: int, **more: Any) -> list[Row]:
    """Thirty tickets a day apart as a plain export has them: all solved, no history."""
    return [ticket(first + day, f"03-{day + 1:02} 10:00", "solved", **more) for day in range(30)]


def _logged(first: int) -> tuple[list[Row], list[Row]]:
    """As many of a desk with a log: answered after an hour, solved after two, each third passed on or reopened."""
    tickets, events = [], []
    for day in range(30):
        number, on = first + day, f"03-{day + 1:02}"
        tickets.append(ticket(number, f"{on} 10:00", "solved"))
        events += [
            event(number, f"{on} 11:00", "reply", "anna"),
            event(number, f"{on} 12:00", "status", "anna", "solved"),
        ]
        if day % 3 == 0:
            events.append(event(number, f"{on} 11:30", "escalation", "anna"))
            events += [event(number, f"{on} 13:00", "status", "customer", "open"),
                       event(number, f"{on} 14:00", "status", "anna", "solved")]  # fmt: skip
    return tickets, events


@pytest.fixture(scope="module")
def mute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    with Small(tmp_path_factory.mktemp("mute")) as small:
        yield small.load(tickets=_mute(0))


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    with Small(tmp_path_factory.mktemp("both")) as small:
        tickets, events = _logged(100)
        small.load("logged", tickets=tickets, ticket_events=events)
        yield small.load("mute", tickets=_mute(0))


def value_of(small: Small, key: str, **how: Any) -> Estimate | NoEstimate:
    (cell,) = small.measure(key, **how)
    value: Estimate | NoEstimate = cell.value
    return value


@pytest.mark.parametrize(
    ("key", "what"),
    [
        ("first_response_time", "when tickets get their first reply"),
        ("resolution_time", "when tickets are solved"),
        ("resolved_in_target", "when tickets are solved"),
        ("backlog", "when tickets are solved"),
        ("backlog_over_48h", "when tickets are solved"),
        ("reopen_rate", "when tickets change their state"),
        ("escalation_rate", "what is passed on, nor which teams are specialists"),
        ("sla_attainment", "when tickets get a reply, nor when they are solved"),
    ],
)
def test_tickets_without_a_history_have_no_number_that_rests_on_one(mute: Small, key: str, what: str) -> None:
    value = value_of(mute, key, since=date(2026, 3, 1), until=date(2026, 4, 1))
    assert value == NoEstimate("not_told", what=what)
    assert value.words == f"no source tells {what}"


def test_what_they_tell_is_counted(mute: Small) -> None:
    (cell,) = mute.measure("ticket_volume")
    assert (cell.n, cell.value.value) == (30, 1.0)


def test_of_what_was_never_loaded_there_is_no_data(mute: Small) -> None:
    for key in ("deflection_rate", "csat", "speed_of_answer", "repeat_purchase_rate"):
        found = mute.measure(key)
        assert all(isinstance(cell.value, NoEstimate) and cell.value.reason == "no_data" for cell in found), key


def test_no_metric_says_zero_of_nothing(mute: Small) -> None:
    """The workspace knows thirty tickets alone, so whatever has a number must need no more."""
    told = set()
    for key, metric in METRICS.items():
        for variant in ("", *metric.variants):
            if metric.variant(variant).people:
                continue
            if any(cell.estimate for cell in mute.measure(key, variant=variant)):
                told.add((key, variant))
    assert told == {("ticket_volume", "")}


def test_the_rows_behind_such_a_number_are_none(mute: Small) -> None:
    store, metric = mute.workspace.store, METRICS["escalation_rate"]
    assert listing(store, metric, Question(), zone="UTC").counts == {}


def test_a_source_that_does_not_tell_stays_out_and_is_named(both: Small) -> None:
    share = value_of(both, "escalation_rate")
    assert isinstance(share, Estimate)
    assert (share.value, share.n) == (pytest.approx(1 / 3), 30)
    assert share.note == "without mute, where it is not told"
    assert listing(both.workspace.store, METRICS["escalation_rate"], Question(), zone="UTC").n == 30


def test_what_each_source_tells_counts_for_all(both: Small) -> None:
    (cell,) = both.measure("ticket_volume")
    assert (cell.n, cell.value.value, cell.value.note) == (60, 2.0, "")


def test_split_by_source_only_those_that_tell_have_cells(both: Small) -> None:
    assert [cell.by["source"] for cell in both.measure("escalation_rate", by="source")] == ["logged"]


def test_the_scorecard_says_what_would_be_needed(mute: Small) -> None:
    card = scorecard(mute.workspace)
    assert ("when tickets change their state", ("Reopened",)) in card.not_told
    named = {name for _, names in card.not_told for name in names}
    assert named <= set(card.without_data)
    assert "Customer satisfaction" in set(card.without_data) - named


def test_the_doctor_says_where_a_mapping_puts_it(mute: Small) -> None:
    (found,) = (check for check in doctor(mute.workspace) if "when tickets change their state" in check.found)
    assert found.found.endswith("reopen_rate")
    assert found.next_step == "A mapping fills it as ticket_events.status."


def test_the_doctor_names_a_source_that_stays_out(both: Small) -> None:
    (found,) = (check for check in doctor(both.workspace) if check.found.startswith("without mute"))
    assert "escalation_rate" in found.found


def test_teams_of_specialists_tell_nothing_without_who_had_a_ticket_when(tmp_path: Path) -> None:
    tickets, _ = _logged(0)
    teams = [{"team_id": "t", "name": "Experts", "tier": 2}]
    with Small(tmp_path) as small:
        small.load(tickets=tickets, teams=teams)
        assert value_of(small, "escalation_rate") == NoEstimate(
            "not_told", what="what is passed on, nor which team has a ticket when"
        )
        moved = [event(0, "03-01 10:30", "team", "anna", "t", old_value="first"),
                 event(1, "03-02 10:30", "team", "anna", "first", old_value="other")]  # fmt: skip
        small.load(ticket_events=moved)
        value = value_of(small, "escalation_rate")
        assert isinstance(value, Estimate)
        assert round(value.value * value.n) == 1


def test_what_is_closed_since_nobody_knows_when_is_not_open(tmp_path: Path) -> None:
    """Tickets of before the log began, whose list says that they are closed."""
    tickets, events = _logged(100)
    old = [ticket(each, "02-01 10:00", "closed") for each in range(20)]
    again = [event(0, "02-20 10:00", "status", "customer", "open")]
    closing = [event(100, "03-05 10:00", "status", "anna", "closed")]
    with Small(tmp_path) as small:
        small.load(tickets=tickets + old, ticket_events=events + again + closing)
        value = value_of(small, "backlog", variant="not_closed")
    assert isinstance(value, Estimate)
    assert value.value == 29 + 1  # those that are solved alone, and one that came back


def test_agents_whose_tickets_are_never_told_to_be_solved_have_no_contacts_per_hour(tmp_path: Path) -> None:
    """Else each hour would have fewer contacts than were dealt with."""
    shifts = [
        {"agent_id": "anna", "kind": "worked", "started_at": at(f"03-{day:02} 09:00"),
         "ended_at": at(f"03-{day:02} 17:00")}
        for day in range(2, 30)
    ]  # fmt: skip
    with Small(tmp_path) as small:
        agents = [{"agent_id": "anna", "name": "Anna", "hired_on": "2025-01-01"}]
        small.load(tickets=_mute(0, assignee_agent_id="anna"), agent_shifts=shifts, agents=agents)
        value = value_of(small, "contacts_per_hour")
        assert value == NoEstimate("not_told", what="when tickets are solved")
        solved = [row | {"solved_at": row["created_at"]} for row in _mute(0, assignee_agent_id="anna")]
        replies = [event(day, f"03-{day + 1:02} 10:00", "reply", "anna") for day in range(30)]
        small.load(tickets=solved, ticket_events=replies)
        assert isinstance(value_of(small, "contacts_per_hour"), Estimate)


def test_closed_loops_without_what_was_said_outside_of_tickets_say_so(tmp_path: Path) -> None:
    tickets, events = _logged(0)
    answers = [
        {"response_id": f"r{each}", "survey_id": "s", "kind": "csat", "responded_at": at(f"03-{each + 1:02} 15:00"),
         "score": 1, "scale_min": 1, "scale_max": 5, "customer_id": f"c{each}"}
        for each in range(20)
    ]  # fmt: skip
    with Small(tmp_path) as small:
        people = [{"customer_id": f"c{each}", "name": f"Person {each}"} for each in range(20)]
        small.load(tickets=tickets, ticket_events=events, survey_responses=answers, customers=people)
        value = value_of(small, "loop_closed")
        assert isinstance(value, Estimate)
        assert value.note == "without who was got in touch with outside of tickets and calls, which nobody tells"
        found = [check.found for check in doctor(small.workspace)]
    assert any(each.endswith("outside of tickets and calls, which no source tells: loop_closed") for each in found)


def test_a_table_that_was_emptied_tells_nothing(tmp_path: Path) -> None:
    with Small(tmp_path) as small:
        small.load(
            tickets=_mute(0),
            failures=[{"failure_id": "f", "occurred_at": at("03-01 10:00"), "what": "w", "cause": "x"}],
        )
        names = told(small.workspace.store)
        assert names is not None
        assert "failures.cause" in names[""]
        small.workspace.store.con.execute("DELETE FROM kept.failures")
        small.workspace.refresh()
        names = told(small.workspace.store)
        assert names is not None
        assert "failures.cause" not in names[""]


def test_what_only_adds_to_a_number_may_be_silent() -> None:
    """A desk without teams passes nothing on; whether a problem was solved at once is told without them."""
    told = {
        "tickets.created_at", "tickets.reason", "tickets.requester_customer_id", "ticket_events.reply",
        "ticket_events.status", "ticket_events.actor_id",
    }  # fmt: skip
    names = {"desk": frozenset(told), "": frozenset(told)}
    assert not untold(METRICS["first_contact_resolution"].formula, names).what
    assert untold(METRICS["escalation_rate"].formula, names).what
