"""The demo's plan tells what is planted: one goal reached, one at the expense of something, one behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.run import Runner
from goalkeeper.goals import read_plan
from goalkeeper.lint import check
from goalkeeper.sample.period import Period
from goalkeeper.sample.plan import agreed_at, plan_text
from goalkeeper.sample.settings import DEFAULT_UNTIL
from goalkeeper.tomlfile import parse_toml

PERIOD = Period(DEFAULT_UNTIL)


def test_its_plan_passes_the_check_of_its_day() -> None:
    toml = parse_toml(plan_text(PERIOD), "plan")
    assert check(toml, today=agreed_at(PERIOD).date()).findings == ()
    plan = read_plan(plan_text(PERIOD), "plan")
    assert (plan.name, str(plan.since), plan.last) == ("Support, 2025/26", "2025-07-01", DEFAULT_UNTIL)
    assert all(goal.must_not_get_worse and goal.owners and goal.milestones for goal in plan.goals)


@pytest.mark.slow
def test_its_goals_tell_what_is_planted(run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "demo"
    done = run("demo", "--workspace", home, "--tickets", 20_000)
    assert done.code == 0, done.err
    assert "3 goals agreed on, and evaluated 1,095 times since" in done.out
    monkeypatch.setenv("GOALKEEPER_HOME", str(home))
    goals = run("goals", "--json").json["goals"]
    assert [goal["evaluation"]["words"] for goal in goals] == [
        "Reached",
        "Reached at the expense of reopened",
        "Behind",
    ]
    assert [goal["evaluation"]["is_met"] for goal in goals] == [True, False, False]
    assert all(goal["evaluation"]["is_closed"] for goal in goals)
    before = run("goals", "--as-of", "2026-03-31").out
    assert "●" in before
    assert "✗ broken" in before
    asked = next(line for line in done.out.splitlines() if "goalkeeper why nps" in line)
    words = asked.split("goalkeeper ", 1)[1].split()
    why = run(*words, "--json").json
    assert why["cause"] in ("mix", "opposed")
    assert why["mix"]["high"] < 0 < why["within"]["value"]
    changed = run("changes", "ticket_volume", "--segment", "topic=login", "--since", "2025-10-01", "--until",
                  "2025-10-31", "--every", "day", "--json").json  # fmt: skip
    outside = [point["period"]["since"] for point in changed["points"] if point["is_outside"]]
    assert set(outside) >= {"2025-10-14", "2025-10-15", "2025-10-16"}
