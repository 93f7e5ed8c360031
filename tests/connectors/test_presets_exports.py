"""The ready mappings for exports: invented files in `fixtures`, recognised, loaded twice, and the rows they become."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import goalkeeper as gk
from goalkeeper.warehouse import LoadReport

FIXTURES = Path(__file__).parent / "fixtures"


def bring(ws: gk.Workspace, tmp_path: Path, name: str) -> LoadReport:
    """Loads the fixture of a mapping, which recognises it; the same rows in files of other bytes change nothing."""
    report = ws.load(FIXTURES / name)
    assert {file.mapping for file in report.files} == {name}
    assert report.skipped == []
    again = tmp_path / "again"
    again.mkdir()
    for path in (FIXTURES / name).iterdir():
        end = "\n".encode("utf-16-le") if path.read_bytes().startswith(b"\xff\xfe") else b"\n"
        (again / path.name).write_bytes(path.read_bytes() + end)
    repeated = ws.load(again)
    assert (repeated.loaded, repeated.held) == (0, report.held)
    return report


def rows(ws: gk.Workspace, sql: str) -> list[tuple[Any, ...]]:
    return ws.store.rows(sql)


def held(ws: gk.Workspace) -> list[tuple[Any, ...]]:
    return rows(ws, "SELECT table_name, code, found FROM meta.quarantine WHERE released_at IS NULL ORDER BY held_id")


def test_shopify_orders_are_one_row_each(ws: gk.Workspace, tmp_path: Path) -> None:
    bring(ws, tmp_path, "orders")
    select = "SELECT order_id, status, gross, discount, net, refunds, items, ordered_at FROM canon.orders ORDER BY 1"
    assert [(each[0], each[1], *map(float, each[2:7]), str(each[7])) for each in rows(ws, select)] == [
        ("#1001", "paid", 105.9, 10.0, 95.9, 0.0, 3, "2025-03-04 08:00:00"),
        ("#1002", "partially_refunded", 30.0, 0.0, 20.0, 10.0, 1, "2025-03-04 14:00:00"),
        ("#1003", "cancelled", 30.0, 0.0, 0.0, 0.0, 1, "2025-03-06 14:00:00"),
    ]
    assert held(ws) == [("orders", "customer_id_missing", None)]
    people = rows(ws, "SELECT external_id, country, phone_key IS NOT NULL FROM canon.customers ORDER BY 1")
    assert people == [("7001", "SE", True), ("7002", "GB", True)]
    owners = "SELECT count(*) FROM canon.orders SEMI JOIN canon.customers USING (source_id, customer_id)"
    assert ws.store.one(owners) == 3


def test_invoice_lines_become_orders_and_refunds(ws: gk.Workspace, tmp_path: Path) -> None:
    report = bring(ws, tmp_path, "online-retail")
    assert (report.files[0].rows, report.files[0].passed_over) == (11, 3)
    select = "SELECT order_id, customer_id, ordered_at::VARCHAR, gross, items FROM canon.orders ORDER BY 1"
    assert rows(ws, select) == [
        ("536365", "17850", "2010-12-01 08:26:00", Decimal("28.8800"), 10),
        ("536366", "12583", "2011-07-01 07:28:00", Decimal("7.4000"), 4),
    ]
    refunds = "SELECT refund_id, customer_id, order_id, amount, currency FROM canon.refunds"
    assert rows(ws, refunds) == [("C536369", "17850", None, Decimal("2.5500"), "GBP")]
    assert rows(ws, "SELECT customer_id, country FROM canon.customers ORDER BY 1") == [("12583", None), ("17850", "GB")]
    assert held(ws) == [("orders", "quantity_unreadable", "many"), ("orders", "rows_held_back", "536370")]


def test_a_quarter_without_a_date(ws: gk.Workspace, tmp_path: Path) -> None:
    """Who left stands in the quarter's first day, who joined within it, the others before it; midnight is Berlin's."""
    bring(ws, tmp_path, "telco-churn")
    select = "SELECT customer_id, status, started_at::VARCHAR, ended_at::VARCHAR, plan FROM canon.subscriptions"
    assert rows(ws, f"{select} ORDER BY 1") == [
        ("1000-AAAAA", "active", "2017-08-31 22:00:00", None, "Month-to-month"),
        ("1001-BBBBB", "active", "2017-05-31 22:00:00", None, "One year"),
        ("1002-CCCCC", "cancelled", "2017-05-01 10:00:00", "2017-07-01 10:00:00", "Month-to-month"),
        ("1003-DDDDD", "active", "2017-06-30 10:00:00", None, "Two year"),
    ]
    events = rows(
        ws, "SELECT customer_id, type, reason, mrr_before, mrr_after FROM canon.subscription_events ORDER BY 1"
    )
    lost = ("cancelled", "Competitor made better offer", Decimal("53.8500"), Decimal("0.0000"))
    assert events == [
        ("1002-CCCCC", *lost),
        ("1004-EEEEE", "cancelled", "Moved", Decimal("70.7000"), Decimal("0.0000")),
    ]
    assert held(ws) == [("subscriptions", "started_at_missing", None)]


def test_states_satisfaction_and_reasons(ws: gk.Workspace, tmp_path: Path) -> None:
    bring(ws, tmp_path, "telco-status")
    answers = rows(ws, "SELECT customer_id, score, scale_max, kind FROM canon.survey_responses ORDER BY 1")
    assert answers == [("1000-AAAAA", 3, 5, "csat"), ("1001-BBBBB", 5, 5, "csat"), ("1002-CCCCC", 1, 5, "csat")]
    assert held(ws) == [("survey_responses", "score_off_scale", "7")]
    reasons = rows(ws, "SELECT customer_id, reason, reason_detail FROM canon.subscription_events")
    assert reasons == [("1002-CCCCC", "Price", "Price too high")]
    segments = rows(ws, "SELECT segment FROM canon.customers ORDER BY customer_id")
    assert segments == [("joined",), ("stayed",), ("churned",), ("stayed",)]


ANSWERS = "SELECT kind, survey_id, score, scale_min, scale_max FROM canon.survey_responses"


def test_typeform_answers(ws: gk.Workspace, tmp_path: Path) -> None:
    report = bring(ws, tmp_path, "typeform")
    assert report.files[0].notes == (
        "'How likely is it that you would recommend us to a friend?' is read as nps on 0 to 10",
        "'Overall, how satisfied are you with our service? (1-5)' is read as csat on 1 to 5",
        "'How satisfied are you with the price? (1-5)' is read as other on 1 to 5",
        "'Was your problem solved at first contact?' is read as fcr on 0 to 1",
    )
    counts = rows(ws, "SELECT kind, count(*), sum(score) FROM canon.survey_responses GROUP BY 1 ORDER BY 1")
    assert counts == [("csat", 3, 11), ("fcr", 3, 2), ("nps", 3, 19), ("other", 3, 8)]
    assert held(ws) == [("survey_responses", "score_unreadable", "eleven")]
    select = "SELECT score, responded_at::VARCHAR, comment, is_partial, customer_id IS NULL FROM canon.survey_responses"
    assert rows(ws, f"{select} WHERE kind = 'nps' ORDER BY responded_at") == [
        (9, "2025-03-04 09:02:10", "Quick, kind answers", False, False),
        (0, "2025-03-05 10:03:00", None, False, False),
        (10, "2025-03-06 10:01:00", "Love it", True, True),
    ]
    joined = (
        "SELECT count(DISTINCT customer_id) FROM canon.survey_responses SEMI JOIN canon.customers USING (customer_id)"
    )
    assert ws.store.one(joined) == 3


def test_surveymonkey_answers(ws: gk.Workspace, tmp_path: Path) -> None:
    report = bring(ws, tmp_path, "surveymonkey")
    assert "its 2 header rows are read as one" in report.files[0].notes
    assert rows(ws, f"{ANSWERS} ORDER BY kind, score") == [
        ("ces", "Our team made it easy for me to handle my issue (1 = strongly disagree, 7 = strongly agree)", 2, 1, 7),
        ("ces", "Our team made it easy for me to handle my issue (1 = strongly disagree, 7 = strongly agree)", 7, 1, 7),
        ("csat", "How satisfied are you with each of these?: Overall", 2, 1, 5),
        ("csat", "How satisfied are you with each of these?: Overall", 3, 1, 5),
        ("csat", "How satisfied are you with each of these?: Overall", 5, 1, 5),
        ("nps", "How likely is it that you would recommend our company to a friend or colleague?", 0, 0, 10),
        ("nps", "How likely is it that you would recommend our company to a friend or colleague?", 7, 0, 10),
        ("nps", "How likely is it that you would recommend our company to a friend or colleague?", 10, 0, 10),
        ("other", "How satisfied are you with each of these?: Opening hours", 3, 1, 5),
        ("other", "How satisfied are you with each of these?: Opening hours", 4, 1, 5),
    ]
    ces = "SELECT responded_at::VARCHAR, comment, customer_id IS NULL FROM canon.survey_responses WHERE kind = 'ces'"
    assert rows(ws, f"{ces} ORDER BY 1") == [
        ("2025-07-04 15:19:23", "Keep going", False),
        ("2025-12-31 22:30:00", None, True),
    ]


def test_qualtrics_answers(ws: gk.Workspace, tmp_path: Path) -> None:
    report = bring(ws, tmp_path, "qualtrics")
    assert (report.files[0].rows, report.files[0].passed_over, report.held) == (3, 1, 0)
    select = "SELECT kind, survey_id, score, scale_max, responded_at::VARCHAR, comment, is_partial, language"
    asked, helped = (
        "Q1: On a scale of 0 to 10, how likely are you to recommend us?",
        "Q2: How satisfied were you with the help you got?",
    )
    better = "Answer on Sundays, please"
    assert rows(ws, f"{select} FROM canon.survey_responses ORDER BY 1, 5") == [
        ("csat", helped, 5, 5, "2025-03-04 16:02:01", better, False, "en"),
        ("csat", helped, 2, 5, "2025-07-04 15:02:01", None, True, "de"),
        ("nps", asked, 9, 10, "2025-03-04 16:02:01", None, False, "en"),
        ("nps", asked, 3, 10, "2025-07-04 15:02:01", None, True, "de"),
    ]
    assert rows(ws, "SELECT external_id, email_key IS NOT NULL FROM canon.customers") == [("C-1", True)]


def test_google_forms_answers(ws: gk.Workspace, tmp_path: Path) -> None:
    bring(ws, tmp_path, "google-forms")
    select = (
        "SELECT kind, score, scale_max, responded_at::VARCHAR, comment, customer_id IS NULL FROM canon.survey_responses"
    )
    assert rows(ws, f"{select} ORDER BY responded_at, kind") == [
        ("csat", 5, 5, "2025-02-13 08:00:00", None, False),
        ("nps", 9, 10, "2025-02-13 08:00:00", "Schnell und freundlich", False),
        ("csat", 2, 5, "2025-03-01 09:30:00", None, False),
        ("nps", 4, 10, "2025-03-01 09:30:00", None, False),
        ("csat", 4, 5, "2025-07-04 15:19:23", None, True),
        ("nps", 9, 10, "2025-07-04 15:19:23", "Fast", False),
        ("nps", 6, 10, "2025-07-05 02:04:20", None, True),
        ("csat", 3, 5, "2025-07-05 09:00:00", None, True),
        ("nps", 10, 10, "2025-08-01 02:04:20", None, False),
    ]
