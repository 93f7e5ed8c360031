"""The spreadsheets of marketing: plain counts of the files equal the truths, and lie near what was planted."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from goalkeeper.sample import Company
from goalkeeper.sample.marketing import ACCEPTED, BOUGHT_WITH_CHAT, BOUGHT_WITHOUT, BRAND_RECALL, WALLET, WAY_SHARES
from sample.naive import NaiveDesk, moment

Row = dict[str, str]


def rows(company: Company, name: str) -> list[Row]:
    with (company.folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def near(hits: int, of: int, planted: float) -> bool:
    """Within three standard errors of what was planted."""
    return abs(hits / of - planted) < 3 * math.sqrt(planted * (1 - planted) / of)


def test_customers_won(company: Company) -> None:
    won, people = rows(company, "marketing/acquisitions.csv"), rows(company, "marketing/customers.csv")
    joined = {row["customer_id"]: moment(row["acquired_at"]) for row in won}
    assert [row["customer_id"] for row in people] == [row["customer_id"] for row in won]
    known = [row for row in won if row["channel"]]
    referred = [row for row in known if row["channel"] == "referral"]
    truth = company.truths["marketing"]["referred"]
    assert (len(referred), len(known)) == (truth["hits"], truth["of"])
    assert near(len(referred), len(known), WAY_SHARES[3] / (1 - WAY_SHARES[4]))
    for row in referred[1:]:
        assert joined[row["referred_by_customer_id"]] <= joined[row["customer_id"]]
    assert all((row["cost"] == "") == (row["currency"] == "") for row in won)
    assert 0.85 < sum(row["cost"] != "" for row in won) / len(won) < 0.95


def test_visits(company: Company) -> None:
    visits, truth = rows(company, "marketing/shop_visits.csv"), company.truths["marketing"]["visits"]
    orders = {row["Name"]: row for row in rows(company, "shop/orders.csv") if row["Financial Status"]}
    placed = {name: datetime.strptime(row["Created at"], "%Y-%m-%d %H:%M:%S %z") for name, row in orders.items()}
    assert len(visits) == truth["visits"] == len({row["visit_id"] for row in visits})
    newest = max(placed.values())
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in visits:
        begun = moment(row["started_at"])
        if row["order_id"]:
            assert timedelta(0) < placed[row["order_id"]] - begun <= timedelta(hours=1)
            assert row["customer_id"]
        if begun + timedelta(days=3) <= newest.astimezone(UTC):
            own = sums[row["chatted"]]
            own[0] += bool(row["order_id"])
            own[1] += 1
    assert sums["true"] == [truth["with_chat"]["hits"], truth["with_chat"]["of"]]
    assert sums["false"] == [truth["without_chat"]["hits"], truth["without_chat"]["of"]]
    assert near(*sums["true"], BOUGHT_WITH_CHAT)
    assert near(*sums["false"], BOUGHT_WITHOUT)


def test_sales_of_service(company: Company, desk: NaiveDesk) -> None:
    sold, truth = rows(company, "marketing/upsells.csv"), company.truths["marketing"]["upsells"]
    bought = [row for row in sold if row["accepted"] == "true"]
    assert (len(sold), len(bought)) == (truth["offered"], truth["sold"])
    assert sum(round(float(row["amount"]) * 100) for row in bought) == truth["cents"]
    assert near(len(bought), len(sold), ACCEPTED)
    refs = {number: user["external_id"] for number, user in desk.users.items()}
    for row in sold:
        ticket = desk.tickets[int(row["ticket_id"])]
        assert refs[ticket.ticket["requester_id"]] == row["customer_id"]
        assert moment(row["occurred_at"]) == ticket.human_replies[0][0]


def test_spending_and_the_brand(company: Company) -> None:
    truth = company.truths["marketing"]
    spending = rows(company, "marketing/spend_answers.csv")
    ours = sum(round(float(row["spend_with_us"]) * 100) for row in spending)
    whole = sum(round(float(row["spend_in_category"]) * 100) for row in spending)
    assert (len(spending), ours, whole) == tuple(truth["spending"].values())
    assert ours / whole == pytest.approx(WALLET, abs=0.05)
    asked = rows(company, "marketing/survey_responses.csv")
    assert sum(row["score"] == "1" for row in asked) == truth["brand"]["all"]["hits"]
    for wave, planted in zip(truth["brand"]["waves"], BRAND_RECALL, strict=True):
        assert near(wave["hits"], wave["of"], planted)
