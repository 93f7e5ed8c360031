"""Retention, churn, revenue and saved customers, each number worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from goalkeeper.measure import Cell
from goalkeeper.stats.estimate import NoEstimate
from measure.small import Row, Small, at, event, ticket

MARCH = {"since": date(2026, 3, 1), "until": date(2026, 4, 1)}
DAY_S = 86_400


def only(small: Small, key: str, **how: Any) -> Cell:
    (cell,) = small.measure(key, **(MARCH | how))
    return cell


def number(small: Small, key: str, **how: Any) -> float:
    cell = only(small, key, **how)
    assert cell.estimate is not None, cell.value
    return cell.estimate.value


def subscription(name: str, started: str, ended: str = "", mrr: float = 10, **more: Any) -> Row:
    row: Row = {
        "subscription_id": f"s-{name}-{started}", "customer_id": name, "started_at": at(started), "mrr": mrr,
        "currency": "EUR", "status": "cancelled" if ended else "active",
    }  # fmt: skip
    return row | ({"ended_at": at(ended)} if ended else {}) | more


def happened(subscription_id: str, when: str, kind: str, **more: Any) -> Row:
    row = {"event_id": f"{subscription_id}-{when}-{kind}", "subscription_id": subscription_id, "occurred_at": at(when)}
    return row | {"customer_id": subscription_id.split("-")[1], "type": kind, "currency": "EUR"} | more


def many(prefix: str, count: int, started: str, ended: str = "") -> list[Row]:
    return [subscription(f"{prefix}{number}", started, ended) for number in range(count)]


class TestTheKnownExamples:
    def test_retention_520_at_the_end_30_of_them_new_500_at_the_start(self, tmp_path: Any) -> None:
        rows = many("stay", 490, "01-15 10:00") + many("gone", 10, "01-15 10:00", "03-20 10:00")
        rows += many("new", 30, "03-10 10:00") + many("newest", 1, "04-02 10:00")  # the data goes on past March
        with Small(tmp_path).load(subscriptions=rows) as small:
            cell = only(small, "retention_rate")
            assert (cell.n, number(small, "retention_rate")) == (500, (520 - 30) / 500)
            assert number(small, "churn_rate") == pytest.approx(1 - 0.98)

    def test_attrition_100_of_1000(self, tmp_path: Any) -> None:
        rows = many("stay", 900, "01-15 10:00") + many("gone", 100, "01-15 10:00", "03-20 10:00")
        with Small(tmp_path).load(subscriptions=[*rows, subscription("late", "04-02 10:00")]) as small:
            assert number(small, "churn_rate") == 0.10

    def test_acquisition_50_over_500(self, tmp_path: Any) -> None:
        rows = many("old", 500, "01-15 10:00") + many("new", 50, "03-10 10:00") + many("newest", 1, "04-02 10:00")
        with Small(tmp_path).load(subscriptions=rows) as small:
            assert number(small, "acquisition_rate") == 0.10


# Six customers at the start of March: anna grows, bea shrinks, carl leaves, dan's payment fails, eve pauses, fay has
# two subscriptions and gives one up. In March gil comes for good, and hal comes and goes. Ina is in her trial.
SUBSCRIPTIONS = (
    subscription("anna", "01-05 09:00", mrr=30),
    subscription("bea", "01-05 09:00", mrr=10),
    subscription("carl", "01-05 09:00", "03-15 09:00"),
    subscription("dan", "01-05 09:00", "03-16 09:00"),
    subscription("eve", "01-05 09:00", status="paused"),
    subscription("fay", "01-05 09:00", mrr=10),
    subscription("fay", "02-05 09:00", "03-10 09:00", mrr=20),
    subscription("gil", "03-12 09:00"),
    subscription("hal", "03-12 09:00", "03-22 09:00"),
    subscription("ina", "03-25 09:00", trial_end_at=at("04-08 09:00"), status="trialing"),
    subscription("late", "04-02 09:00"),
)
EVENTS = (
    happened("s-anna-01-05 09:00", "03-05 09:00", "upgraded", mrr_before=20, mrr_after=30),
    happened("s-bea-01-05 09:00", "03-06 09:00", "downgraded", mrr_before=30, mrr_after=10),
    happened("s-carl-01-05 09:00", "03-01 09:00", "cancel_requested"),
    happened("s-dan-01-05 09:00", "03-14 09:00", "payment_failed"),
    happened("s-eve-01-05 09:00", "03-10 09:00", "paused"),
)


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    folder = tmp_path_factory.mktemp("months")
    with Small(folder).load(subscriptions=SUBSCRIPTIONS, subscription_events=EVENTS) as small:
        yield small


class TestAMonth:
    def test_customers(self, months: Small) -> None:
        assert only(months, "retention_rate").n == 6
        assert number(months, "retention_rate") == 4 / 6  # anna, bea, eve who paused, fay
        assert number(months, "churn_rate") == 2 / 6
        assert number(months, "acquisition_rate") == 2 / 6  # gil and hal
        assert only(months, "churn_rate").left_out == {"trial": 1}

    def test_why_they_left(self, months: Small) -> None:
        assert number(months, "churn_rate", variant="voluntary") == 1 / 6  # carl asked
        assert number(months, "churn_rate", variant="involuntary") == 1 / 6  # dan's payment failed

    def test_revenue(self, months: Small) -> None:
        # At the start 20 + 30 + 10 + 10 + 10 + (10 + 20) = 110; at the end 30 + 10 + 0 + 0 + 10 + 10 = 60.
        assert number(months, "net_revenue_retention") == pytest.approx(60 / 110)
        assert number(months, "gross_revenue_retention") == pytest.approx(50 / 110)  # anna counts with 20
        assert number(months, "revenue_churn_rate") == pytest.approx(60 / 110)
        assert number(months, "revenue_churn_rate", variant="leaving") == pytest.approx(20 / 110)  # carl and dan
        assert only(months, "net_revenue_retention").currency == "EUR"

    def test_without_a_range_it_is_read_by_the_month(self, months: Small) -> None:
        cells = months.measure("churn_rate")
        assert [cell.period.label for cell in cells] == ["2026-01", "2026-02", "2026-03", "2026-04"]
        assert [cell.n for cell in cells] == [0, 6, 6, 5]
        assert cells[3].estimate is not None
        assert cells[3].estimate.note == "the data covers 2 of 30 days"
        assert len(months.measure("churn_rate", every="quarter")) == 2

    def test_two_currencies_are_not_added(self, tmp_path: Any) -> None:
        rows = [subscription(f"c{n}", "01-05 09:00", currency="USD" if n % 2 else "EUR") for n in range(12)]
        with Small(tmp_path).load(subscriptions=[*rows, subscription("late", "04-02 09:00")]) as small:
            value = only(small, "net_revenue_retention").value
            assert isinstance(value, NoEstimate)
            assert value.words == "EUR and USD are not added; filter by currency"
            split = small.measure("net_revenue_retention", by="currency", **MARCH)
            assert [(cell.by["currency"], cell.n, cell.currency) for cell in split] == [
                ("EUR", 6, "EUR"), ("USD", 6, "USD")
            ]  # fmt: skip

    @pytest.mark.parametrize(
        ("key", "variant", "euros", "dollars"),
        [
            ("net_revenue_retention", "", (50 + 10) / 60, 50 / 60),  # c0 moved to dollars, c2 pays 10 euros more
            ("gross_revenue_retention", "", 50 / 60, 50 / 60),
            ("revenue_churn_rate", "", 10 / 60, 10 / 60),
            ("revenue_churn_rate", "leaving", 10 / 60, 10 / 60),
        ],
    )
    def test_a_customer_of_two_currencies_counts_in_each(
        self, tmp_path: Any, key: str, variant: str, euros: float, dollars: float
    ) -> None:
        rows = [subscription(f"c{n}", "01-05 09:00", currency="USD" if n % 2 else "EUR") for n in range(12)]
        rows[0] |= {"status": "cancelled", "ended_at": at("03-10 09:00")}
        rows[1] |= {"status": "cancelled", "ended_at": at("03-10 09:00")}
        rows.append(subscription("c0", "03-10 09:00", currency="USD", subscription_id="moved"))
        rows.append(subscription("c2", "03-10 09:00", subscription_id="more"))
        rows.append(subscription("c3", "03-10 09:00", subscription_id="other"))  # euros of one who paid dollars
        with Small(tmp_path).load(subscriptions=[*rows, subscription("late", "04-02 09:00")]) as small:
            how: dict[str, Any] = {"variant": variant} if variant else {}
            split = {cell.by["currency"]: cell for cell in small.measure(key, by="currency", **MARCH, **how)}
            for code, expected in (("EUR", euros), ("USD", dollars)):
                assert split[code].value.value == pytest.approx(expected)
                assert only(small, key, where=f"currency = '{code}'", **how).value == split[code].value


class TestTenure:
    def test_restricted_mean(self, tmp_path: Any) -> None:
        """Five came on 1 January 2024: gone after 100, 200 and 300 days, two still there. To a year: 2/5 · 365 + …"""
        rows = [subscription(f"c{n}", "01-05 09:00") for n in range(2)]
        rows += [subscription(f"d{n}", "01-05 09:00", "01-06 09:00") for n in range(3)]
        for row in rows:
            row["started_at"] = "2024-01-01T00:00:00Z"
        for row, gone in zip(rows[2:], ("2024-04-10", "2024-07-19", "2024-10-27"), strict=True):
            row["ended_at"] = f"{gone}T00:00:00Z"
        with Small(tmp_path).load(subscriptions=[*rows, subscription("late", "01-02 09:00")]) as small:
            days = (100 + 200 + 300 + 365 + 365) / 5
            everyone: dict[str, Any] = {"since": None, "until": date(2026, 1, 1)}
            assert number(small, "customer_tenure", variant="1y", **everyone) == pytest.approx(days * DAY_S)
            assert number(small, "customer_tenure", statistic="median", **everyone) == pytest.approx(300 * DAY_S)
            value = only(small, "customer_tenure", variant="3y", **everyone).value
            assert isinstance(value, NoEstimate)
            assert value.reason == "not_followed"


SUBSCRIBERS = [subscription(name, "01-05 09:00") for name in ("stays", "pauses", "shrinks", "asks twice", "quiet")] + [
    subscription("leaves", "01-05 09:00", "03-06 09:00"),
    subscription("runs out", "01-05 09:00", cancelled_at=at("02-02 09:00"), cancel_at=at("05-05 09:00")),
    subscription("comes back", "01-05 09:00"),
    subscription("is tried", "01-05 09:00", trial_end_at=at("02-10 09:00")),
    subscription("asks late", "01-05 09:00"),
]


def asked(name: str, when: str = "02-02 09:00", **more: Any) -> Row:
    return happened(f"s-{name}-01-05 09:00", when, "cancel_requested", **more)


def then(name: str, when: str, kind: str, **more: Any) -> Row:
    return happened(f"s-{name}-01-05 09:00", when, kind, **more)


REQUESTS = (
    asked("stays"), then("stays", "02-03 09:00", "cancel_revoked"),
    asked("pauses"), then("pauses", "02-03 09:00", "paused"),
    asked("shrinks"), then("shrinks", "02-03 09:00", "downgraded"),
    asked("asks twice"), asked("asks twice", "02-04 09:00"), then("asks twice", "02-20 09:00", "cancel_revoked"),
    asked("quiet"),  # its state says that nothing stands
    asked("leaves"), then("leaves", "02-05 09:00", "cancelled", effective_at=at("03-06 09:00")),
    asked("runs out"),  # paid until May, and a subscription until then, but not saved
    asked("comes back"), then("comes back", "02-05 09:00", "cancelled"),
    then("comes back", "02-25 09:00", "reactivated"),
    asked("is tried"),
    asked("asks late", "03-25 09:00", ticket_id="T1", agent_id="ann"),
    then("asks late", "04-02 09:00", "cancel_revoked"),
)  # fmt: skip


@pytest.fixture(scope="module")
def requests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    folder = tmp_path_factory.mktemp("requests")
    with Small(folder).load(
        subscriptions=SUBSCRIBERS, subscription_events=REQUESTS, tickets=[ticket(1, "03-25 08:00")]
    ) as small:
        yield small


class TestSaveRate:
    def test_thirty_days_later(self, requests: Small) -> None:
        """Saved: stays, pauses, shrinks, asks twice, quiet, comes back. Not: leaves, runs out."""
        (cell,) = requests.measure("save_rate")
        assert cell.estimate is not None
        assert (cell.n, cell.estimate.value) == (8, 6 / 8)
        assert cell.pending == 1  # asked on 25 March, known up to 2 April
        assert cell.left_out == {"asked again": 1, "trial": 1}

    def test_ninety_days_are_not_over(self, requests: Small) -> None:
        (cell,) = requests.measure("save_rate", variant="90d")
        assert (cell.n, cell.pending) == (0, 9)

    def test_who_handled_it(self, requests: Small) -> None:
        cells = requests.measure("save_rate", by=("agent", "channel"))
        assert [(tuple(cell.by.values()), cell.n, cell.pending) for cell in cells] == [
            (("ann", "email"), 0, 1), ((None, None), 8, 0)
        ]  # fmt: skip


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    ended = {1: "02-20 09:00", 2: "03-30 09:00", 8: "02-25 09:00", 9: "02-26 09:00"}
    rows = [
        subscription(f"c{n}", f"01-05 09:{(n - 1) % 6 * 10 + (n > 6):02}", ended.get(n, ""), plan="one")
        for n in range(1, 13)
    ]
    rows.append(subscription("late", "03-31 09:00", plan="two"))
    tickets = [ticket(n, "02-09 09:00", "solved") for n in range(1, 7)]
    tickets += [ticket(20, "02-12 09:00", "solved", requester_customer_id="c3"),
                ticket(21, "03-12 09:00", "solved", requester_customer_id="c4"),
                ticket(22, "02-12 09:00", "solved", requester_customer_id="a stranger")]  # fmt: skip
    events = [event(n, "02-10 09:00", "status", "ann", "solved") for n in range(1, 7)]
    events += [event(20, "02-13 09:00", "status", "ann", "solved"), event(21, "03-13 09:00", "status", "ann", "solved"),
               event(22, "02-13 09:00", "status", "ann", "solved")]  # fmt: skip
    with Small(tmp_path_factory.mktemp("after")).load(
        subscriptions=rows, tickets=tickets, ticket_events=events, customers=[{"customer_id": "c1"}]
    ) as small:
        yield small


class TestPostTicketRetention:
    """Subscribers c1 to c6 have a ticket solved on 10 February; c7 to c12 began minutes after them and have none."""

    def test_those_with_a_ticket(self, after: Small) -> None:
        (cell,) = after.measure("post_ticket_retention")
        assert cell.estimate is not None
        assert (cell.n, cell.estimate.value) == (6, 5 / 6)  # c1 left on the 20th; c2 only in March
        assert cell.pending == 1  # c4's second ticket, in March, is not 30 days old
        assert cell.left_out == {"within 30 days of an earlier one": 1}  # c3's second

    def test_beside_those_without(self, after: Small) -> None:
        """The matches are c7 to c12, each the closest in time: c8 and c9 left within the 30 days."""
        (cell,) = after.measure("post_ticket_retention", variant="without_ticket")
        assert cell.estimate is not None
        assert (cell.n, cell.estimate.value) == (6, 4 / 6)
