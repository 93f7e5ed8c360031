"""Calls, survey, shop, billing, reviews, help centre and team: plain counts of the files equal the truths."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from goalkeeper.sample import Company
from goalkeeper.sample.surveys import EFFORT_QUESTION, NPS_QUESTION
from sample.naive import NaiveDesk, moment

SITES = {"berlin": "Europe/Berlin", "new_york": "America/New_York", "sydney": "Australia/Sydney"}


def rows(company: Company, name: str) -> list[dict[str, str]]:
    with (company.folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def calls(company: Company) -> list[dict[str, str]]:
    return [row for site in SITES for row in rows(company, f"phone/calls_{site}.csv")]


def test_calls(company: Company) -> None:
    truth, log = company.truths["calls"], calls(company)
    assert len(log) == truth["offered"] == len({row["call_id"] for row in log})
    assert dict(Counter(row["outcome"] for row in log)) == truth["by_outcome"]
    answered = [row for row in log if row["outcome"] == "answered"]
    waits = [int(row["wait_s"]) for row in answered]
    assert sum(wait <= 20 for wait in waits) == truth["answered_within_20_s"]
    assert sum(waits) / len(waits) == pytest.approx(truth["mean_wait_answered_s"], abs=1e-3)
    handled = [sum(int(row[k]) for k in ("talk_s", "hold_s", "wrap_s")) for row in answered]
    assert sum(handled) / len(handled) == pytest.approx(truth["mean_handle_s"], abs=1e-3)
    short = [row for row in log if row["outcome"] == "abandoned" and int(row["wait_s"]) < 5]
    assert len(short) == truth["short_abandoned"] > 0
    assert 0.15 < len(log) / 2500 < 0.3


def test_call_times_are_local_and_add_up(company: Company, desk: NaiveDesk) -> None:
    agents = {str(n) for n, u in desk.users.items() if u["role"] != "end-user"}
    for site, zone in SITES.items():
        for row in rows(company, f"phone/calls_{site}.csv"):
            queued, ended = (datetime.fromisoformat(row[k]) for k in ("queue_entered", "ended"))
            talked = sum(int(row[k] or 0) for k in ("wait_s", "talk_s", "hold_s"))
            assert row["outcome"] == "voicemail" or (ended - queued).total_seconds() == talked
            assert (row["agent"] in agents) == (row["outcome"] == "answered") == bool(row["answered"])
            if row["ticket_id"]:
                ticket = desk.tickets[int(row["ticket_id"])].ticket
                utc = queued.replace(tzinfo=ZoneInfo(zone))
                via = ticket["via"]["channel"]
                assert via in ("voice", "email", "web", "api")
                assert via != "voice" or utc == moment(ticket["created_at"])
                assert utc >= moment(ticket["created_at"])


def test_phone_tickets_each_have_their_call(company: Company, desk: NaiveDesk) -> None:
    linked = {int(row["ticket_id"]) for row in calls(company) if row["ticket_id"]}
    by_phone = {n for n, t in desk.tickets.items() if t.ticket["via"]["channel"] == "voice"}
    assert len(by_phone - linked) <= 2, "only calls that run when the exports are made may lack"


def test_survey(company: Company) -> None:
    truth = company.truths["survey"]
    sent = {row["invitation_id"]: row for row in rows(company, "surveys/nps_invitations.csv")}
    answers = rows(company, "surveys/nps.csv")
    assert len(sent) == truth["invited"]
    assert len(answers) == truth["answers"] == truth["answered"]["hits"]
    scores = [int(row[NPS_QUESTION]) for row in answers]
    assert sum(s >= 9 for s in scores) == truth["promoters"]
    assert sum(s <= 6 for s in scores) == truth["detractors"]
    assert set(scores) == set(range(11))
    effort = [int(row[EFFORT_QUESTION]) for row in answers if row[EFFORT_QUESTION]]
    assert (len(effort), sum(e >= 5 for e in effort)) == (truth["effort_answers"], truth["effort_5_or_more"])
    for row in answers:
        asked = sent[row["Reference (please leave as it is)"]]
        assert (asked["email"], asked["plan"], asked["status"]) == (row["E-mail address"], row["Plan"], "delivered")
        assert re.fullmatch(r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d:\d\d", row["Timestamp"])
        at = datetime.strptime(row["Timestamp"], "%m/%d/%Y %H:%M:%S").replace(tzinfo=ZoneInfo("Europe/Berlin"))
        assert (at - moment(asked["sent_at"])).total_seconds() > 0


def test_orders(company: Company) -> None:
    truth, lines = company.truths["orders"], rows(company, "shop/orders.csv")
    heads = [row for row in lines if row["Financial Status"]]
    assert (len(heads), len(lines)) == (truth["orders"], truth["rows"])
    assert len({row["Name"] for row in lines}) == len(heads)
    assert sum(round(float(row["Total"]) * 100) for row in heads) == truth["total_cents"]
    assert sum(round(float(row["Refunded Amount"]) * 100) for row in heads) == truth["refunded_cents"]
    assert {k: v for k, v in truth["by_status"].items() if v} == dict(Counter(r["Financial Status"] for r in heads))
    buyers = Counter(row["Email"].lower() for row in heads)
    assert (len(buyers), sum(n >= 2 for n in buyers.values())) == (
        truth["customers"], truth["customers_with_2_or_more"]
    )  # fmt: skip
    assert len({row["Email"] for row in heads}) > len(buyers), "some addresses are written in two ways"
    by_name = defaultdict(int)
    for row in lines:
        by_name[row["Name"]] += int(row["Lineitem quantity"]) * round(float(row["Lineitem price"]) * 100)
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}", row["Created at"])
    for row in heads:
        kept = round((float(row["Subtotal"]) + float(row["Discount Amount"])) * 100)
        assert by_name[row["Name"]] == kept


def test_tickets_name_orders_of_their_customers(company: Company, desk: NaiveDesk) -> None:
    buyer = {row["Name"]: row["Email"].lower() for row in rows(company, "shop/orders.csv")}
    named = [t.ticket for t in desk.tickets.values() if t.ticket["custom_fields"][1]["value"]]
    assert len(named) > 800
    for ticket in named:
        assert desk.users[ticket["requester_id"]]["email"] == buyer[ticket["custom_fields"][1]["value"]]


def test_subscriptions(company: Company) -> None:
    truth, subs = company.truths["billing"], rows(company, "billing/subscriptions.csv")
    assert len(subs) == truth["subscriptions"] == len({row["id"] for row in subs})
    assert dict(Counter(row["Status"] for row in subs)) == truth["by_status"]
    first = company.truths["company"]["first_day"]
    assert sum(row["Created (UTC)"] >= first for row in subs) == truth["started_in_period"]
    assert sum(row["Ended At (UTC)"] >= first for row in subs) == truth["ended_in_period"]
    begun = sum(row["Created (UTC)"] < first and not "" < row["Ended At (UTC)"] < first for row in subs)
    assert begun == truth["active_at_start"]
    assert begun + truth["started_in_period"] - truth["ended_in_period"] == truth["active_at_end"]
    monthly = sum(
        float(row["Amount"]) * 100 / (12 if row["Interval"] == "year" else 1)
        for row in subs
        if not row["Ended At (UTC)"]
    )
    assert monthly == pytest.approx(truth["monthly_revenue_cents_at_end"], abs=1)


def test_billing_log_leads_to_the_subscriptions_as_they_stand(company: Company, desk: NaiveDesk) -> None:
    truth, log = company.truths["billing"], rows(company, "billing/subscription_events.csv")
    assert len(log) == truth["events"]
    assert [row["created"] for row in log] == sorted(row["created"] for row in log)
    amount, ended = {}, set()
    for row in log:
        key = row["subscription"]
        assert key not in ended, "nothing follows the end"
        assert row["previous_amount"] == amount.get(key, "")
        amount[key] = row["amount"]
        if row["type"].endswith("deleted"):
            ended.add(key)
        assert not row["ticket_id"] or int(row["ticket_id"]) in desk.tickets
    for sub in rows(company, "billing/subscriptions.csv"):
        assert (sub["Status"] == "canceled") == (sub["id"] in ended)
        assert sub["id"] in ended or amount[sub["id"]] == sub["Amount"]
    first = company.truths["company"]["first_day"]
    asked = [r for r in log if r["cancel_at_period_end"] == "true" and r["previous_cancel_at_period_end"] == "false"]
    assert sum(r["created"] >= first for r in asked) == truth["cancel_requests_in_period"]
    saved = [r for r in log if r["reason"] == "saved" and r["created"] >= first]
    assert len(saved) == truth["saved_in_period"]
    assert 0.15 < len(saved) / truth["cancel_requests_in_period"] < 0.4
    assert any(row["ticket_id"] for row in log)


def test_reviews_sessions_and_team(company: Company, desk: NaiveDesk) -> None:
    truth = company.truths
    ratings = [int(row["rating"]) for row in rows(company, "reviews/reviews.csv")]
    assert len(ratings) == truth["reviews"]["reviews"]
    assert sum(r <= 2 for r in ratings) == truth["reviews"]["two_stars_or_less"]
    visits = rows(company, "helpcentre/sessions.csv")
    assert dict(Counter(row["ended_in"] for row in visits)) == truth["sessions"]["by_ending"]
    for row in visits:
        assert (row["ended_in"] == "contact") == bool(row["ticket_id"])
        if row["ticket_id"]:
            ticket = desk.tickets[int(row["ticket_id"])].ticket
            wrote = (moment(ticket["created_at"]) - moment(row["started_at"])).total_seconds()
            assert 0 < wrote <= 900
    for name, count in truth["team"].items():
        assert len(rows(company, f"team/{name}.csv")) == count


def test_agents_work_only_while_employed(company: Company, desk: NaiveDesk) -> None:
    staff = {int(row["agent_id"]): row for row in rows(company, "team/agents.csv")}
    assert len(staff) == 46
    assert sum(bool(row["left_on"]) for row in staff.values()) == 6
    acted = [(a["author_id"], a["created_at"][:10]) for a in desk.audits if a["author_id"] in staff]
    assert acted
    for agent, day in acted:
        row = staff[agent]
        assert row["hired_on"] <= day
        assert not row["left_on"] or day <= row["left_on"]
    for shift in rows(company, "team/shifts.csv"):
        row = staff[int(shift["agent_id"])]
        assert row["hired_on"] <= shift["started_at"][:10]
        assert shift["started_at"] < shift["ended_at"]
