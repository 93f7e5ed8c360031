"""Numbers that depend on how long a period is: each day is like the one before, so nothing may be told as changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from documents.facts_of import all_words
from goalkeeper.documents.review import review_document
from goalkeeper.goals import read_plan
from goalkeeper.goals.agree import agree, meaning_of
from goalkeeper.goals.agreed import Agreed, add_version
from goalkeeper.goals.evaluate import Evaluator
from goalkeeper.goals.evaluation import Evaluation, Holding, Status
from goalkeeper.goals.history import History
from goalkeeper.goals.suggest import suggest
from goalkeeper.goals.tried import Tried, note
from goalkeeper.lint.measured import check_plan
from goalkeeper.reports.review import review
from goalkeeper.stats.estimate import Estimate, NoEstimate
from measure.small import Row, Small

FIRST = datetime(2025, 6, 2, 12)
DAYS = 303  # to 31 March 2026
CUSTOMERS = 300
NOW, DUE = datetime(2026, 4, 1), date(2026, 3, 30)
PLAN = """\
[plan]
name = "NAME"
period = "2026-01-05..2026-03-30"
review = "monthly"

[[goal]]
name = "Fewer leave"
metric = "churn_rate"
from = "measure"
trend = "falling"
must_not_get_worse = [{ metric = "upsell_revenue", limit = "-30 %" }, { metric = "retention_rate", limit = "-10 pts" }]
"""


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    """Each day four sales of 10 €, and one customer goes as another comes."""
    subscriptions: list[Row] = [_subscription(number, FIRST - timedelta(days=90)) for number in range(CUSTOMERS)]
    upsells: list[Row] = []
    for day in range(DAYS):
        now = FIRST + timedelta(days=day)
        subscriptions[day] |= {"status": "cancelled", "ended_at": _text(now)}
        subscriptions.append(_subscription(len(subscriptions), now))
        upsells += [
            {"upsell_id": f"U{day}-{number}", "customer_id": f"c{day}", "occurred_at": _text(now), "kind": "upsell",
             "amount": 10, "currency": "EUR"}
            for number in range(4)
        ]  # fmt: skip
    with Small(tmp_path_factory.mktemp("steady")).load(subscriptions=subscriptions, upsells=upsells) as small:
        yield small


def _subscription(number: int, started: datetime) -> Row:
    row = {"subscription_id": f"S{number}", "customer_id": f"c{number}", "started_at": _text(started)}
    return row | {"status": "active", "mrr": 10, "currency": "EUR"}


def _text(moment: datetime) -> str:
    return moment.isoformat() + "Z"


def agreed(desk: Small, name: str) -> Agreed:
    plan = read_plan(PLAN.replace("NAME", name))
    return agree(History(desk.workspace), plan, now=datetime(2026, 1, 4, 12))[0]


def evaluated(desk: Small, made: Agreed) -> Evaluation:
    evaluator = Evaluator(History(desk.workspace), made)
    return evaluator.evaluate(evaluator.plan.goals[0], made.goals[0], DUE, None, NOW)


def test_a_start_is_of_as_many_weeks_as_the_result(steady: Small) -> None:
    made = agreed(steady, "Equal lengths")
    (goal,) = made.goals
    for start in (goal.start, *(each.start for each in goal.counterweights)):
        assert (start.since, start.until) == (date(2025, 12, 8), date(2026, 1, 5))
    assert goal.start.value == pytest.approx(28 / CUSTOMERS, rel=1e-3)
    sold, kept = goal.counterweights
    assert (sold.start.value, sold.bound, kept.start.value) == (1120, 784, pytest.approx(1 - 28 / CUSTOMERS))
    found = evaluated(steady, made)
    assert [guard.holding for guard in found.guards] == [Holding.HOLDS, Holding.HOLDS]
    assert found.status is Status.BEHIND  # it did not fall
    assert found.pace is None


def test_single_weeks_are_no_level_and_no_quarter(steady: Small) -> None:
    text = PLAN.partition("[[goal]]")[0].replace("NAME", "Levels")
    text += '[[goal]]\nmetric = "upsell_revenue"\nfrom = 1000\nto = 1100\n'
    history, plan = History(steady.workspace), read_plan(text)
    found = evaluated(steady, agree(history, plan, now=datetime(2026, 1, 4))[0])
    assert isinstance(found.level, NoEstimate)
    assert (found.pace, plan.goals[0].weekly_line) == (pytest.approx(1100), None)
    assert suggest(history, plan.goals[0].watched, date(2026, 6, 30)).quarters == ()
    told = map(str, check_plan(text, today=date(2026, 1, 1), workspace=steady.workspace).findings)
    assert any("it is met already: revenue from service was 1,120 over the last 4 weeks." in each for each in told)


def test_an_agreed_start_of_other_weeks_is_measured_anew(steady: Small) -> None:
    """As in versions of before starts were of as many weeks as results."""
    made, history = agreed(steady, "Old starts"), History(steady.workspace)
    (goal,) = made.goals
    sold, kept = goal.counterweights
    text = made.text.replace(str(made.plan().goals[0].start), "0.3")
    plan = read_plan(text)
    was = replace(
        goal,
        meaning=meaning_of(plan, plan.goals[0]),
        start=replace(goal.start, value=0.3, since=date(2025, 10, 6)),
        counterweights=(
            replace(sold, start=replace(sold.start, value=3640, since=date(2025, 10, 6)), bound=2548),
            kept,
        ),
    )
    old = add_version(steady.workspace.store, made.name, datetime(2026, 1, 4, 13), text, (was,), made)
    assert "is of other weeks than the 4" in Evaluator(history, old).refusal(plan.goals[0], was)
    again, is_new = agree(history, plan, now=datetime(2026, 1, 4, 14))
    assert is_new
    assert Evaluator(history, again).refusal(again.plan().goals[0], again.goals[0]) == ""
    assert (again.text, again.goals) == (made.text, made.goals)


def test_what_was_tried_is_compared_over_as_many_weeks(steady: Small) -> None:
    made, workspace = agreed(steady, "Tried late"), steady.workspace
    for day in (date(2026, 3, 18), date(2026, 3, 27)):
        note(workspace.store, made.name, Tried(made.goals[0].id, day, "a letter"), NOW)
    reviewed = review(workspace, made.name, now=NOW)
    late, later = reviewed.goals[0].effects
    assert (late.weeks, late.since, late.until) == (1, date(2026, 3, 11), date(2026, 3, 25))
    assert isinstance(late.change, Estimate)
    assert late.change.value == 0
    assert (later.weeks, later.change) == (0, NoEstimate("too_few", 4, 7, "days"))
    words = all_words(review_document(reviewed))
    for told in ("11 to 17 March 2026", "18 to 24 March 2026", "cannot say: needs 7 days, has 4"):
        assert any(told in each for each in words)
