"""Starter plans pass their own check, with own data and without."""

from __future__ import annotations

from datetime import date

import pytest

from goalkeeper.goals import Plan, Shape, Stage, Watched, read_plan
from goalkeeper.goals.history import History
from goalkeeper.goals.starter import LEAST_CHANCE, STARTERS, Look, starter_plan
from goalkeeper.goals.suggest import suggest
from goalkeeper.lint import check
from goalkeeper.lint.measured import Measured, look_into
from goalkeeper.lint.rule import Needs
from goalkeeper.metrics import METRICS, Aim
from goalkeeper.stats.estimate import Estimate
from goalkeeper.tomlfile import parse_toml
from measure.small import Small

DUE = date(2026, 6, 30)
TODAY = date(2026, 3, 2)
STAGES = pytest.mark.parametrize("stage", Stage)


@pytest.fixture
def seen(known_desk: Small) -> Measured:
    return Measured(known_desk.workspace)


def written(stage: Stage, look: Look | None = None) -> tuple[str, Plan]:
    text = starter_plan(stage, DUE, "team:support", look)
    return text, read_plan(text)


@STAGES
def test_without_data_it_asks_for_what_is_usual_at_the_stage(stage: Stage) -> None:
    text, plan = written(stage)
    assert check(parse_toml(text, "p"), today=TODAY).findings == ()
    assert (plan.name, plan.since, plan.last, plan.stage) == ("Support, Q2 2026", date(2026, 4, 1), DUE, stage)
    assert [goal.metric.key for goal in plan.goals] == [starter.metric for starter in STARTERS[stage]]
    assert all(goal.because and goal.owners for goal in plan.goals)
    assert sum(goal.is_primary for goal in plan.goals) <= 3
    assert plan.subscription_business == (stage is Stage.OVER_500K)


def test_before_launch_there_are_no_goals() -> None:
    text, plan = written(Stage.PRE_LAUNCH)
    assert plan.goals == ()
    assert "answer every ticket yourself" in text


@STAGES
def test_with_data_it_passes_its_check_by_that_data(stage: Stage, seen: Measured) -> None:
    text, plan = written(stage, look_into(seen))
    checkup = check(parse_toml(text, "p"), today=TODAY, evidence=seen)
    assert checkup.findings == ()
    assert Needs.DATA not in checkup.not_run
    computable = {
        each.metric
        for each in STARTERS[stage]
        if isinstance(value := seen.recent(Watched(METRICS[each.metric])), Estimate) and value.value
    }
    assert {goal.metric.key for goal in plan.goals} == computable
    for each in STARTERS[stage]:
        assert (f"# Left out: {METRICS[each.metric].name.lower()}, since" in text) == (each.metric not in computable)


def test_targets_are_those_of_own_history(seen: Measured) -> None:
    """Solved at first contact moves from week to week: a gain that can be shown is possible."""
    text, plan = written(Stage.TO_500K, look_into(seen))
    assert len(plan.goals) == 3
    for goal in plan.goals:
        now = seen.history.recent(goal.watched).estimate
        targets = suggest(seen.history, goal.watched, DUE)
        assert now is not None
        assert goal.to is not None
        if goal.shape is Shape.HOLD:
            assert goal.to == pytest.approx(targets["safe"].target, rel=0.02)
        else:
            assert goal.meets(now.value) is False
            assert targets.chance(goal.to) > 0.8 * LEAST_CHANCE
            assert goal.start == pytest.approx(now.value, rel=1e-3)
    assert "in 10." in text or "hold what is reached" in text


def test_counterweights_are_what_the_data_can_compute(seen: Measured) -> None:
    _, plan = written(Stage.TO_500K, look_into(seen))
    for goal in plan.goals:
        assert goal.must_not_get_worse
        assert all(not seen.missing(each.watched) for each in goal.must_not_get_worse)


def test_where_few_answer_more_answers_come_first(seen: Measured) -> None:
    look = Look(seen.history, seen.missing, lambda watched: watched.metric.key == "csat")
    text, plan = written(Stage.TO_500K, look)
    keys = [goal.metric.key for goal in plan.goals]
    assert "csat" not in keys
    assert "survey_response_rate" in keys
    assert "# Left out: customer satisfaction, since few answer." in text
    assert not any(each.watched.metric.key == "csat" for goal in plan.goals for each in goal.must_not_get_worse)
    early = written(Stage.UNDER_50K, look)[1]
    assert [goal.metric.key for goal in early.goals] == ["first_response_time"]


def test_a_segment_that_the_data_lacks_is_left_out(seen: Measured) -> None:
    def without_email(watched: Watched) -> str:
        return "no e-mail" if watched.where.get("channel") == ("email",) else seen.missing(watched)

    _, plan = written(Stage.UNDER_50K, Look(seen.history, without_email, lambda _: False))
    assert [(goal.metric.key, dict(goal.watched.where)) for goal in plan.goals] == [
        ("first_response_time", {}),
        ("csat", {}),
    ]


def test_a_desk_of_two_weeks_starts_with_usual_targets(tmp_path_factory: pytest.TempPathFactory) -> None:
    from measure.crowd import Crowd

    with Crowd(3).load(tmp_path_factory.mktemp("crowd")) as small:
        seen = Measured(small.workspace)
        text, plan = written(Stage.TO_500K, look_into(seen))
        assert isinstance(seen.history, History)
        codes = [finding.code for finding in check(parse_toml(text, "p"), today=TODAY, evidence=seen).findings]
    assert plan.goals
    assert codes == []


def test_retention_comes_last() -> None:
    aims = {stage: {aim for each in STARTERS[stage] for aim in METRICS[each.metric].aims} for stage in Stage}
    assert [Aim.RETENTION in aims[stage] for stage in Stage] == [False, False, False, True]
