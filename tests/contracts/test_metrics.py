"""What holds for every metric of the registry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import combinations
from typing import Any

import pytest

from goalkeeper.datasets import dataset
from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.formulas import Mean, Part, Share
from goalkeeper.metrics import METRICS, Aim, Metric, metric
from goalkeeper.reports.benchmarks import benchmark_words
from goalkeeper.reports.scorecard import SECTIONS
from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.units import Unit
from measure.crowd import Crowd
from measure.dozen import dozen
from measure.small import Small

EACH = pytest.mark.parametrize("each", METRICS.values(), ids=METRICS)
FORMULAS = [
    pytest.param(each, variant, id=f"{each.key} {variant}".strip())
    for each in METRICS.values()
    for variant in ("", *each.variants)
]
DATED = [each for each in FORMULAS if each.values[0].variant(each.values[1]).at]  # a stock's rows stand in every period
TEN_YEARS_S = 3_653 * 86_400


# A row of these falls on the very day that its window closes, or brings a time of its own, as a promise does.
FALLS_DUE = ("due_day", "month_day", "quarter_day", "applied_day")


def ways(each: Metric, variant: str) -> Iterator[dict[str, str]]:
    """Every clock and statistic in which a formula can be asked."""
    formula = each.variant(variant)
    for clock in ("calendar", "working") if formula.has_clock else ("",):
        for statistic in formula.statistics:
            yield {"variant": variant, "clock": clock, "statistic": statistic}


def bounds(each: Metric) -> tuple[float, float]:
    """The least and the greatest value to believe."""
    low, high = each.possible
    return low, min(high, TEN_YEARS_S) if each.unit is Unit.DURATION else high


@EACH
def test_it_is_told_in_words(each: Metric) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]+", each.key)
    assert each.asks.endswith("?")
    assert each.about.endswith(".")
    assert len(each.about.split()) >= 6
    assert each.counts
    assert each.sources
    for text in (each.about, each.gamed_by, each.asks):
        assert not re.search(r"\b(TODO|TBD|XXX)\b|  \S", text)
    if each.gamed_by:
        assert each.gamed_by.endswith((".", "'."))


def test_metrics_that_can_be_gamed_say_how() -> None:
    silent = {each.key for each in METRICS.values() if not each.gamed_by}
    assert silent == {"people_per_ticket", "ticket_volume", "speed_of_answer", "theme_share", "review_volume"}


@EACH
def test_counterweights_exist_and_are_others(each: Metric) -> None:
    assert each.key not in each.watch_with
    assert len(set(each.watch_with)) == len(each.watch_with)
    assert set(each.watch_with) <= set(METRICS)
    if each.gamed_by and each.key not in ("abandonment_rate", "survey_response_rate"):
        assert each.watch_with


@EACH
def test_a_window_is_declared_where_rows_wait_for_one(each: Metric) -> None:
    for variant in ("", *each.variants):
        formula = each.variant(variant)
        if formula.at in FALLS_DUE:
            assert formula.window_days == 0
        else:
            assert (formula.window_days > 0) == (formula.pending != "false")


@EACH
def test_its_values_lie_within_bounds(each: Metric) -> None:
    low, high = each.possible
    assert low < high
    assert all(low <= side <= high for mark in each.benchmarks for side in (mark.low, mark.high) if side is not None)


def test_what_is_closed_early_is_watched_with_what_lasts() -> None:
    for each in METRICS.values():
        beside = {aim for key in each.watch_with for aim in METRICS[key].aims}
        if Aim.CLOSING in each.aims:
            assert Aim.LASTING in beside, each.key
        if Aim.DEFLECTION in each.aims:
            assert Aim.QUALITY in beside, each.key


def test_a_young_company_begins_with_few() -> None:
    assert {each.key for each in METRICS.values() if each.early} == {"first_response_time", "csat"}


@EACH
def test_benchmarks_fit_the_unit(each: Metric) -> None:
    for mark in each.benchmarks:
        assert mark.low is not None or mark.high is not None
        low, high = bounds(each)
        sides = [side for side in (mark.low, mark.high) if side is not None]
        assert all(low <= side <= high for side in sides)
        assert sides == sorted(sides)
        assert mark.grade in ("A", "B", "C")
        assert mark.clock in ("", "working", "calendar")
        assert mark.statistic in ("", *each.formula.statistics)
        assert mark.words


@EACH
def test_the_scorecard_has_it_once(each: Metric) -> None:
    # A part is nothing without the split that it is a part of.
    times = 0 if isinstance(each.formula, Part) else 1
    assert [key for _, _, keys in SECTIONS for key in keys].count(each.key) == times


def test_names_are_told_apart() -> None:
    for one, other in combinations(METRICS.values(), 2):
        assert one.name != other.name
        assert one.asks != other.asks


def test_versions_are_told_apart() -> None:
    versions = [each.version(variant) for each in METRICS.values() for variant in ("", *each.variants)]
    assert len(set(versions)) == len(versions)
    assert all(re.fullmatch("[0-9a-f]{8}", version) for version in versions)


@pytest.mark.parametrize(("each", "variant"), FORMULAS)
def test_a_version_changes_with_the_formula_and_not_with_the_words(each: Metric, variant: str) -> None:
    formula, version = each.variant(variant), each.version(variant)

    def with_formula(**changes: Any) -> str:
        changed = replace(formula, **changes)
        variants = {**each.variants, variant: changed} if variant else each.variants
        return replace(each, formula=each.formula if variant else changed, variants=variants).version(variant)

    worded = replace(
        each, name="N", asks="A?", about="B.", gamed_by="", counts="c", watch_with=(), benchmarks=(), aims=()
    )
    assert worded.version(variant) == version
    assert with_formula() == version
    assert with_formula(counts="other words", window_days=99) == version
    assert with_formula(left_out={f"{why}!": test for why, test in formula.left_out.items()}) == version
    assert with_formula(left_out={**formula.left_out, "more": "left_out = 'x'"}) != version
    assert with_formula(of=f"({formula.of}) AND left_out = 'x'") != version
    assert with_formula(among="left_out = 'x'") != version
    assert with_formula(pending="left_out = 'x'") != version


@pytest.mark.parametrize(("each", "variant"), FORMULAS)
def test_a_reason_leaves_out_only_what_is_not_counted(each: Metric, variant: str) -> None:
    """A formula whose reason overlaps its population would leave rows out that it says it counts."""
    formula, data = each.variant(variant), each.dataset(variant)
    assert len(set(formula.left_out)) == len(formula.left_out)
    assert not set(formula.left_out) & {"spam", "deleted", "merged", "test", "internal", "partial", "outbound"}
    assert data.rows


class TestOnAWorkspace:
    @pytest.mark.parametrize(("each", "variant"), FORMULAS)
    def test_every_formula_runs(self, crowd: Small, each: Metric, variant: str) -> None:
        low, high = bounds(each)
        for how in ways(each, variant):
            for cell in crowd.measure(each.key, by=each.dataset(variant).splits[:1], every="week", **how):
                assert cell.n >= 0 <= cell.pending
                if isinstance(cell.value, Estimate):
                    assert low <= cell.value.value <= high
                else:
                    assert cell.value.words

    @pytest.mark.parametrize(("each", "variant"), FORMULAS)
    def test_an_empty_workspace_has_no_numbers(self, empty: Small, each: Metric, variant: str) -> None:
        for how in ways(each, variant):
            assert list(empty.measure(each.key, **how)) == []
            since, until = date(2026, 1, 1), date(2026, 2, 1)
            for cell in empty.measure(each.key, since=since, until=until, every="week", **how):
                assert isinstance(cell.value, NoEstimate)
                assert (cell.value.reason, cell.n, cell.pending) == ("no_data", 0, 0)
            if splits := each.dataset(variant).splits[:1]:
                assert list(empty.measure(each.key, by=splits, since=since, until=until, **how)) == []

    @pytest.mark.parametrize(("each", "variant"), FORMULAS)
    def test_every_split_runs(self, crowd: Small, each: Metric, variant: str) -> None:
        whole = crowd.measure(each.key, variant=variant)
        for split in each.dataset(variant).splits:
            cells = crowd.measure(each.key, variant=variant, by=split)
            if not isinstance(each.formula, Part):  # whose n is the whole in each cell
                assert sum(cell.n for cell in cells) == sum(cell.n for cell in whole)
            assert all(value is None or isinstance(value, str) for cell in cells for value in cell.by.values())

    @pytest.mark.parametrize(("each", "variant"), DATED)
    def test_no_row_is_both_counted_and_left_out(self, crowd: Small, each: Metric, variant: str) -> None:
        """Counted, pending and left out are at most the rows that the metric speaks of."""
        formula, data = each.variant(variant), each.dataset(variant)
        spoken = f"SELECT count(*) FROM {data.source} d WHERE {formula.at} IS NOT NULL AND ({formula.among})"
        rows = crowd.workspace.store.one(spoken)
        for cell in crowd.measure(each.key, variant=variant):
            assert cell.n + cell.pending + sum(cell.left_out.values()) <= rows


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    with Crowd(21, tickets=120).load(tmp_path_factory.mktemp("crowd")) as small:
        yield small


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    with Small(tmp_path_factory.mktemp("empty")) as small:
        small.workspace.refresh()
        yield small


def test_unknown_keys() -> None:
    with pytest.raises(UnknownName, match=r"no metric 'cast'\. Did you mean 'csat'\?"):
        metric("cast")


SCORE = Mean(dataset="answers", at="responded_day", value="score")


def answers(**changes: Any) -> Share:
    """A share of the answers, changed."""
    return Share(**({"dataset": "answers", "at": "responded_day", "hits": "satisfied"} | changes))


class TestDeclaring:
    """A metric is checked when it is made."""

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"formula": answers(hits="satisfactory")}, "no column 'satisfactory'"),
            ({"formula": answers(at="day")}, "no column 'day'"),
            ({"formula": answers(dataset="answer")}, "no dataset 'answer'"),
            ({"formula": SCORE}, "unit is share, but the formula is Mean"),
            ({"formula": answers(hits="now() > 1")}, "may not stand in a condition"),
            ({"statistic": "median"}, "no statistic 'median'"),
            ({"variants": {"x": answers(hits="wait{clock}_s < 3")}}, "no column 'wait_s'"),
        ],
    )
    def test_mistakes(self, change: dict[str, Any], words: str) -> None:
        with pytest.raises(UsageError, match=re.escape(words)):
            replace(METRICS["csat"], **change)

    def test_both_clocks_are_checked(self) -> None:
        one_clock = Share(dataset="tickets", at="created_day", hits="created{clock}_day > 1")
        with pytest.raises(UnknownName, match="no column 'created_working_day'"):
            replace(METRICS["reopen_rate"], formula=one_clock)


class TestBenchmarks:
    def test_none_at_all_is_told_as_a_value(self) -> None:
        (mark,) = METRICS["backlog_over_48h"].benchmarks
        assert benchmark_words(METRICS["backlog_over_48h"], mark).startswith("0.0 % (no ticket that old;")

    def test_like_is_compared_with_like(self) -> None:
        first = METRICS["first_response_time"]
        mark, why = first.benchmark({"email", "web"}, "working", "median")
        assert mark is not None
        assert (mark.high, why) == (4 * 3600, "")
        assert first.benchmark({"chat"}, "working", "median")[0].high == 120  # type: ignore[union-attr]

    def test_several_channels_fit_none(self) -> None:
        mark, why = METRICS["first_response_time"].benchmark({"email", "chat"}, "working", "median")
        assert mark is None
        assert why.startswith("benchmarks are per channel (email, web, chat, messaging, social)")
        assert METRICS["first_response_time"].benchmark(set(), "working", "median")[0] is None
        assert METRICS["first_response_time"].benchmark({"email", ""}, "working", "median")[0] is None

    def test_clock_and_statistic(self) -> None:
        resolution = METRICS["resolution_time"]
        assert resolution.benchmark({"email"}, "calendar", "median")[0] is not None
        mark, why = resolution.benchmark({"email"}, "working", "median")
        assert (mark, why) == (None, "benchmarks are median on the calendar clock")
        assert resolution.benchmark({"email"}, "calendar", "p90")[0] is None

    def test_none(self) -> None:
        assert METRICS["ticket_volume"].benchmark({"email"}, "", "rate") == (
            None,
            "no published benchmark is like this",
        )


def test_the_dozen_desk_gives_the_same_at_every_reading(tmp_path: Any) -> None:
    with dozen(tmp_path) as desk:
        for key in METRICS:
            assert desk.measure(key).to_dicts() == desk.measure(key).to_dicts()


def test_datasets_of_all_metrics_have_a_day_or_an_instant() -> None:
    for each in METRICS.values():
        for variant in ("", *each.variants):
            formula = each.variant(variant)
            if formula.at:
                assert formula.at.endswith("_day")
                assert formula.at in dataset(formula.dataset).names
