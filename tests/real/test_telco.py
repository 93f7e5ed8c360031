"""The telephone company in its three files, against the figures that its publisher and pandas give."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd
import pytest

import goalkeeper as gk
from shared import shared_file

pytestmark = pytest.mark.slow
CLASSIC = "WA_Fn-UseC_-Telco-Customer-Churn.csv"
WORKBOOK = "Telco_customer_churn.xlsx"
STATES = "Telco_customer_churn_status.xlsx"
START, END = "TIMESTAMP '2017-07-01'", "TIMESTAMP '2017-10-01'"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[gk.Workspace]:
    with gk.open(gk.create(tmp_path_factory.mktemp("telco") / "workspace")) as ws:
        mappings = []
        for name in (CLASSIC, WORKBOOK, STATES):
            report = ws.load(shared_file("data", "telco", name))
            assert report.held == 0
            mappings += [file.mapping for file in report.files]
        assert mappings == ["telco-churn", "telco-churn", "telco-status"]
        ws.refresh()
        yield ws


def measured(ws: gk.Workspace, key: str, **how: Any) -> dict[str | None, tuple[float, int]]:
    """Value and n of a metric in the quarter, by plan if asked for."""
    found = ws.measure(key, since=date(2017, 7, 1), until=date(2017, 10, 1), **how)
    assert all(isinstance(cell.value, gk.Estimate) for cell in found.cells)
    return {cell.by.get("plan"): (round(100 * cell.value.value, 2), cell.n) for cell in found.cells}


def share(ws: gk.Workspace, hits: str, of: str, by: str = "1") -> dict[object, float]:
    """The share of hits in the population, by a column, over subscriptions."""
    select = f"SELECT {by}, avg(({hits})::INT) FROM canon.subscriptions WHERE {of} GROUP BY 1 ORDER BY 1"
    return {key: round(100 * value, 2) for key, value in ws.store.rows(select)}


def test_churn_has_two_populations(company: gk.Workspace) -> None:
    lost = f"coalesce(ended_at >= {START} AND ended_at < {END}, false)"
    assert share(company, lost, "true") == {1: 26.54}
    assert share(company, lost, f"started_at < {START}") == {1: 28.37}


def test_metrics_name_their_population(company: gk.Workspace) -> None:
    """Churn of those who were there when the quarter began, and of all who were customers in it."""
    assert measured(company, "churn_rate") == {None: (28.37, 6_589)}
    assert measured(company, "churn_rate", variant="of_all") == {None: (26.54, 7_043)}
    assert measured(company, "retention_rate") == {None: (71.63, 4_720 + 1_869)}
    assert measured(company, "acquisition_rate") == {None: (round(100 * 454 / 6_589, 2), 6_589)}
    by_plan = measured(company, "churn_rate", variant="of_all", by="plan")
    assert {plan: share for plan, (share, _) in by_plan.items()} == {
        "Month-to-month": 42.71, "One year": 11.27, "Two year": 2.83,
    }  # fmt: skip


def test_revenue_churn_is_of_the_revenue_at_the_start(company: gk.Workspace) -> None:
    lost, held = company.store.rows(
        f"SELECT sum(mrr) FILTER (ended_at >= {START}), sum(mrr) FROM canon.subscriptions WHERE started_at < {START}"
    )[0]
    assert measured(company, "revenue_churn_rate") == {None: (round(float(100 * lost / held), 2), 6_589)}
    assert measured(company, "csat") == {None: (41.72, 7_043)}


def test_who_stayed_left_and_joined(company: gk.Workspace) -> None:
    told = dict(
        company.store.rows("SELECT segment, count(*) FROM canon.customers WHERE segment IS NOT NULL GROUP BY 1")
    )
    assert told == {"stayed": 4_720, "churned": 1_869, "joined": 454}
    by_dates = (
        "SELECT count(*), count(*) FILTER (segment = CASE WHEN s.ended_at IS NOT NULL THEN 'churned' "
        f"WHEN s.started_at >= {START} THEN 'joined' ELSE 'stayed' END) FROM canon.subscriptions s "
        "JOIN canon.customers c ON c.source_id = 'telco-status' AND c.customer_id = s.customer_id"
    )
    assert company.store.rows(by_dates) == [(7_043, 7_043)]  # each customer, told by the dates alone


def test_churn_by_contract_and_by_money(company: gk.Workspace) -> None:
    plans = share(company, "status = 'cancelled'", "true", "plan")
    assert plans == {"Month-to-month": 42.71, "One year": 11.27, "Two year": 2.83}
    money = "SELECT sum(mrr) FILTER (status = 'cancelled') / sum(mrr) FROM canon.subscriptions"
    assert float(company.store.one(money)) == pytest.approx(0.3050, abs=5e-5)


def test_the_classic_list_and_the_workbook_say_the_same(company: gk.Workspace) -> None:
    count, ids = company.store.rows("SELECT count(*), count(DISTINCT subscription_id) FROM canon.subscriptions")[0]
    assert count == ids == 7_043
    assert company.store.one("SELECT count(*) FROM meta.loads WHERE mapping = 'telco-churn'") == 2
    own = pd.read_csv(shared_file("data", "telco", CLASSIC))
    new = "started_at = TIMESTAMP '2017-06-30 12:00:00'"
    months = "sum(date_diff('month', started_at, coalesce(ended_at, TIMESTAMP '2017-10-01')))"
    select = f"SELECT {months} FILTER (NOT {new}), count(*) FILTER ({new}) FROM canon.subscriptions"
    assert company.store.rows(select) == [(own.tenure.sum(), (own.tenure == 0).sum())] == [(227_990, 11)]


def test_satisfaction(company: gk.Workspace) -> None:
    scores = dict(company.store.rows("SELECT score, count(*) FROM canon.survey_responses GROUP BY 1"))
    assert scores == {1: 922, 2: 518, 3: 2_665, 4: 1_789, 5: 1_149}
    mean, top = company.store.rows("SELECT avg(score), avg((score >= 4)::INT) FROM canon.survey_responses")[0]
    assert (round(mean, 3), round(100 * top, 2)) == (3.245, 41.72)


def test_reasons_by_category(company: gk.Workspace) -> None:
    select = "SELECT reason, count(*) FROM canon.subscription_events WHERE source_id = 'telco-status' GROUP BY 1"
    assert dict(company.store.rows(select)) == {
        "Competitor": 841, "Attitude": 314, "Dissatisfaction": 303, "Price": 211, "Other": 200,
    }  # fmt: skip


def test_two_versions_that_disagree_on_why_both_stand(company: gk.Workspace) -> None:
    """The same customers left by both; the reasons differ, and neither list has overwritten the other's."""
    both = (
        "SELECT count(*), count(*) FILTER (b.reason = s.reason_detail), "
        "count(*) FILTER (b.reason = 'Attitude of support person'), "
        "count(*) FILTER (s.reason_detail = 'Attitude of support person') "
        "FROM canon.subscription_events b JOIN canon.subscription_events s USING (event_id) "
        "WHERE b.source_id = 'telco-churn' AND s.source_id = 'telco-status'"
    )
    assert company.store.rows(both) == [(1_869, 1_350, 192, 220)]
    assert company.store.one("SELECT count(*) FROM canon.subscription_events") == 2 * 1_869


def test_a_second_load_changes_nothing(company: gk.Workspace) -> None:
    for name in (CLASSIC, WORKBOOK, STATES):
        assert company.load(shared_file("data", "telco", name)).loaded == 0
