"""Speed and quality of service, worked out from the raw files by plain loops, equal the truths."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

import pytest

from goalkeeper.sample import Company
from sample.naive import NaiveDesk, NaiveHours, NaiveTicket, moment, quantile

VIAS = {"email": ("email",), "web": ("web", "api"), "chat": ("chat",), "phone": ("voice",), "social": ("twitter",)}
WEEK = timedelta(days=7)


def the_end(company: Company) -> datetime:
    return moment(company.truths["company"]["last_day"] + "T00:00:00Z") + timedelta(days=1)


def calendar(tickets: list[NaiveTicket]) -> list[int]:
    return [round((t.human_replies[0][0] - t.created).total_seconds()) for t in tickets]


def working(tickets: list[NaiveTicket], hours: NaiveHours) -> list[int]:
    return [hours.between(t.ticket["brand_id"], t.created, t.human_replies[0][0]) for t in tickets]


def is_solved(found: NaiveTicket) -> bool:
    return found.ticket["status"] in ("solved", "closed") and bool(found.solved)


def first_contact(tickets: list[NaiveTicket], every: list[NaiveTicket], end: datetime) -> tuple[int, int]:
    """Tickets solved at the first contact, and all whose seven days have passed."""
    others = defaultdict(list)
    for found in every:
        others[found.ticket["requester_id"], found.ticket["tags"][0]].append(found.created)
    due = [t for t in tickets if is_solved(t) and t.solved[-1] + WEEK <= end]
    hits = 0
    for found in due:
        again = others[found.ticket["requester_id"], found.ticket["tags"][0]]
        came_back = any(found.solved[-1] < at <= found.solved[-1] + WEEK for at in again)
        reopened = any(after > 600 for _, after in found.reopened)
        hits += len(found.human_replies) == 1 and len(found.groups) == 1 and not reopened and not came_back
    return hits, len(due)


@pytest.mark.parametrize("channel", [None, *VIAS])
def test_first_response(company: Company, desk: NaiveDesk, channel: str | None) -> None:
    truth = company.truths["speed"]["first_response"]
    truth = truth["by_channel"][channel] if channel else truth
    wanted = VIAS[channel] if channel else sum(VIAS.values(), ())
    tickets = [t for t in desk.counted if t.human_replies and t.ticket["via"]["channel"] in wanted]
    for clock, values in (
        ("calendar", calendar(tickets)),
        ("working", working(tickets, NaiveHours(company.settings))),
    ):
        assert len(values) == truth[clock]["count"]
        assert sum(values) / len(values) == pytest.approx(truth[clock]["mean_s"], abs=0.001)
        assert quantile(values, 0.5) == truth[clock]["median_s"]
        assert quantile(values, 0.9) == truth[clock]["p90_s"]


def test_first_replies_within_the_promise(company: Company, desk: NaiveDesk) -> None:
    answered = [t for t in desk.counted if t.human_replies]
    kept = sum(spent <= 4 * 3600 for spent in working(answered, NaiveHours(company.settings)))
    truth = company.truths["speed"]["first_response"]["within_promise"]
    assert (kept, len(answered)) == (truth["hits"], truth["of"])
    assert 0.5 < truth["share"] < 0.99


def test_resolution(company: Company, desk: NaiveDesk) -> None:
    truth = company.truths["speed"]
    solved = [t for t in desk.counted if is_solved(t)]
    assert len(solved) == truth["solved"]
    last = [round((t.solved[-1] - t.created).total_seconds()) for t in solved]
    first = [round((t.solved[0] - t.created).total_seconds()) for t in solved]
    assert quantile(last, 0.5) == truth["resolution_calendar"]["median_s"]
    assert sum(last) / len(last) == pytest.approx(truth["resolution_calendar"]["mean_s"], abs=0.001)
    assert quantile(first, 0.9) == truth["first_resolution_calendar"]["p90_s"]


def test_reopening(company: Company, desk: NaiveDesk) -> None:
    truth = company.truths["quality"]
    ever = [t for t in desk.counted if t.solved]
    assert len(ever) == truth["ever_solved"] == truth["reopened"]["of"]
    really = sum(any(after > 600 for _, after in t.reopened) for t in ever)
    thanks = sum(any(after <= 600 for _, after in t.reopened) for t in ever)
    assert really == truth["reopened"]["hits"]
    assert thanks == truth["reopened_by_thanks_within_10_min"] > 0


def test_first_contact_resolution(company: Company, desk: NaiveDesk) -> None:
    truth = company.truths["quality"]["first_contact_resolution"]
    assert first_contact(desk.counted, desk.counted, the_end(company)) == (truth["hits"], truth["of"])
    assert 0.5 < truth["share"] < 0.75


def test_teams_before_and_after_the_change(company: Company, desk: NaiveDesk) -> None:
    truth = company.truths["planted"]["process_change"]
    since, hours = moment(truth["from"] + "T00:00:00Z"), NaiveHours(company.settings)
    slow = [t for t in desk.counted if t.ticket["via"]["channel"] not in ("chat", "voice")]
    for key in ("before", "after"):
        for group, team in truth[key].items():
            own = [t for t in slow if t.group_at_first_reply == group and (t.created < since) == (key == "before")]
            values = working(own, hours)
            assert len(values) == team["first_response_working"]["count"]
            assert quantile(values, 0.5) == team["first_response_working"]["median_s"]
            found = team["first_contact_resolution"]
            assert first_contact(own, desk.counted, the_end(company)) == (found["hits"], found["of"])
