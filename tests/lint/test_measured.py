"""What the check sees in a workspace whose truth is known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from goalkeeper.errors import UsageError
from goalkeeper.goals import Watched
from goalkeeper.lint import check
from goalkeeper.lint.measured import Measured, check_plan
from goalkeeper.metrics import METRICS
from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.tomlfile import parse_toml
from goals.world import A_WEEK, RESPONSE, WEEKS
from measure.small import Row, Small


def watched(key: str, **where: str) -> Watched:
    return Watched(METRICS[key], where={split: (value,) for split, value in where.items()})


@pytest.fixture(scope="module")
def seen(known_desk: Small) -> Measured:
    return Measured(known_desk.workspace)


def test_what_is_missing_is_named(seen: Measured) -> None:
    assert seen.missing(watched("csat")) == ""
    assert seen.missing(watched("csat", channel="chat", topic="login")) == ""
    assert seen.missing(watched("nps")) == "none of the answers loaded are of this kind (kind = 'nps')"
    assert seen.missing(watched("next_response_time")) == "no customer messages are loaded"
    assert seen.missing(watched("csat", team="x")) == "no answers lie in the segment team x"


def test_an_empty_column_is_named(tmp_path: Path) -> None:
    calls = [
        {"interaction_id": f"P{number}", "kind": "call", "started_at": f"2026-03-{number + 1:02d}T10:00:00Z",
         "direction": "in", "outcome": "answered"}
        for number in range(9)
    ]  # fmt: skip
    with Small(tmp_path).load(interactions=calls) as small:
        assert Measured(small.workspace).missing(watched("handle_time")) == "`handle_s` is empty in all 9 calls"


def test_unknown_values_of_a_split(seen: Measured) -> None:
    value, known = seen.unknown(watched("csat", topic="biling"))["topic"]
    assert (value, sorted(known)) == ("biling", ["billing", "login"])
    assert seen.missing(watched("csat", topic="biling")) == ""
    assert seen.unknown(watched("csat", topic="billing")) == {}


@pytest.mark.parametrize(("channel", "share"), RESPONSE.items())
def test_response_rates_of_the_same_customers(seen: Measured, channel: str, share: float) -> None:
    response = seen.response(watched("csat", channel=channel))
    assert response is not None
    assert response.of == "invitations"
    assert isinstance(response.rate, Estimate)
    assert response.rate.low is not None
    assert response.rate.high is not None
    assert response.rate.low < share < response.rate.high


def test_only_surveys_have_a_response_rate(seen: Measured) -> None:
    assert seen.response(watched("reopen_rate")) is None


def test_without_invitations_answers_are_set_against_solved_tickets(known_desk: Small) -> None:
    store = known_desk.workspace.store
    store.con.execute("CREATE TEMP TABLE kept AS FROM facts.invitations")
    store.con.execute("DELETE FROM facts.invitations")
    try:
        response = Measured(known_desk.workspace).response(watched("csat", channel="chat"))
    finally:
        store.con.execute("INSERT INTO facts.invitations FROM kept")
    assert response is not None
    assert response.of == "solved tickets"
    assert isinstance(response.rate, Estimate)
    assert 0.02 < response.rate.value < 0.12


def test_history_is_of_whole_weeks(seen: Measured) -> None:
    weeks = seen.weeks(watched("csat"))
    assert weeks.until.weekday() == 0
    assert len(weeks.results) == WEEKS - 1
    assert weeks.ahead(date.fromordinal(weeks.until.toordinal() + 13)) == 2
    recent = seen.recent(watched("survey_response_rate"))
    assert isinstance(recent, Estimate)
    assert 10 * A_WEEK < recent.n < 13 * A_WEEK


def test_what_pulls_apart_is_seen(seen: Measured) -> None:
    """Satisfied weeks are those in which more tickets come back."""
    apart = seen.pull(watched("csat"), watched("reopen_rate"), 0.95)
    assert isinstance(apart, Estimate)
    assert apart.high is not None
    assert apart.high < 0
    unlinked = seen.pull(watched("csat"), watched("first_response_time"), 0.95)
    assert isinstance(unlinked, Estimate)
    assert unlinked.high is not None
    assert unlinked.high > 0


def test_work_and_hours(seen: Measured) -> None:
    load = seen.workload(watched("handle_time"))
    assert load is not None
    assert load.contacts_a_week == pytest.approx(10, abs=0.2)
    assert load.hours_a_week == pytest.approx(7, abs=0.2)
    assert seen.workload(watched("first_response_time")) is None
    assert seen.workload(watched("handle_time", channel="phone")) is None


def test_the_clearest_link_is_told(seen: Measured, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reopenings go with satisfaction here, first responses do not; they stand for numbers of retention."""
    others = [watched("first_response_time"), watched("reopen_rate"), watched("csat"), watched("nps")]
    monkeypatch.setattr("goalkeeper.lint.measured._outcomes", lambda: iter(others))
    found = seen.link(watched("csat"))
    assert isinstance(found, Estimate)
    assert found.high is not None
    assert (found.value, found.level) == (seen.pull(watched("csat"), watched("reopen_rate"), 0.975).value, 0.975)  # type: ignore[union-attr]
    assert found.high < 0


