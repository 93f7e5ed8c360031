"""What every ready mapping promises, checked from its text alone."""

from __future__ import annotations

import pytest

from goalkeeper.connectors.mapping import Mapping
from goalkeeper.connectors.mapping.compile import compile_file
from goalkeeper.connectors.mapping.model import FileRule
from goalkeeper.connectors.mapping.reads import reads
from goalkeeper.connectors.presets import preset, presets
from goalkeeper.errors import UnknownName
from goalkeeper.schema import TABLES

NAMES = tuple(presets())
RULES = [
    pytest.param(mapping, rule, id=f"{mapping.name}-{number}")
    for mapping in presets().values()
    for number, rule in enumerate(mapping.files)
]
JSON = ("zendesk-export",)
FORMS = ("typeform", "surveymonkey", "qualtrics", "google-forms")


def test_the_presets_asked_for_are_there() -> None:
    assert {
        "servicenow-audit",
        "zendesk-export",
        "zendesk-fivetran",
        "call-log",
        "bank-calls",
        "survey-answers",
        "nps-survey",
        "orders",
        "subscriptions",
        "reviews",
        "helpcentre-sessions",
        "agents",
        "canonical",
    } <= set(NAMES)


def test_an_unknown_preset_is_named() -> None:
    with pytest.raises(UnknownName, match="zendesk-exprot"):
        preset("zendesk-exprot")


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_says_what_it_is_for(name: str) -> None:
    mapping = preset(name)
    assert mapping.name == name
    assert mapping.title.strip() != name
    assert len(mapping.about.split()) > 15


@pytest.mark.parametrize("name", NAMES)
def test_what_a_source_cannot_fill_names_real_columns(name: str) -> None:
    mapping = preset(name)
    assert mapping.cannot or name == "canonical"
    for what, why in mapping.cannot:
        table, _, column = what.partition(".")
        assert table in TABLES, what
        kinds = TABLES[table].column("type").values if table.endswith("_events") else ()
        assert not column or column in kinds or TABLES[table].column(column), what
        assert why, what


@pytest.mark.parametrize("name", NAMES)
def test_what_a_source_cannot_fill_is_not_filled(name: str) -> None:
    mapping = preset(name)
    filled = {f"{rule.to}.{column}" for file in mapping.files for rule in file.tables for column in rule.filled}
    partly = {"holidays.on_date"}  # filled, but not for every day
    assert not {what for what, _ in mapping.cannot if "." in what} & filled - partly
    assert not {what for what, _ in mapping.cannot if "." not in what} & {
        rule.to for file in mapping.files for rule in file.tables
    }


@pytest.mark.parametrize(("mapping", "rule"), RULES)
def test_a_rule_knows_its_file_and_compiles_on_it(mapping: Mapping, rule: FileRule) -> None:
    assert rule.match
    assert rule.needs, "auto-detection goes by the needed columns"
    asked = ["E-mail address", "How likely are you to recommend us?"] if mapping.name in FORMS else []
    compiled = compile_file(
        rule.in_zone("UTC"),
        "raw.rows",
        tuple(dict.fromkeys([*rule.needs, *asked, *reads(rule)])),
        is_json=mapping.name in JSON,
        name="mapped",
        key=lambda _, text: text,
        rows=lambda sql: [("9@post.example", 1)] if sql.startswith("SELECT v,") else [],
    )
    assert len(compiled.rules) == len(rule.tables)


@pytest.mark.parametrize(("mapping", "rule"), RULES)
def test_no_two_rules_take_the_same_file(mapping: Mapping, rule: FileRule) -> None:
    """A file that a rule is for must not be one that an earlier rule of its mapping takes instead."""
    for earlier in mapping.files[: mapping.files.index(rule)]:
        same_columns = set(earlier.needs) <= set(rule.needs)
        assert not (same_columns and set(rule.match) <= set(earlier.match))
