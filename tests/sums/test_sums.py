"""The kept sums against the rows: on random histories, after every load."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import duckdb
import pytest

from goalkeeper.datasets import DATASETS
from goalkeeper.datasets.refresh import refresh
from goalkeeper.errors import UsageError
from goalkeeper.formulas import Share
from goalkeeper.measure import Estimates
from goalkeeper.measure.measure import Question, asked_of, measure, measure_together
from goalkeeper.measure.periods import day_of
from goalkeeper.metrics import METRICS, Metric
from goalkeeper.stats.estimate import Estimate
from goalkeeper.sums import Keeper, answer, keep, kept_sums
from goalkeeper.sums.cube import RATIO, VERSION, Cube, added, bucket_sql
from goalkeeper.sums.definitions import COUNTED, VALUED, can_keep, key_of
from goalkeeper.sums.keep import known_cubes
from sla.worlds import SETTINGS, PromiseWorld
from tickets.desk import Desk

Desks = Callable[[str], Desk]


def kept_and_recounted(desk: Desk, cube: Cube) -> Iterator[tuple[str, list[Any], list[Any]]]:
    for kind, query in cube.queries().items():
        names, sums = cube.tables[kind]
        kept = desk.store.rows(f"SELECT * FROM ({added(names, sums, f'FROM {cube.table(kind)}')}) ORDER BY ALL")
        anew = desk.store.rows(f"SELECT * FROM ({added(names, sums, query)}) ORDER BY ALL")
        yield kind, kept, anew


def same_after_each_load(desks: Desks, seed: int, **size: int) -> None:
    world, desk = PromiseWorld(seed, sources=seed % 3 + 1, **size), desks(SETTINGS[seed % len(SETTINGS)])
    for number, load in enumerate(world.loads):
        desk.load(load.source, **load.tables)
        keeper = Keeper(desk.store, METRICS.values(), keep_from=0)
        settings = desk.workspace.settings
        refresh(desk.store, settings.facts, settings.policies, beside=keeper)
        cubes = known_cubes(desk.store, keeper.places)
        assert {(cube.dataset, cube.at) for cube in cubes} == set(keeper.places)
        for cube in cubes:
            for kind, kept, anew in kept_and_recounted(desk, cube):
                assert kept == anew, f"world {seed}, load {number}, {cube.at}, {kind}"


@pytest.mark.parametrize("seed", [40, 41])
def test_what_changed_gives_the_sums_of_a_recount(desks: Desks, seed: int) -> None:
    same_after_each_load(desks, seed, tickets=12, rounds=3)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3000, 3006))
def test_what_changed_gives_the_sums_of_a_recount_on_many_desks(desks: Desks, seed: int) -> None:
    same_after_each_load(desks, seed, rounds=5)


@contextmanager
def without_sums(desk: Desk) -> Iterator[None]:
    kept = desk.store.state("sums")
    assert kept
    desk.store.remember("sums", "[]")
    yield
    desk.store.remember("sums", kept)


def told(estimates: Estimates) -> list[Any]:
    return [(cell.period, cell.by, cell.value, cell.n, cell.pending, cell.left_out) for cell in estimates.cells]


@pytest.fixture(scope="module")
def summed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk whose sums hold all splits they may, whatever room that takes."""
    with (
        Desk(tmp_path_factory.mktemp("summed"), SETTINGS[0]) as desk,
        pytest.MonkeyPatch.context() as all_,
    ):
        all_.setattr(keep, "MOST_CELLS", 0.001)
        all_.setattr(keep, "MOST_VALUES", 0.001)
        all_.setattr(answer, "EXACT_UP_TO", -1)
        PromiseWorld(7, sources=3, tickets=60, rounds=2).loaded(desk)
        keeper = Keeper(desk.store, METRICS.values(), keep_from=0)
        refresh(desk.store, desk.workspace.settings.facts, desk.workspace.settings.policies, beside=keeper)
        yield desk


