"""The rows behind a number are as many as it says, for every metric that is counted from rows one by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.formulas import Part
from goalkeeper.measure import Question, measure
from goalkeeper.measure.listing import STANDS, can_list, listing
from goalkeeper.metrics import METRICS, metric
from measure.crowd import Crowd
from measure.small import Small

ZONE = "Europe/Berlin"
SINCE, UNTIL = date(2026, 3, 20), date(2026, 4, 15)


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    with Crowd(11, tickets=300).load(tmp_path_factory.mktemp("crowd")) as small:
        yield small


def all_that_list() -> list[Any]:
    return [
        pytest.param(each.key, variant, id=f"{each.key} {variant}".strip())
        for each in METRICS.values()
        for variant in ("", *each.variants)
        if can_list(each, variant) and not each.dataset(variant).on_demand
    ]


@pytest.mark.parametrize(("key", "variant"), all_that_list())
def test_the_rows_are_those_of_the_number(crowd: Small, key: str, variant: str) -> None:
    store, each = crowd.workspace.store, metric(key, METRICS)
    splits = each.dataset(variant).splits
    by = next((split for split in ("channel", "team", "segment", "source") if split in splits), "")
    for statistic in each.variant(variant).statistics:
        question = Question(since=SINCE, until=UNTIL, variant=variant, statistic=statistic)
        for cell in measure(store, each, question, zone=ZONE):
            found = listing(store, each, question, zone=ZONE, limit=10_000)
            assert (found.n, found.counts.get("pending", 0)) == (cell.n, cell.pending)
            assert found.counts.get("left_out", 0) == sum(cell.left_out.values())
            assert len(found.rows) == sum(found.counts.values())
    if by:
        question = Question(since=SINCE, until=UNTIL, variant=variant)
        for cell in measure(store, each, Question(**_asked(question), by=(by,)), zone=ZONE):
            found = listing(store, each, question, zone=ZONE, segment=(by, cell.by[by]))
            if isinstance(each.variant(variant), Part) and not cell.n:
                continue
            assert found.n == cell.n


def _asked(question: Question) -> dict[str, Any]:
    return {"since": question.since, "until": question.until, "variant": question.variant}


def test_enough_of_them_have_rows(crowd: Small) -> None:
    """Else the test above would say nothing."""
    full = 0
    for param in all_that_list():
        key, variant = param.values
        question = Question(since=SINCE, until=UNTIL, variant=variant)
        full += listing(crowd.workspace.store, METRICS[key], question, zone=ZONE, limit=0).n > 20
    assert full >= 30


def test_pages_and_standings_part_the_rows(crowd: Small) -> None:
    question, store = Question(since=SINCE, until=UNTIL), crowd.workspace.store
    frt = METRICS["first_response_time"]
    whole = listing(store, frt, question, zone=ZONE, limit=10_000)
    paged = [
        row for start in range(0, len(whole.rows), 7)
        for row in listing(store, frt, question, zone=ZONE, offset=start, limit=7).rows
    ]  # fmt: skip
    assert tuple(paged) == whole.rows
    parts = {name: listing(store, frt, question, zone=ZONE, stands=name, limit=10_000).rows for name in STANDS}
    assert {name: len(rows) for name, rows in parts.items() if rows} == whole.counts
    assert all(row.stands == name for name, rows in parts.items() for row in rows)
    assert {row.ticket_id for row in whole.rows} <= {each["ticket_id"] for each in crowd.facts("canon.tickets")}
    assert all(row.why for row in parts["left_out"])


def test_what_cannot_be_listed_says_so(crowd: Small) -> None:
    for key, words in (("churn_rate", "follows customers"), ("employee_satisfaction", "answers of employees")):
        with pytest.raises(UsageError, match=words):
            listing(crowd.workspace.store, METRICS[key], Question(), zone=ZONE)
    for more in ({"stands": "nowhere"}, {"segment": ("moon", "x")}):
        with pytest.raises(UnknownName):
            listing(crowd.workspace.store, METRICS["csat"], Question(), zone=ZONE, **more)
