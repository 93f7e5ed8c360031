"""What holds for every definition of every profile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest

from goalkeeper.datasets import dataset
from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.metrics import METRICS, Metric
from goalkeeper.metrics.profiles import OURS, PROFILES, Definition, Profile, profile
from goalkeeper.stats.estimate import Estimate, NoEstimate
from measure.crowd import Crowd
from measure.small import Small

EACH = pytest.mark.parametrize("each", PROFILES.values(), ids=PROFILES)
DEFINED = [(each, key, its) for each in PROFILES.values() for key, its in each.definitions.items()]
DEFINITIONS = pytest.mark.parametrize(
    ("each", "key", "its"), DEFINED, ids=[f"{each.key} {key}" for each, key, _ in DEFINED]
)
FORMULAS = [
    pytest.param(each.key, each.metric(METRICS[key]), variant, id=f"{each.key} {key} {variant}".strip())
    for each, key, its in DEFINED
    for variant in ("", *its.variants)
]


@EACH
def test_names_are_of_metrics(each: Profile) -> None:
    assert {*each.definitions, *each.same, *each.apart} <= set(METRICS)
    assert not set(each.definitions) & set(each.same)
    assert not {*each.definitions, *each.same} & set(each.apart)
    assert PROFILES[each.key] is each is profile(each.key)
    assert each.key != OURS.key


@DEFINITIONS
def test_it_is_told_in_words(each: Profile, key: str, its: Definition) -> None:
    metric = each.metric(METRICS[key])
    assert metric.about.endswith(".")
    assert len(metric.about.split()) >= 6
    assert its.source
    assert metric.counts
    assert metric.profile == each.key
    for name in its.variants:
        assert f"`{name}`" in metric.about or key == "first_contact_resolution"


@DEFINITIONS
def test_a_time_says_from_where_to_where(each: Profile, key: str, its: Definition) -> None:
    names = {*dataset("peer_tickets").names, *dataset("tickets").names}
    marks = [mark for mark in (its.begins, its.ends) if mark is not None]
    assert len(marks) == (2 if key in OURS.marks else 0)
    for mark in (*marks, *(mark for pair in OURS.marks.values() for mark in pair)):
        assert mark.column in names
        assert mark.kind in ("made", "reply", "status")


@DEFINITIONS
def test_its_version_is_its_own(each: Profile, key: str, its: Definition) -> None:
    ours = {METRICS[key].version(variant) for variant in ("", *METRICS[key].variants)}
    metric = each.metric(METRICS[key])
    versions = [metric.version(variant) for variant in ("", *its.variants)]
    assert len({*versions}) == len(versions)
    assert not ours & {*versions}
    assert metric.benchmarks == ()


@EACH
def test_what_is_like_ours_is_ours(each: Profile) -> None:
    for key in each.same:
        metric = each.metric(METRICS[key])
        assert metric.version() == METRICS[key].version()
        assert metric.profile == each.key


@EACH
def test_what_a_peer_has_not_is_told(each: Profile) -> None:
    for key in set(METRICS) - {*each.definitions, *each.same}:
        with pytest.raises(UsageError, match=re.escape(f"{each.key} has no {key}: ")) as caught:
            each.metric(METRICS[key])
        assert each.apart.get(key, "no definition of it is known") in str(caught.value)
        assert next(iter(each.definitions)) in caught.value.hint


def test_unknown_profiles() -> None:
    with pytest.raises(UnknownName, match=r"no profile 'zendesc'\. Did you mean 'zendesk'\?"):
        profile("zendesc")


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    with Crowd(6, tickets=200).load(tmp_path_factory.mktemp("crowd")) as small:
        yield small


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    with Small(tmp_path_factory.mktemp("empty")) as small:
        small.workspace.refresh()
        yield small


class TestOnAWorkspace:
    @pytest.mark.parametrize(("name", "metric", "variant"), FORMULAS)
    def test_every_formula_runs(self, crowd: Small, name: str, metric: Metric, variant: str) -> None:
        low, high = metric.possible
        formula = metric.variant(variant)
        counted = 0
        for clock in ("calendar", "working") if formula.has_clock else ("",):
            asked = {"variant": variant, "clock": clock, "statistic": formula.statistics[-1], "profile": name}
            for cell in crowd.measure(metric.key, by="channel", **asked):
                counted += cell.n
                if isinstance(cell.value, Estimate):
                    assert low <= cell.value.value <= high
        assert counted or metric.key == "csat"  # no ticket of the crowd has an answer

    @pytest.mark.parametrize(("name", "metric", "variant"), FORMULAS)
    def test_an_empty_workspace_has_no_numbers(self, empty: Small, name: str, metric: Metric, variant: str) -> None:
        days = {"since": date(2026, 1, 1), "until": date(2026, 2, 1)}
        for cell in empty.measure(metric.key, variant=variant, profile=name, **days):
            assert isinstance(cell.value, NoEstimate)

    def test_ours_is_no_profile(self, crowd: Small) -> None:
        ours = crowd.measure("reopen_rate").to_dicts()
        assert crowd.measure("reopen_rate", profile=OURS.key).to_dicts() == ours
        assert ours[0]["profile"] is None

    def test_the_json_carries_the_profile(self, crowd: Small) -> None:
        found = crowd.measure("reopen_rate", profile="zendesk")
        (row,) = found.to_dicts()
        assert (row["profile"], row["metric"]) == ("zendesk", "reopen_rate")
        assert row["definition_version"] != crowd.measure("reopen_rate").to_dicts()[0]["definition_version"]
        assert found.to_arrow()["profile"].to_pylist() == ["zendesk"]