def questions(metric: Metric) -> Iterator[Question]:
    for variant in ("", *metric.variants):
        formula, data = metric.variant(variant), metric.dataset(variant)
        if not can_keep(formula, data):
            continue
        splits = tuple(split for split in ("brand", "channel", "kind") if split in data.splits)[:2]
        where = f"{splits[-1]} <> 'email'" if splits else ""
        for clock in ("calendar", "working") if formula.has_clock else ("",):
            for statistic in formula.statistics:
                asked = Question(variant=variant, clock=clock, statistic=statistic, where=where)
                yield replace(asked, every="month", by=splits[-1:]) if variant else asked
        yield Question(variant=variant, every="week", by=splits)


KEPT = [metric for metric in METRICS.values() if any(True for _ in questions(metric))]


def test_rounded_values_of_several_ranges_are_those_of_each_alone(summed: Desk) -> None:
    store, zone, notes = summed.store, summed.workspace.settings.timezone, set[str]()
    for metric in (each for each in KEPT if isinstance(each.formula, VALUED)):
        if not (cells := measure(store, metric, Question(), zone=zone).cells):
            continue
        until = cells[-1].period.until
        spans = [(cells[0].period.since, until), (until - timedelta(days=20), until)]
        asked = [Question(since=since, until=until) for since, until in spans]
        together = measure_together(store, metric, asked, zone=zone)
        assert together == [measure(store, metric, each, zone=zone) for each in asked]
        numbers = [cell.estimate for cells in together for cell in cells if cell.estimate]
        notes |= {note for number in numbers for note in number.note.split("; ")}
    assert "to within 1 %" in notes


@pytest.mark.parametrize("metric", KEPT, ids=lambda metric: metric.key)
def test_sums_and_rows_tell_the_same(summed: Desk, metric: Metric) -> None:
    zone = summed.workspace.settings.timezone
    for question in questions(metric):
        kept = measure(summed.store, metric, question, zone=zone)
        with without_sums(summed):
            plain = measure(summed.store, metric, question, zone=zone)
        if isinstance(metric.variant(question.variant), COUNTED):
            assert told(kept) == told(plain), question
            continue
        for one, other in zip(kept.cells, plain.cells, strict=True):
            assert (one.period, one.by, one.n, one.pending) == (other.period, other.by, other.n, other.pending)
            assert one.left_out == other.left_out
            assert type(one.value) is type(other.value), question
            if isinstance(one.value, Estimate) and isinstance(other.value, Estimate):
                assert one.value.value == pytest.approx(other.value.value, rel=RATIO - 1), question


@pytest.mark.parametrize("every", ["day", "week", "month", ""])
def test_whole_weeks_and_other_days_make_up_a_period(summed: Desk, every: str) -> None:
    """The second to the last day but one, so that weeks are cut."""
    metric, zone = METRICS["first_response_time"], summed.workspace.settings.timezone
    first, last = summed.store.rows("SELECT min(created_day), max(created_day) FROM facts.tickets")[0]
    span = Question(every=every, since=day_of(first + 1), until=day_of(last))
    kept = measure(summed.store, metric, span, zone=zone)
    with without_sums(summed):
        plain = measure(summed.store, metric, span, zone=zone)
    assert [(cell.period, cell.n, cell.pending) for cell in kept] == [
        (cell.period, cell.n, cell.pending) for cell in plain
    ]
    assert sum(cell.n for cell in kept) > 1


