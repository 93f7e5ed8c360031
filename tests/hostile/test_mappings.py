"""Mappings and settings with mistakes or malice: told in words with file and line, and nothing is run."""

from __future__ import annotations

import copy
import random
import tomllib
from pathlib import Path
from typing import Any

import pytest

import goalkeeper
from goalkeeper.connectors.mapping import read_mapping
from goalkeeper.connectors.presets import presets
from goalkeeper.errors import Findings, SourceError, UsageError
from goalkeeper.schema import table
from hostile.desk import Target

Place = tuple[str | int, ...]
ROW = "id,created,status,topic\n1,2024-01-01 10:00:00,open,billing\n"


def with_topic(target: Target, source: str) -> Target:
    target.mapping = target.mapping.replace('columns.reason = "topic"', f"columns.reason = {source}")
    return target


def said(target: Target) -> str:
    with pytest.raises(UsageError) as caught:
        target.throw(ROW)
    assert target.is_untouched
    return str(caught.value)


FORBIDDEN = [
    "read_text('/etc/passwd')", "read_csv('/etc/passwd')", "read_parquet('x')", "read_blob('x')", "glob('*')",
    "getenv('HOME')", "current_setting('home_directory')", "getvariable('x')", "query('SELECT 1')", "pragma_version()",
    "(SELECT 1)", "(SELECT max(ticket_id) FROM canon.tickets)", "topic IN (SELECT 1)", "EXISTS (SELECT 1)",
    "topic; DROP TABLE canon.tickets", "1); DROP TABLE canon.tickets; --", "topic) FROM x --", "sum(id)", "count(*)",
    "row_number() OVER ()", "lag(id) OVER (ORDER BY id)", "random()", "uuid()", "now()", "current_user", "error('x')",
    "unnest([1, 2])", "range(1000000000)", "repeat('x', 1000000000)", "list_transform([1], lambda x: x)", "*",
    "COLUMNS(*)", "?", "$1", "#1", "id AS topic", "id, topic", "nextval('s')", "'open", "((id)", "", "  ",
]  # fmt: skip


@pytest.mark.parametrize("expression", FORBIDDEN)
def test_an_expression_that_is_not_one_over_a_row_is_refused_with_its_line(target: Target, expression: str) -> None:
    assert "any.toml:12: " in said(with_topic(target, f"'''{expression}'''"))


@pytest.mark.parametrize(
    "expression",
    ["upper(topic)", "topic || ' -- x'", "replace(topic, ';', ',')", "CASE WHEN id = '1' THEN topic END /* '; */",
     "substring(topic, 1, 3)", "coalesce(nullif(topic, ''), 'none')", "regexp_replace(topic, '[0-9]+', '#', 'g')",
     "CAST(id AS BIGINT) + 1", "topic LIKE 'b%'", "date_diff('day', TRY_CAST(created AS DATE), DATE '2024-02-01')",
     "concat_ws('/', status, topic)", "list_contains(string_split(topic, ','), 'a')",
     "TRY(json_extract_string(topic, '$.a'))"],
)  # fmt: skip
def test_plain_expressions_are_let_through(target: Target, expression: str) -> None:
    assert with_topic(target, f"'''{expression}'''").throw(ROW).loaded == 1


def test_an_expression_that_fails_on_a_row_is_told_with_its_place(target: Target) -> None:
    text = said(with_topic(target, "'CAST(topic AS BIGINT)'"))
    assert (
        "any.toml:12: the expression of tickets.reason, CAST(topic AS BIGINT), fails on the rows of export.csv" in text
    )
    assert "TRY(…)" in text


@pytest.mark.parametrize(
    "expression",
    ["id + topic", "regexp_extract(topic, '(')", "CAST(id AS DECIMAL(99, 2))", "id || " + " || ".join(["'1'"] * 2000)],
    ids=lambda each: each[:20],
)
def test_an_expression_that_fails_on_any_row_is_told_with_its_place(target: Target, expression: str) -> None:
    text = said(with_topic(target, f'"{expression}"'))
    assert "any.toml:12: the expression of tickets.reason, " in text
    assert "TRY" not in text


@pytest.mark.parametrize(("condition", "helps"), [("CAST(topic AS BIGINT) = 1", True), ("topic", False)])
def test_a_failing_condition_is_told_with_its_place(target: Target, condition: str, helps: bool) -> None:
    target.mapping = target.mapping.replace('to = "tickets"', f'to = "tickets"\nwhere = "{condition}"')
    told = said(target)
    assert f"any.toml:6: the expression of tickets.where, {condition}, fails on the rows" in told
    assert ("TRY(…)" in told) == helps


def test_rows_that_the_condition_keeps_out_do_not_count_for_which_expression_fails(target: Target) -> None:
    with_topic(target, "'CAST(status AS BIGINT)'").mapping += 'columns.priority = "CAST(id AS TINYINT)"\n'
    target.mapping = target.mapping.replace('to = "tickets"', 'to = "tickets"\nwhere = "status = \'5\'"')
    with pytest.raises(UsageError, match=r"any\.toml:14: the expression of tickets\.priority"):
        target.throw(ROW + "500,2024-01-01 10:00:00,5,billing\n")


