"""The team, self-service, cost and the voice of the customer: each number worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from goalkeeper.errors import UsageError
from goalkeeper.goals import Watched
from goalkeeper.goals.history import History
from goalkeeper.measure import Cell, Question, running
from goalkeeper.metrics import METRICS
from goalkeeper.reports.scorecard import standing_of
from goalkeeper.reports.why import why
from goalkeeper.stats.estimate import NoEstimate
from measure.small import Row, Small, at, event, ticket

DAY_S = 86_400


def only(small: Small, key: str, **how: Any) -> Cell:
    (cell,) = small.measure(key, **how)
    return cell


def number(small: Small, key: str, **how: Any) -> float:
    cell = only(small, key, **how)
    assert cell.estimate is not None, cell.value
    return cell.estimate.value


def visit(index: int, when: str, customer: str | None, **more: Any) -> Row:
    return {"session_id": f"s{index}", "started_at": at(when), "customer_id": customer} | more


@pytest.fixture(scope="module")
def help_centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    """Six tickets, the last at 12:00 on 20 March: visits after 19 March noon are not over."""
    visits = [
        visit(1, "03-02 09:00", "c1", articles_viewed=2, ended_in="left"),  # c1 writes 23 hours later
        visit(2, "03-02 09:00", "c2", articles_viewed=2, ended_in="left"),  # c2 writes 25 hours later: deflected
        visit(3, "03-02 09:00", None, articles_viewed=1, ended_in="resolved_click"),  # deflected
        visit(4, "03-02 09:00", None, articles_viewed=0, ended_in="left"),  # found nothing
        visit(5, "03-02 09:00", "c9", articles_viewed=1, ended_in="contact"),
        visit(6, "03-02 09:00", "c9", articles_viewed=1, ended_in="left", answered=False),
        visit(7, "03-19 13:00", "c9", articles_viewed=1, ended_in="resolved_click"),  # may still write
        visit(8, "03-02 09:00", "c9", articles_viewed=1, ended_in="left", handed_off=True, bot_handled=True),
    ]
    tickets = [
        ticket(1, "03-03 08:00"), ticket(2, "03-03 10:00"), ticket(3, "03-04 10:00"), ticket(4, "03-04 10:00"),
        ticket(5, "03-04 10:00", source_system_created_by="agent"), ticket(6, "03-20 12:00"),
    ]  # fmt: skip
    customers = [{"customer_id": name} for name in ("c1", "c2", "c3", "c4", "c9")]
    with Small(tmp_path_factory.mktemp("help")).load(
        tickets=tickets, self_service_sessions=visits, customers=customers
    ) as small:
        yield small


class TestDeflection:
    def test_visits_that_no_ticket_followed(self, help_centre: Small) -> None:
        cell = only(help_centre, "deflection_rate")
        assert number(help_centre, "deflection_rate") == pytest.approx(2 / 6)  # 2 visits, 4 tickets of customers
        assert cell.pending == 2  # a visit, and the ticket made as the data ends
        assert cell.left_out == {
            "visit followed by a ticket": 3, "visit without an answer": 2, "started by the company": 1
        }  # fmt: skip

    def test_known_visitors_only(self, help_centre: Small) -> None:
        assert number(help_centre, "deflection_rate", variant="known_visitors") == pytest.approx(1 / 5)


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    """Ten tickets that a bot answered on 2 March; what is known ends on 20 March."""
    tickets = [ticket(n, "03-02 09:00", requester_customer_id=f"c{n}", reason="login") for n in range(1, 11)]
    tickets.append(ticket(11, "03-05 09:00", requester_customer_id="c1", reason="login"))  # c1 comes back in 3 days
    tickets.append(ticket(12, "03-20 12:00", requester_customer_id="x"))
    events = [event(n, "03-02 09:01", "reply", "bot") for n in range(1, 11)]
    events += [event(n, "03-02 09:02", "status", "bot", "solved") for n in range(1, 8)]
    events += [event(7, "03-02 10:00", "reply", "ann"), event(8, "03-02 10:00", "reply", "ann")]
    with Small(tmp_path_factory.mktemp("bot")).load(tickets=tickets, ticket_events=events) as small:
        yield small


def test_solved_by_the_bot_alone(bot: Small) -> None:
    # 1 to 7 are solved; 1 came back, 7 got a human's reply.
    assert number(bot, "automated_resolution_rate") == pytest.approx(5 / 10)


def answer(index: int, when: str, kind: str, score: float, low: float, high: float, **more: Any) -> Row:
    row = {"response_id": f"r{index}", "survey_id": kind, "kind": kind, "responded_at": at(when)}
    return row | {"score": score, "scale_min": low, "scale_max": high} | more


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    """c1 to c6 are dissatisfied on Monday 5 January; what is known ends on 30 June."""
    bad = [answer(n, "01-05 10:00", "csat", 2, 1, 5, customer_id=f"c{n}") for n in range(1, 7)]
    later = [
        answer(11, "01-20 10:00", "csat", 5, 1, 5, customer_id="c1"),  # recovered
        answer(12, "02-20 10:00", "csat", 4, 1, 5, customer_id="c2"),  # recovered
        answer(13, "01-20 10:00", "csat", 1, 1, 5, customer_id="c3"),  # dissatisfied again: the same case
        answer(14, "04-20 10:00", "csat", 5, 1, 5, customer_id="c4"),  # after 90 days
        answer(15, "06-30 10:00", "csat", 5, 1, 5),
        answer(16, "06-30 10:00", "csat", 1, 1, 5),  # nobody known
    ]
    effort = [answer(20 + n, "01-06 10:00", "ces", score, 1, 7) for n, score in enumerate((7, 6, 5, 4, 3))]
    effort += [answer(30, "01-06 10:00", "ces", 5, 1, 5), answer(31, "01-06 10:00", "ces", 7, 1, 7, comment="thanks")]
    touches = [
        {"touch_id": "1", "occurred_at": at("01-07 16:00"), "kind": "call", "customer_id": "c1"},  # second working day
        {"touch_id": "2", "occurred_at": at("01-08 09:00"), "kind": "call", "customer_id": "c2"},  # third
        {"touch_id": "3", "occurred_at": at("01-05 12:00"), "kind": "call", "customer_id": "c3"},
        {"touch_id": "4", "occurred_at": at("01-05 12:00"), "kind": "call", "customer_id": "c4",
         "initiated_by": "customer"},
        {"touch_id": "5", "occurred_at": at("01-04 12:00"), "kind": "call", "customer_id": "c5"},  # before
    ]  # fmt: skip

    def review(index: int, when: str, stars: float, **more: Any) -> Row:
        return {
            "review_id": f"w{index}", "platform": "shop", "published_at": at(when), "rating": stars, "scale_max": 5
        } | more  # fmt: skip

    reviews = [
        review(1, "01-20 10:00", 1, customer_id="c1"), review(2, "01-20 10:00", 3, customer_id="c2"),
        review(3, "03-20 10:00", 1, customer_id="c3"), review(4, "01-20 10:00", 5), review(5, "01-20 10:00", 4),
        review(6, "01-20 10:00", 9, scale_max=10), review(7, "01-20 10:00", 1, is_deleted=True),
    ]  # fmt: skip
    ideas = [
        {"item_id": f"i{n}", "created_at": at("02-01 10:00"), "kind": "idea", "status": status}
        for n, status in enumerate(("done", "done", "done", "declined", "declined", "declined", "new", "planned"))
    ]
    ideas.append({"item_id": "b", "created_at": at("02-01 10:00"), "kind": "bug", "status": "done"})
    with Small(tmp_path_factory.mktemp("voice")).load(
        survey_responses=[*bad, *later, *effort],
        customers=[{"customer_id": f"c{n}"} for n in range(1, 7)],
        touches=touches,
        reviews=reviews,
        feedback_items=ideas,
    ) as small:
        yield small


class TestVoice:
    def test_recovery(self, voice: Small) -> None:
        cell = only(voice, "recovery_rate")
        assert number(voice, "recovery_rate") == pytest.approx(2 / 6)
        assert cell.left_out == {"customer not known": 1, "dissatisfied again within 90 days": 1}
        few = only(voice, "recovery_rate", variant="of_answered")
        assert few.value == NoEstimate("too_few", 3, 5, "dissatisfied customers who answered again")  # c1, c2, c3

    def test_the_loop_is_closed_within_two_working_days(self, voice: Small) -> None:
        assert number(voice, "loop_closed") == pytest.approx(2 / 7)  # c1 and c3 of seven answers

    def test_negative_reviews(self, voice: Small) -> None:
        assert number(voice, "negative_review_rate") == pytest.approx(1 / 6)  # c1; c3's came after 30 days

    def test_reviews(self, voice: Small) -> None:
        cell = only(voice, "review_rating")
        assert number(voice, "review_rating") == pytest.approx((1 + 3 + 1 + 5 + 4) / 5)
        assert cell.left_out == {"not on a scale of five": 1, "deleted": 1}
        assert number(voice, "low_review_share") == pytest.approx(2 / 5)
        january = only(voice, "review_volume", since=date(2026, 1, 20), until=date(2026, 1, 30))
        assert january.estimate is not None
        assert january.estimate.value == pytest.approx(4 / 10)

    def test_effort(self, voice: Small) -> None:
        assert number(voice, "effort_score") == pytest.approx((7 + 6 + 5 + 4 + 3 + 7) / 6)
        assert number(voice, "easy_share") == pytest.approx(4 / 6)
        assert only(voice, "easy_share").left_out == {"not on a scale of 1 to 7": 1}

    def test_comments(self, voice: Small) -> None:
        assert number(voice, "comment_rate") == pytest.approx(1 / 19)

    def test_ideas(self, voice: Small) -> None:
        assert number(voice, "ideas_adopted") == pytest.approx(3 / 8)
        assert number(voice, "ideas_adopted", variant="of_decided") == pytest.approx(3 / 6)


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    """Five agents and a bot in 2026; what is known ends with the last failure on 30 June."""
    agents = [
        {"agent_id": f"a{n}", "team_id": "t1" if n < 5 else "t2", "role": "agent", "hired_on": "2025-01-01"}
        for n in range(1, 6)
    ]
    agents[3]["left_on"] = "2026-03-31"
    agents.append({"agent_id": "b", "is_bot": True, "role": "bot", "hired_on": "2025-01-01"})

    def shift(agent: str, start: str, end: str, kind: str) -> Row:
        return {"agent_id": agent, "started_at": at(start), "ended_at": at(end), "kind": kind}

    shifts = [shift(f"a{n}", "03-02 09:00", "03-02 17:00", "scheduled") for n in range(1, 4)]
    shifts += [
        shift("a1", "03-02 09:00", "03-02 18:00", "worked"),  # an hour over
        shift("a2", "03-02 08:30", "03-02 17:00", "worked"),  # half an hour early
        shift("a3", "03-02 09:00", "03-02 17:00", "worked"),
        shift("a4", "03-02 09:00", "03-02 17:00", "worked"),  # nothing planned
        *(shift(f"a{n}", "03-03 09:00", "03-03 17:00", "scheduled") for n in range(1, 4)),
        *(shift(f"a{n}", "03-03 09:00", "03-03 17:00", "worked") for n in range(1, 4)),
    ]
    calls = [
        {"interaction_id": f"i{n}", "kind": "call", "direction": "in", "started_at": at("03-02 10:00"),
         "agent_id": "a1", "outcome": "answered", "wait_s": 5, "talk_s": 3000, "wrap_s": 600}
        for n in range(3)
    ]  # fmt: skip
    tickets = [ticket(n, "03-02 09:00", "solved", assignee_agent_id="a2", reason="login") for n in range(1, 5)]
    tickets += [ticket(n, "03-02 09:00", reason="billing") for n in range(5, 8)]
    tickets += [ticket(8, "04-02 09:00", reason="login"), ticket(9, "06-02 09:00", reason="login")]
    events = [event(n, "03-02 10:00", "reply", "a2") for n in range(1, 5)]
    events += [event(n, "03-02 11:00", "status", "a2", "solved") for n in range(1, 5)]
    costs = [{"scope": "team", "scope_id": "t1", "valid_from": "2026-03-01", "valid_to": "2026-03-31",
              "amount": 6200, "currency": "EUR", "per": "month"}]  # fmt: skip
    items = [{"cost_id": "x", "kind": "tooling", "period_start": "2026-03-01", "period_end": "2026-03-10",
              "amount": 1000, "currency": "EUR"},
             {"cost_id": "y", "kind": "acquisition", "period_start": "2026-03-01", "period_end": "2026-03-10",
              "amount": 9999, "currency": "EUR"}]  # fmt: skip
    due = [{"team_id": "t1", "training_id": "basics", "due_on": "2026-02-01"},
           {"team_id": "t1", "training_id": "basics", "due_on": "2027-02-01"},
           {"team_id": "t2", "training_id": "basics", "due_on": "2026-02-01"}]  # fmt: skip
    assigned = [{"agent_id": "a4", "training_id": "late", "due_on": "2026-05-01"}]  # gone by then

    def course(agent: str, training: str, when: str, **more: Any) -> Row:
        return {"agent_id": agent, "training_id": training, "kind": "training", "completed_at": at(when)} | more

    trainings = [
        course("a1", "basics", "01-20 10:00"), course("a2", "basics", "01-31 10:00"),
        course("a3", "basics", "02-10 10:00"), course("a5", "basics", "01-10 10:00", passed=False),
        course("a1", "expert", "01-10 10:00", kind="certification", topic="login"),
        course("a4", "expert", "01-10 10:00", kind="certification", topic="login"),
        course("a2", "expert b", "01-10 10:00", kind="certification", topic="billing", expires_on="2026-02-28"),
    ]  # fmt: skip
    pulse = [answer(n, "02-02 10:00", "esat", score, 1, 5, team_id="t1") for n, score in enumerate((5, 4, 4, 3, 2, 5))]
    pulse += [
        answer(10 + n, "02-02 10:00", "enps", score, 0, 10, team_id="t1") for n, score in enumerate((10, 9, 9, 6, 8))
    ]
    pulse += [
        answer(20 + n, "02-02 10:00", "enps", score, 0, 10, team_id="t2") for n, score in enumerate((10, 9, 9, 6))
    ]
    accounts = [{"account_id": f"A{n}", "name": "x", "started_on": "2025-01-01"} for n in range(3)]
    accounts.append({"account_id": "A9", "name": "x", "started_on": "2025-01-01", "is_deleted": True})
    touches = [
        {"touch_id": "1", "occurred_at": at("01-10 10:00"), "kind": "qbr", "account_id": "A0"},
        {"touch_id": "2", "occurred_at": at("02-10 10:00"), "kind": "call", "customer_id": "k"},  # of A1
        {"touch_id": "3", "occurred_at": at("02-11 10:00"), "kind": "call", "account_id": "A2",
         "initiated_by": "customer"},
        {"touch_id": "4", "occurred_at": at("04-11 10:00"), "kind": "call", "account_id": "A2"},
    ]  # fmt: skip

    def failure(index: int, when: str, cause: str | None, shared: str | None = None) -> Row:
        return {"failure_id": f"f{index}", "occurred_at": at(when), "what": "down", "cause": cause,
                "shared_at": at(shared) if shared else None}  # fmt: skip

    failures = [
        failure(1, "01-05 10:00", "disk", "01-20 10:00"), failure(2, "02-05 10:00", "disk", "04-20 10:00"),
        failure(3, "03-05 10:00", "disk", "03-06 10:00"), failure(4, "03-06 10:00", "net"),
        failure(5, "03-07 10:00", None, "03-08 10:00"), failure(6, "04-07 10:00", "net", "04-08 10:00"),
        failure(7, "06-30 10:00", "net", "06-30 12:00"),
    ]  # fmt: skip
    with Small(tmp_path_factory.mktemp("team")).load(
        agents=agents, teams=[{"team_id": "t1", "name": "One"}, {"team_id": "t2", "name": "Two"}],
        agent_shifts=shifts, interactions=calls, tickets=tickets, ticket_events=events, agent_costs=costs,
        cost_items=items, training_requirements=due, training_assignments=assigned, trainings=trainings,
        survey_responses=pulse, accounts=accounts, customers=[{"customer_id": "k", "account_id": "A1"}],
        touches=touches, failures=failures,
    ) as small:  # fmt: skip
        yield small


MARCH: dict[str, Any] = {"since": date(2026, 3, 1), "until": date(2026, 4, 1)}


class TestTeam:
    def test_load(self, team: Small) -> None:
        # a1 9 h, a2 8.5 h, a3 8 h, a4 8 h on the 2nd; 8 h each on the 3rd for three: 57.5 h. 3 calls and 4 tickets.
        assert number(team, "contacts_per_hour") == pytest.approx(7 / 57.5)
        assert number(team, "occupancy") == pytest.approx(3 * 3600 / (57.5 * 3600))
        assert number(team, "overtime") == pytest.approx(1.5 / 49.5)  # a4 has no plan
        assert number(team, "overtime_hours") == 1.5 * 3600
        assert only(team, "overtime").left_out == {"no planned hours known": 1}

    def test_after_contact_work(self, team: Small) -> None:
        few = only(team, "after_contact_work")
        assert few.value == NoEstimate("too_few", 3, 5, "handled contacts")

    def test_cost(self, team: Small) -> None:
        # 200 a day for 31 days and 100 a day for ten: 7200 for four tickets.
        cell = only(team, "cost_per_resolution", **MARCH)
        assert cell.estimate is not None
        assert cell.estimate.value == pytest.approx(7200 / 4)
        assert cell.currency == "EUR"

    def test_backlog_per_agent(self, team: Small) -> None:
        assert number(team, "backlog_per_agent", **MARCH) == 3 / 5  # 5 to 7 are open; the 31st is a4's last day
        assert number(team, "backlog_per_agent", since=date(2026, 3, 1), until=date(2026, 4, 20)) == 4 / 4

    def test_attrition(self, team: Small) -> None:
        cell = only(team, "agent_attrition", since=date(2026, 3, 1), until=date(2026, 5, 1))
        assert cell.estimate is not None
        days = 4 * 61 + 31  # a4 until the end of March
        # Midnights of the zone and of the dates differ by an hour or two.
        assert cell.estimate.value == pytest.approx(1 / days * 365.25, rel=0.002)

    def test_attrition_is_told_a_year(self, team: Small) -> None:
        found = team.measure("agent_attrition", since=date(2026, 3, 1), until=date(2026, 5, 1))
        assert standing_of(found).statistic == "a year"

    def test_training(self, team: Small) -> None:
        # Due on 1 February: a1 to a5. a1 and a2 in time, a3 late, a5 failed; those of 2027 are open, one had left.
        cell = only(team, "training_completion")
        assert number(team, "training_completion") == pytest.approx(2 / 5)
        assert (cell.pending, cell.left_out) == (3, {"no longer there": 2})
        assert number(team, "training_completion", variant="late_too") == pytest.approx(3 / 5)

    def test_certificates(self, team: Small) -> None:
        by_month = team.measure("certification_coverage", every="month", by="topic", since=date(2026, 3, 1),
                                until=date(2026, 6, 1))  # fmt: skip
        rows = {(r["topic"], r["month_day"]): r["certified"] for r in team.facts("facts.topic_months")}
        march, april = 20543, 20573
        assert rows["login", march] == 2  # a4's last day is the 31st
        assert rows["login", april] == 1
        assert rows["billing", march] == 0  # it held until February
        assert sum(cell.n for cell in by_month) == 3
        assert {cell.value.reason for cell in by_month} <= {"too_few", "no_data"}

    def test_employees(self, team: Small) -> None:
        assert number(team, "employee_satisfaction") == pytest.approx(4 / 6)
        assert number(team, "employee_score") == pytest.approx(23 / 6)
        assert number(team, "enps") == pytest.approx((6 - 2) / 9)

    def test_a_group_of_four_is_not_told_and_cannot_be_worked_out(self, team: Small) -> None:
        one, two = team.measure("enps", by="team")
        assert (two.by["team"], two.value) == ("Two", NoEstimate("too_few", 4, 5, "answers of employees"))
        assert one.value == NoEstimate("people")  # with the whole of nine it would give the four away
        (same,) = team.measure("enps", where="team = 'One'")
        assert same.value == NoEstimate("people")

    def test_a_condition_that_could_be_drawn_around_one_is_refused(self, team: Small) -> None:
        (rest,) = team.measure("enps", where="team <> 'Two' OR team IS NULL")
        assert rest.value == NoEstimate("people")
        (whole,) = team.measure("enps", where="team IN ('One', 'Two')")
        assert whole.estimate
        with pytest.raises(UsageError, match="'score' could tell one person's answer"):
            team.measure("enps", where="score < 9")
        with pytest.raises(UsageError, match="small groups of employees"):
            why(team.workspace, "enps", "team")

    def test_nothing_is_told_while_it_grows(self, team: Small) -> None:
        question = Question(since=date(2026, 2, 1), until=date(2026, 2, 5))
        cells = running(team.workspace.store, METRICS["employee_satisfaction"], question, zone="UTC", tuned_for=50)
        assert {cell.value for cell in cells} == {NoEstimate("people")}

    def test_a_goal_looks_at_the_last_whole_quarter(self, team: Small) -> None:
        history, watched = History(team.workspace), Watched(METRICS["employee_satisfaction"])
        seen = history.over(watched, date(2026, 4, 1), date(2026, 4, 29))
        assert (seen.period.since, seen.period.until, seen.n) == (date(2026, 1, 1), date(2026, 4, 1), 6)
        assert seen.estimate

    def test_accounts(self, team: Small) -> None:
        # First quarter: A0, and A1 by its customer, of three. Second quarter, not over: pending.
        cell = only(team, "relationship_touches")
        assert (cell.n, cell.pending, cell.left_out) == (3, 3, {"gone": 2})
        facts = team.facts("facts.account_quarters")
        assert sum(row["touched"] for row in facts if not row["is_open"]) == 2

    def test_failures(self, team: Small) -> None:
        cell = only(team, "failures_shared")
        assert number(team, "failures_shared") == pytest.approx(4 / 6)  # f2's lesson came after 74 days
        assert cell.pending == 1
        assert number(team, "failure_repeats") == pytest.approx(4 / 6)  # f2, f3, f6, f7 of six with a cause


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    def review(index: int, what: str, who: str, score: float, at_random: bool = True) -> Row:
        return {"review_id": f"q{index}", "reviewed_at": at(f"03-02 {10 + index // 50}:{index % 50:02}"),
                "score": score, "scale_min": 0, "scale_max": 50, "ticket_id": what, "reviewer_id": who,
                "sampled_at_random": at_random, "rubric": "v1"}  # fmt: skip

    pairs = ((45, 45), (45, 45), (45, 45), (5, 5), (5, 5), (45, 5), (5, 45), (45, 45))
    reviews = [review(n, f"T{n}", "ann", first) for n, (first, _) in enumerate(pairs)]
    reviews += [review(20 + n, f"T{n}", "bob", second) for n, (_, second) in enumerate(pairs)]
    reviews.append(review(40, "T9", "ann", 0, at_random=False))
    with Small(tmp_path_factory.mktemp("judged")).load(qa_reviews=reviews) as small:
        yield small


class TestQualityReviews:
    def test_points_of_a_hundred(self, judged: Small) -> None:
        # 45 of 50 are 90 points: ten times; 5 of 50 are 10 points: six times.
        assert number(judged, "qa_score") == pytest.approx((10 * 90 + 6 * 10) / 16)
        assert only(judged, "qa_score").left_out == {"picked by hand": 1}

    def test_agreement(self, judged: Small) -> None:
        # Six of eight agree; by chance (5·5 + 3·3)/64 would.
        chance = 34 / 64
        assert number(judged, "qa_agreement") == pytest.approx((6 / 8 - chance) / (1 - chance))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    """Ten subscribers from January on, twelve tickets in March and four orders by others."""
    subscriptions = [
        {"subscription_id": f"s{n}", "customer_id": f"c{n}", "started_at": at("01-01 00:30"), "status": "active",
         "mrr": 10, "currency": "EUR"}
        for n in range(10)
    ]  # fmt: skip
    subscriptions.append(
        {"subscription_id": "twice", "customer_id": "c1", "started_at": at("02-01 00:30"), "status": "active", "mrr": 5,
         "currency": "EUR"}
    )  # fmt: skip
    orders = [
        {"order_id": f"o{n}", "customer_id": f"d{n}", "ordered_at": at("03-01 12:00"), "gross": 5, "currency": "EUR",
         "status": "paid"}
        for n in range(4)
    ]  # fmt: skip
    orders.append(orders[0] | {"order_id": "old", "ordered_at": "2025-02-20T12:00:00Z", "status": "cancelled"})
    tickets = [ticket(n, f"03-{n + 1:02} 09:00") for n in range(1, 13)]
    with Small(tmp_path_factory.mktemp("shop")).load(
        subscriptions=subscriptions, orders=orders, tickets=tickets
    ) as small:
        yield small


def test_contact_rate(shop: Small) -> None:
    # Days 2 to 13 March have one ticket each, and 14 customers: one with two subscriptions counts once.
    cell = only(shop, "contact_rate", since=date(2026, 3, 2), until=date(2026, 3, 14))
    assert cell.estimate is not None
    assert cell.estimate.value == pytest.approx(12 / (12 * 14) * 100 * 30.4375)


def test_tickets_per_hundred_orders(shop: Small) -> None:
    cell = only(shop, "contact_rate", variant="per_order", since=date(2026, 3, 1), until=date(2026, 3, 14))
    assert cell.estimate is not None
    assert cell.estimate.value == pytest.approx(12 / 4 * 100)


def test_the_share_of_a_topic(team: Small) -> None:
    cells = {cell.by["topic"]: cell for cell in team.measure("theme_share", by="topic")}
    assert cells["login"].value.value == pytest.approx(6 / 9)
    assert cells["billing"].value.value == pytest.approx(3 / 9)
    assert cells["billing"].n == 9
