"""What a measurement looks like to programs: the keys of JSON, the columns of a table."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from goalkeeper.measure import Estimates
from measure.crowd import Crowd
from measure.small import Small, at, ticket

KEYS = {
    "metric", "profile", "variant", "statistic", "period", "by", "value", "low", "high", "method", "note",
    "no_estimate", "level", "n", "unit", "currency", "clock", "definition_version", "pending", "left_out", "so_far",
    "as_of",
}  # fmt: skip


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    with Crowd(5, tickets=150).load(tmp_path_factory.mktemp("crowd")) as small:
        yield small


def test_json_has_exactly_the_promised_keys(crowd: Small) -> None:
    found = crowd.measure("first_response_time", by="channel", every="week", statistic="p90").to_dicts()
    assert all(each.keys() == KEYS for each in found)
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_a_cell_has_a_number_or_a_reason(crowd: Small) -> None:
    found = crowd.measure("first_response_time", by="channel", every="week").to_dicts()
    reasons = [each for each in found if each["no_estimate"]]
    assert 0 < len(reasons) < len(found)
    for each in found:
        assert (each["value"] is None) == bool(each["no_estimate"]) == (each["method"] is None)
    for each in reasons:
        assert each["low"] is each["high"] is None
        assert each["no_estimate"].keys() == {"reason", "have", "need", "words"}


def test_open_sides_are_null(crowd: Small) -> None:
    found = crowd.measure("first_response_time", clock="calendar", statistic="finished_p90", by="channel")
    opened = [cell for cell in found if cell.estimate and math.isinf(cell.estimate.high)]
    assert opened
    as_dicts = [each for each in found.to_dicts() if each["value"] is not None and each["high"] is None]
    assert len(as_dicts) == len(opened)
    assert "limits on both sides need" in as_dicts[0]["note"]


def test_what_is_shared(crowd: Small) -> None:
    (one,) = crowd.measure("nps", level=0.9, since=date(2026, 3, 20), until=date(2026, 4, 13)).to_dicts()
    assert one["period"] == {"label": "2026-03-20 to 2026-04-12", "since": "2026-03-20", "until": "2026-04-13"}
    assert (one["metric"], one["statistic"], one["unit"], one["level"]) == ("nps", "index", "index", 0.9)
    assert one["variant"] is one["clock"] is None
    assert -1 <= one["low"] <= one["value"] <= one["high"] <= 1
    assert one["as_of"].endswith("Z")


def test_arrow_is_one_row_a_cell(crowd: Small) -> None:
    cells = crowd.measure("resolution_time", by=("channel", "source"), every="week", variant="first")
    table = cells.to_arrow()
    assert isinstance(table, pa.Table)
    assert table.num_rows == len(cells)
    assert table["by_channel"].to_pylist() == [cell.by["channel"] for cell in cells]
    assert table["n"].to_pylist() == [cell.n for cell in cells]
    left_out = [json.loads(text or "{}") for text in table["left_out"].to_pylist()]
    assert left_out == [cell.left_out for cell in cells]
    assert any(left_out)
    assert table["since"].to_pylist() == [cell.period.since for cell in cells]
    assert table["no_estimate"].null_count == sum(cell.estimate is not None for cell in cells)


def test_tables_of_no_cells_keep_their_columns(crowd: Small) -> None:
    nothing = crowd.measure("csat", where="kind = 'brand'")
    assert len(nothing) == 0
    assert nothing.to_arrow().schema.names == crowd.measure("csat").to_arrow().schema.names


def test_pandas(crowd: Small) -> None:
    frame = crowd.measure("csat", every="week").to_pandas()
    assert list(frame["label"]) == ["2026-W12", "2026-W13", "2026-W14", "2026-W15"]
    assert frame["value"].between(0, 1).sum() >= 2


def test_it_is_a_sequence(crowd: Small) -> None:
    cells: Any = crowd.measure("csat", every="week")
    assert list(cells) == [cells[number] for number in range(len(cells))]
    assert cells[-1] == cells[len(cells) - 1]


def test_equal_answers_have_the_limits_of_their_scale(tmp_path: Path) -> None:
    answers = [
        {"response_id": f"r{number}", "survey_id": "s", "kind": "ces", "responded_at": at(f"03-{number + 1:02} 10:00"),
         "score": 7, "scale_min": 1, "scale_max": 7}
        for number in range(20)
    ]  # fmt: skip
    with Small(tmp_path) as small:
        small.load(survey_responses=answers)
        (cell,) = small.measure("effort_score", since=date(2026, 3, 1), until=date(2026, 4, 1))
    found = cell.estimate
    assert found is not None
    assert (found.value, found.low, found.high) == (7, pytest.approx(7 - 6 * (1 - 0.025 ** (1 / 20))), 7)
    assert found.note == "all values are equal"


def test_printed_it_is_a_table(crowd: Small) -> None:
    found = crowd.measure("first_response_time", by="channel", statistic="p90")
    lines = repr(found).splitlines()
    assert lines[0] == "First response time: p90, working time"
    assert lines[1].split("  ")[0] == "period"
    assert [word in lines[1] for word in ("channel", "value", "95 % interval", "tickets", "not counted")] == [True] * 5
    assert len(lines) == 2 + len(found)
    start = lines[1].index("channel")
    assert [line[start:].split("  ")[0] for line in lines[2:]] == [
        cell.by["channel"] or "(not known)" for cell in found
    ]
    assert all(unit in line for line, unit in zip(lines[2:], units(found), strict=True))


def units(found: Estimates) -> list[str]:
    return ["min" if cell.estimate else "cannot say" for cell in found]


def test_a_long_table_is_cut_and_says_so(crowd: Small) -> None:
    found = crowd.measure("ticket_volume", every="day", since="2026-01-01", until="2026-02-15")
    assert len(found) > 30
    lines = repr(found).splitlines()
    assert lines[-1] == f"… and {len(found) - 30} more"
    assert len(lines) == 2 + 30 + 1


def test_without_cells_it_says_why(crowd: Small) -> None:
    assert repr(crowd.measure("csat", where="channel = 'nowhere'")).splitlines()[1:] == ["no data"]


def test_a_notebook_shows_markup_as_text(tmp_path: Path) -> None:
    row = ticket(1, "03-02 10:00", product="<b>&")
    with Small(tmp_path).load(tickets=[row]) as small:
        html = small.measure("ticket_volume", by="product")._repr_html_()
    assert "<td>&lt;b&gt;&amp;</td>" in html
    assert "<b>" not in html
    assert "<caption>Ticket volume: " in html