def test_a_failing_sum_of_a_group_is_told_with_its_place(target: Target) -> None:
    with_topic(target, '"sum(topic)"')
    target.mapping = target.mapping.replace('to = "tickets"', 'to = "tickets"\ngroup = "id"')
    text = said(target)
    assert "any.toml:13: the expression of tickets.reason, sum(topic), fails on the rows of export.csv" in text
    assert "TRY" not in text


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("topic::foo", "no type 'foo'. Valid: bigint, boolean, date,"),
        ("CAST(topic AS varchr)", "no type 'varchr'. Did you mean 'varchar'?"),
        ("TRY_CAST(topic AS foo[])", "no type 'foo'."),
        ("email_key()", "email_key() takes one argument, not 0. Name the column of the file."),
        ("phone_key(topic, id)", "phone_key() takes one argument, not 2."),
        ("(" * 3000 + "topic" + ")" * 3000, "the expression is nested too deeply."),
    ],
    ids=lambda each: each[:20],
)
def test_an_expression_that_can_never_work_is_found_when_the_mapping_is_read(
    target: Target, expression: str, words: str
) -> None:
    assert f"any.toml:12: {words}" in said(with_topic(target, f'"{expression}"'))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Ticket status", "'Ticket status' holds an alias. Valid: an expression over the columns of one row. "),
        ("case:id", "'case:id' holds an alias. "),
        ("First response time", "'First response time' is not an expression: "),
        ("Time (min)", "'Time (min)' calls time, which a mapping may not. "),
    ],
)
def test_a_columns_name_with_blanks_or_colons_is_shown_as_it_is_written(target: Target, name: str, words: str) -> None:
    told = said(with_topic(target, f'{{ from = "{name}" }}'))
    assert f"any.toml:12: {words}" in told
    shown = f"""'"{name}"'"""
    assert f"A column's name with blanks or colons stands in double quotes: {shown}." in told
    target.mapping = target.mapping.replace(f'"{name}"', shown)
    assert f"no column '{name}'" in said(target)


def test_no_other_mistake_is_taken_for_a_columns_name(target: Target) -> None:
    assert "double quotes" not in said(with_topic(target, '"sum(id) OVER ()"'))


def test_of_many_valid_names_the_nearest_come_first_and_the_others_are_counted(target: Target) -> None:
    target.mapping = target.mapping.replace("columns.reason", "columns.topic")
    told = said(target)
    assert "tickets has no column 'topic'. Valid: " in told
    names = told.split("Valid: ")[1].split(" and ")[0].split(", ")
    more = len(table("tickets").columns) - 15
    assert len(names) == 15
    assert "priority" in names[:6]
    assert f" and {more} more." in told


def test_a_type_of_any_name_that_the_database_has_is_let_through(target: Target) -> None:
    assert with_topic(target, '"CAST(id AS uint8)::hugeint"').throw(ROW).loaded == 1


def test_a_column_that_the_file_lacks_is_named_with_the_nearest(target: Target) -> None:
    assert "any.toml:12: no column 'topik'. Did you mean 'topic'?" in said(with_topic(target, '"topik"'))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('= "id"', "= id", r"any.toml:8:21: not valid TOML"),
        ('to = "tickets"', 'to = "tickts"', r"any.toml:7: no table 'tickts'. Did you mean 'tickets'?"),
        ("columns.reason", "columns.reson", r"any.toml:12: tickets has no column 'reson'. Did you mean 'reason'?"),
        ("needs", "need", r"any.toml:4: unknown key 'need'. Did you mean 'needs'?"),
        ('match = ["*"]', 'zone = "Europe/Berln"', r"no time zone 'Europe/Berln'. Did you mean 'Europe/Berlin'?"),
        ('"iso"]', '"isso"]', r"any.toml:5: no time format 'isso'."),
        ("%H:%M", "%H:%Q", r"any.toml:5: the time format '%d/%m/%Y %H:%Q' has no meaning for '%Q'."),
        ("[[file.table]]", "[[file.tabel]]", r"unknown key 'tabel'. Did you mean 'table'?"),
        ('{ const = "email" }', '{ const = "email", from = "x" }', r"any.toml:10: a column source needs one of"),
        ('{ const = "email" }', "{ values = 3 }", r"any.toml:10: "),
        ('{ const = "email" }', "[1, 2]", r"any.toml:10: [1, 2] is not a column source."),
        ('columns.ticket_id = "id"', "", r"fills no ticket_id, which is required"),
        ('name = "any"', "", r"`name` is missing"),
        ('name = "any"', 'name = "any"\ncannot = 3', r"`cannot` is not a table"),
        ('times = ["%d/%m/%Y %H:%M", "iso"]', 'log = 3', r"this is not a table"),
        ('to = "tickets"', 'to = "tickets"\nkeep = "best"', r"`keep` is 'best'. Valid: first, last."),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place_and_what_is_valid(target: Target, old: str, new: str, words: str) -> None:
    target.mapping = target.mapping.replace(old, new, 1)
    assert words in said(target)


