"""The commands for plans, as people run them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cli.run import Runner
from goalkeeper.metrics import METRICS
from goalkeeper.metrics.custom import metric_toml
from goals.plans import PLAN
from measure.small import Small

LONE = """\
[plan]
name = "Support"
quarter = "2027Q1"
stage = "50k-500k"
review = "monthly"

[[goal]]
name = "Quick"
metric = "first_response_time"
to = "3h"
owner = "team:support"
because = "customers who wait write twice"
"""


@pytest.fixture
def lone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = Path("lone.toml")
    path.write_text(LONE, encoding="utf-8")
    return path


class TestCheck:
    def test_findings(self, run: Runner, lone: Path) -> None:
        done = run("check", lone)
        assert done.code == 1
        lines = done.out.splitlines()
        assert lines[0].startswith("lone.toml:9:10: GK201 'Quick': first response time has no counterweight")
        assert lines[1] == "lone.toml: 1 goal, 1 finding."
        assert lines[2] == "  1 can be mended: --fix."
        assert lines[3] == "  Why: goalkeeper check --explain GK201"
        assert lines[4].startswith("  Not looked at without own data: GK301, ")

    def test_clean(self, run: Runner, lone: Path) -> None:
        lone.write_text(PLAN, encoding="utf-8")
        done = run("check", lone)
        assert (done.code, done.out.splitlines()[0]) == (0, "lone.toml: 1 goal, no findings.")

    def test_fix(self, run: Runner, lone: Path) -> None:
        done = run("check", lone, "--fix")
        assert done.code == 0
        assert done.err == "Mended 1 finding in lone.toml.\n"
        assert (
            lone.read_text(encoding="utf-8") == LONE + 'must_not_get_worse = [{ metric = "csat", limit = "-2 pts" }]\n'
        )
        assert run("check", lone, "--fix").err == ""

    def test_json(self, run: Runner, lone: Path) -> None:
        done = run("check", lone, "--json")
        assert done.code == 1
        (finding,) = done.json["findings"]
        assert (finding["code"], finding["severity"], finding["line"], finding["column"]) == ("GK201", "warning", 9, 10)
        assert finding["is_fixable"]
        assert "GK302" in done.json["not_run"]["own data"]

    def test_sarif(self, run: Runner, lone: Path) -> None:
        done = run("check", lone, "--sarif")
        assert done.code == 1
        assert done.json["version"] == "2.1.0"
        assert done.json["runs"][0]["results"][0]["ruleId"] == "GK201"

    def test_explain(self, run: Runner) -> None:
        done = run("check", "--explain", "gk202")
        assert done.code == 0
        assert done.out.startswith("GK202: A goal that closing early reaches stands without")
        assert "## Bad" in done.out

    @pytest.mark.parametrize(
        ("content", "told"),
        [
            (b'[plan]\nname = "x"\nname = "y"\n', "lone.toml:3:11: not valid TOML"),
            (b"\xff\xfe[\x00p\x00", "lone.toml:1:1: the file is not UTF-8 text."),
            ('[plan]\nname = "é'.encode("latin-1"), "lone.toml:2:9: the file is not UTF-8 text."),
            (b"a = " + b"[" * 3000 + b"]" * 3000, "nested too deeply"),
            (b"[plan]\nname = 'x'\nperiod = 2027-01-01..2027-03-31\n", "stand in quotes"),
        ],
    )
    def test_what_cannot_be_read(self, run: Runner, lone: Path, content: bytes, told: str) -> None:
        lone.write_bytes(content)
        done = run("check", lone)
        assert (done.code, done.out) == (2, "")
        assert told in done.err

    def test_mistakes(self, run: Runner, lone: Path) -> None:
        assert "no such file" in run("check", "none.toml").err
        assert "no plan is named" in run("check").err
        assert "no rule 'GK1'" in run("check", "--explain", "GK1").err
        assert "so this is no workspace" in run("check", lone, "--workspace", "elsewhere").err
        assert run("check", lone, "--workspace", "elsewhere").code == 2

    @pytest.mark.slow
    def test_with_own_data(self, run: Runner, lone: Path, desk: Path) -> None:
        lone.write_text(LONE.replace("team:support", "team:a") + 'where = { topic = "biling" }\n', encoding="utf-8")
        done = run("check", lone)
        assert done.code == 1
        assert "lone.toml:13:19: GK901 'Quick': no topic 'biling' in the data. Did you mean 'billing'?" in done.out
        assert "Not looked at" not in done.out


class TestNew:
    @pytest.mark.parametrize("stage", ["pre-launch", "under-50k", "50k-500k", "over-500k"])
    def test_it_is_written_and_checked(self, run: Runner, lone: Path, stage: str) -> None:
        done = run("plan", "new", "--stage", stage, "--output", "new.toml", "--owner", "team:desk")
        assert done.code == 0
        assert "no findings." in done.out
        assert done.out.splitlines()[-1].endswith("goalkeeper plan agree new.toml")
        text = Path("new.toml").read_text(encoding="utf-8")
        assert f'stage = "{stage}"' in text
        assert ('owner = "team:desk"' in text) == (stage != "pre-launch")
        assert run("check", "new.toml").code == 0

    def test_it_is_printed(self, run: Runner, lone: Path) -> None:
        done = run("plan", "new", "--stage", "under-50k", "--due", "2027-05-05")
        assert done.code == 0
        assert 'name = "Support, Q2 2027"' in done.out
        assert 'from = "measure"' in done.out

    def test_mistakes(self, run: Runner, lone: Path) -> None:
        assert "no stage '50k'" in run("plan", "new", "--stage", "50k").err
        done = run("plan", "new", "--stage", "under-50k", "--output", lone)
        assert (done.code, "the file exists already" in done.err) == (2, True)


AGREEABLE = """\
[plan]
name = "Support, Q2 2026"
quarter = "2026Q2"
stage = "50k-500k"
review = "monthly"

