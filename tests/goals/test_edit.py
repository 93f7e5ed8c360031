"""Edits change what they say and nothing else."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from goalkeeper.errors import UsageError
from goalkeeper.goals.edit import TextEdit, append, apply, put, rename, replace, write_back
from goalkeeper.tomlfile import parse_toml
from goals.plans import PLAN

CSAT = {"metric": "csat", "limit": "-2 pts"}


def test_a_value_is_replaced_and_its_comment_kept() -> None:
    toml = parse_toml(PLAN, "p")
    text = apply(PLAN, [put(toml, ("goal", 0), "from", 0.66), replace(toml, ("plan", "review"), "weekly")])
    assert text == PLAN.replace("from = 0.65 ", "from = 0.66 ").replace('"monthly"', '"weekly"')


def test_a_key_is_added_after_the_last_one() -> None:
    toml = parse_toml(PLAN, "p")
    text = apply(PLAN, [put(toml, ("plan",), "industry", "retail"), put(toml, ("goal", 0), "watch_gaming", True)])
    assert text == PLAN.replace('"monthly"\n', '"monthly"\nindustry = "retail"\n') + "watch_gaming = true\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[[goal]]\nmetric = 'x' # why", "[[goal]]\nmetric = 'x' # why\nm = [@]"),
        ("[[goal]]\nm = []", "[[goal]]\nm = [@]"),
        ("[[goal]]\nm = [ {a = 1}, ]", "[[goal]]\nm = [ {a = 1}, @, ]"),
        ("[[goal]]\nm = [\n  {a = 1} # one\n]", "[[goal]]\nm = [\n  {a = 1}, @ # one\n]"),
        (
            "[[goal]]\nb = 1\n[[goal.m]]\na = 1\n\n[[goal]]",
            "[[goal]]\nb = 1\n[[goal.m]]\na = 1\n\n[[goal.m]]\nmetric = \"csat\"\nlimit = \"-2 pts\"\n\n[[goal]]",
        ),
        ("goal = [{ b = 1 }]", "goal = [{ b = 1, m = [@] }]"),
        ("goal = [{}]", "goal = [{ m = [@]}]"),
        ("[[goal]]\n[goal.where]\nc = 1", "[[goal]]\nm = [@]\n[goal.where]\nc = 1"),
    ],
)  # fmt: skip
def test_a_member_is_added_to_a_list(before: str, after: str) -> None:
    """The sign @ stands for the member in braces."""
    after = after.replace("@", '{ metric = "csat", limit = "-2 pts" }')
    edit = append(parse_toml(before, "p"), ("goal", 0), "m", CSAT)
    assert apply(before, [edit]) == after
    assert tomllib.loads(after)["goal"][0]["m"][-1] == CSAT


def test_a_key_is_renamed() -> None:
    text = '[plan]\nnam = "nam"\n"odd" = 1\n'
    toml = parse_toml(text, "p")
    edit = rename(toml, ("plan", "nam"), "name")
    assert edit is not None
    assert apply(text, [edit]) == text.replace("nam =", "name =")
    assert rename(toml, ("plan", "odd"), "name") is None


def test_overlapping_edits_are_refused() -> None:
    with pytest.raises(ValueError, match="overlap"):
        apply("abcdef", [TextEdit(0, 3, "x"), TextEdit(2, 4, "y")])


def test_line_ends_and_marks_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_bytes(b"\xef\xbb\xbfa = 1\r\nb = 2\r\n")
    write_back(path, "a = 3\nb = 2\n")
    assert path.read_bytes() == b"\xef\xbb\xbfa = 3\r\nb = 2\r\n"
    write_back(tmp_path / "new.toml", "a = 1\n")
    assert (tmp_path / "new.toml").read_bytes() == b"a = 1\n"
    with pytest.raises(UsageError, match="cannot be written"):
        write_back(tmp_path, "a = 1\n")