def test_all_mistakes_are_told_at_once(target: Target) -> None:
    target.mapping = (
        target.mapping.replace('"id"', "'getenv(id)'").replace('"topic"', "'(SELECT 1)'").replace("iso", "x")
    )
    with pytest.raises(Findings) as caught:
        target.throw(ROW)
    assert [finding.where for finding in caught.value.findings] == ["any.toml:5", "any.toml:8", "any.toml:12"]


def test_a_mapping_that_is_no_text_is_told_in_words(target: Target) -> None:
    path = target.folder / "bad.toml"
    path.write_bytes(b"name = '\xff\xfe'")
    with pytest.raises(UsageError, match="the file is not UTF-8 text"):
        read_mapping(path)
    with pytest.raises(UsageError, match="there is no such file"):
        read_mapping(target.folder / "none.toml")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('{ const = "hgh" }', "'hgh' is no value of priority. Did you mean 'high'?"),
        ('{ from = "topic", values = { a = "high", b = "Urgent" } }',
         "'Urgent' is no value of priority. Did you mean 'urgent'?"),
        ('{ from = "topic", values = { a = 1 } }', "'1' is no value of priority. Valid: high, low, normal, urgent."),
        ('{ from = "topic", values = { a = "low" }, otherwise = "zz" }', "'zz' is no value of priority. Valid: high,"),
    ],
)  # fmt: skip
def test_a_word_that_is_none_of_the_columns_list_is_found_when_the_mapping_is_read(
    target: Target, source: str, words: str
) -> None:
    target.mapping += f"columns.priority = {source}\n"
    assert f"any.toml:13: {words}" in said(target)


def test_words_of_a_list_and_those_of_free_texts_are_let_through(target: Target) -> None:
    target.mapping = target.mapping.replace(
        'columns.status = "status"', 'columns.status = { from = "status", values = { x = "on_hold" } }'
    ).replace('"topic"', '{ from = "topic", values = { a = "any words" } }')
    assert target.csv("1,2024-01-01 10:00:00,On Hold,billing").held == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('timezone = "Mars/Base"', "goalkeeper.toml:1: "),
        ("timezone = 3", "goalkeeper.toml:1: "),
        ('timzone = "UTC"', "unknown key 'timzone'"),
        ("name = ", "goalkeeper.toml:1:8: not valid TOML"),
        ("specialist_teams = [1]", "goalkeeper.toml:1: "),
        ("[[schedule]]\nid = 3", "goalkeeper.toml"),
        ('memory_limit = "lots"', "goalkeeper.toml:1: "),
    ],
)  # fmt: skip
def test_settings_with_mistakes_are_told_with_their_line(tmp_path: Path, text: str, words: str) -> None:
    folder = goalkeeper.create(tmp_path / "workspace")
    (folder / "goalkeeper.toml").write_text(text + "\n")
    with pytest.raises(UsageError) as caught:
        goalkeeper.open(folder)
    assert words in str(caught.value)


def test_a_database_that_is_none_is_told_in_words(tmp_path: Path) -> None:
    folder = goalkeeper.create(tmp_path / "workspace")
    (folder / "goalkeeper.duckdb").write_bytes(b"not a database at all" * 1000)
    with pytest.raises(UsageError, match="the workspace's database cannot be opened"):
        goalkeeper.open(folder)


def test_a_value_of_any_type_anywhere_in_a_mapping_is_refused_in_words_or_read() -> None:
    """Each preset with one value changed for another type, at every place."""
    draw = random.Random(7)
    others = [3, -1.5, True, "", "x y z", "''", [], [1], {}, {"a": 1}, [{}], [[]], None]
    tried = refused = 0
    for name, mapping in sorted(presets().items()):
        data = tomllib.loads(mapping.text)
        for path in draw.sample(_places(data), 6):
            changed = copy.deepcopy(data)
            _put(changed, path, draw.choice(others))
            tried += 1
            try:
                read_mapping(_toml(changed), name)
            except UsageError:
                refused += 1
    assert tried > refused > tried // 3


def _places(value: Any, path: Place = ()) -> list[Place]:
    found: list[Place] = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found += _places(inner, (*path, key))
    return found


def _put(value: Any, path: Place, new: object) -> None:
    for key in path[:-1]:
        value = value[key]
    if new is None:
        del value[path[-1]]
    else:
        value[path[-1]] = new


def _toml(data: dict[str, Any]) -> str:
    return "".join(f"{_value(key)} = {_value(value)}\n" for key, value in data.items())


def _value(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_value(key)} = {_value(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        escaped = "".join(char if char.isprintable() and char not in '"\\' else f"\\u{ord(char):04x}" for char in value)
        return f'"{escaped}"'
    return str(value)


def test_source_errors_are_usage_errors() -> None:
    assert issubclass(SourceError, UsageError)
