"""What holds for every dataset of the registry."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from goalkeeper.datasets import DATASETS, Dataset
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
