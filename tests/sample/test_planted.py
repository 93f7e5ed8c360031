"""The planted truths hold in the raw files: loosely in a small company, clearly in the full one."""

from __future__ import annotations

import csv
import math
import time
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from goalkeeper.sample import Company, make_company
from goalkeeper.sample.surveys import NPS_QUESTION
from sample.naive import NaiveDesk, moment, quantile, read_desk

ZONES = {4410001: "Europe/Berlin", 4410002: "America/New_York", 4410003: "Australia/Sydney"}
LIVE = ("chat", "voice")


def login_days(desk: NaiveDesk) -> Counter[date]:
    """Login tickets of customers by local day."""
    return Counter(
        t.created.astimezone(ZoneInfo(ZONES[t.ticket["brand_id"]])).date()
        for t in desk.tickets.values()
        if t.ticket["tags"][0] == "login" and not t.internal
    )


def reopen_rates(desk: NaiveDesk, company: Company) -> tuple[float, float]:
    """Of the planted agent, and of the rest of the team, by assignee."""
    truth = company.truths["planted"]["early_closer"]
    team = {n for n, u in desk.users.items() if u["default_group_id"] == truth["team_id"]}
    solved: Counter[bool] = Counter()
    again: Counter[bool] = Counter()
    for found in desk.counted:
        if found.ticket["assignee_id"] in team and found.solved:
            own = found.ticket["assignee_id"] == truth["agent_id"]
            solved[own] += 1
            again[own] += any(after > 600 for _, after in found.reopened)
    assert (again[True], solved[True]) == (truth["agent"]["reopened"]["hits"], truth["agent"]["reopened"]["of"])
    assert (again[False], solved[False]) == (truth["peers"]["reopened"]["hits"], truth["peers"]["reopened"]["of"])
    return again[True] / solved[True], again[False] / solved[False]


def scores(company: Company) -> dict[tuple[int, str], list[int]]:
    """Scores by half-year and plan, from the form's answers; 'all' beside the plans."""
    halves = company.truths["planted"]["mix_shift"]["half_years"]
    found = defaultdict(list)
    with (company.folder / "surveys/nps.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            month, day, year = map(int, row["Timestamp"].split(" ")[0].split("/"))
            at = str(date(year, month, day))
            half = next(n for n, h in enumerate(halves) if h["from"] <= at <= h["until"])
            for key in (row["Plan"], "all"):
                found[half, key].append(int(row[NPS_QUESTION]))
    return found


def nps(values: list[int]) -> float:
    return 100 * (sum(v >= 9 for v in values) - sum(v <= 6 for v in values)) / len(values)


def test_the_score_falls_while_every_plan_rises(company: Company) -> None:
    found = scores(company)
    for number, half in enumerate(company.truths["planted"]["mix_shift"]["half_years"]):
        assert nps(found[number, "all"]) == pytest.approx(half["all"]["nps"], abs=1e-3)
        for plan, truth in half["by_plan"].items():
            assert len(found[number, plan]) == truth["answers"]
            assert nps(found[number, plan]) == pytest.approx(truth["nps"], abs=1e-3)
    assert nps(found[3, "all"]) < nps(found[0, "all"]) - 4
    for plan in ("basic", "plus", "pro"):
        assert nps(found[3, plan]) > nps(found[0, plan]) + 3
    assert len(found[3, "basic"]) > 2 * len(found[0, "basic"])


def test_one_agent_closes_early(company: Company, desk: NaiveDesk) -> None:
    own, peers = reopen_rates(desk, company)
    assert own >= 3 * peers


def speed_change(before: dict[str, Any], after: dict[str, Any]) -> tuple[float, float]:
    """Log ratio of the medians, and how far chance may move it.

    Four standard errors of log-normal medians (1.2533 σ/√n, σ = 0.95), and 0.06 for joiners' and leavers' own pace.
    """
    one, two = before["first_response_working"], after["first_response_working"]
    error = 1.2533 * 0.95 * math.sqrt(1 / one["count"] + 1 / two["count"])
    return math.log(two["median_s"] / one["median_s"]), 4 * error + 0.06


def share_change(before: dict[str, Any], after: dict[str, Any]) -> tuple[float, float]:
    """Difference of the shares, and four standard errors of it."""
    one, two = before["first_contact_resolution"], after["first_contact_resolution"]
    error = math.sqrt(one["share"] * (1 - one["share"]) * (1 / one["of"] + 1 / two["of"]))
    return two["share"] - one["share"], 4 * error


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> tuple[Company, float, NaiveDesk]:
    folder: Path = tmp_path_factory.mktemp("full")
    before = time.process_time()
    made = make_company(folder)
    return made, time.process_time() - before, read_desk(folder)


@pytest.mark.slow
def test_full_size_is_made_in_time(full: tuple[Company, float, NaiveDesk]) -> None:
    made, spent, desk = full
    assert len(desk.tickets) == 60_000 == made.truths["tickets"]["in_file"]
    assert spent < 20


@pytest.mark.slow
def test_full_outage(full: tuple[Company, float, NaiveDesk]) -> None:
    made, _, desk = full
    truth = made.truths["planted"]["outage"]
    days = login_days(desk)
    first = date.fromisoformat(truth["from"])
    during = [first + timedelta(days=n) for n in range(3)]
    usual = [day - timedelta(weeks=w) for day in during for w in range(1, 9)]
    assert sum(days[d] for d in during) == truth["tickets"]
    ratio = (sum(days[d] for d in during) / 3) / (sum(days[d] for d in usual) / len(usual))
    assert ratio == pytest.approx(truth["ratio"], abs=1e-3)
    assert 4.5 < ratio < 8
    others = [count for day, count in days.items() if day not in during]
    assert max(others) < min(days[d] for d in during)
    slower = truth["first_response"]["working"]["median_s"] / truth["first_response_before"]["working"]["median_s"]
    assert slower > 1.7


@pytest.mark.slow
def test_full_early_closer(full: tuple[Company, float, NaiveDesk]) -> None:
    made, _, desk = full
    own, peers = reopen_rates(desk, made)
    assert own >= 4 * peers
    truth = made.truths["planted"]["early_closer"]
    fast, usual = (truth[k]["first_resolution_calendar_async"]["mean_s"] for k in ("agent", "peers"))
    assert fast < 0.75 * usual


@pytest.mark.slow
def test_full_process_change_helps_one_team_only(full: tuple[Company, float, NaiveDesk]) -> None:
    made, _, desk = full
    truth = made.truths["planted"]["process_change"]
    since = moment(truth["from"] + "T00:00:00Z")
    changed = str(truth["team_id"])
    for group, before in truth["before"].items():
        after = truth["after"][group]
        faster, bound = speed_change(before, after)
        faster -= math.log(truth["season_reply_factor"])
        gain, gain_bound = share_change(before, after)
        if group == changed:
            assert abs(faster - math.log(0.70)) < bound
            assert faster < -bound
            assert gain > gain_bound
        else:
            assert abs(faster) < bound, before["name"]
            assert abs(gain) < gain_bound, before["name"]
    slow = [t for t in desk.counted if t.human_replies and t.ticket["via"]["channel"] not in LIVE]
    own = [t for t in slow if t.group_at_first_reply == changed]
    waits = {
        late: quantile([round((t.human_replies[0][0] - t.created).total_seconds()) for t in own
                        if (t.created >= since) == late], 0.5)
        for late in (False, True)
    }  # fmt: skip
    assert waits[True] < waits[False]
