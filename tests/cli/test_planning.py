"""The commands for plans, as people run them."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.run import Runner
from goals.plans import PLAN

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
        assert lines[1] == "lone.toml: 1 goal, 1 finding, 0 of them errors."
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
