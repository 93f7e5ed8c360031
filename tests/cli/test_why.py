"""why and changes, as people run them."""

from __future__ import annotations

import pytest

from cli.run import Runner
from measure.small import Small

pytestmark = pytest.mark.slow
WHY = ("why", "csat", "--by", "channel", "--since", "2026-01-01", "--until", "2026-02-20")


@pytest.fixture
def home(known_desk: Small, monkeypatch: pytest.MonkeyPatch):
    known_desk.workspace.close()
    monkeypatch.setenv("GOALKEEPER_HOME", str(known_desk.folder / "workspace"))
    yield
    known_desk.reopen()


def test_why(run: Runner, home: None) -> None:
    done = run(*WHY)
    assert done.code == 0, done.err
    assert done.out.startswith("Customer satisfaction: ")
    assert "the 51 days before" not in done.out
    assert "Within and mix add up to the change of the whole." in done.out
    found = run(*WHY, "--json").json
    assert found["before_period"]["since"] == "2025-11-11"
    assert found["within"]["value"] + found["mix"]["value"] == pytest.approx(found["change"]["value"])
    assert len(found["sentences"]) == 4
    other = run(*WHY, "--against", "2025-01-06..2025-12-31", "--json").json
    assert other["before_period"]["until"] == "2026-01-01"
    assert run("why", "nps", "--by", "channel").out == "Nothing can be said: no data.\n"
    assert run("why", "nps", "--by", "channel", "--json").json["no_estimate"]["reason"] == "no_data"


def test_changes(run: Runner, home: None) -> None:
    done = run("changes", "reopen_rate", "--segment", "channel=email")
    assert done.code == 0, done.err
    assert done.out.startswith(
        "Reopened (channel email), 1 December 2025 to 22 February 2026 against the year before: "
    )
    assert "Limits: P′" in done.out
    found = run("changes", "reopen_rate", "--json").json
    assert found["is_real"] is False
    assert len(found["points"]) == 12
    by = run("changes", "csat", "--by", "channel")
    assert by.out.startswith("Customer satisfaction: 0 of 2 values of channel really changed.")
    assert {each["name"] for each in run("changes", "csat", "--by", "channel", "--json").json} == {"chat", "email"}
    assert run("changes", "csat", "--since", "2025-02-01", "--until", "2025-03-01").out.startswith(
        "Cannot say: needs 20 "
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((*WHY, "--against", "2025"), "--against: '2025' is not a day."),
        ((*WHY, "--against", "2025-01-01"), "--against: '2025-01-01' is no period."),
        ((*WHY, "--against", "2025-03-01..2025-01-01"), "holds no day"),
        ((*WHY, "--statistic", "median"), "no statistic 'median'"),
        (("why", "csat", "--by", "chanel"), "no split 'chanel'"),
        (("why", "first_response_time", "--by", "channel"), "the median of all is not the mean of its segments."),
        (("changes", "cast"), "no metric 'cast'"),
        (("changes", "csat", "--every", "month"), "no period 'month'"),
        (("changes", "csat", "--since", "2027-01-01"), "no whole day of data lies between"),
        (("changes", "csat", "--by", "chanel"), "no split 'chanel'"),
    ],
)
def test_mistakes(run: Runner, home: None, words: tuple[str, ...], told: str) -> None:
    done = run(*words)
    assert (done.code, done.out) == (2, "")
    assert told in done.err
