"""The page of the canonical tables."""

from __future__ import annotations

import re

from goalkeeper.bench.schema_page import schema_page
from goalkeeper.schema import LINEAGE, TABLES, Type, table


def section(name: str) -> str:
    return schema_page().split(f"## {name}\n", 1)[1].split("\n## ", 1)[0]


def test_every_table_column_and_rule_stands_in_its_section() -> None:
    for each in TABLES.values():
        text = section(each.name)
        rows = re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)
        assert rows == [column.name for column in each.columns]
        assert re.findall(r"^- `(\w+)`, (?:kept out|reported):", text, re.MULTILINE) == [
            rule.key for rule in each.rules
        ]


def test_every_table_row_has_as_many_cells_as_its_head() -> None:
    for each in TABLES.values():
        rows = [line for line in section(each.name).splitlines() if line.startswith("|")]
        assert {row.count("|") for row in rows} == {6}, each.name


def test_links_lead_to_sections() -> None:
    page = schema_page()
    links = re.findall(r"\]\(#(\w+)\)", page)
    assert links == list(TABLES)
    assert re.findall(r"^## (\w+)$", page, re.MULTILINE) == links


def test_a_row_tells_type_need_privacy_values_and_bounds() -> None:
    text = section("survey_responses")
    assert "| `comment` | text |  | yes | The person's own words. |" in text
    assert "| `score` | number | yes |  | The point given, on the survey's own scale. |" in text
    assert "One of: `csat`, `ces`" in text
    assert "Refers to `tickets.ticket_id`." in text
    assert "At least 0. At most 604,800." in section("interactions")
    assert "later `edited_at` stands" in text


def test_the_opening_names_types_and_the_columns_of_every_table() -> None:
    opening = schema_page().split("\n## ", 1)[0]
    assert all(f"| {each.words} | `{each.duckdb}` |" in opening for each in Type)
    assert all(f"`{column.name}`" in opening for column in LINEAGE)
    assert table("tickets").about not in opening
