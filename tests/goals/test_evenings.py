"""The evenings of agreed goals: found once, kept for good, caught up with after a pause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count

import pytest

from goalkeeper.goals import read_plan
from goalkeeper.goals.agree import agree
from goalkeeper.goals.agreed import Agreed
from goalkeeper.goals.evaluate import Evaluator
from goalkeeper.goals.evaluation import Evaluation, Status
from goalkeeper.goals.evenings import evaluate_due, evaluations
from goalkeeper.goals.history import History
from goalkeeper.metrics import METRICS
from goals.world import world
from measure.small import Small

NAMES = (f"Evenings {number}" for number in count(1))
PLAN = """\
[plan]
name = "NAME"
quarter = "2026Q1"

[[goal]]
name = "Seldom reopened"
metric = "reopen_rate"
variant = "ever"
from = "measure"
hold = "30 %"
by = 2026-02-20

[[goal]]
name = "Satisfied"
metric = "csat"
from = 0.7
to = 0.85
"""
AGREED, LAST = date(2026, 2, 10), date(2026, 2, 27)
NOW = datetime(2026, 3, 1, 6)


@pytest.fixture(scope="module")
def known_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    """A desk of its own: an evening evaluates every plan of its workspace, other tests' too."""
    with world(tmp_path_factory.mktemp("evenings")) as small:
        yield small


@pytest.fixture
def name() -> str:
    return next(NAMES)


def agreed(desk: Small, name: str, day: date = AGREED, text: str = PLAN) -> Agreed:
    history = History(desk.workspace, until=day)
    return agree(history, read_plan(text.replace("NAME", name)), now=datetime(day.year, day.month, day.day, 9))[0]


def kept(desk: Small, plan: Agreed, number: int = 0, until: date = date.max) -> tuple[Evaluation, ...]:
    return evaluations(desk.workspace.store, plan.name, plan.goals[number].meaning, until)


def test_every_evening_since_the_agreement_is_kept_once(known_desk: Small, name: str) -> None:
    plan = agreed(known_desk, name)
    done = evaluate_due(known_desk.workspace, now=NOW)
    assert (done.added, done.until, done.refused) == (11 + 18, LAST, ())
    held, satisfied = kept(known_desk, plan), kept(known_desk, plan, 1)
    assert [each.day for each in held] == [AGREED + timedelta(days=n) for n in range(11)]
    assert [each.day for each in satisfied] == [AGREED + timedelta(days=n) for n in range(18)]
    assert (held[-1].status, held[-1].is_final, held[-2].is_final) == (Status.REACHED, True, False)
    assert {each.computed_at for each in held} == {NOW}
    assert satisfied[-1].is_late is False
    assert satisfied[-2].is_late is True
    again = evaluate_due(known_desk.workspace, now=NOW + timedelta(days=1))
    assert again.added == 0
    assert kept(known_desk, plan, 1) == satisfied
    assert kept(known_desk, plan, 1, date(2026, 2, 12)) == satisfied[:3]


def test_an_evening_knows_nothing_of_later_days(known_desk: Small, name: str) -> None:
    plan = agreed(known_desk, name)
    evaluate_due(known_desk.workspace, now=NOW)
    for found in kept(known_desk, plan, 1)[::6]:
        history = History(known_desk.workspace, until=found.day + timedelta(days=1))
        alone = Evaluator(history, plan).evaluate(plan.plan().goals[1], plan.goals[1], found.day, None, NOW)
        assert (alone.value, alone.chance, alone.level, alone.pace) == (
            found.value, found.chance, found.level, found.pace,
        )  # fmt: skip


def test_a_run_that_breaks_off_leaves_whole_goals_and_the_next_one_goes_on(
    known_desk: Small, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = agreed(known_desk, name)
    real, calls = Evaluator.evaluate, iter(range(11 + 5))

    def breaks(self: Evaluator, *arguments: object) -> Evaluation:
        if next(calls, None) is None:
            raise KeyboardInterrupt
        return real(self, *arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(Evaluator, "evaluate", breaks)
        with pytest.raises(KeyboardInterrupt):
            evaluate_due(known_desk.workspace, now=NOW)
    assert (len(kept(known_desk, plan)), len(kept(known_desk, plan, 1))) == (11, 0)
    assert evaluate_due(known_desk.workspace, now=NOW).added == 18
    assert len(kept(known_desk, plan, 1)) == 18


def test_an_evening_belongs_to_the_version_in_force_and_a_goal_goes_on(known_desk: Small, name: str) -> None:
    first = agreed(known_desk, name)
    changed = first.text.replace("0.85", "0.8")
    second = agreed(known_desk, name, date(2026, 2, 15), changed)
    assert second.version == 2
    evaluate_due(known_desk.workspace, now=NOW)
    rows = known_desk.workspace.store.rows(
        "SELECT goal, version, min(day), max(day), count(*) FROM meta.goal_evaluations WHERE plan = ? "
        "GROUP BY ALL ORDER BY goal, version", [name],
    )  # fmt: skip
    held, satisfied = "seldom-reopened", "satisfied"
    assert rows == [
        (satisfied, 1, AGREED, date(2026, 2, 14), 5), (satisfied, 2, date(2026, 2, 15), LAST, 13),
        (held, 1, AGREED, date(2026, 2, 14), 5), (held, 2, date(2026, 2, 15), date(2026, 2, 20), 6),
    ]  # fmt: skip
    assert first.goals[0].meaning == second.goals[0].meaning
    assert len(kept(known_desk, second)) == 11
    assert len(kept(known_desk, first, 1)) == 5
    assert len(kept(known_desk, second, 1)) == 13


def test_a_definition_that_is_gone_is_told_and_the_other_goals_go_on(
    known_desk: Small, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = agreed(known_desk, name)
    formula = METRICS["csat"].formula
    with monkeypatch.context() as patch:
        changed = replace(METRICS["csat"], formula=replace(formula, among="kind = 'ces'"))
        patch.setattr(known_desk.workspace, "metrics", {**METRICS, "csat": changed})
        done = evaluate_due(known_desk.workspace, now=NOW)
    (refused,) = [each for each in done.refused if each.plan == name]
    assert refused.goal == "satisfied"
    assert "is gone" in refused.why
    assert (len(kept(known_desk, plan)), len(kept(known_desk, plan, 1))) == (11, 0)
    assert evaluate_due(known_desk.workspace, now=NOW).added == 18


def test_a_plan_that_cannot_be_read_any_more_is_told(
    known_desk: Small, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = agreed(known_desk, name)
    with monkeypatch.context() as patch:
        others = {key: metric for key, metric in METRICS.items() if key != "csat"}
        patch.setattr(known_desk.workspace, "metrics", others)
        done = evaluate_due(known_desk.workspace, now=NOW)
    (refused,) = [each for each in done.refused if each.plan == name]
    assert (refused.goal, f"{name}, version 1:15:10: no metric 'csat'." in refused.why) == ("", True)
    assert not kept(known_desk, plan)
    assert evaluate_due(known_desk.workspace, now=NOW).added == 29
