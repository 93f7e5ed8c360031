"""What holds for every dataset of the registry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from goalkeeper.datasets import DATASETS, Dataset
from goalkeeper.datasets.dataset import PEOPLE
from goalkeeper.engines.sql import TAKEN
from goalkeeper.schema import TABLES
from measure.crowd import Crowd
from measure.small import Small

EACH = pytest.mark.parametrize("each", DATASETS.values(), ids=DATASETS)


@EACH
def test_no_column_is_named_like_one_that_queries_make(each: Dataset) -> None:
    assert not set(each.names) & TAKEN
    assert len(set(each.names)) == len(each.names)


@EACH
def test_it_is_told_in_words(each: Dataset) -> None:
    assert each.rows
    assert all(column.about and not column.about.endswith(".") for column in each.columns)
    assert each.splits or each.name == "service_days"  # the service as a whole has none


@EACH
def test_it_reads_tables_that_exist(each: Dataset) -> None:
    assert set(each.reads) <= set(TABLES)
    assert bool(each.query) <= bool(each.reads)


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    with Crowd(31, tickets=60).load(tmp_path_factory.mktemp("crowd")) as small:
        yield small


@EACH
def test_its_columns_are_those_declared(crowd: Small, each: Dataset) -> None:
    if each.on_demand:  # made when a profile is asked for
        crowd.workspace.measure("first_response_time", profile="zendesk")
    found = [row[0] for row in crowd.workspace.store.rows(f"DESCRIBE SELECT * FROM {each.source}")]
    assert set(each.names) <= set(found)
    if each.query or not each.source.startswith("facts."):
        assert set(found) == set(each.names)


def test_it_has_no_rows_without_those_of_the_tables_that_it_is_made_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_of = {each.name: each.made_of for each in DATASETS.values() if each.query}
    there = {*PEOPLE, "tickets", "ticket_events"}
    with Crowd(31, tickets=60).load(tmp_path) as small:
        small.load(agents=[{"agent_id": "a1", "name": "Ada", "team_id": "t1"}])
        store = small.workspace.store
        for name in set(TABLES) - there:
            store.con.execute(f"DELETE FROM {store.place(name)}")
        monkeypatch.setattr(Dataset, "made_of", property(lambda each: each.reads))  # so that no query is left out
        small.workspace.refresh(everything=True)
        assert all(store.one(f"SELECT count(*) FROM canon.{name}") for name in there - {"identity_links"})
        found = {name: store.one(f"SELECT count(*) FROM facts.{name}") for name in made_of}
    empty = {name for name, tables in made_of.items() if not there & set(tables)}
    assert len(empty) > 20
    # Days of tickets alone are rows of this one, which is left out where nobody tells customers or costs.
    assert {name for name in empty if found[name]} <= {"service_days"}
    assert found["customers"]
