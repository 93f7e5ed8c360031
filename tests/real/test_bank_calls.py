"""The calls of a bank in February 1999, against figures that pandas gave for the same file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

import goalkeeper as gk
from goalkeeper.connectors.files import open_files
from shared import shared_file

KINDS = {"NE": 275.2, "IN": 263.4, "PE": 228.5, "PS": 184.4, "NW": 106.8, "TT": 103.1}


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[gk.Workspace]:
    path = shared_file("data", "bank-calls", "data_anonymous_bank_february.txt.gz")
    with gk.open(gk.create(tmp_path_factory.mktemp("bank") / "workspace", timezone="Asia/Jerusalem")) as ws:
        report = ws.load(path)
        assert [file.mapping for file in report.files] == ["bank-calls"]
        ws.refresh()
        yield ws


@pytest.fixture(scope="module")
def calls() -> pd.DataFrame:
    path = shared_file("data", "bank-calls", "data_anonymous_bank_february.txt.gz")
    rows = pd.read_csv(path, sep="\t", dtype={"date": str, "call_id": str})
    return rows[(rows.outcome.str.strip() != "PHANTOM") & (rows.vru_time >= 0)]


def test_which_calls_count(bank: gk.Workspace, calls: pd.DataFrame) -> None:
    assert len(calls) == 33_043
    assert bank.store.one("SELECT count(*) FROM facts.calls") == len(calls)
    held = bank.store.rows("SELECT code, table_name, count(*) FROM meta.quarantine GROUP BY ALL")
    phantoms = 278
    assert held == [("menu_s_range", "interactions", 33_344 - phantoms - len(calls))]


def test_the_year_is_1999_on_the_clock_of_israel(bank: gk.Workspace) -> None:
    first, last = bank.store.rows("SELECT min(started_at), max(started_at) FROM canon.interactions")[0]
    assert first.year == last.year == 1999
    known = "SELECT started_at FROM canon.interactions WHERE interaction_id = 'AA0101-34536'"
    assert str(bank.store.one(known)) == "1999-02-01 05:02:47"  # 7:02:47 there


def test_abandoned(bank: gk.Workspace) -> None:
    cell = bank.measure("abandonment_rate")[0]
    assert cell.n == 33_043
    assert cell.estimate.value == pytest.approx(5_902 / 33_043)
    assert round(100 * cell.estimate.value, 2) == 17.86


@pytest.mark.parametrize(
    ("variant", "percent"), [("", 49.05), ("of_answered", 59.72)], ids=["of offered", "of answered"]
)
def test_service_level(bank: gk.Workspace, calls: pd.DataFrame, variant: str, percent: float) -> None:
    answered = calls[calls.outcome.str.strip() == "AGENT"]
    base = len(answered) if variant else len(calls)
    own = (answered.q_time <= 20).sum() / base
    assert round(100 * own, 2) == percent
    assert bank.measure("service_level", variant=variant)[0].estimate.value == pytest.approx(own, rel=1e-12)


@pytest.mark.parametrize(
    ("key", "column", "mean", "median"),
    [("speed_of_answer", "q_time", 40.73, 6), ("handle_time", "ser_time", 176.38, 107)],
)
def test_seconds(bank: gk.Workspace, calls: pd.DataFrame, key: str, column: str, mean: float, median: float) -> None:
    answered = calls[calls.outcome.str.strip() == "AGENT"][column]
    cell = bank.measure(key, statistic="mean")[0]
    assert cell.n == len(answered) == 27_141
    assert cell.estimate.value == pytest.approx(answered.mean(), rel=1e-12)
    assert round(cell.estimate.value, 2) == mean
    name = {"q_time": "wait_s", "ser_time": "handle_s"}[column]
    assert bank.store.one(f"SELECT median({name}) FROM facts.calls WHERE answered") == answered.median() == median


def test_handle_time_by_kind_of_service(bank: gk.Workspace) -> None:
    found = {cell.by["team"]: cell.estimate.value for cell in bank.measure("handle_time", by="team")}
    assert {team: round(value, 1) for team, value in found.items()} == KINDS


def test_nobody_stands_for_the_unknown(bank: gk.Workspace) -> None:
    """Customer 0 and NO_SERVER are nobody; 24 agents are known by name."""
    assert bank.store.one("SELECT count(*) FROM canon.interactions WHERE customer_id = '0'") == 0
    assert bank.store.one("SELECT count(DISTINCT agent_id) FROM canon.interactions WHERE outcome = 'answered'") == 24
    assert bank.store.one("SELECT count(*) FROM canon.agents WHERE agent_id = 'NO_SERVER'") == 0
    unknown = "SELECT count(*) FROM canon.interactions WHERE agent_id IS NULL AND outcome = 'answered'"
    assert 480 <= bank.store.one(unknown) <= 491


def test_the_list_of_shifts_with_bare_returns_is_read(tmp_path: Path) -> None:
    path = shared_file("data", "bank-calls", "data_anonymous_bank_shifts.csv")
    file = open_files(path, tmp_path)[0]
    assert file.columns[:3] == ("Hour", "StartTime", "Shift1")
    text = file.path.read_text(encoding="utf-8")
    assert len(text.replace("\r", "\n").split()) == 25
