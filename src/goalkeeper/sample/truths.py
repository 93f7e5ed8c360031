"""What is true of the sample company, worked out from the simulation itself and never from a measuring program."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from goalkeeper.sample.arrays import Bools, Ints
from goalkeeper.sample.cases import Cases, Kind
from goalkeeper.sample.company import (
    BRANDS,
    CHANNELS,
    CHAT,
    FIRST_REPLY_S,
    PHONE,
    TOPICS,
    group_id,
    team_name,
)
from goalkeeper.sample.helpdesk import Written
from goalkeeper.sample.intake import World
from goalkeeper.sample.period import DAY_S
from goalkeeper.sample.tickets import Tickets, counted

OPEN = ("new", "open", "pending", "hold")
WINDOW_S = 7 * DAY_S
Truth = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """The simulation as far as the exports show it; one entry a ticket."""

    world: World
    cases: Cases
    written: Written
    counted: Bools
    answered: Bools
    solved: Bools
    reopened: Bools
    thanked: Bools
    passed_on: Bools

    @classmethod
    def of(cls, world: World, tickets: Tickets, written: Written) -> Seen:
        """Cuts the simulation off at the export."""
        cases, end = tickets.cases, world.period.end_s
        inside = counted(cases, end)
        status = np.array(written.status)
        solved = inside & np.isin(status, ("solved", "closed")) & (cases.solved_first < end)
        return cls(
            world, cases, written, inside, inside & (cases.first_reply < end), solved,
            inside & (cases.reopened < end), inside & (cases.thanked < end), inside & (cases.passed_on < end),
        )  # fmt: skip

    @property
    def end(self) -> int:
        """The moment of the export."""
        return self.world.period.end_s


def share(hits: int, of: int) -> Truth:
    """Hits, total and their quotient (null without a total)."""
    return {"hits": hits, "of": of, "share": round(hits / of, 6) if of else None}


def seconds(values: Ints) -> Truth:
    """Count, mean, median and p90 of durations; a quantile is the smallest value that reaches it."""
    if not len(values):
        return {"count": 0, "mean_s": None, "median_s": None, "p90_s": None}
    median, p90 = np.quantile(values, [0.5, 0.9], method="inverted_cdf").tolist()
    return {"count": len(values), "mean_s": round(float(values.mean()), 3), "median_s": median, "p90_s": p90}


def ticket_counts(seen: Seen) -> Truth:
    """Tickets of the file by status and channel, and those left out of the service figures by reason."""
    cases, end = seen.cases, seen.end
    out = ~seen.counted
    left_out = {
        "merged": out & (cases.kind == Kind.DUPLICATE),
        "spam": out & (cases.kind == Kind.SPAM),
        "deleted": out & (cases.kind == Kind.DELETED),
        "agent_started": cases.kind == Kind.AGENT_STARTED,
        "internal": cases.kind == Kind.INTERNAL,
        "bot_only": out & (cases.kind == Kind.BOT_ONLY),
    }
    vias = np.where(cases.via_api, "api", np.array([c.via for c in CHANNELS])[cases.channel])
    is_open = np.isin(np.array(seen.written.status), OPEN) & seen.counted
    return {
        "in_file": len(cases),
        "by_status": dict(sorted(Counter(seen.written.status).items())),
        "by_via": dict(sorted(Counter(vias.tolist()).items())),
        "by_topic": dict(sorted(Counter(TOPICS[t].key for t in cases.topic.tolist()).items())),
        "left_out": {name: int(rows.sum()) for name, rows in left_out.items()},
        "counted": int(seen.counted.sum()),
        "counted_by_channel": {
            c.key: int((seen.counted & (cases.channel == n)).sum()) for n, c in enumerate(CHANNELS)
        },
        "counted_by_brand": {
            str(b.brand_id): int((seen.counted & (cases.brand == n)).sum()) for n, b in enumerate(BRANDS)
        },
        "open_at_end": int(is_open.sum()),
        "open_over_48h_at_end": int((is_open & (cases.created < end - 2 * DAY_S)).sum()),
        "audits": seen.written.audits,
        "audit_events": seen.written.events,
    }  # fmt: skip


def first_response(seen: Seen, rows: Bools | None = None) -> Truth:
    """From the customer's first message to the first public human reply; both clocks; answered tickets only."""
    rows = seen.answered if rows is None else rows & seen.answered
    cases = seen.cases
    return {
        "calendar": seconds((cases.first_reply - cases.created)[rows]),
        "working": seconds(cases.first_work_s[rows]),
    }


