"""The whole sample company through the ready mappings: what is loaded equals what is true of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import goalkeeper as gk
from goalkeeper.metrics import METRICS, Group
from goalkeeper.sample import make_company
from goalkeeper.sample.marketing import BOUGHT_WITH_CHAT, BOUGHT_WITHOUT, BRAND_RECALL, WALLET
from goalkeeper.sample.subscriptions import SAVED
from goalkeeper.stats.difference import difference
from goalkeeper.stats.estimate import Estimate

MAPPINGS = {
    "helpdesk": "zendesk-export",
    "team": "agents",
    "phone": "call-log",
    "surveys": "survey-answers",
    "shop": "orders",
    "billing": "subscriptions",
    "reviews": "reviews",
    "helpcentre": "helpcentre-sessions",
    "workplace": "canonical",
    "marketing": "canonical",
}
SOURCES = {"team": "zendesk-export", "workplace": "zendesk-export", "marketing": "marketing"}
TALKED = "left_out IS NULL AND started_by_customer"  # tickets that an agent opened are apart in the truths


@dataclass
class Loaded:
    """The company in a workspace, its truths, and what its loads reported."""

    ws: gk.Workspace
    truths: dict[str, Any]
    reports: dict[str, Any]

    def row(self, sql: str) -> tuple[Any, ...]:
        return self.ws.store.rows(sql)[0]

    def counts(self, sql: str) -> dict[Any, int]:
        return dict(self.ws.store.rows(sql))


@pytest.fixture(scope="module", params=[2_000, pytest.param(60_000, marks=pytest.mark.slow)], ids=["small", "whole"])
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    folder = tmp_path_factory.mktemp("sample")
    made = make_company(folder / "files", tickets=request.param)
    with gk.open(gk.create(folder / "workspace", text=made.settings)) as ws:
        reports = {}
        for part, mapping in MAPPINGS.items():
            reports[part] = ws.load(folder / "files" / part, mapping=mapping, source=SOURCES.get(part, ""))
        ws.refresh()
        yield Loaded(ws, made.truths, reports)
    shutil.rmtree(folder)


def test_nothing_is_held_back_and_one_file_is_passed_over(company: Loaded) -> None:
    assert {part: report.held for part, report in company.reports.items()} == dict.fromkeys(MAPPINGS, 0)
    skipped = [name for report in company.reports.values() for name in report.skipped]
    assert skipped == ["ticket_fields.json"]
    codes = {code for (code,) in company.ws.store.rows("SELECT code FROM meta.warnings")}
    assert all(code.endswith("_ambiguous") for code in codes), codes  # local times of a night the clocks went back in


def test_each_folder_is_recognised(company: Loaded, tmp_path: Path) -> None:
    """Without naming a mapping the right one is taken: all files are known already."""
    files = {file.name for report in company.reports.values() for file in report.files}
    assert len(files) == 33
    for part, mapping in MAPPINGS.items():
        folder = company.ws.folder.parent / "files" / part
        report = company.ws.load(folder, source=SOURCES.get(part, ""))
        assert {file.mapping for file in report.files} == {mapping}
        assert all(file.already for file in report.files)


def test_tickets_by_status_and_what_is_left_out(company: Loaded) -> None:
    truth = company.truths["tickets"]
    found = company.counts("SELECT status, count(*) FROM canon.tickets GROUP BY 1")
    # Zendesk calls merged tickets closed and spam deleted; the mapping tells them apart by their tags.
    merged, spam = found.pop("merged"), found.pop("spam")
    found["closed"] += merged
    found["deleted"] = found.get("deleted", 0) + spam
    found["hold"] = found.pop("on_hold", 0)
    assert {status: count for status, count in found.items() if count} == truth["by_status"]
    left_out = company.counts("SELECT left_out, count(*) FROM facts.tickets WHERE left_out IS NOT NULL GROUP BY 1")
    assert left_out == {name: n for name, n in truth["left_out"].items() if n and name in left_out}
    assert set(left_out) == {"merged", "spam", "deleted", "internal"}


def test_tickets_that_are_counted(company: Loaded) -> None:
    """Tickets opened by an agent, or solved by the bot alone, are counted as tickets; the truths leave them out."""
    truth = company.truths["tickets"]
    counted = company.row("SELECT count(*) FROM facts.tickets WHERE left_out IS NULL")[0]
    assert counted == truth["counted"] + truth["left_out"]["agent_started"] + truth["left_out"]["bot_only"]
    agents = company.row("SELECT count(*) FROM facts.tickets WHERE left_out IS NULL AND NOT started_by_customer")[0]
    assert agents == truth["left_out"]["agent_started"]
    open_now = company.row(
        f"SELECT count(*) FROM facts.tickets WHERE {TALKED} AND status IN ('new', 'open', 'pending', 'on_hold')"
    )
    assert open_now == (truth["open_at_end"],)
    words = {"twitter": "social", "voice": "phone"}
    channels = {words.get(via, via): count for via, count in truth["by_via"].items()}
    assert company.counts("SELECT channel, count(*) FROM canon.tickets GROUP BY 1") == channels
    assert company.counts("SELECT reason, count(*) FROM canon.tickets GROUP BY 1") == truth["by_topic"]


def test_brands_are_named(company: Loaded) -> None:
    truth = company.truths["tickets"]["counted_by_brand"]
    sql = f"SELECT brand, count(*) FROM facts.tickets WHERE {TALKED} GROUP BY 1"
    found = company.counts(sql)
    assert set(found) == {"Pinetarn", "Brackenbox", "Saltfern"}
    bot_only = company.truths["tickets"]["left_out"]["bot_only"]
    assert sum(found.values()) == sum(truth.values()) + bot_only


@pytest.mark.parametrize(
    ("clock", "column"), [("calendar", "first_response_s"), ("working", "first_response_working_s")]
)
def test_first_response_on_both_clocks(company: Loaded, clock: str, column: str) -> None:
    truth = company.truths["speed"]["first_response"]
    count, mean, median, p90 = company.row(
        f"SELECT count(*), avg({column}), quantile_disc({column}, 0.5), quantile_disc({column}, 0.9) "
        f"FROM facts.tickets WHERE {TALKED} AND first_response_done"
    )
    expected = truth[clock]
    assert (count, median, p90) == (expected["count"], expected["median_s"], expected["p90_s"])
    assert mean == pytest.approx(expected["mean_s"], abs=0.001)


def test_first_replies_kept_their_promise(company: Loaded) -> None:
    kept, answered = company.row(
        "SELECT count(*) FILTER (p.status = 'kept'), count(*) FROM facts.promises p JOIN facts.tickets "
        f"USING (ticket_key) WHERE promise = 'first_reply' AND kept_at IS NOT NULL AND {TALKED}"
    )
    truth = company.truths["speed"]["first_response"]["within_promise"]
    assert (kept, answered) == (truth["hits"], truth["of"])


@pytest.mark.parametrize("kind", ["resolution", "first_resolution"])
def test_resolution(company: Loaded, kind: str) -> None:
    expected = company.truths["speed"][f"{kind}_calendar"]
    solved = "resolved" if kind == "resolution" else "resolved AND first_solved_at IS NOT NULL"
    count, mean, median = company.row(
        f"SELECT count(*), avg({kind}_s), quantile_disc({kind}_s, 0.5) FROM facts.tickets "
        f"WHERE {TALKED} AND {solved} AND replies > 0"
    )
    assert (count, median) == (expected["count"], expected["median_s"])
    assert mean == pytest.approx(expected["mean_s"], abs=0.001)


def test_reopened_and_passed_on(company: Loaded) -> None:
    """A thanks within ten minutes reopens a ticket in Zendesk; the truths count it apart."""
    truth = company.truths["quality"]
    reopened, solved, passed = company.row(
        "SELECT count(*) FILTER (reopened), count(*) FILTER (reopened IS NOT NULL), count(*) FILTER (transfers > 0) "
        f"FROM facts.tickets WHERE {TALKED} AND replies > 0"
    )
    assert reopened == truth["reopened"]["hits"] + truth["reopened_by_thanks_within_10_min"]
    assert solved == truth["ever_solved"]
    assert passed == truth["passed_on"]


def test_surveys(company: Loaded) -> None:
    csat, nps = company.truths["quality"]["satisfaction"], company.truths["survey"]
    of_survey = "SELECT count(*), sum(satisfied::INT), sum(promoter::INT), sum(detractor::INT) FROM facts.answers WHERE"
    answers, satisfied, *_ = company.row(f"{of_survey} kind = 'csat'")
    assert (answers, satisfied) == (csat["of"], csat["hits"])
    answers, _, promoters, detractors = company.row(f"{of_survey} kind = 'nps'")
    assert (answers, promoters, detractors) == (nps["answers"], nps["promoters"], nps["detractors"])
    efforts = company.row("SELECT count(*), count(*) FILTER (score >= 5) FROM facts.answers WHERE kind = 'ces'")
    assert efforts == (nps["effort_answers"], nps["effort_5_or_more"])
    sent = company.counts("SELECT survey, count(*) FROM facts.invitations GROUP BY 1")
    answered = company.counts("SELECT survey, sum(answered::INT)::BIGINT FROM facts.invitations GROUP BY 1")
    bounced = company.row(
        "SELECT count(*) FROM raw." + raw_of(company, "nps_invitations.csv") + " WHERE status = 'bounced'"
    )
    assert sent == {"satisfaction": csat["offered"], "nps": nps["invited"] - bounced[0]}
    assert answered == {"satisfaction": csat["of"], "nps": nps["answers"]}


def raw_of(company: Loaded, name: str) -> str:
    return str(company.row(f"SELECT raw_table FROM meta.loads WHERE file = '{name}'")[0])


def test_the_planted_shift_between_plans_is_there(company: Loaded) -> None:
    for half in company.truths["planted"]["mix_shift"]["half_years"]:
        first, last = (f"epoch_ms(TIMESTAMP '{half[name]}')" for name in ("from", "until"))
        found = company.counts(
            "SELECT plan, sum(promoter::INT - detractor::INT)::BIGINT FROM facts.answers WHERE kind = 'nps' "
            f"AND responded_at >= {first} AND responded_at < {last} + 86400000 GROUP BY 1"
        )
        plans = half["by_plan"]
        assert found == {plan: each["promoters"] - each["detractors"] for plan, each in plans.items()}


def test_calls(company: Loaded) -> None:
    truth = company.truths["calls"]
    outcomes = company.counts("SELECT outcome, count(*) FROM facts.calls GROUP BY 1")
    assert outcomes.pop("short_abandon") == truth["short_abandoned"]
    outcomes["abandoned"] += truth["short_abandoned"]
    assert outcomes == truth["by_outcome"]
    wait, median, handle, quick = company.row(
        "SELECT avg(wait_s), quantile_disc(wait_s, 0.5), avg(handle_s), count(*) FILTER (wait_s <= 20) "
        "FROM facts.calls WHERE answered"
    )
    assert (median, quick) == (truth["median_wait_answered_s"], truth["answered_within_20_s"])
    assert wait == pytest.approx(truth["mean_wait_answered_s"], abs=1e-4)
    assert handle == pytest.approx(truth["mean_handle_s"], abs=1e-4)
    with_ticket = "SELECT count(*) FROM canon.interactions WHERE ticket_id IN (SELECT ticket_id FROM canon.tickets)"
    assert company.row(with_ticket) == (truth["with_ticket"],)


def test_orders(company: Loaded) -> None:
    truth = company.truths["orders"]
    status = company.counts("SELECT status_raw, count(*) FROM canon.orders GROUP BY 1")
    assert status == {name: count for name, count in truth["by_status"].items() if count}
    total, refunded, buyers, again = company.row(
        "SELECT sum(gross - discount) * 100, sum(refunds) * 100, count(DISTINCT customer_id), "
        "(SELECT count(*) FROM (SELECT customer_id FROM canon.orders GROUP BY 1 HAVING count(*) > 1)) FROM canon.orders"
    )
    assert (total, refunded) == (truth["total_cents"], truth["refunded_cents"])
    assert (buyers, again) == (truth["customers"], truth["customers_with_2_or_more"])


def test_subscriptions(company: Loaded) -> None:
    truth = company.truths["billing"]
    status = company.counts("SELECT status, count(*) FROM canon.subscriptions GROUP BY 1")
    status["canceled"] = status.pop("cancelled")
    assert status == truth["by_status"]
    revenue, active = company.row("SELECT sum(mrr), count(*) FROM canon.subscriptions WHERE ended_at IS NULL")
    assert float(revenue) * 100 == pytest.approx(truth["monthly_revenue_cents_at_end"], rel=1e-5)
    assert active == truth["active_at_end"]
    first = company.truths["company"]["first_day"]
    events = company.counts(
        f"SELECT type, count(*) FROM canon.subscription_events WHERE occurred_at >= '{first}' GROUP BY 1"
    )
    assert events["cancel_requested"] == truth["cancel_requests_in_period"]
    assert events["cancel_revoked"] == truth["saved_in_period"]
    assert events["cancelled"] == truth["ended_in_period"]
    assert company.row("SELECT count(DISTINCT split_part(event_id, ':', 1)) FROM canon.subscription_events") == (
        truth["events"],
    )


def test_reviews_sessions_and_the_team(company: Loaded) -> None:
    reviews, sessions, team = (company.truths[name] for name in ("reviews", "sessions", "team"))
    assert company.row("SELECT count(*), count(*) FILTER (rating <= 2) FROM canon.reviews") == (
        reviews["reviews"],
        reviews["two_stars_or_less"],
    )
    endings = company.counts("SELECT ended_in, count(*) FROM canon.self_service_sessions GROUP BY 1")
    assert endings == sessions["by_ending"]
    answered = "SELECT sum(answered::INT) FROM canon.self_service_sessions"
    assert company.row(answered) == (sessions["answered_without_ticket"],)
    assert company.row("SELECT count(*) FROM canon.agent_shifts") == (team["shifts"],)
    costs = "SELECT (SELECT count(*) FROM canon.agent_costs) + (SELECT count(*) FROM canon.cost_items)"
    assert company.row(costs) == (team["costs"],)
    people = "SELECT count(*), count(hired_on), count(*) FILTER (is_bot) FROM canon.agents"
    assert company.row(people) == (team["agents"], team["agents"], 1)


def test_the_spreadsheets_of_the_team(company: Loaded) -> None:
    """What is measured is what was planted, to the last row."""
    truth, measure = company.truths["workplace"], company.ws.measure

    def hits(key: str, **how: Any) -> tuple[int, int]:
        (cell,) = measure(key, **how)
        assert cell.estimate is not None, (key, cell.value)
        return round(cell.estimate.value * cell.n), cell.n

    def share(part: dict[str, Any]) -> tuple[int, int]:
        return part["hits"], part["of"]

    assert hits("training_completion") == share(truth["courses_on_time"])
    late, due = hits("training_completion", variant="late_too")
    # Who missed a course and took it when it was due again has completed the first one late.
    planted = truth["courses_on_time"]["hits"] + truth["courses_late"]
    assert planted <= late <= due == truth["courses_on_time"]["of"]
    assert hits("ideas_adopted", variant="ever") == share(truth["ideas"]["adopted"])
    assert hits("failures_shared") == share(truth["failures"]["shared"])
    assert hits("failure_repeats") == (truth["failures"]["repeated"], truth["failures"]["shared"]["of"])
    pulse = truth["pulse"]
    all_of_it = {"since": date(2024, 1, 1), "until": date(2027, 1, 1)}
    assert hits("employee_satisfaction", **all_of_it) == (pulse["satisfied"], pulse["asked"])
    assert hits("enps", **all_of_it) == (pulse["promoters"] - pulse["detractors"], pulse["asked"])
    (qa,) = measure("qa_score")
    assert (qa.n, qa.value.value) == (truth["qa"]["random"], pytest.approx(truth["qa"]["mean"], abs=1e-5))
    facts = "SELECT count(*) FILTER (touched), count(*) FROM facts.account_quarters"
    touches = truth["touches"]
    assert company.row(facts) == (touches["touched"], touches["accounts"] * touches["quarters"])
    last = (
        "SELECT count(*) FILTER (certified >= 2) / count(*) FROM facts.topic_months WHERE NOT is_open AND tickets > 20"
    )
    if company.truths["company"]["tickets"] > 10_000:  # below, some topics have no ticket in a month
        assert company.row(last)[0] == pytest.approx(truth["topics_covered"]["share"], abs=0.01)


def estimate(company: Loaded, key: str, **how: Any) -> tuple[Estimate, int]:
    (cell,) = company.ws.measure(key, **how)
    assert isinstance(cell.value, Estimate), (key, cell.value)
    return cell.value, cell.n


def counted(company: Loaded, key: str, **how: Any) -> tuple[int, int]:
    """Hits and population of a share."""
    value, n = estimate(company, key, **how)
    return round(value.value * n), n


def last_month(company: Loaded) -> dict[str, Any]:
    last = date.fromisoformat(company.truths["company"]["last_day"])
    return {"since": last.replace(day=1), "until": last + timedelta(days=1)}


def test_who_stayed_in_the_last_month(company: Loaded) -> None:
    truth, month = company.truths["money"]["last_month"], last_month(company)
    kept = truth["kept"]["hits"], truth["kept"]["of"]
    assert counted(company, "retention_rate", **month) == kept
    assert counted(company, "churn_rate", **month) == (kept[1] - kept[0], kept[1])
    assert counted(company, "acquisition_rate", **month) == (truth["new"], kept[1])
    for key, share in (("net_revenue_retention", "net_revenue"), ("gross_revenue_retention", "gross_revenue")):
        assert estimate(company, key, **month)[0].value == pytest.approx(truth[share], abs=1e-5)
    assert estimate(company, "revenue_churn_rate", **month)[0].value == pytest.approx(
        1 - truth["gross_revenue"], abs=1e-5
    )


def test_who_was_saved(company: Loaded) -> None:
    truth = company.truths["money"]["saved"]
    assert counted(company, "save_rate") == (truth["hits"], truth["of"])
    value, _ = estimate(company, "save_rate")
    again = 0.1  # who asks a second time is never won back, and some do
    assert value.low is not None
    assert value.low * (1 - again) <= SAVED <= (value.high or 0) * (1 + 2 * again)


def test_subscribers_after_a_ticket_stay_about_as_long_as_others(company: Loaded) -> None:
    """Nothing was planted for their sake: the two differ by chance alone, but for those who wrote to cancel."""
    after, n = estimate(company, "post_ticket_retention", where="topic <> 'cancellation'")
    others, matched = estimate(company, "post_ticket_retention", variant="without_ticket")
    assert n > 200 < matched
    gap = difference(after, others)
    assert isinstance(gap, Estimate)
    assert (gap.low or 0) < 0.02
    assert (gap.high or 0) > -0.02


def test_buyers_and_what_they_are_worth(company: Loaded) -> None:
    buyers, worth = company.truths["money"]["buyers"], company.truths["money"]["worth"]
    assert counted(company, "repeat_purchase_rate") == (buyers["again"]["hits"], buyers["again"]["of"])
    assert estimate(company, "loyal_customers")[0].value == buyers["regular"]
    of_orders, _ = estimate(company, "lifetime_value")
    assert of_orders.value == pytest.approx(worth["of_orders"], rel=1e-6)
    assert estimate(company, "ltv_to_cac")[0].value == pytest.approx(worth["over_cost"], rel=1e-5)
    of_subscriptions, _ = estimate(company, "lifetime_value", variant="margin_over_churn")
    assert of_subscriptions.value == pytest.approx(worth["of_subscriptions"], rel=1e-4)
    assert "before the cost of serving" in of_subscriptions.note


def test_the_spreadsheets_of_marketing(company: Loaded) -> None:
    truth = company.truths["marketing"]
    assert counted(company, "referral_rate") == (truth["referred"]["hits"], truth["referred"]["of"])
    for variant, name, planted in (
        ("", "with_chat", BOUGHT_WITH_CHAT),
        ("without_chat", "without_chat", BOUGHT_WITHOUT),
    ):
        hits, of = counted(company, "assisted_conversion", variant=variant)
        assert (hits, of) == (truth["visits"][name]["hits"], truth["visits"][name]["of"])
        value, _ = estimate(company, "assisted_conversion", variant=variant, level=0.999)
        assert (value.low or 0) < planted < (value.high or 0)
    sold, _ = estimate(company, "upsell_revenue")
    assert sold.value == pytest.approx(truth["upsells"]["cents"] / 100)
    wallet, n = estimate(company, "wallet_share", level=0.999)
    assert wallet.value == pytest.approx(truth["spending"]["ours_cents"] / truth["spending"]["whole_cents"])
    assert (wallet.low or 0) < WALLET < (wallet.high or 0)
    assert n == truth["spending"]["answers"]
    assert counted(company, "brand_recall") == (truth["brand"]["all"]["hits"], truth["brand"]["all"]["of"])
    halves = company.ws.measure("brand_recall", every="quarter")
    for cell, recall in zip((cell for cell in halves if cell.n), BRAND_RECALL, strict=True):
        assert cell.value.low < recall < cell.value.high


def test_every_strategic_metric_says_a_number_or_why_not(company: Loaded) -> None:
    for metric in METRICS.values():
        if metric.group is Group.STRATEGIC:
            for variant in ("", *metric.variants):
                cells = company.ws.measure(metric.key, variant=variant)
                assert cells
                numbers = [cell for cell in cells if isinstance(cell.value, Estimate)]
                assert numbers or all(cell.value.words for cell in cells)
                assert numbers or (metric.key, variant) in {
                    ("customer_tenure", "5y"),  # the oldest came not quite five years ago
                    ("lifetime_value", "order_margin"),  # a shop's export does not tell what the goods cost
                    ("lifetime_value", "predicted"),  # nobody ever stops buying for good
                }
