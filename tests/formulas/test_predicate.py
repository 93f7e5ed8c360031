"""A condition is a condition on declared columns, and nothing else gets through."""

from __future__ import annotations

import re

import pytest

from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.formulas import Predicate

NAMES = ("channel", "topic", "score", "reopened", "created_at")


@pytest.mark.parametrize(
    "text",
    [
        "channel = 'email'",
        "channel IN ('a', 'b') OR NOT topic LIKE 'x%' AND score BETWEEN 1 AND 2",
        "channel IS DISTINCT FROM topic",
        "coalesce(lower(channel), '') = 'a' AND starts_with(topic, 'b')",
        "CASE WHEN reopened THEN score > 1 ELSE false END",
        "abs(score - 2) * 3 / 4 >= 1.5 AND score % 2 = 0 AND -score < 1",
        "reopened IS NOT TRUE AND topic IS NULL",
        "TRY_CAST(channel AS INTEGER) = 3",
        "channel ILIKE '%é%' AND length(topic) <> 3",
    ],
)
def test_valid(text: str) -> None:
    found = Predicate(text, NAMES)
    assert found.columns <= set(NAMES)
    again = Predicate(found.sql(), NAMES)
    assert again.sql() == found.sql()


@pytest.mark.parametrize(
    "text",
    [
        "channel = 'a'; DROP TABLE facts.tickets",
        "DROP TABLE facts.tickets",
        "SELECT 1",
        "channel IN (SELECT 1)",
        "EXISTS (SELECT 1)",
        "(SELECT 1) = 1",
        "read_text('/etc/passwd') = 'x'",
        "read_csv('/etc/passwd') = 'x'",
        "getenv('HOME') = 'x'",
        "current_setting('home_directory') = ''",
        "query('SELECT 1') = 1",
        "random() < 0.5",
        "created_at > now()",
        "created_at > CURRENT_TIMESTAMP",
        "count(*) > 1",
        "sum(score) OVER () > 1",
        "channel = ?",
        "channel = $1",
        "COLUMNS('a') = 1",
        "*",
        "score[1] = 2",
        "list_filter([1], lambda x: x > 1) = [1]",
        "{'a': 1}.a = 1",
        "channel = 'a' UNION SELECT 1",
        "unnest([1, 2]) = 1",
        "score := 1",
        "ATTACH 'x.db'",
        "COPY facts.tickets TO 'x.csv'",
        "PRAGMA database_list",
        "INTERVAL '1' DAY > score",
    ],
)
def test_other_sql_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        Predicate(text, NAMES, where="--where")
    assert str(caught.value).startswith("--where: ")


@pytest.mark.parametrize(
    "text", ["", " ", "channel =", "channel = 'a", "= 'a'", "(channel = 'a'", "channel = 'a')", "a b c"]
)
def test_text_that_does_not_parse(text: str) -> None:
    with pytest.raises(UsageError, match="is not a condition: ") as caught:
        Predicate(text, NAMES)
    assert not re.search(r"[\x00-\x1f]|<class", str(caught.value))


def test_unknown_columns_are_told_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match=r"no column 'chanel'\. Did you mean 'channel'\?"):
        Predicate("chanel = 'email'", NAMES)


def test_double_quotes_are_names() -> None:
    with pytest.raises(UnknownName, match=r"no column 'email'.*Texts stand in single quotes"):
        Predicate('channel = "email"', NAMES)
    with pytest.raises(UnknownName, match=r"no column 'email'.*Texts stand in single quotes: 'email'"):
        Predicate("channel = email", NAMES)
    assert Predicate("\"channel\" = 'email'", NAMES).columns == {"channel"}


def test_a_table_may_not_be_named() -> None:
    with pytest.raises(UsageError, match=r"'channel\.channel' names a table. Write channel alone."):
        Predicate("channel.channel = 'a'", NAMES)


def test_long_and_deep_ones_are_refused() -> None:
    with pytest.raises(UsageError, match="characters"):
        Predicate(" OR ".join(["channel = 'a'"] * 2_000), NAMES)
    with pytest.raises(UsageError, match="nested too deeply"):
        Predicate("(" * 4_000 + "1 = 1" + ")" * 4_000, NAMES)


def test_comments_are_dropped() -> None:
    assert Predicate("channel = 'a' -- and so on", NAMES).sql() == "channel = 'a'"
