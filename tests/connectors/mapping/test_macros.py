"""The functions of a mapping that stand for a longer piece of SQL."""

from __future__ import annotations

import duckdb
import pytest

from goalkeeper.connectors.mapping.expressions import Expression, Walk
from goalkeeper.errors import UsageError


def value(expression: str) -> float | None:
    sql = Expression(expression, "m.toml:1").sql(lambda path: f"'{path[0]}'", Walk(), lambda _, text: text)
    row = duckdb.execute(f"SELECT {sql}").fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("whole_units('3400', 'eur')", 34.0),
        ("whole_units('3400', 'JPY')", 3400.0),
        ("whole_units('3400', 'kwd')", 3.4),
        ("whole_units('3400', NULL)", None),
        ("whole_units('many', 'eur')", None),
        ("a_month('120', 'year', NULL)", 10.0),
        ("a_month('120', 'Month', '3')", 40.0),
        ("a_month('120', 'quarter', '1')", 40.0),
        ("a_month('7', 'day', '7')", 365.25 / 12),
        ("a_month('84', 'week', '1')", 365.25),
        ("a_month('120', 'fortnight', '1')", None),
        ("a_month(whole_units('12000', 'usd') * 2, 'year', '1')", 20.0),
    ],
)
def test_what_they_give(expression: str, expected: float | None) -> None:
    assert value(expression) == (None if expected is None else pytest.approx(expected))


def test_what_they_take_is_told() -> None:
    with pytest.raises(UsageError, match=r"a_month\(\) takes amount, interval, every"):
        Expression("a_month('1', 'year')", "m.toml:1")