[[goal]]
name = "Answered"
metric = "survey_response_rate"
from = "measure"   # at the start
hold = 0.20
owner = "team:support"
because = "without answers nobody knows what customers think"
"""


@pytest.mark.slow
class TestPlan:
    """On the desk whose truth is known; its data ends on 1 March 2026."""

    @pytest.fixture
    def home(self, known_desk: Small, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
        """The desk's folder, closed while commands run."""
        known_desk.workspace.close()
        monkeypatch.setenv("GOALKEEPER_HOME", str(known_desk.folder / "workspace"))
        yield known_desk.folder / "workspace"
        known_desk.reopen()

    def test_suggest(self, run: Runner, home: Path) -> None:
        done = run("plan", "suggest", "csat", "--segment", "channel=email")
        assert done.code == 0
        assert done.out.startswith("Customer satisfaction: targets for 2026-06-30, judged by the last 4 weeks")
        assert "channel email" in done.out
        assert "Others: 75 % to 85 %" in done.out
        (found,) = run("plan", "suggest", "csat", "--due", "2026-03-31", "--json").json
        assert found["due"] == "2026-03-31"
        assert [each["name"] for each in found["targets"]][:3] == ["safe", "fair", "stretch"]
        assert found["no_targets"] is None
        lines = run("plan", "suggest", "reopen_rate", "--by", "channel").out
        assert "channel chat" in lines
        without = run("plan", "suggest", "next_response_time").out
        assert "cannot say" in without
        assert "Reached" not in without
        assert "The chances hold" not in without

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (("cast",), "no metric 'cast'"),
            (("csat", "--segment", "topic"), "'topic' is no segment.\n  Write it as topic=billing."),
            (("csat", "--segment", "topc=x"), "no split 'topc'"),
            (("csat", "--by", "topc"), "no split 'topc'"),
            (("csat", "--due", "soon"), "--due: 'soon' is not a day."),
            (("csat", "--due", "2025-01-01"), "--due: the due day 2025-01-01 lies before the end of the data."),
            (("csat", "--variant", "x"), "no variant 'x'"),
            (("csat", "--clock", "working"), "the same on both clocks"),
            (("ticket_volume",), "better neither higher nor lower"),
        ],
    )
    def test_suggest_mistakes(self, run: Runner, home: Path, words: tuple[str, ...], told: str) -> None:
        done = run("plan", "suggest", *words)
        assert (done.code, done.out) == (2, "")
        assert told in done.err

    def test_agree_and_look_back(self, run: Runner, home: Path, lone: Path) -> None:
        lone.write_text(AGREEABLE, encoding="utf-8")
        done = run("plan", "agree", lone)
        assert done.code == 0, done.err
        assert done.out.startswith("Agreed 'Support, Q2 2026' as version 1.\n")
        assert "at least 20 %" in done.out
        kept = lone.read_text(encoding="utf-8")
        assert kept.startswith(AGREEABLE.split("from")[0])
        assert "   # at the start" in kept
        assert "measure" not in kept
        assert "agreed already, as version 1" in run("plan", "agree", lone).out
        lone.write_text(kept.replace("0.20", "0.25"), encoding="utf-8")
        run("people", "add", "ann@example.org", "--role", "owner")
        again = run("plan", "agree", lone, "--json").json
        (entry,) = run("audit", "list", "--limit", 1, "--json").json
        assert (entry["who"], entry["what"]) == ("the command line", "plan agreed")
        assert entry["about"] == f"lone.toml: Support, Q2 2026, version 2, {again['hash'][:12]}"
        assert (again["version"], again["is_new"], again["is_intact"]) == (2, True, True)
        listed = run("plan", "versions").out
        assert listed.count("Support, Q2 2026") == 2
        assert [
            each["version"] for each in run("plan", "versions", "--json").json if each["name"] == again["name"]
        ] == [1, 2]
        assert run("plan", "show", "Support, Q2 2026", "--version", "1").out.rstrip() == kept.rstrip()
        assert "no agreed plan 'Suport'" in run("plan", "show", "Suport").err

    def test_a_plan_may_name_the_company_s_own_metrics(self, run: Runner, home: Path, lone: Path) -> None:
        own = metric_toml(replace(METRICS["survey_response_rate"], key="answered", name="Answered", asks="How many?"))
        (home / "metrics").mkdir()
        (home / "metrics" / "own.toml").write_text(own, encoding="utf-8")
        text = AGREEABLE.replace("survey_response_rate", "answered").replace("Support, Q2 2026", "Own")
        lone.write_text(text, encoding="utf-8")
        try:
            assert run("check", lone).code == 0
            assert run("plan", "agree", lone).out.startswith("Agreed 'Own' as version 1.")
            assert run("plan", "suggest", "answered").out.startswith("Answered: targets for")
            assert run("plan", "show", "Own").code == 0
        finally:
            shutil.rmtree(home / "metrics")
        assert "no metric 'answered'" in run("check", lone).out

    def test_a_plan_with_findings_is_not_agreed(self, run: Runner, home: Path, lone: Path) -> None:
        done = run("plan", "agree", lone)
        assert (done.code, done.out) == (1, "")
        assert "GK201" in done.err
        assert "Not agreed. Mend this, or allow it with a reason." in done.err
        assert lone.read_text(encoding="utf-8") == LONE
