"""Recommendation scores of 2017, against pandas; the whole moves by the mix of users as well as by their scores."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd
import pytest

import goalkeeper as gk
from goalkeeper.documents.why_words import why_sentences
from goalkeeper.insights.why import Cause, Why
from goalkeeper.reports.why import why
from goalkeeper.stats.mix import MixShift, Part, mix_shift
from shared import shared_file


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[gk.Workspace]:
    with gk.open(gk.create(tmp_path_factory.mktemp("nps") / "workspace")) as ws:
        report = ws.load(shared_file("data", "nps-survey", "nps_survey_2017.csv"))
        assert [file.mapping for file in report.files] == ["nps-survey"]
        assert (report.loaded, report.held) == (2 * 8_273, 0)
        ws.refresh()
        yield ws


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    rows = pd.read_csv(shared_file("data", "nps-survey", "nps_survey_2017.csv"), parse_dates=["surveyed_at"])
    rows["segment"] = rows.is_admin.map({1: "admin", 0: "regular"})
    rows["point"] = (rows.score >= 9).astype(int) - (rows.score <= 6).astype(int)
    rows["month"] = rows.surveyed_at.dt.strftime("%Y-%m")
    return rows


def test_the_score_of_all(survey: gk.Workspace, rows: pd.DataFrame) -> None:
    cell = survey.measure("nps")[0]
    assert cell.n == len(rows) == 8_273
    assert cell.estimate.value == pytest.approx(rows.point.mean(), rel=1e-12)


def test_the_score_by_segment(survey: gk.Workspace, rows: pd.DataFrame) -> None:
    expected = rows.groupby("segment").point.mean().to_dict()
    found = {cell.by["segment"]: cell.estimate.value for cell in survey.measure("nps", by="segment")}
    assert found == pytest.approx(expected, rel=1e-12)
    assert found["admin"] > 0 > found["regular"]


def test_each_month_and_segment(survey: gk.Workspace, rows: pd.DataFrame) -> None:
    expected = rows.groupby(["month", "segment"]).point.mean().to_dict()
    cells = survey.measure("nps", by="segment", every="month")
    found = {(f"{cell.period.since:%Y-%m}", cell.by["segment"]): cell.estimate.value for cell in cells if cell.estimate}
    assert found == pytest.approx(expected, rel=1e-12)
    assert len(found) >= 20


def test_the_whole_falls_while_each_segment_rises(survey: gk.Workspace) -> None:
    """From February to December the share of regular users, who score lower, grows: the mix turns the sign."""
    split = {
        (f"{cell.period.since:%m}", cell.by["segment"]): (cell.estimate.value, cell.n)
        for cell in survey.measure("nps", by="segment", every="month")
        if cell.estimate
    }
    whole = {f"{cell.period.since:%m}": cell.estimate for cell in survey.measure("nps", every="month")}
    assert whole["12"].value < whole["02"].value
    for segment in ("admin", "regular"):
        assert split["12", segment][0] > split["02", segment][0] + 0.04
    assert split["12", "regular"][1] / whole["12"].n > split["02", "regular"][1] / whole["02"].n + 0.1


def test_the_fall_is_the_mix_and_not_the_scores(survey: gk.Workspace) -> None:
    months: dict[str, dict[str, Part]] = {"02": {}, "12": {}}
    for cell in survey.measure("nps", by="segment", every="month"):
        if f"{cell.period.since:%m}" in months:
            months[f"{cell.period.since:%m}"][str(cell.by["segment"])] = Part(cell.n, cell.estimate, cell.n)
    found = mix_shift(months["02"], months["12"])
    assert isinstance(found, MixShift)
    assert found.now < found.before
    assert found.within.value > 0 > found.mix.high
    assert found.mix.value + found.within.value == pytest.approx(found.now - found.before, abs=1e-12)


def test_why_it_moved_blames_the_mix_and_nobodys_work(survey: gk.Workspace) -> None:
    """The whole falls a little while both segments rise a little; only the change of who answers is beyond chance."""
    february = (date(2017, 2, 1), date(2017, 3, 1))
    found = why(survey, "nps", "segment", since=date(2017, 12, 1), until=date(2018, 1, 1), against=february)
    assert isinstance(found, Why)
    assert found.now.value < found.before.value
    assert all(each.change.value > 0.04 for each in found.segments)
    assert found.cause is Cause.MIX
    assert found.mix.high < 0 < found.within.value
    told = [sentence.replace("\N{NO-BREAK SPACE}", " ") for sentence in why_sentences(found)]
    assert told[0].endswith("no change that can be told from chance (−1.0 points, −10.7 to +8.9).")
    assert (
        told[1]
        == "Within the same segment there is no change that can be told from chance: +5.3 points, −4.3 to +14.9."
    )
    assert told[2].startswith("The mix alone lowered it: −6.2 points, −8.9 to −3.5;")
    assert told[3] == (
        "So what changed is who is counted; that says nothing of how well they were served. Compare segment by segment."
    )
