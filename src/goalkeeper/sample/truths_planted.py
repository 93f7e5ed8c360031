"""The four planted truths with the figures they really have in the data."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from goalkeeper.sample.agents import Staff
from goalkeeper.sample.arrays import Bools, Ints
from goalkeeper.sample.cases import Kind
from goalkeeper.sample.company import LOGIN, PLANS, group_id, team_name
from goalkeeper.sample.demand import load
from goalkeeper.sample.period import epoch_s
from goalkeeper.sample.planted import CHANGED_TEAM, CLOSER_TEAM
from goalkeeper.sample.surveys import Survey
from goalkeeper.sample.truths import Seen, Truth, async_rows, by_team, first_response, seconds, share

_WEEKS_BEFORE = 8


def nps(scores: Ints) -> Truth:
    """Promoters, passives, detractors and the score."""
    promoters, detractors = int((scores >= 9).sum()), int((scores <= 6).sum())
    answers = len(scores)
    return {
        "answers": answers,
        "promoters": promoters,
        "passives": answers - promoters - detractors,
        "detractors": detractors,
        "nps": round(100 * (promoters - detractors) / answers, 4) if answers else None,
    }


def mix_shift(seen: Seen, survey: Survey) -> Truth:
    """NPS of each half-year, whole and by plan: the whole falls while each plan rises."""
    given = survey.answered > 0
    halves = []
    for number, (first, last) in enumerate(seen.world.period.half_years()):
        rows = given & (survey.half == number)
        plans = {plan: nps(survey.score[rows & (survey.plan == n)]) for n, plan in enumerate(PLANS)}
        halves.append({"from": str(first), "until": str(last), "all": nps(survey.score[rows]), "by_plan": plans})
    return {
        "what": "the score falls from the first to the last half-year while it rises in every plan",
        "half_years": halves,
    }


def outage(seen: Seen) -> Truth:
    """Login tickets a day in the outage against the same weekdays of eight weeks before, and their first response."""
    world, cases = seen.world, seen.cases
    planted = world.planted
    login = (cases.topic == LOGIN) & (cases.kind != Kind.INTERNAL)
    first = (planted.outage_first - world.period.first).days
    days = [first + n for n in range((planted.outage_last - planted.outage_first).days + 1)]
    usual_days = [day - 7 * week for day in days for week in range(1, _WEEKS_BEFORE + 1)]
    during: Bools = login & np.isin(cases.day, days)
    usual: Bools = login & np.isin(cases.day, usual_days)
    a_day, usually = during.sum() / len(days), usual.sum() / len(usual_days)
    return {
        "what": "login tickets multiply and wait longer on these days",
        "topic": "login",
        "from": str(planted.outage_first),
        "until": str(planted.outage_last),
        "baseline_from": str(planted.outage_first - timedelta(weeks=_WEEKS_BEFORE)),
        "tickets": int(during.sum()),
        "tickets_a_day": round(float(a_day), 4),
        "tickets_a_day_before": round(float(usually), 4),
        "ratio": round(float(a_day / usually), 4) if usually else None,
        "first_response": first_response(seen, during & async_rows(seen)),
        "first_response_before": first_response(seen, usual & async_rows(seen)),
    }


def _solving(seen: Seen, rows: Bools) -> Truth:
    cases = seen.cases
    ever = rows & seen.counted & (cases.solved_first < seen.end)
    spent = (cases.solved_first - cases.created)[ever & async_rows(seen)]
    return {
        "reopened": share(int((ever & seen.reopened).sum()), int(ever.sum())),
        "first_resolution_calendar_async": seconds(spent),
    }


def early_closer(seen: Seen, staff: Staff) -> Truth:
    """The agent whose tickets are solved fast and reopened often, and the rest of the team."""
    assignee = np.array([0 if a is None else a for a in seen.written.assignee], dtype=np.int64)
    team = {staff.agents[seat].agent_id for seat in staff.seats[CLOSER_TEAM].tolist()}
    closer = staff.agents[staff.closer]
    own = assignee == closer.agent_id
    peers = np.isin(assignee, sorted(team - {closer.agent_id}))
    return {
        "what": "one agent solves fast and too early",
        "agent_id": closer.agent_id,
        "team_id": group_id(CLOSER_TEAM),
        "agent": _solving(seen, own),
        "peers": _solving(seen, peers),
        "others": _solving(seen, ~own),
    }


def _season_factor(seen: Seen, before: Bools, after: Bools) -> float:
    """By what the season alone multiplies reply times from before to after, as a ratio of geometric means."""
    slow = np.log(load(seen.world.period))[seen.cases.day]
    if not (before & seen.answered).any() or not (after & seen.answered).any():
        return 1.0
    return float(np.exp(slow[after & seen.answered].mean() - slow[before & seen.answered].mean()))


def process_change(seen: Seen) -> Truth:
    """Each team before and after the day of the change, by the team of the first reply; e-mail, web and social."""
    world = seen.world
    since = epoch_s(world.planted.change_from)
    waiting = async_rows(seen)
    before, after = waiting & (seen.cases.created < since), waiting & (seen.cases.created >= since)
    return {
        "what": (
            "from this day on one team answers faster and solves more at the first contact; no other team was changed, "
            "but the season slows all teams alike"
        ),
        "season_reply_factor": round(_season_factor(seen, before, after), 4),
        "from": str(world.planted.change_from),
        "team_id": group_id(CHANGED_TEAM),
        "team": team_name(CHANGED_TEAM),
        "channels": ["email", "web", "social"],
        "before": by_team(seen, before),
        "after": by_team(seen, after),
    }