def speed(seen: Seen) -> Truth:
    """First response and resolution of the counted tickets."""
    cases = seen.cases
    solved = seen.solved
    last = np.where(cases.solved_last < seen.end, cases.solved_last, cases.solved_first)  # reopened after the export
    return {
        "first_response": {
            **first_response(seen),
            "unanswered": int((seen.counted & ~seen.answered).sum()),
            "within_promise": share(
                int((seen.answered & (cases.first_work_s <= FIRST_REPLY_S)).sum()), int(seen.answered.sum())
            ),
            "by_channel": {
                c.key: first_response(seen, cases.channel == n) for n, c in enumerate(CHANNELS)
            },
        },
        "resolution_calendar": seconds((last - cases.created)[solved]),
        "first_resolution_calendar": seconds((cases.solved_first - cases.created)[solved]),
        "solved": int(solved.sum()),
    }  # fmt: skip


def came_back(seen: Seen) -> Bools:
    """Tickets whose customer wrote another counted ticket on the same topic within seven days of the solving."""
    cases = seen.cases
    rows = np.flatnonzero(seen.counted)
    key = cases.customer[rows] * len(TOPICS) + cases.topic[rows]
    order = np.lexsort((cases.created[rows], key))
    rows, key = rows[order], key[order]
    out = np.zeros(len(cases), dtype=np.bool_)
    for step in range(1, 40):
        same = key[step:] == key[:-step]
        if not same.any():
            break
        solved, later = cases.solved_last[rows[:-step]], cases.created[rows[step:]]
        hit = same & (later > solved) & (later <= solved + WINDOW_S)
        out[rows[:-step][hit]] = True
    return out


def first_contact(seen: Seen, rows: Bools | None = None) -> Truth:
    """Solved with one human reply, never passed on or reopened, no ticket of the same kind in seven days."""
    cases = seen.cases
    due = seen.solved & (cases.solved_last + WINDOW_S <= seen.end)
    if rows is not None:
        due = due & rows
    hits = due & (cases.human_replies == 1) & ~seen.passed_on & ~seen.reopened & ~came_back(seen)
    return {**share(int(hits.sum()), int(due.sum())), "strict_about_thanks": int((hits & ~seen.thanked).sum())}


def quality(seen: Seen) -> Truth:
    """Reopening, first contact, passing on, satisfaction."""
    cases, score = seen.cases, np.array(seen.written.score)
    ever_solved = seen.counted & (cases.solved_first < seen.end)
    scores = dict(sorted(Counter(score[seen.counted].tolist()).items()))
    good, bad = int((score == "good").sum()), int((score == "bad").sum())
    return {
        "ever_solved": int(ever_solved.sum()),
        "reopened": share(int(seen.reopened.sum()), int(ever_solved.sum())),
        "reopened_by_thanks_within_10_min": int(seen.thanked.sum()),
        "first_contact_resolution": first_contact(seen),
        "passed_on": int(seen.passed_on.sum()),
        "satisfaction": {
            "by_score": scores,
            **share(good, good + bad),
            "offered": good + bad + scores.get("offered", 0),
        },
    }


def by_team(seen: Seen, rows: Bools) -> Truth:
    """First response and first contact of each team that answered first."""
    teams = {}
    for team in range(len(BRANDS) * 3):
        own = rows & (seen.cases.first_team == team)
        teams[str(group_id(team))] = {
            "name": team_name(team),
            "first_response_working": first_response(seen, own)["working"],
            "first_contact_resolution": first_contact(seen, own),
        }
    return teams


def async_rows(seen: Seen) -> Bools:
    """Tickets on channels without a live queue."""
    return ~np.isin(seen.cases.channel, (CHAT, PHONE))
