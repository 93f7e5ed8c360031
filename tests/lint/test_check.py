"""The check as a whole: allowing, mending, places, and files of all kinds."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.goals import parse_plan
from goalkeeper.lint import check, find_rule, mend
from goalkeeper.lint.examples import HEAD, TODAY
from goalkeeper.lint.rule import Needs
from goalkeeper.lint.sarif import sarif
from goalkeeper.tomlfile import parse_toml
from goals.plans import PLAN

SPEED = """\
[[goal]]
name = "Quick"
metric = "first_response_time"  # the first one
to = "3h"
owner = "team:support"
because = "customers who wait write twice"
"""


def found(text: str) -> list[str]:
    return [f"{each.line}:{each.column} {each.code}" for each in check(parse_toml(text, "p"), today=TODAY).findings]


def test_a_finding_says_where_what_and_what_next() -> None:
    (finding,) = check(parse_toml(HEAD + SPEED, "q1.toml"), today=TODAY).findings
    assert str(finding) == (
        "q1.toml:9:10: GK201 'Quick': first response time has no counterweight for quality. "
        "Add customer satisfaction to `must_not_get_worse`."
    )


@pytest.mark.parametrize(
    "allow",
    [
        'allow = ["GK201"]',
        'allow = [{ rule = "GK201", because = "a trial of two weeks" }]',
        'allow = [{ rule = "GK103", because = "x" }, "GK201"]',
    ],
)
def test_a_goal_may_allow_a_rule(allow: str) -> None:
    checkup = check(parse_toml(HEAD + SPEED + allow, "p"), today=TODAY)
    assert checkup.findings == ()
    assert [finding.code for finding, _ in checkup.allowed] == ["GK201"]


def test_an_allowance_is_that_of_its_goal() -> None:
    assert found(HEAD + SPEED + 'allow = ["GK201"]\n' + SPEED) == ["16:10 GK201"]


def test_unknown_codes_are_told() -> None:
    assert found(HEAD + SPEED + 'allow = ["GK21"]') == ["9:10 GK201", "13:10 GK901"]


def test_mending_keeps_comments_and_ends() -> None:
    toml, count = mend(parse_toml(HEAD + SPEED, "p"), today=TODAY)
    assert count == 1
    assert toml.text == HEAD + SPEED + 'must_not_get_worse = [{ metric = "csat", limit = "-2 pts" }]\n'
    assert mend(toml, today=TODAY) == (toml, 0)


def test_what_meets_is_mended_in_turn() -> None:
    """Two rules want to add a counterweight at the same place, and after the first the second has nothing to say."""
    text = HEAD + SPEED.replace("first_response_time", "resolution_time")
    assert found(text) == ["9:10 GK201", "9:10 GK202"]
    toml, _ = mend(parse_toml(text, "p"), today=TODAY)
    assert found(toml.text) == []
    (goal,) = parse_plan(toml)[0].goals
    assert [each.watched.metric.key for each in goal.must_not_get_worse] == ["first_contact_resolution"]


def test_without_data_or_stage_it_is_said_what_was_not_looked_at() -> None:
    checkup = check(parse_toml(HEAD.replace("stage", "# stage") + SPEED, "p"), today=TODAY)
    assert "GK302" in checkup.not_run[Needs.DATA]
    assert "GK103" in checkup.not_run[Needs.STAGE]
    assert check(parse_toml(HEAD, "p"), today=TODAY).not_run == {}


@pytest.mark.parametrize(
    ("review", "codes"),
    [
        ("[2027-02-15, 2027-03-31]", []),
        ("[2027-04-07]", []),
        ("[2027-04-17]", ["GK602"]),
        ("[2027-03-25]", []),
        ("[2026-01-01]", ["GK602"]),
        ('"quarterly"', []),
    ],
)
def test_days_of_review(review: str, codes: list[str]) -> None:
    text = (HEAD + SPEED + 'allow = ["GK201"]').replace('"monthly"', review)
    assert [each.split(" ")[1] for each in found(text)] == codes


def test_a_long_goal_needs_a_milestone() -> None:
    text = HEAD + SPEED + 'allow = ["GK201"]\nby = 2028-06-30\n'
    assert found(text) == ["14:1 GK601"]
    assert found(text + 'milestones = [{ by = 2027-12-31, to = "4h" }]') == []


def test_slips_of_a_hundred_are_mended() -> None:
    goal = SPEED.replace("first_response_time", "csat").replace('"3h"', "85")
    text = HEAD + goal + 'must_not_get_worse = [{ metric = "first_response_time", limit = "+10 %" }]\n'
    assert found(text) == ["10:6 GK304"]
    assert "to = 0.85\n" in mend(parse_toml(text, "p"), today=TODAY)[0].text
    assert found(text.replace("to = 85", "to = 850")) == ["10:6 GK304"]
    assert mend(parse_toml(text.replace("to = 85", "to = 850"), "p"), today=TODAY)[1] == 0


def test_five_hundred_goals_are_told_in_few_words_and_soon() -> None:
    started = time.process_time()
    checkup = check(
        parse_toml(
            HEAD
            + SPEED.replace('"Quick"', '"Q"') * 250
            + SPEED.replace("first_response_time", "csat").replace('"3h"', "0.8") * 250,
            "p",
        ),
        today=TODAY,
    )
    assert time.process_time() - started < 10
    by_code = {code: [each for each in checkup.findings if each.code == code] for code in ("GK102", "GK203")}
    assert [each.found for each in by_code["GK102"]] == [
        "'Q': team:support has 500 primary goals: 'Q', 'Q', 'Q', 'Q' and 496 more."
    ]
    assert len(by_code["GK203"]) == 250
    assert all(len(each.found) < 200 for each in checkup.findings)


@given(
    st.integers(0, len(PLAN)), st.integers(0, 12), st.sampled_from(["", "[", "]", "{", '"', "=", "\n", "9", "é", "#"])
)
def test_a_broken_plan_is_told_and_never_a_crash(start: int, length: int, put: str) -> None:
    text = PLAN[:start] + put + PLAN[start + length :]
    try:
        toml = parse_toml(text, "p")
    except UsageError:
        return
    for finding in check(toml, today=TODAY).findings:
        assert 1 <= finding.line <= len(text.splitlines())
        assert finding.column >= 1
        for edit in finding.edits:
            assert 0 <= edit.start <= edit.end <= len(text)
    mended, _ = mend(toml, today=TODAY)
    assert mend(mended, today=TODAY) == (mended, 0)


def test_sarif() -> None:
    text = HEAD + SPEED + SPEED + 'allow = ["GK201"]\n'
    made = sarif(check(parse_toml(text, "plans/q1.toml"), today=date(2026, 12, 1)), "0.1")
    (run,) = made["runs"]
    first, second = run["results"]
    place = first["locations"][0]["physicalLocation"]
    assert (first["ruleId"], first["level"], "suppressions" in first) == ("GK201", "warning", False)
    assert place["artifactLocation"]["uri"] == "plans/q1.toml"
    assert place["region"] == {"startLine": 9, "startColumn": 10}
    (change,) = first["fixes"][0]["artifactChanges"]
    replaced = change["replacements"][0]
    assert replaced["deletedRegion"]["charLength"] == 0
    assert replaced["insertedContent"]["text"].startswith("\nmust_not_get_worse")
    assert second["suppressions"][0]["justification"] == "customers who wait write twice"
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} >= {"GK101", "GK901"}


def test_rules_are_found_by_code() -> None:
    assert find_rule("gk202").code == "GK202"
    with pytest.raises(UnknownName, match="Did you mean 'GK202'"):
        find_rule("GK2O2")


def test_the_first_due_day_after_a_window_is_the_one_named() -> None:
    def late(by: str) -> list[str]:
        text = f'{HEAD}[[goal]]\nmetric = "first_contact_resolution"\nvariant = "30d"\nto = 0.75\nby = {by}\n'
        return [str(each) for each in check(parse_toml(text, "p"), today=TODAY).findings if each.code == "GK305"]

    (told,) = late("2027-01-30")
    assert told.endswith("or a due day from 2027-01-31 on.")
    assert late("2027-01-31") == []
