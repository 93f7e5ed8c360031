"""The checks a table's declaration gives, each proven on rows."""

from __future__ import annotations

import pytest
import sqlglot

from goalkeeper.schema import TABLES, Check, Column, Severity, Table, Type, checks, contract_sql, table
from schema.rows import NOW, fired, judged, plain_row, plain_value

ALL = [pytest.param(each, id=each.name) for each in TABLES.values()]

WRONG = {
    "missing": (None,),
    "blank": (" ", "\u3000\u00a0"),
    "unknown": ("no_such_word", ""),
    "not_finite": ("nan", "inf", "-inf"),
    "too_early": ("1970-01-01", "0001-01-01"),
}

# Tables that ask for one of two columns, which a column's own declaration cannot say.
ONE_OF_TWO = {
    "touches": {"touch_with_nobody"},
    "qa_reviews": {"review_of_nothing"},
    "refunds": {"refund_to_nobody"},
}


def derived(each: Table) -> list[tuple[Check, str]]:
    """The checks that come from columns, with the kind of mistake each one finds."""
    rules = {rule.key for rule in each.rules}
    return [(check, check.code.removeprefix(f"{check.column}_")) for check in checks(each) if check.code not in rules]


def wrong_values(column: Column, mistake: str) -> tuple[str | None, ...]:
    if mistake == "range":
        ends = [column.low - 1] if column.low is not None else []
        ends += [column.high + 1] if column.high is not None else []
        return tuple(f"{end:.0f}" for end in ends)
    if mistake == "too_late":
        return ("2090-01-01", "9999-12-31") if column.future else ("2026-03-04 12:00:00",)
    if mistake == "missing" and column.type is Type.TEXT:
        return (None, "", "  ", "\u00a0")
    if mistake == "too_early" and column.type is Type.DATE:
        return ("1899-12-31",)
    return WRONG[mistake]


@pytest.mark.parametrize("each", ALL)
def test_a_plain_row_passes(each: Table) -> None:
    row = plain_row(each)
    allowed = ONE_OF_TWO.get(each.name, set())
    fills = {"scale_min": "0"} if "scale_min" in row else {}
    fills |= {"currency": "EUR"} if row.get("currency") else {}
    assert fired(each, checks(each), row | fills) == allowed


@pytest.mark.parametrize("each", ALL)
def test_an_empty_row_lacks_what_is_required_and_nothing_else(each: Table) -> None:
    missing = {f"{column.name}_missing" for column in each.columns if column.required}
    assert fired(each, checks(each), {}) == missing | ONE_OF_TWO.get(each.name, set())


@pytest.mark.parametrize("each", ALL)
def test_every_check_of_a_column_finds_its_mistake(each: Table) -> None:
    wrong = [
        (check.code, {check.column: value})
        for check, mistake in derived(each)
        for value in wrong_values(each.column(check.column), mistake)
    ]
    found = judged(each, checks(each), [plain_row(each) | cell for _, cell in wrong])
    for (code, cell), codes in zip(wrong, found, strict=True):
        assert code in codes, cell


@pytest.mark.parametrize("each", ALL)
def test_no_check_of_a_column_blames_a_value_at_its_bound(each: Table) -> None:
    fine = [{column.name: value} for column in each.columns for value in fine_values(column)]
    own = [check for check, _ in derived(each) if not check.code.endswith("_missing")]
    for cell, codes in zip(fine, judged(each, own, fine), strict=True):
        assert codes == set(), cell


def fine_values(column: Column) -> list[str]:
    fine = [plain_value(column), *column.values]
    fine += [f"{bound:.0f}" for bound in (column.low, column.high) if bound is not None]
    if column.type is Type.TIMESTAMP:
        fine += ["1995-01-01", "2075-01-01" if column.future else "2026-03-03 11:59:59"]
    if column.type is Type.DATE:
        fine += ["1900-01-01", "2075-01-01"]
    return fine


@pytest.mark.parametrize("each", ALL)
def test_checks_are_named_once_and_quote_a_column(each: Table) -> None:
    found = checks(each)
    assert len({check.code for check in found}) == len(found)
    for check in found:
        assert each.column(check.column).name in check.predicate
        assert check.column in check.code or check.code in {rule.key for rule in each.rules}


@pytest.mark.parametrize("each", ALL)
def test_predicates_name_only_columns_of_the_table(each: Table) -> None:
    names = {column.name for column in each.columns}
    for check in checks(each):
        parsed = sqlglot.parse_one(check.predicate.replace("{now}", f"TIMESTAMP '{NOW}'"), read="duckdb")
        used = {column.name for column in parsed.find_all(sqlglot.exp.Column)}
        assert used, check.code
        assert used <= names, check.code


def test_only_checks_on_the_future_ask_for_the_time() -> None:
    for each in TABLES.values():
        for check in checks(each):
            assert ("{now}" in check.predicate) == check.code.endswith("_too_late"), check.code


def test_words_tell_what_was_found_and_what_is_valid() -> None:
    words = {check.code: check.words for check in checks(table("tickets"))}
    assert words["ticket_id_missing"] == "ticket_id is missing"
    assert words["priority_unknown"] == "priority is none of its values; valid: low, normal, high, urgent"
    assert words["created_at_too_late"].startswith("created_at is over 2 days ahead of now")
    assert words["created_at_too_early"].startswith("created_at is before 1995")
    calls = {check.code: check.words for check in checks(table("interactions"))}
    assert calls["talk_s_range"] == "talk_s is out of range; valid: at least 0 and at most 604800"
    assert calls["concurrency_range"] == "concurrency is out of range; valid: at least 1"


def test_contract_sql_is_the_same_checks_as_tuples() -> None:
    each = table("tickets")
    assert contract_sql(each) == [(c.code, c.words, c.severity, c.predicate) for c in checks(each)]
    assert (
        "ticket_id_missing",
        "ticket_id is missing",
        Severity.REJECT,
        "ticket_id IS NULL OR ((ticket_id < '!' OR ticket_id > '~') AND trim(ticket_id) = '')",
    ) in contract_sql(each)


def test_quotes_in_a_closed_list_stay_inside_the_text() -> None:
    odd = Table("odd", "One row", "g", ("a",), (Column("a", Type.TEXT, "A", values=("o'clock", "x")),))
    assert fired(odd, checks(odd), {"a": "o'clock"}) == set()
    assert fired(odd, checks(odd), {"a": "o"}) == {"a_unknown"}


def test_a_quoted_word_is_not_taken_for_the_column() -> None:
    events = {check.code: check.column for check in checks(table("ticket_events"))}
    assert events["status_event_value"] == "type"
    assert events["field_event_without_field"] == "type"
    assert {check.code: check.column for check in checks(table("reviews"))}["rating_over_scale"] == "rating"
