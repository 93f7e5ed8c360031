"""A goal's fields come from a plan's text and go back into it; whatever else stands there stays."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.goals import read_plan
from goalkeeper.goals.fields import GoalFields, goal_fields, with_goal
from goalkeeper.goals.values import exact_value, parse_value
from goalkeeper.tomlfile import parse_toml
from goalkeeper.units import Unit

TEXT = """\
# Ours.
[plan]
name = "Ours"
quarter = "2026Q2"

[[goal]]
id = "answers"          # never change it
name = "Answers"
metric = "survey_response_rate"
from = "measure"
hold = "20 %"           # agreed with Priya
owner = "team:support"
because = "few answers say little"
must_not_get_worse = [{ metric = "csat", limit = "-20 pts", from = 0.8 }]

[[goal]]
id = "fast"
metric = "first_response_time"
from = 3600
to = "30 min"
by = 2026-06-30
"""


def read(text: str, id: str) -> GoalFields:
    return goal_fields(parse_toml(text, "plan.toml"), id)


def write(text: str, fields: GoalFields) -> str:
    return with_goal(parse_toml(text, "plan.toml"), fields)


def test_nothing_changed_changes_nothing() -> None:
    for id in ("answers", "fast"):
        assert write(TEXT, read(TEXT, id)) == TEXT


def test_seconds_are_shown_as_words_and_stay_as_they_were_written() -> None:
    text = TEXT.replace("from = 3600", "from = 3192").replace('to = "30 min"', "range = [1800, 5400.5]")
    text += 'must_not_get_worse = [{ metric = "resolution_time", limit = 7200 }, { metric = "csat", limit = 0.8 }]\n'
    found = read(text, "fast")
    assert (found.start, found.target) == ("53 min 12 s", "30 min to 5400.5")
    assert found.guards == (("resolution_time", "2 h"), ("csat", "0.8"))
    assert parse_value(found.start, Unit.DURATION) == 3192
    assert write(text, found) == text
    assert write(text, replace(found, start="53 min")) == text.replace("from = 3192", 'from = "53 min"')


def test_seconds_of_another_metric_are_written_as_they_were_shown() -> None:
    text = TEXT.replace("from = 3600", "from = 3192").replace('to = "30 min"', "to = 1800.0")
    text += "milestones = [{ by = 2026-05-31, to = 2400 }]\n"
    same = replace(read(text, "fast"), metric="resolution_time")
    assert write(text, same) == text.replace('"first_response_time"', '"resolution_time"')
    other = write(text, replace(same, metric="csat"))
    for line in ('from = "53 min 12 s"', 'to = "30 min"', 'milestones = [{ by = 2026-05-31, to = "40 min" }]'):
        assert line in other
    with pytest.raises(UsageError, match="is not a value of this metric"):
        read_plan(other)


def test_one_field_changes_one_place() -> None:
    found = read(TEXT, "answers")
    assert (found.shape, found.target, found.guards) == ("hold", "20 %", (("csat", "-20 pts"),))
    assert write(TEXT, replace(found, target="25 %")) == TEXT.replace('"20 %"  ', '"25 %"  ')
    assert write(TEXT, replace(read(TEXT, "fast"), by="2026-05-31")) == TEXT.replace("2026-06-30", "2026-05-31")
    assert write(TEXT, replace(read(TEXT, "fast"), start="1800")) == TEXT.replace("from = 3600", "from = 1800")


def test_emptied_and_changed_kinds_go_out() -> None:
    text = write(TEXT, replace(read(TEXT, "answers"), because="", shape="to", target="30 %", by="2026-06-01"))
    assert "because" not in text
    assert "hold" not in text
    assert (read(text, "answers").shape, read(text, "answers").target) == ("to", "30 %")
    assert "# never change it" in text
    (first, _) = read_plan(text).goals
    assert str(first.by) == "2026-06-01"


def test_counterweights_keep_what_else_is_said_of_them() -> None:
    text = write(TEXT, replace(read(TEXT, "answers"), guards=(("csat", "-5 pts"), ("reopen_rate", "9 %"))))
    assert '{ metric = "csat", limit = "-5 pts", from = 0.8 }, { metric = "reopen_rate", limit = "9 %" }' in text
    assert "must_not_get_worse" not in write(TEXT, replace(read(TEXT, "answers"), guards=()))


def test_a_new_goal_is_added_with_an_id_of_its_own() -> None:
    new = GoalFields(name="Answers", metric="csat", shape="range", target="80 % to 90 %", owner="team:a, team:b")
    text = write(TEXT, new)
    assert text.startswith(TEXT)
    again = write(text, new)
    assert [goal.id for goal in read_plan(again).goals] == ["answers", "fast", "answers-2", "answers-3"]
    assert read_plan(again).goals[2].low == 0.8
    assert read(text, "answers-2").owner == "team:a, team:b"


def test_segment_clock_and_milestones_go_in_and_come_back() -> None:
    said = replace(
        read(TEXT, "fast"), clock="calendar", segment=(("channel", "email or web"), ("topic", "billing")),
        milestones=(("2026-04-30", "45 min"), ("2026-05-31", "2000")),
    )  # fmt: skip
    text = write(TEXT, said)
    assert 'where = { channel = ["email", "web"], topic = "billing" }' in text
    assert 'milestones = [{ by = 2026-04-30, to = "45 min" }, { by = 2026-05-31, to = 2000 }]' in text
    assert read(text, "fast") == replace(said, milestones=(said.milestones[0], ("2026-05-31", "33 min 20 s")))
    fast = read_plan(text).goals[1]
    assert fast.watched.where == {"channel": ("email", "web"), "topic": ("billing",)}
    assert [each.to for each in fast.milestones] == [2700, 2000]
    assert write(text, read(TEXT, "fast")) == TEXT
    assert read(write(TEXT, replace(said, id="", name="New")), "new").segment == said.segment


@given(words=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=80))
def test_any_words_come_back(words: str) -> None:
    text = write(TEXT, replace(read(TEXT, "answers"), because=words, name=words))
    assert (read(text, "answers").because, read(text, "answers").name) == (words, words)
    assert write(text, replace(read(text, "answers"), because="few answers say little", name="Answers")) == TEXT


def test_what_fields_cannot_change_is_told() -> None:
    tables = TEXT.replace("must_not_get_worse = [", "x = [") + '[[goal.must_not_get_worse]]\nmetric = "csat"\n'
    with pytest.raises(UsageError, match="table of its own"):
        write(tables, replace(read(tables, "fast"), guards=(("csat", "-5 pts"),)))
    segment = TEXT + '[goal.where]\ntopic = "billing"\n'
    assert read(segment, "fast").segment == (("topic", "billing"),)
    with pytest.raises(UsageError, match="table of its own"):
        write(segment, replace(read(segment, "fast"), segment=(("topic", "login"),)))
    with pytest.raises(UnknownName):
        read(TEXT, "moon")
    with pytest.raises(UnknownName):
        write(TEXT, replace(read(TEXT, "fast"), shape="dance"))


@given(st.integers(1, 10**7))
def test_any_duration_reads_back_to_the_second(seconds: int) -> None:
    assert parse_value(exact_value(seconds, Unit.DURATION), Unit.DURATION) == seconds
