"""Jobs: each due time once, late where nothing ran, again after a failure or a crash, and never two at a time."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalkeeper.errors import Findings, UnknownName
from goalkeeper.goals import read_plan
from goalkeeper.goals.agree import agree
from goalkeeper.goals.history import History as DeskHistory
from goalkeeper.jobs import Jobs, Run, State
from goalkeeper.jobs import history as kept_module
from goalkeeper.jobs import jobs as module
from goalkeeper.jobs.history import HISTORY_FILE, MOST_KEPT, History
from goalkeeper.jobs.work import WORK, Work
from goalkeeper.tomlfile import parse_toml
from goalkeeper.warehouse.forget import OLD_BYTES, UNFINISHED
from goalkeeper.workspace.job_times import EVERY, JobTime, parse_job_times
from goalkeeper.workspace.settings import parse_settings
from goals.world import world
from measure.small import Small, ticket

SETTINGS = 'name = "Small"\ntimezone = "Europe/Berlin"\n[jobs]\nrefresh = "05:00"\n'
NOON = datetime(2026, 3, 4, 12)


class Clock:
    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Small]:
    with Small(tmp_path, SETTINGS) as opened:
        yield opened.load(tickets=[ticket(1, "03-02 10:00")])


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def jobs(small: Small, clock: Clock) -> Jobs:
    return Jobs(small.workspace, clock, lambda: None)


def test_each_due_time_is_done_once(jobs: Jobs, clock: Clock) -> None:
    (run,) = jobs.do_due()
    assert (run.job, run.key, run.state) == ("refresh", "refresh 2026-03-04", State.DONE)
    assert run.due == datetime(2026, 3, 4, 4)
    assert run.is_late
    assert jobs.do_due() == []
    clock.at = datetime(2026, 3, 5, 4, 0, 5)
    (next_run,) = jobs.do_due()
    assert not next_run.is_late
    clock.at += timedelta(days=9, hours=3)  # nothing ran meanwhile: once, late
    (late,) = jobs.do_due()
    assert late.is_late
    assert len(jobs.history.runs) == 3


def test_a_failure_is_tried_again_and_then_waits(jobs: Jobs, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> str:
        raise RuntimeError("of the customer Ada")

    monkeypatch.setattr(module, "WORK", {**WORK, "refresh": Work("Refresh", "", fail)})
    tries = []
    for minute in range(120):
        clock.at = NOON + timedelta(minutes=minute)
        tries += [minute for _ in jobs.do_due()]
    assert tries == [0, 1, 6, 36]
    assert {run.state for run in jobs.history.runs} == {State.FAILED}
    assert "Ada" not in jobs.history.runs[0].said
    monkeypatch.undo()
    assert jobs.do_due() == []
    clock.at += timedelta(days=1)
    assert jobs.do_due()[0].state is State.DONE


def test_what_a_crash_broke_off_is_done_again(jobs: Jobs, small: Small) -> None:
    (run,) = jobs.do_due()
    path = small.workspace.folder / HISTORY_FILE
    first = json.loads(path.read_text().splitlines()[0])
    path.write_text(json.dumps(first | {"process": "another"}) + '\n{"number": 2, "job": "ref')  # cut off
    (broken,) = jobs.history.runs
    assert (broken.number, broken.state) == (run.number, State.BROKEN_OFF)
    (again,) = jobs.do_due()
    assert again.state is State.DONE
    assert again.key == run.key


def test_a_long_history_is_shortened_to_its_newest_runs(tmp_path: Path) -> None:
    history, many = History(tmp_path), 3 * MOST_KEPT
    first = history.begin("refresh", "first", None, NOON)
    line = json.loads(history.path.read_text())
    told = {"said": "line\u2028line", "state": "done", "ended": "2026-03-04 13:00:00"}
    lines = [json.dumps(line | {"number": number} | ended) for number in range(1, many) for ended in ({}, told)]
    going = json.dumps(line | {"number": many, "key": "going on"})
    history.path.write_text("\n".join([*lines, going]) + "\n")
    run = history.begin("refresh", "next", None, NOON)
    assert run.number == many + 1
    assert len(history.path.read_text().split("\n")) == MOST_KEPT + 1  # nothing after the last
    assert [each.number for each in history.runs] == list(range(many + 1, many + 1 - MOST_KEPT, -1))
    assert [(each.key, each.state) for each in history.runs[:2]] == [
        ("next", State.RUNNING),
        ("going on", State.RUNNING),
    ]
    assert history.runs[2] == replace(
        first, number=many - 1, state=State.DONE, said="line\u2028line", ended=datetime(2026, 3, 4, 13)
    )
    history.end(run, State.DONE, "Done.", NOON)
    assert history.runs[0].state is State.DONE
    assert [path.name for path in tmp_path.iterdir()] == [HISTORY_FILE]


def test_a_run_is_written_down_though_the_file_cannot_be_shortened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = History(tmp_path)
    monkeypatch.setattr(kept_module, "_LONG_BYTES", 0)
    history.path.with_name(f"{HISTORY_FILE}.new").mkdir()
    run = history.begin("refresh", "first", None, NOON)
    history.end(run, State.DONE, "Done.", NOON)
    assert [(each.key, each.state) for each in history.runs] == [("first", State.DONE)]


WRITER = """
import sys
from datetime import datetime
from pathlib import Path
from goalkeeper.jobs import history