def test_few_values_are_told_exactly(summed: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    metric, zone = METRICS["first_response_time"], summed.workspace.settings.timezone
    with without_sums(summed):
        plain = told(measure(summed.store, metric, Question(), zone=zone))
    assert told(measure(summed.store, metric, Question(), zone=zone)) != plain
    monkeypatch.setattr(answer, "EXACT_UP_TO", plain[0][3] + plain[0][4])
    assert told(measure(summed.store, metric, Question(), zone=zone)) == plain


def test_sums_of_a_former_version_are_not_read(summed: Desk) -> None:
    asked, _ = asked_of(METRICS["first_response_time"], Question(), "median")
    version = summed.store.state("sums_version")
    assert version
    assert kept_sums(summed.store, asked, "tickets", frozenset())
    summed.store.remember("sums_version", version.replace(f"({VERSION}, ", f"({VERSION - 1}, ", 1))
    assert kept_sums(summed.store, asked, "tickets", frozenset()) is None
    summed.store.remember("sums_version", version)


def test_calls_and_promises_are_there_to_be_told(summed: Desk) -> None:
    zone = summed.workspace.settings.timezone
    for key in ("abandonment_rate", "sla_attainment", "ticket_volume", "next_response_time"):
        assert measure(summed.store, METRICS[key], Question(), zone=zone).cells[0].n > 1, key


def test_sums_of_rows_made_anew_are_counted_anew(desks: Desks) -> None:
    """A load of one call makes all calls again."""
    desk = desks(SETTINGS[0])
    PromiseWorld(8, sources=1, rounds=1).loaded(desk)
    keeper = Keeper(desk.store, METRICS.values(), keep_from=0)

    def kept_calls() -> int:
        refresh(desk.store, desk.workspace.settings.facts, desk.workspace.settings.policies, beside=keeper)
        (calls,) = (cube for cube in known_cubes(desk.store, keeper.places) if cube.dataset == "calls")
        abandonment = f"rows_{key_of(asked_of(METRICS['abandonment_rate'], Question(), 'share')[0])}"
        return desk.store.one(f"SELECT coalesce(sum({abandonment}), 0) FROM {calls.table('counts')}")

    calls = kept_calls()
    call = {"kind": "chat", "direction": "in", "outcome": "answered", "started_at": "2025-03-29T10:00:00Z"}
    desk.load("phone", interactions=[call | {"interaction_id": "new"}])
    assert kept_calls() == calls + 1


KEPT_WINDOWS = ("first_contact_resolution", "resolved_in_target", "sla_attainment")


def test_a_horizon_that_goes_back_opens_windows_again(desks: Desks) -> None:
    """A day in the far future was a mistake: what was judged up to it is pending again."""
    desk = desks(SETTINGS[0])
    PromiseWorld(40, sources=1, rounds=1).loaded(desk)
    keeper = Keeper(desk.store, METRICS.values(), keep_from=0)
    pending = []
    for late in (0, 40, 0):
        desk.store.con.execute(
            f"UPDATE {desk.store.place('tickets')} SET updated_at = created_at + INTERVAL {late} DAY "
            "WHERE ticket_id = 'T0'; INSERT INTO meta.touched (ticket_key) "
            "SELECT ticket_key FROM canon.tickets WHERE ticket_id = 'T0'"
        )
        refresh(desk.store, desk.workspace.settings.facts, desk.workspace.settings.policies, beside=keeper)
        for cube in known_cubes(desk.store, keeper.places):
            assert all(one == other for _, one, other in kept_and_recounted(desk, cube)), (late, cube.at)
        cells = [measure(desk.store, METRICS[key], Question(), zone="UTC").cells[0] for key in KEPT_WINDOWS]
        pending.append(sum(cell.pending for cell in cells))
    assert pending[0] == pending[2] > pending[1]


def test_what_grows_with_time_is_kept_only_where_a_window_looks_at_it() -> None:
    data = DATASETS["tickets"]
    share = Share(dataset="tickets", at="solved_day", of="resolved", hits="one_touch")
    assert can_keep(share, data)
    assert can_keep(replace(share, pending="quiet_s < 604800"), data)
    assert not can_keep(replace(share, of="quiet_s >= 604800"), data)
    assert not can_keep(replace(share, left_out={"too young": "followed{clock}_s < 86400"}), data)
    assert not can_keep(replace(share, currency="product"), data)


def test_sums_are_kept_once_there_are_enough_rows(desks: Desks) -> None:
    desk = desks(SETTINGS[0])
    world = PromiseWorld(8, sources=1, rounds=3)

    def kept(keep_from: int) -> set[tuple[str, str]]:
        keeper = Keeper(desk.store, METRICS.values(), keep_from=keep_from)
        refresh(desk.store, desk.workspace.settings.facts, desk.workspace.settings.policies, beside=keeper)
        cubes = known_cubes(desk.store, keeper.places)
        for cube in cubes:
            assert all(one == other for _, one, other in kept_and_recounted(desk, cube))
        return {(cube.dataset, cube.at) for cube in cubes}

    for load in world.loads:
        desk.load(load.source, **load.tables)
        rows = desk.store.one("SELECT count(*) FROM canon.tickets")
        assert ("tickets", "created_day") not in kept(rows + 100)
    assert ("tickets", "created_day") in kept(rows)


def test_a_definition_that_is_gone_leaves_no_sums(desks: Desks) -> None:
    desk = desks(SETTINGS[0])
    PromiseWorld(8, sources=1, rounds=1).loaded(desk)
    tables = "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'facts' AND table_name LIKE 'sums%'"
    for metrics, some in ((METRICS.values(), 30), ([METRICS["ticket_volume"]], 2), ([METRICS["ticket_volume"]], 2)):
        keeper = Keeper(desk.store, metrics, keep_from=0)
        refresh(desk.store, desk.workspace.settings.facts, desk.workspace.settings.policies, beside=keeper)
        found = desk.store.one(tables)
        assert found == some if some == 2 else found > some


def test_the_rows_are_asked_where_the_sums_lack_a_split(summed: Desk) -> None:
    asked = METRICS["ticket_volume"]
    zone = summed.workspace.settings.timezone
    assert "topic_detail" not in (summed.store.state("sums") or "")
    by = measure(summed.store, asked, Question(by=("topic_detail",)), zone=zone)
    assert sum(cell.n for cell in by.cells) == measure(summed.store, asked, Question(), zone=zone).cells[0].n


def test_a_bucket_is_one_percent_wide() -> None:
    rows = duckdb.sql(
        f"SELECT min(v), max(v) FROM (SELECT CAST(i * i AS DOUBLE) / 7 AS v FROM range(1, 40000) r(i)) "
        f"GROUP BY {bucket_sql('v')}"
    ).fetchall()
    assert all(high <= low * RATIO * (1 + 1e-9) for low, high in rows)
    small = f"SELECT count(DISTINCT {bucket_sql('v')}) FROM (SELECT CAST(i AS DOUBLE) AS v FROM range(-50, 51) r(i))"
    assert duckdb.sql(small).fetchall() == [(101,)]


def test_a_refresh_that_brings_no_sums_along_leaves_none(desks: Desks) -> None:
    world, desk = PromiseWorld(9, sources=1, tickets=12, rounds=2), desks(SETTINGS[0])
    settings = desk.workspace.settings
    for load, beside in zip(world.loads, (True, False, True), strict=False):
        desk.load(load.source, **load.tables)
        keeper = Keeper(desk.store, METRICS.values(), keep_from=0)
        refresh(desk.store, settings.facts, settings.policies, beside=keeper if beside else None)
        assert bool(known_cubes(desk.store, keeper.places)) is beside


def test_a_mistake_in_an_own_metric_does_not_hold_up_a_refresh(desks: Desks) -> None:
    desk = desks(SETTINGS[0])
    folder = desk.workspace.folder / "metrics"
    folder.mkdir()
    (folder / "own.toml").write_text("key = 1", encoding="utf-8")
    desk.workspace.__dict__.pop("metrics", None)
    try:
        desk.workspace.refresh()
        with pytest.raises(UsageError):
            _ = desk.workspace.metrics
    finally:
        (folder / "own.toml").unlink()
        folder.rmdir()
