"""The ready mappings for CSV lists: small invented files, loaded twice, and the rows they must become."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import goalkeeper as gk

CALL = {
    "call_id": "A",
    "site": "x",
    "customer_ref": "C-1",
    "queue": "Front",
    "started_at": "2025-03-04 09:00:00",
    "queue_entered": "2025-03-04 09:00:08",
    "answered": "2025-03-04 09:00:20",
    "ended": "2025-03-04 09:05:00",
    "wait_s": "12",
    "talk_s": "270",
    "hold_s": "10",
    "wrap_s": "30",
    "agent": "50",
    "outcome": "answered",
    "ticket_id": "9",
}
LOST = CALL | {
    "customer_ref": "",
    "answered": "",
    "ended": "2025-03-04 09:00:13",
    "talk_s": "",
    "hold_s": "",
    "wrap_s": "",
    "agent": "",
    "outcome": "abandoned",
    "ticket_id": "",
}
SCORE = "How likely are you to recommend us to a friend or colleague?"
REASON = "What is the main reason for your score?"
REFERENCE = "Reference (please leave as it is)"
EFFORT = "Our team made it easy to solve my problem (1 = not at all, 7 = fully)"
SUBSCRIPTION = {
    "id": "s1",
    "Customer ID": "c1",
    "Customer Description": "C-1",
    "Customer Email": "a@post.example",
    "Plan": "plus",
    "Quantity": "2",
    "Currency": "eur",
    "Interval": "month",
    "Amount": "34.00",
    "Status": "active",
    "Start (UTC)": "2025-01-01 00:00",
    "Current Period End (UTC)": "2025-02-01 00:00",
    "Trial End (UTC)": "",
    "Canceled At (UTC)": "",
    "Cancel At Period End": "false",
    "Ended At (UTC)": "",
}
EVENT = {
    "id": "e1",
    "type": "customer.subscription.updated",
    "created": "2025-01-01T00:00:00Z",
    "subscription": "s1",
    "customer": "c1",
    "interval": "year",
    "previous_amount": "340.00",
    "amount": "340.00",
    "currency": "eur",
    "previous_cancel_at_period_end": "false",
    "cancel_at_period_end": "false",
    "reason": "",
    "ticket_id": "",
}


def put(folder: Path, name: str, *lines: dict[str, str]) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)
    return path


def loaded(ws: gk.Workspace, path: Path, mapping: str, **more: Any) -> None:
    """Loads the file, then a file with each row twice, which must change nothing."""
    ws.load(path, mapping=mapping, **more)
    with path.open(encoding="utf-8", newline="") as stream:
        lines = list(csv.DictReader(stream))
    again = ws.load(put(path.parent, path.name, *lines, *lines), mapping=mapping, **more)
    assert (again.loaded, again.held) == (0, 0), again


def rows(ws: gk.Workspace, sql: str) -> list[tuple[Any, ...]]:
    return ws.store.rows(sql)


@pytest.mark.parametrize(
    ("name", "utc"),
    [("calls.csv", "08:00:00"), ("calls_new_york_march.csv", "14:00:00"), ("calls_sydney.csv", "22:00:00")],
)
def test_a_call_log_is_read_on_its_sites_clock(ws: gk.Workspace, tmp_path: Path, name: str, utc: str) -> None:
    """The workspace is in Berlin: 9:00 there on 4 March is 8:00 UTC, in New York 14:00, in Sydney the day before."""
    loaded(ws, put(tmp_path / "phone", name, CALL), "call-log")
    assert str(ws.store.one("SELECT started_at FROM canon.interactions"))[11:] == utc


def test_calls_and_how_they_ended(ws: gk.Workspace, tmp_path: Path) -> None:
    lines = [CALL, LOST | {"call_id": "B", "wait_s": "4"}, LOST | {"call_id": "C", "wait_s": "5"}]
    loaded(ws, put(tmp_path / "phone", "calls.csv", *lines), "call-log")
    ws.refresh()
    calls = "SELECT outcome, wait_s, handle_s, team, agent, left_out FROM facts.calls ORDER BY wait_s"
    assert rows(ws, calls) == [
        ("short_abandon", 4, None, "Front", None, "short abandon"),
        ("abandoned", 5, None, "Front", None, None),
        ("answered", 12, 310, "Front", "50", None),
    ]
    assert rows(ws, "SELECT customer_id, external_id FROM canon.customers") == [("C-1", "C-1")]


def test_answers_of_a_form(ws: gk.Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "surveys"
    keys = ("Timestamp", "E-mail address", REFERENCE, SCORE, REASON, "Plan", EFFORT)
    answers = [
        ("7/4/2025 17:19:23", "r.1@post.example", "INV-1", "9", "Fine, thanks", "basic", "6"),
        ("7/5/2025 4:04:20", "R.1@Post.Example", "INV-2", "6", "", "basic", ""),
        ("12/31/2025 23:30:00", "k@post.example", "INV-3", "10", "", "pro", "7"),
    ]
    form = put(folder, "nps.csv", *(dict(zip(keys, answer, strict=True)) for answer in answers))
    loaded(ws, form, "survey-answers")
    sent = {"survey": "nps", "customer_ref": "C-1", "email": "r.1@post.example", "plan": "basic", "channel": "email"}
    sent |= {"sent_at": "2025-07-01T00:00:00Z", "status": "delivered"}
    others = [sent | {"invitation_id": f"INV-{number}"} for number in (1, 2, 4)]
    bounced = sent | {"invitation_id": "INV-5", "status": "bounced"}
    ws.load(put(folder, "nps_invitations.csv", *others, bounced), mapping="survey-answers")
    ws.refresh()
    given = rows(ws, "SELECT kind, responded_at, score, promoter, has_comment, plan FROM facts.answers ORDER BY ALL")
    day = 1751642363000  # 4 July 2025 15:19:23 UTC, 17:19:23 in Berlin
    assert given[0] == ("ces", day, 6.0, None, False, "basic")
    assert given[2:] == [
        ("nps", day, 9.0, True, True, "basic"),
        ("nps", day + 38697000, 6.0, False, False, "basic"),
        ("nps", 1767220200000, 10.0, True, False, "pro"),
    ]
    assert rows(ws, "SELECT count(*), sum(answered::INT) FROM facts.invitations") == [(3, 2)]
    assert ws.store.one("SELECT count(*) FROM canon.customers") == 2  # one address in two spellings is one customer


def test_subscriptions_by_the_month(ws: gk.Workspace, tmp_path: Path) -> None:
    over = {"id": "s2", "Customer ID": "c2", "Plan": "pro", "Quantity": "1", "Interval": "year", "Amount": "590.00"}
    over |= {"Status": "canceled", "Start (UTC)": "2024-01-01 00:00", "Current Period End (UTC)": "2025-01-01 00:00"}
    over |= {"Canceled At (UTC)": "2024-06-01 09:30", "Cancel At Period End": "true"}
    over |= {"Ended At (UTC)": "2025-01-01 00:00"}
    path = put(tmp_path / "billing", "subscriptions.csv", SUBSCRIPTION, SUBSCRIPTION | over)
    loaded(ws, path, "subscriptions")
    select = "SELECT status, mrr, currency, quantity, billing_interval, cancelled_at, cancel_at, ended_at FROM"
    first, second = rows(ws, f"{select} canon.subscriptions ORDER BY subscription_id")
    assert first == ("active", Decimal("68.0000"), "EUR", 2, "month", None, None, None)
    assert second[:5] == ("cancelled", Decimal("49.1667"), "EUR", 1, "year")
    assert [str(moment) for moment in second[5:]] == [
        "2024-06-01 09:30:00",
        "2025-01-01 00:00:00",
        "2025-01-01 00:00:00",
    ]


def test_what_happened_to_a_subscription(ws: gk.Workspace, tmp_path: Path) -> None:
    def event(number: int, before: str, after: str, **more: str) -> dict[str, str]:
        amounts = {"previous_amount": before, "amount": after, "created": f"2025-01-0{number}T00:00:00Z"}
        return EVENT | {"id": f"e{number}"} | amounts | more

    lines = [
        event(1, "", "340.00", type="customer.subscription.created"),
        event(2, "340.00", "590.00"),
        event(3, "590.00", "590.00", cancel_at_period_end="true", reason="too expensive"),
        event(4, "590.00", "340.00", previous_cancel_at_period_end="true", reason="saved"),
        event(5, "340.00", "340.00", type="invoice.payment_failed"),
        event(6, "340.00", "0.00", type="customer.subscription.deleted", reason="payment_failed"),
    ]
    loaded(ws, put(tmp_path / "billing", "subscription_events.csv", *lines), "subscriptions")
    found = rows(ws, "SELECT type, mrr_before, mrr_after, voluntary FROM canon.subscription_events ORDER BY event_id")
    low, high, zero = Decimal("28.3333"), Decimal("49.1667"), Decimal("0.0000")
    assert found == [
        ("started", zero, low, None),
        ("upgraded", low, high, None),
        ("cancel_requested", high, high, True),
        ("cancel_revoked", high, high, True),
        ("downgraded", high, low, None),
        ("payment_failed", low, low, False),
        ("cancelled", low, zero, False),
    ]


def test_reviews(ws: gk.Workspace, tmp_path: Path) -> None:
    review = {"review_id": "R1", "platform": "Star", "product": "Tent", "published_at": "2025-03-04T09:00:00Z"}
    review |= {"rating": "2", "title": "Bad", "body": "=1+1", "customer_ref": "C-1", "country": "DE"}
    review |= {"verified": "true", "replied_at": "2025-03-05T09:00:00Z"}
    loaded(ws, put(tmp_path / "reviews", "reviews.csv", review), "reviews")
    assert rows(ws, "SELECT rating, scale_max, body, customer_id, verified FROM canon.reviews") == [
        (2.0, 5.0, "=1+1", "C-1", True)
    ]


def test_sessions_in_the_help_centre(ws: gk.Workspace, tmp_path: Path) -> None:
    first = {"session_id": "S1", "started_at": "2025-03-04T09:00:00Z", "visitor": "v1", "customer_ref": "C-1"}
    first |= {"searches": "2", "searches_no_result": "1", "articles_viewed": "2", "bot_handled": "false"}
    first |= {"article_ids": "track-a-parcel|return-an-item", "helpful_votes": "0", "unhelpful_votes": "0"}
    first |= {"ended_in": "contact", "ticket_id": "100002"}
    second = first | {"session_id": "S2", "customer_ref": "", "article_ids": "", "bot_handled": "true"}
    second |= {"ended_in": "resolved_click", "ticket_id": ""}
    loaded(ws, put(tmp_path / "help", "sessions.csv", first, second), "helpcentre-sessions")
    select = "SELECT article_ids, ended_in, answered, bot_handled, contacted_ticket_id FROM"
    assert rows(ws, f"{select} canon.self_service_sessions ORDER BY session_id") == [
        (["track-a-parcel", "return-an-item"], "contact", False, False, "100002"),
        (None, "resolved_click", True, True, None),
    ]


def test_team_lists_join_the_help_desk(ws: gk.Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "team"
    ada = {"agent_id": "50", "name": "Ada", "email": "ada@desk.example", "team_id": "7", "role": "lead"}
    ada |= {"hired_on": "2020-01-02", "left_on": "", "fte": "0.8", "timezone": "Europe/Berlin", "is_bot": "false"}
    front = {"team_id": "7", "name": "Front", "tier": "1"}
    shift = {"agent_id": "50", "started_at": "2025-03-04T08:00:00+01:00", "ended_at": "2025-03-04T16:00:00+01:00"}
    shift |= {"kind": "worked", "paid": "true"}
    pay = {"month": "2025-02", "scope": "team", "scope_id": "7", "item": "salaries", "amount": "2000.50"}
    tools = {"month": "2025-02", "scope": "company", "scope_id": "", "item": "tooling", "amount": "99.00"}
    costs = [each | {"currency": "eur"} for each in (pay, tools, tools | {"item": "rent"})]
    for name, lines in {"agents": [ada], "teams": [front], "shifts": [shift], "costs": costs}.items():
        loaded(ws, put(folder, f"{name}.csv", *lines), "agents", source="desk")
    assert rows(ws, "SELECT source_id, role, hired_on::VARCHAR, fte FROM canon.agents") == [
        ("desk", "lead", "2020-01-02", 0.8)
    ]
    assert rows(ws, "SELECT scope, scope_id, amount::DOUBLE, valid_to::VARCHAR, currency FROM canon.agent_costs") == [
        ("team", "7", 2000.5, "2025-02-28", "EUR")
    ]
    kinds = rows(ws, "SELECT kind, period_start::VARCHAR, period_end::VARCHAR FROM canon.cost_items ORDER BY 1")
    assert kinds == [("other", "2025-02-01", "2025-02-28"), ("tooling", "2025-02-01", "2025-02-28")]
    assert ws.store.one("SELECT date_diff('hour', started_at, ended_at) FROM canon.agent_shifts") == 8
