"""Every metric has a page with all its parts, and the coverage says what is missing."""

from __future__ import annotations

import pytest

from goalkeeper.bench.coverage_page import coverage_page, filled
from goalkeeper.bench.metric_example import example
from goalkeeper.bench.metrics_page import metric_page, metrics_page
from goalkeeper.connectors.presets import preset
from goalkeeper.datasets import DATASETS
from goalkeeper.metrics import METRICS, Metric
from goalkeeper.metrics.needs import OF_COLUMN, OF_DATASET, missing, needs
from goalkeeper.schema import TABLES

EACH = pytest.mark.parametrize("each", METRICS.values(), ids=METRICS)


@EACH
def test_a_page_has_all_its_parts(each: Metric) -> None:
    page = metric_page(each)
    heads = [line for line in page.splitlines() if line.startswith("## ")]
    assert [head for head in heads if head != "## Example"] == [
        "## Definition", "## Limits", "## Benchmarks", "## What it needs", "## Sources"
    ]  # fmt: skip
    assert each.version() in page
    assert f"(metrics/{each.key}.md)" in metrics_page()


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("csat", "No number under 5 rows, no judgement of a change under 30"),
        ("ticket_volume", "A number from the first row on; a change is judged by its interval, from however few"),
        ("backlog", "A number from the first row on; counted, so it has no interval and no change of it is judged"),
        ("upsell_revenue", "A number from the first row on; no judgement of a change under 30"),
    ],
)
def test_a_page_says_from_how_many_rows_on_there_is_a_number(key: str, words: str) -> None:
    assert f"- {words}\n" in metric_page(METRICS[key])


def test_examples_are_computed() -> None:
    assert example(METRICS["csat"]) == "Of 40 answers, 30 count: 75 %, with 95 % confidence 60–86 %."
    assert example(METRICS["nps"]).startswith("Of 100 answers, 50 are promoters and 20 detractors: +30.0")
    assert sum(bool(example(each)) for each in METRICS.values()) >= 50


@EACH
def test_needs_are_real_columns_or_kinds(each: Metric) -> None:
    for variant in ("", *each.variants):
        for need in needs(each.variant(variant)):
            for one in need.split("|"):
                table, _, column = one.partition(".")
                kinds = {value for each in TABLES[table].columns for value in each.values or ()}
                assert not column or column in kinds or TABLES[table].column(column), one


def test_needs_speak_of_real_datasets_and_columns() -> None:
    assert set(OF_DATASET) | set(OF_COLUMN) <= set(DATASETS)
    for name, columns in OF_COLUMN.items():
        assert set(columns) <= set(DATASETS[name].names)


def test_what_a_source_lacks_is_named() -> None:
    desk = filled(preset("zendesk-export"))
    assert not missing(needs(METRICS["first_response_time"].formula), desk)
    assert missing(needs(METRICS["agent_attrition"].formula), desk) == ("agents.hired_on", "agents.left_on")
    audit = filled(preset("servicenow-audit"))
    first_reply = "ticket_events.reply|tickets.first_replied_at"
    assert missing(needs(METRICS["first_response_time"].formula), audit) == (first_reply,)
    page = coverage_page()
    assert "the audit log keeps no messages" in page
    assert "| service_level |" in page