history._LONG_BYTES = 4_000
kept = history.History(Path(sys.argv[1]))
for number in range(40):
    run = kept.begin("refresh", f"{sys.argv[2]} {number}", None, datetime(2026, 3, 4, 12))
    kept.end(run, history.State.DONE, "Done.", datetime(2026, 3, 4, 13))
"""


def test_processes_that_write_and_shorten_at_once_lose_no_line(tmp_path: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), name]) for name in ("one", "two")]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    runs = History(tmp_path).runs
    assert {run.key for run in runs} == {f"{name} {number}" for name in ("one", "two") for number in range(40)}
    assert [run.number for run in runs] == list(range(80, 0, -1))
    assert {run.state for run in runs} == {State.DONE}


def test_what_follows_a_line_that_was_cut_off_is_kept(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.begin("refresh", "first", None, NOON)
    with history.path.open("a") as file:
        file.write('{"number": 2, "job": "ref')
    history.begin("refresh", "second", None, NOON)
    assert [run.key for run in history.runs] == ["second", "first"]


def test_an_unchanged_file_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    history, parsed = History(tmp_path), []
    history.begin("refresh", "first", None, NOON)
    real = kept_module._parsed
    monkeypatch.setattr(kept_module, "_parsed", lambda content: parsed.append(len(content)) or real(content))
    assert [len(history.runs) for _ in range(3)] == [1, 1, 1]
    assert len(parsed) == 1
    History(tmp_path).begin("refresh", "of another", None, NOON)
    assert [run.key for run in history.runs] == ["of another", "first"]


def test_a_thread_does_what_is_asked(jobs: Jobs) -> None:
    jobs.open()
    try:
        asked = [jobs.ask("refresh"), jobs.ask("replay", "desk")]
        deadline = time.monotonic() + 30
        while any(run.state is State.RUNNING for run in jobs.history.runs) and time.monotonic() < deadline:
            time.sleep(0.02)
    finally:
        jobs.close()
    done = {run.number: run for run in jobs.history.runs}
    assert all(done[run.number].state is State.DONE for run in asked)
    assert done[asked[1].number].said == "Released 0 rows of desk; 0 are still held back."
    with pytest.raises(UnknownName):
        jobs.ask("sleep")


@pytest.fixture
def own_desk(tmp_path: Path) -> Iterator[Small]:
    """The known desk without the plans that other tests agree on it."""
    with world(tmp_path) as small:
        yield small


@pytest.mark.slow
def test_a_report_is_a_file_of_each_plan(own_desk: Small) -> None:
    text = '[plan]\nname = "Calm / quick"\nquarter = "2026Q1"\n[[goal]]\nid = "quick"\n'
    text += 'metric = "first_response_time"\nfrom = "measure"\nhold = "4h"\n'
    workspace = own_desk.workspace
    agree(DeskHistory(workspace, until=date(2026, 1, 20)), read_plan(text), now=datetime(2026, 1, 20, 9))
    now = datetime(2026, 3, 1, 6)
    jobs = Jobs(workspace, lambda: now, lambda: None)
    assert jobs.ask("evaluate").said.endswith("on the evening of 2026-02-27.")
    for _ in range(2):
        assert jobs.ask("report").state is State.DONE
    (pdf,) = (workspace.folder / "reports").glob("review-calm-quick-2026-03-01.pdf")
    assert pdf.read_bytes().startswith(b"%PDF")
    assert "Calm / quick" in pdf.with_suffix(".html").read_text(encoding="utf-8")
    assert not list(pdf.parent.glob(".*"))


@given(
    moment=st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)),
    minutes=st.integers(0, 24 * 60 - 1),
    every=st.sampled_from(EVERY),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "UTC", "Asia/Kathmandu", "Pacific/Auckland"]),
)
def test_due_times_follow_each_other(moment: datetime, minutes: int, every: str, zone: str) -> None:
    each = JobTime("refresh", (datetime(2026, 1, 1) + timedelta(minutes=minutes)).time(), every)
    last = each.due_at(each.last_due(moment, zone), zone)
    following = each.next_due(moment, zone)
    assert last <= moment < following
    assert each.due_at(each.last_due(following, zone), zone) == following
    local = following.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    assert abs((local.hour * 60 + local.minute) - minutes) in (0, 60)  # an hour beside only where the clocks change


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[jobs]\nsleep = '05:00'", "unknown job 'sleep'"),
        ("[jobs]\nrefresh = '25:00'", "its time is '25:00'"),
        ("[jobs]\nrefresh = 5", "its time is 5"),
        ("[jobs]\nreport = { at = '07:00', every = 'year' }", "`every` is 'year'"),
        ("[jobs]\nreport = { at = '07:00', on = 1 }", "unknown key"),
        ("jobs = 3", "it is no table"),
    ],
)
def test_mistakes_in_the_settings_are_told(text: str, words: str) -> None:
    with pytest.raises(Findings, match=words):
        parse_settings(parse_toml(text, "goalkeeper.toml"))


def test_times_as_they_are_written() -> None:
    toml = parse_toml("[jobs]\nevaluate = '20:30'\nreport = { at = '7:00' }\n", "x")
    assert parse_job_times(toml, []) == (
        replace(JobTime("evaluate", datetime(2026, 1, 1, 20, 30).time())),
        JobTime("report", datetime(2026, 1, 1, 7).time(), "week"),
    )
    assert Run(1, "a", "b", None, NOON).is_late is False


def test_unfinished_forgetting_is_tried_again_after_a_pause(
    jobs: Jobs, small: Small, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("of the customer Ada")

    store = small.workspace.store
    with store.transaction():
        store.remember(UNFINISHED, "1")
    monkeypatch.setattr(type(small.workspace), "refresh", fail)
    tries = []
    for minute in range(80):
        clock.at = NOON + timedelta(minutes=minute)
        before = len(jobs.history.runs)
        jobs.finish_forgetting()
        tries += [minute] * (len(jobs.history.runs) - before)
    assert tries == [1, 2, 7, 37, 67]
    assert jobs.history.runs[0].state is State.FAILED
    assert "is forgotten, but the facts could not be made anew (RuntimeError)" in jobs.history.runs[0].said
    monkeypatch.undo()
    clock.at += timedelta(hours=1)
    jobs.finish_forgetting()
    assert jobs.history.runs[0].state is State.DONE
    assert store.state(UNFINISHED) == OLD_BYTES
