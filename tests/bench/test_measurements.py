"""The measurements run, at small sizes: speed is for `make bench`; that the right thing is measured is for here."""

from __future__ import annotations

from pathlib import Path

import pytest

from goalkeeper.bench.data import EVENTS_A_TICKET, MAPPING, fill
from goalkeeper.bench.facts import EVENT_COLUMNS, TICKET_COLUMNS
from goalkeeper.bench.measuring import measured
from goalkeeper.connectors.mapping import read_mapping
from goalkeeper.datasets.refresh import refresh
from goalkeeper.tickets import FactsSettings
from goalkeeper.warehouse import Store


def test_the_generated_tickets_have_a_life(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        fill(store, 500)
        refresh(store, FactsSettings())
        row = store.rows(
            "SELECT count(*), count(*) FILTER (resolved), count(*) FILTER (first_response_done), min(replies), "
            "max(replies), min(agent_wait_s) > 0 FROM facts.tickets"
        )[0]
        assert row == (500, 500, 500, 2, 2, True)
        assert store.one("SELECT count(*) FROM facts.turns") == 500
        assert store.one("SELECT count(*) FROM canon.ticket_events") == 500 * EVENTS_A_TICKET


def test_the_same_data_every_time(tmp_path: Path) -> None:
    sums = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        with Store(tmp_path / name) as store:
            fill(store, 300)
            sums.append(store.one("SELECT bit_xor(hash(e)) FROM canon.ticket_events e"))
    assert sums[0] == sums[1]


def test_the_scan_reads_columns_that_exist(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        for table, columns in (("ticket_events", EVENT_COLUMNS), ("tickets", TICKET_COLUMNS)):
            stored = {row[0] for row in store.rows(f"DESCRIBE canon.{table}")}
            assert set(columns) <= stored


def test_the_mapping_is_read() -> None:
    assert read_mapping(MAPPING, "bench.toml").files[0].tables[0].to == "ticket_events"


@pytest.mark.slow
@pytest.mark.parametrize(
    "call",
    [
        ("goalkeeper.bench.facts", "2000"),
        ("goalkeeper.bench.loading", "csv", "500"),
        ("goalkeeper.bench.loading", "ndjson", "500"),
        ("goalkeeper.bench.clock",),
    ],
    ids=" ".join,
)
def test_each_measurement_runs(call: tuple[str, ...]) -> None:
    found = measured(*call)
    assert len(found) == 2
    assert all(each.seconds > 0 and each.peak_mb > 1 for each in found.values())
