"""The ServiceNow audit log of a real firm, against figures that pandas gave for the same file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date

import pandas as pd
import pytest

import goalkeeper as gk
from shared import shared_file

HOUR = 3600
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[gk.Workspace]:
    path = shared_file("data", "uci-incident", "incident_event_log.zip")
    folder = gk.create(tmp_path_factory.mktemp("uci") / "workspace")
    with gk.open(folder) as ws:
        report = ws.load(path)  # recognised by its columns
        assert [file.mapping for file in report.files] == ["servicenow-audit"]
        ws.refresh()
        yield ws


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    """The file as pandas reads it: day first, one row an update."""
    path = shared_file("data", "uci-incident", "incident_event_log.zip")
    with zipfile.ZipFile(path) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".csv"))
        rows = pd.read_csv(io.BytesIO(archive.read(name)), dtype=str)
    for column in ("opened_at", "resolved_at", "closed_at", "sys_updated_at"):
        rows[column] = pd.to_datetime(rows[column], format="%d/%m/%Y %H:%M", errors="coerce")
    return rows


def value(ws: gk.Workspace, key: str, **asked: str) -> float:
    cells = ws.measure(key, **asked)
    assert len(cells) == 1
    assert cells[0].estimate is not None, cells[0].value
    return cells[0].estimate.value


def test_every_row_is_read_and_five_updates_are_too_early(desk: gk.Workspace) -> None:
    assert desk.store.one("SELECT rows_read FROM meta.loads") == 141_712
    assert desk.store.one("SELECT count(*) FROM facts.tickets") == 24_918
    held = desk.store.rows("SELECT code, count(*) FROM meta.quarantine GROUP BY 1")
    codes = dict(held)
    assert set(codes) == {"before_creation"}
    early = "SELECT count(DISTINCT (row->>'ticket_id', row->>'occurred_at')) FROM meta.quarantine"
    assert desk.store.one(early) == 5
    inside = (
        "SELECT count(*) FROM canon.ticket_events e JOIN canon.tickets t USING (ticket_key) "
        "WHERE e.occurred_at < t.created_at - INTERVAL 60 SECOND"
    )
    assert desk.store.one(inside) == 0


def test_no_update_is_lost(desk: gk.Workspace, log: pd.DataFrame) -> None:
    updates = desk.store.one("SELECT count(*) FROM canon.ticket_events WHERE field = 'sys_mod_count'")
    assert updates + desk.store.one("SELECT count(*) FROM meta.quarantine WHERE row->>'type' = 'field'") == len(log)


@pytest.mark.parametrize(("statistic", "hours"), [("finished_median", 22.10), ("finished_mean", 178.17)])
def test_resolution(desk: gk.Workspace, log: pd.DataFrame, statistic: str, hours: float) -> None:
    last = log.groupby("number").last()
    spent = (last.resolved_at - last.opened_at).dropna().dt.total_seconds()
    own = {"finished_median": spent.median(), "finished_mean": spent.mean()}[statistic] / HOUR
    assert own == pytest.approx(hours, abs=0.005)
    assert value(desk, "resolution_time", clock="calendar", statistic=statistic) / HOUR == pytest.approx(own, rel=1e-9)


def test_resolution_of_the_finished_tickets(desk: gk.Workspace) -> None:
    count, p90 = desk.store.rows("SELECT count(*), quantile_cont(resolution_s, 0.9) FROM facts.tickets WHERE resolved")[
        0
    ]
    assert count == 23_362
    assert p90 / HOUR == pytest.approx(381.55, abs=0.005)


def test_resolution_by_priority(desk: gk.Workspace, log: pd.DataFrame) -> None:
    """The median shown is a value that occurred: of an even number of tickets the lower of the middle two."""
    last = log.groupby("number").last()
    hours = ((last.resolved_at - last.opened_at).dt.total_seconds() / HOUR).dropna()
    groups = hours.groupby(last.priority.loc[hours.index])
    assert groups.median().round(1).tolist() == [80.2, 38.2, 21.6, 5.0]
    lower = groups.quantile(0.5, interpolation="lower").tolist()
    cells = desk.measure("resolution_time", by="priority", clock="calendar", statistic="finished_median")
    found = {cell.by["priority"]: cell.estimate.value / HOUR for cell in cells}
    assert [found[word] for word in ("urgent", "high", "normal", "low")] == pytest.approx(lower, rel=1e-9)


def test_reopened(desk: gk.Workspace) -> None:
    assert desk.store.one("SELECT count(*) FROM facts.tickets WHERE reopens > 0") == 275
    assert value(desk, "reopen_rate", variant="of_all") == pytest.approx(275 / 24_918)


def test_passed_on(desk: gk.Workspace, log: pd.DataFrame) -> None:
    most = log.reassignment_count.astype(int).groupby(log.number).max()
    assert (most > 0).mean() == pytest.approx(0.4563, abs=5e-5)
    passed, neither = desk.store.rows(
        "SELECT avg((transfers > 0)::INT), avg((transfers = 0 AND reopens = 0)::INT) FROM facts.tickets"
    )[0]
    assert passed == pytest.approx((most > 0).mean(), abs=1e-9)
    assert neither == pytest.approx(0.5413, abs=5e-5)


def test_first_response(desk: gk.Workspace) -> None:
    assert value(desk, "first_response_time", clock="calendar", statistic="finished_median") / HOUR == pytest.approx(
        0.35, abs=0.005
    )


def test_backlog_at_the_end_of_each_month(desk: gk.Workspace) -> None:
    cells = desk.measure("backlog", variant="not_closed", since=date(2016, 3, 1), until=date(2016, 6, 1), every="month")
    assert [cell.estimate.value for cell in cells] == [3_353, 2_961, 2_044]


def test_channels(desk: gk.Workspace) -> None:
    found = dict(desk.store.rows("SELECT channel_raw, count(*) FROM canon.tickets GROUP BY 1"))
    assert found == {"Phone": 24_688, "Self service": 158, "Email": 59, "IVR": 9, "Direct opening": 4}


def test_a_second_load_changes_nothing(desk: gk.Workspace) -> None:
    path = shared_file("data", "uci-incident", "incident_event_log.zip")
    events = desk.store.one("SELECT count(*) FROM canon.ticket_events")
    assert desk.load(path).loaded == 0
    assert desk.store.one("SELECT count(*) FROM canon.ticket_events") == events