def test_no_link_without_numbers_of_retention_or_cost(seen: Measured) -> None:
    assert isinstance(seen.link(watched("csat")), NoEstimate)


PLAN = """\
[plan]
name = "Spring"
quarter = "2026Q2"
stage = "50k-500k"
review = "monthly"

[[goal]]
metric = "csat"
where = { channel = "chat" }
to = 0.95
owner = "team:a"
because = "x"
must_not_get_worse = [{ metric = "reopen_rate", limit = "+2 pts" }, { metric = "handle_time", limit = "+10 %" }]

[[goal]]
metric = "reopen_rate"
to = 0.02
owner = "team:a"
because = "x"
must_not_get_worse = [{ metric = "next_response_time", limit = "+10 %" }]

[[goal]]
metric = "survey_response_rate"
to = 0.80
owner = "team:b"
because = "x"

[[goal]]
metric = "csat"
to = 0.50
owner = "team:a"
priority = 4
because = "x"
must_not_get_worse = [{ metric = "handle_time", limit = "+10 %" }]
"""


def test_a_plan_against_the_data(seen: Measured) -> None:
    found = check(parse_toml(PLAN, "p"), today=date(2026, 3, 2), evidence=seen).findings
    assert [(finding.line, finding.code, finding.severity.value) for finding in found] == [
        (8, "GK302", "error"), (10, "GK303", "warning"), (20, "GK301", "error"), (24, "GK402", "warning"),
        (28, "GK203", "warning"), (30, "GK401", "error"),
    ]  # fmt: skip
    texts = {finding.code: finding.found for finding in found}
    assert "noise, not signal" in texts["GK302"]
    assert "no customer messages are loaded" in texts["GK301"]
    assert "correlation −0." in texts["GK203"]


def test_the_check_for_programs(known_desk: Small, tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(PLAN, encoding="utf-8")
    alone = check_plan(path, today=date(2026, 3, 2))
    texts = [finding.found for finding in check_plan(PLAN, today=date(2026, 3, 2)).findings]
    assert [finding.found for finding in alone.findings] == texts
    with_data = check_plan(PLAN, today=date(2026, 3, 2), workspace=known_desk.workspace)
    assert len(with_data.findings) > len(alone.findings)
    assert with_data.not_run == {}


def test_a_workspace_without_data(tmp_path: Path) -> None:
    with Small(tmp_path) as small, pytest.raises(UsageError, match="nothing has been loaded yet"):
        Measured(small.workspace)


@pytest.fixture
def late(tmp_path: Path) -> Iterator[Measured]:
    """Thirteen weeks of 100 calls a week, the last four with 50 answers and 80 hours of shifts a week."""
    calls, answers, shifts = list[Row](), list[Row](), list[Row]()
    for day in range(92):  # the last one is not whole
        when = datetime(2025, 12, 29, 10) + timedelta(days=day)
        if when.weekday() < 5:
            calls += [_called(when, number) for number in range(20)]
        if day >= 63 and when.weekday() < 5:
            answers += [_answered(when, number) for number in range(10)]
            shifts += [_shift(when, agent) for agent in ("ann", "ben")]
            shifts.append(_shift(when, "ann") | {"started_at": f"{when:%F}T12:00:00Z"})  # within the other one
    with Small(tmp_path).load(interactions=calls, survey_responses=answers, agent_shifts=shifts) as small:
        yield Measured(small.workspace)


def _called(when: datetime, number: int) -> Row:
    row = {"interaction_id": f"P{when:%j}-{number}", "kind": "call", "direction": "in", "outcome": "answered"}
    return row | {"started_at": f"{when:%FT%T}Z", "talk_s": 360, "agent_id": "ann"}


def _answered(when: datetime, number: int) -> Row:
    row = {"response_id": f"A{when:%j}-{number}", "survey_id": "s", "kind": "csat", "scale_min": 1, "scale_max": 5}
    return row | {"responded_at": f"{when:%FT%T}Z", "score": 5 if number < 8 else 1}


def _shift(when: datetime, agent: str) -> Row:
    row = {"agent_id": agent, "kind": "worked", "started_at": f"{when:%F}T08:00:00Z"}
    return row | {"ended_at": f"{when:%F}T16:00:00Z"}


def test_what_is_known_for_fewer_weeks_is_divided_by_those(late: Measured) -> None:
    assert late.rows_coming(watched("csat")) == pytest.approx(200)
    load = late.workload(watched("handle_time"))
    assert load is not None
    assert (load.contacts_a_week, load.hours_a_week) == pytest.approx((100, 80))
