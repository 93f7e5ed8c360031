"""The contract every canonical table and column keeps, new ones included."""

from __future__ import annotations

import re
from collections import Counter

import duckdb
import pytest
import sqlglot

from goalkeeper.errors import UnknownName
from goalkeeper.schema import LINEAGE, TABLES, Column, Table, Type, table

ALL = [pytest.param(each, id=each.name) for each in TABLES.values()]
COLUMNS = [(each, column) for each in TABLES.values() for column in each.columns]
SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")

# A time or day whose name ends otherwise, since its ending is the field's usual word for a span's end.
SPAN_ENDS = ("_from", "_to", "_start", "_end", "_after")


def test_the_model_holds_every_table_of_the_design() -> None:
    assert " ".join(TABLES) == (
        "tickets ticket_events ticket_sla vendor_metrics interactions self_service_sessions articles qa_reviews "
        "customers accounts identity_links agents brands teams team_membership agent_shifts agent_costs "
        "cost_items trainings training_requirements training_assignments calendars holidays "
        "subscriptions subscription_events orders refunds shop_visits upsells acquisitions "
        "survey_invitations survey_responses spend_answers reviews feedback_items touches messages failures"
    )


def test_the_core_needs_only_what_every_help_desk_has() -> None:
    def required(name: str) -> list[str]:
        return [column.name for column in table(name).columns if column.required]

    assert required("tickets") == ["ticket_id", "created_at", "status"]
    assert required("ticket_events") == ["ticket_id", "event_id", "occurred_at", "type", "actor_type"]


def test_registry_is_read_only() -> None:
    with pytest.raises(TypeError):
        TABLES["tickets"] = table("agents")  # type: ignore[index]


def test_unknown_table_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match=r"no table 'ticket'\. Did you mean 'tickets'\?"):
        table("ticket")


def test_unknown_column_names_its_table_and_the_nearest() -> None:
    with pytest.raises(UnknownName, match=r"tickets: no column 'solve_at'\. Did you mean 'solved_at'\?"):
        table("tickets").column("solve_at")
    assert table("tickets").column("solved_at").type is Type.TIMESTAMP


@pytest.mark.parametrize("each", ALL)
def test_names_are_unique_and_snake_case(each: Table) -> None:
    names = [column.name for column in (*LINEAGE, *each.columns)]
    assert [name for name, times in Counter(names).items() if times > 1] == []
    assert [name for name in (each.name, *(c.name for c in each.columns)) if not SNAKE.fullmatch(name)] == []


@pytest.mark.parametrize("each", ALL)
def test_key_columns_exist_are_required_and_stand_first(each: Table) -> None:
    assert each.key
    assert all(each.column(name).required for name in each.key)
    assert each.columns[0].name == each.key[0]
    assert "source_id" not in each.key


@pytest.mark.parametrize("each", ALL)
def test_event_time_is_a_time_of_the_table(each: Table) -> None:
    if each.event_time:
        assert each.column(each.event_time).type is Type.TIMESTAMP


@pytest.mark.parametrize("each", ALL)
def test_names_tell_durations_times_and_days(each: Table) -> None:
    for column in each.columns:
        name = column.name
        assert name.endswith("_s") <= (column.type is Type.BIGINT and column.low == 0), name
        assert name.endswith("_at") <= (column.type is Type.TIMESTAMP), name
        assert name.endswith("_on") <= (column.type is Type.DATE), name
        if column.type is Type.TIMESTAMP:
            assert name.endswith(("_at", *SPAN_ENDS)), name
        if column.type is Type.DATE:
            assert name.endswith(("_on", "on_date", *SPAN_ENDS)), name
        if name.endswith("_id"):
            assert column.type is Type.TEXT, name
        if name.startswith("is_"):
            assert column.type is Type.BOOL, name


@pytest.mark.parametrize("each", ALL)
def test_money_comes_with_a_currency(each: Table) -> None:
    amounts = [column for column in each.columns if column.type is Type.DECIMAL]
    codes = [column for column in each.columns if column.name == "currency"]
    assert bool(amounts) == bool(codes)
    if amounts:
        rules = {rule.key for rule in each.rules}
        assert "currency_not_a_code" in rules
        assert codes[0].required or "currency_missing" in rules


@pytest.mark.parametrize(("each", "column"), [c for c in COLUMNS if c[1].references])
def test_references_lead_to_a_key(each: Table, column: Column) -> None:
    name, _, target = column.references.partition(".")
    assert target in table(name).key
    assert table(name).column(target).type is column.type
    assert (each.name, column.name) != (name, target)


@pytest.mark.parametrize("each", ALL)
def test_closed_lists_are_lower_snake_and_unique(each: Table) -> None:
    for column in each.columns:
        assert all(SNAKE.fullmatch(value) for value in column.values), column.name
        assert len(set(column.values)) == len(column.values), column.name
        assert column.type is Type.TEXT or not column.values, column.name


@pytest.mark.parametrize("each", ALL)
def test_bounds_belong_to_numbers(each: Table) -> None:
    for column in each.columns:
        if column.low is not None or column.high is not None:
            assert column.type in (Type.BIGINT, Type.DOUBLE, Type.DECIMAL), column.name
        if column.low is not None and column.high is not None:
            assert column.low < column.high, column.name
        assert (not column.future) or column.type in (Type.TIMESTAMP, Type.DATE), column.name


@pytest.mark.parametrize("each", ALL)
def test_every_text_for_people_is_a_plain_sentence(each: Table) -> None:
    texts = [each.about, *(column.about for column in each.columns), *(rule.about for rule in each.rules)]
    for text in texts:
        assert len(text) > 2
        assert text == text.strip()
        assert not text.endswith((".", ";", ","))
        assert "  " not in text
        assert "|" not in text
    assert each.about.startswith("One row ")
    assert each.group
    for column in each.columns:
        assert column.about[0].isupper() or column.about[0].isdigit(), column.name


def test_tables_of_a_group_stand_together() -> None:
    groups = [each.group for each in TABLES.values()]
    assert sorted(set(groups), key=groups.index) == [
        group for before, group in zip(["", *groups], groups, strict=False) if group != before
    ]


def test_what_a_person_wrote_or_is_known_by_is_personal() -> None:
    words = {"email_key", "phone_key", "subject", "comment", "body", "text", "reason_text", "visitor_key"}
    for each, column in COLUMNS:
        if column.name in words or column.type is Type.JSON:
            assert column.personal, (each.name, column.name)
    assert not any(column.personal and column.references for _, column in COLUMNS)


@pytest.mark.parametrize("each", ALL)
def test_plain_sql_can_name_every_column(each: Table) -> None:
    declared = ", ".join(f"{column.name} {column.type.duckdb}" for column in (*LINEAGE, *each.columns))
    names = ", ".join(f"{column.name}" for column in (*LINEAGE, *each.columns))
    query = f"SELECT {names} FROM {each.name} WHERE {each.columns[0].name} IS NOT NULL"
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE {each.name} ({declared})")
        connection.execute(query)
    for dialect in ("duckdb", "spark"):
        parsed = sqlglot.parse_one(query, read=dialect)
        found = {column.name for column in parsed.find_all(sqlglot.exp.Column)}
        assert found == {column.name for column in (*LINEAGE, *each.columns)}
