"""The measurements run, at small sizes: speed is for `make bench`; that the right thing is measured is for here."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from goalkeeper.bench.__main__ import scaled
from goalkeeper.bench.data import EVENTS_A_TICKET, MAPPING, add_replies, fill
from goalkeeper.bench.facts import EVENT_COLUMNS, TICKET_COLUMNS
from goalkeeper.bench.measuring import measured
from goalkeeper.bench.performance import CHART, PAGE, lines_of, write
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
    ("call", "names"),
    [
        (("goalkeeper.bench.facts", "2000"), {"scan", "facts", "writing"}),
        (("goalkeeper.bench.zendesk", "600"), {"load", "scan", "facts", "backlog"}),
        (("goalkeeper.bench.loading", "csv", "500"), {"own", "ours"}),
        (("goalkeeper.bench.loading", "ndjson", "500"), {"own", "ours"}),
        (("goalkeeper.bench.clock",), {"ours", "businesstimedelta", "business_duration"}),
    ],
)
def test_each_measurement_runs(call: tuple[str, ...], names: set[str]) -> None:
    found = measured(*call)
    assert set(found) == names
    assert all(each.seconds > 0 and each.peak_mb > 1 for each in found.values())


@pytest.mark.slow
def test_a_size_is_measured_and_told(tmp_path: Path) -> None:
    sizes = [scaled(tickets) for tickets in (300, 3000)]
    assert all(value > 0 for size in sizes for value in size.values())
    lines = lines_of(sizes)
    (tmp_path / "docs" / "images").mkdir(parents=True)
    write(lines, sizes, tmp_path, date(2026, 3, 1))
    page = (tmp_path / PAGE).read_text(encoding="utf-8")
    assert all(line[0] in page for line in lines)
    assert "Measured by `make bench-full` on 2026-03-01" in page
    assert page.count("| 3,000 |") == 1
    assert (tmp_path / CHART).read_text(encoding="utf-8").startswith("<svg")


def test_replies_are_added_to_the_newest_tickets_or_to_any(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        fill(store, 2400)
        refresh(store, FactsSettings())
        for recent in (True, False):
            add_replies(store, 200, recent=recent)
            keys = store.rows("SELECT ticket_key FROM meta.touched WHERE NOT of_row")
            newest = sum(key >= 2300 for (key,) in keys)
            assert (newest > 0.9 * len(keys)) is recent
            assert refresh(store, FactsSettings()).tickets == len(keys)
        assert store.one("SELECT count(*) FROM canon.ticket_events") == 2400 * EVENTS_A_TICKET + 400
