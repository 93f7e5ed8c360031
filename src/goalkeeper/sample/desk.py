"""How a ticket is answered: first reply, rounds with the customer, hand-over, solving, reopening, survey, closing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from goalkeeper.sample.agents import Staff
from goalkeeper.sample.arrays import NEVER, Bools, Floats, Ints, lognormal, whole
from goalkeeper.sample.cases import CUSTOMER, SYSTEM, Cases, Log, Step, share_of
from goalkeeper.sample.company import (
    BILLING,
    CHANNELS,
    CHAT,
    EMAIL,
    FRONT_LINE,
    PHONE,
    SOCIAL,
    SPECIALISTS,
    TEAM_KINDS,
    TOPICS,
    WEB,
)  # fmt: skip
from goalkeeper.sample.demand import load
from goalkeeper.sample.hours import AllHours
from goalkeeper.sample.period import DAY_S, Period, epoch_s
from goalkeeper.sample.planted import (
    CHANGED_ONE_TOUCH,
    CHANGED_PASSED_ON,
    CHANGED_REPLY_FACTOR,
    CHANGED_TEAM,
    CLOSER_ONE_TOUCH,
    CLOSER_REOPENED,
    CLOSER_SPEED,
    OUTAGE_REPLY_FACTOR,
    USUAL_REOPENED,
    Planted,
)  # fmt: skip

CLOSES_AFTER_S = 96 * 3600
SURVEY_AFTER_S = 24 * 3600
_ROUNDS = 5
_LONGEST_WORK_S = 150 * 3600
_PASSED_ON = {FRONT_LINE: 0.09, SPECIALISTS: 0.03, BILLING: 0.05}
_PASSED_TO = {FRONT_LINE: SPECIALISTS, SPECIALISTS: BILLING, BILLING: FRONT_LINE}


def hourly_job(moments: Ints, tickets: Ints) -> Ints:
    """When the next hourly automation runs after a moment; it needs some seconds for each ticket."""
    return (moments // 3600 + 1) * 3600 + tickets % 50


@dataclass(slots=True)
class Desk:
    """All that answering depends on."""

    period: Period
    planted: Planted
    hours: AllHours
    staff: Staff
    log: Log
    rng: np.random.Generator

    def serve(self, cases: Cases, rows: Ints) -> None:
        """Answers the tickets `rows`, which customers have written and humans work on."""
        _Serving(self, cases, rows).run()


class _Serving:
    """One pass over a set of tickets; arrays hold one entry a row of the set."""

    def __init__(self, desk: Desk, cases: Cases, rows: Ints) -> None:
        self.desk, self.cases, self.rows, self.rng = desk, cases, rows, desk.rng
        self.size = len(rows)
        self.brand, self.topic, self.channel = cases.brand[rows], cases.topic[rows], cases.channel[rows]
        self.created, self.team = cases.created[rows], cases.team[rows].copy()
        self.phone = (self.channel == PHONE) & ~cases.voicemail[rows]
        changed = epoch_s(desk.planted.change_from)
        self.improved: Bools = (self.team == CHANGED_TEAM) & (self.created >= changed)
        self.agent = desk.staff.pick(self.rng, self.team, self.created)
        self.early: Bools = self.agent == desk.staff.closer

    def run(self) -> None:
        """The whole way from the first reply to closing."""
        self.first_reply()
        self.rounds()
        self.reopening()
        self.ending()

    def after(self, moments: Ints, work_s: Floats | Ints, where: Bools | None = None) -> Ints:
        """Working time later; everywhere, or NEVER outside `where`."""
        if where is None:
            return self.desk.hours.after(self.brand, moments, whole(work_s, 1, _LONGEST_WORK_S))
        out = np.full(self.size, NEVER, dtype=np.int64)
        work = whole(work_s, 1, _LONGEST_WORK_S)
        out[where] = self.desk.hours.after(self.brand[where], moments[where], work[where])
        return out

    def add(self, step: Step, where: Bools, at: Ints, actor: Ints | int, value: Ints | int = 0) -> None:
        """Logs a step for the rows `where`."""
        who = actor if isinstance(actor, int) else actor[where]
        what = value if isinstance(value, int) else value[where]
        self.desk.log.add(step, self.rows[where], at[where], who, what)

    def chance(self, share: Floats | float) -> Bools:
        """True with the given chance in each row."""
        return share_of(self.rng, share, self.size)

    def working(self, agent: Ints, at: Ints) -> Ints:
        """The same agents; a colleague for those who have left by then."""
        return self.desk.staff.still_there(self.rng, agent, self.team, at)

    def reply_medians(self) -> Floats:
        """Median working seconds of an answer, before the agent's own pace."""
        medians = np.array([channel.reply_median_s for channel in CHANNELS])[self.channel]
        medians = medians * load(self.desk.period)[self.cases.day[self.rows]]
        return np.asarray(np.where(self.improved, medians * CHANGED_REPLY_FACTOR, medians))

    def first_reply(self) -> None:
        """When a human first answers, and what stands in the ticket until then."""
        rng, cases, rows = self.rng, self.cases, self.rows
        planted = self.desk.planted
        sigma = np.array([channel.reply_sigma for channel in CHANNELS])[self.channel]
        work = self.reply_medians() * np.exp(rng.normal(0.0, 1.0, self.size) * sigma)
        work = work * self.desk.staff.speed[self.agent] * np.where(self.early, CLOSER_SPEED, 1.0)
        outage = (self.created >= epoch_s(planted.outage_first)) & (self.created < epoch_s(planted.outage_last) + DAY_S)
        work = np.where(outage, work * OUTAGE_REPLY_FACTOR, work)
        work = np.where(self.chance(0.006) & (self.channel != CHAT), work * 30, work)
        self.take_calls()
        called = cases.wait_s[rows] + cases.talk_s[rows] + cases.hold_s[rows] + cases.wrap_s[rows] // 2
        work_s = whole(work, 5, _LONGEST_WORK_S)
        self.first = self.desk.hours.after(self.brand, self.created, work_s)
        self.first = np.where(self.phone, self.created + called, self.first)
        work_s = np.where(self.phone, self.desk.hours.between(self.brand, self.created, self.first), work_s)
        self.agent = self.working(self.agent, self.first)
        cases.first_reply[rows], cases.first_work_s[rows] = self.first, work_s
        cases.first_team[rows], cases.agent[rows] = self.team, self.agent
        self.before_reply(work_s)

    def take_calls(self) -> None:
        """Seconds of the call that made a phone ticket."""
        cases, rows, on = self.cases, self.rows, self.phone
        slow = load(self.desk.period)[cases.day[rows]] ** 2
        for name, median, sigma in (("wait_s", 14 * slow, 0.9), ("talk_s", 230.0, 0.6), ("wrap_s", 55.0, 0.5)):
            getattr(cases, name)[rows[on]] = whole(lognormal(self.rng, median, sigma, self.size), 1, 5400)[on]
        held = self.chance(0.25)
        cases.hold_s[rows[on]] = np.where(held, whole(lognormal(self.rng, 50, 0.7, self.size)), 0)[on]

    def before_reply(self, work_s: Ints) -> None:
        """Acknowledgement, bot, assignment, priority, note and impatience, all before the first human reply."""
        rng, created = self.rng, self.created
        mail = np.isin(self.channel, (EMAIL, WEB))
        self.add(Step.ACKNOWLEDGED, mail, created + 2, SYSTEM)
        bot = (self.channel == CHAT) & self.chance(0.8)
        self.add(Step.BOT_REPLIED, bot, created + rng.integers(2, 5, self.size), self.desk.staff.bot)
        assigned = self.chance(0.55) & ~self.phone
        self.add(Step.ASSIGNED, assigned, self.after(created, work_s * 3 // 5), self.agent)
        called = created + self.cases.wait_s[self.rows]
        self.add(Step.ASSIGNED, self.phone, called, self.agent)
        raised = self.chance(0.03) & ~self.phone
        self.add(Step.PRIORITISED, raised, self.after(created, work_s * 7 // 10), self.agent)
        noted = self.chance(0.15) & (work_s > 60)
        self.add(Step.NOTED, noted, self.after(created, work_s * 17 // 20), self.agent)
        gap = self.first - created
        impatient = self.chance(0.08) & (gap > 1800) & np.isin(self.channel, (EMAIL, WEB, SOCIAL))
        self.add(Step.CUSTOMER_WROTE, impatient, created + (gap * rng.uniform(0.3, 0.9, self.size)).astype(np.int64),
                 CUSTOMER)  # fmt: skip

    def reply_counts(self) -> tuple[Ints, Bools]:
        """How many human replies until the first solving, and which tickets are passed to another team."""
        one = np.array([topic.one_touch for topic in TOPICS])[self.topic]
        one = one + np.where(np.isin(self.channel, (CHAT, PHONE)), 0.08, 0.0)
        one = one + np.where(self.improved, CHANGED_ONE_TOUCH, 0.0)
        one = np.where(self.early, CLOSER_ONE_TOUCH, one)
        count = np.where(self.chance(one), 1, 1 + self.rng.geometric(0.6, self.size))
        kind = self.team % len(TEAM_KINDS)
        passes = np.array([_PASSED_ON[k] for k in range(len(TEAM_KINDS))])[kind]
        passes = np.where(self.improved, CHANGED_PASSED_ON, passes)
        passes = np.where(self.early, 0.02, passes)
        passed = self.chance(passes)
        return np.clip(np.where(passed, np.maximum(count, 2), count), 1, _ROUNDS), passed

    def rounds(self) -> None:
        """Replies and the customer's answers, until the last reply solves."""
        count, passed = self.reply_counts()
        self.cases.human_replies[self.rows] = count
        at, agent = self.first, self.agent
        for number in range(1, _ROUNDS + 1):
            last = count == number
            self.add(Step.REPLIED_SOLVED, last, at, agent)
            goes_on = count > number
            if not goes_on.any():
                break
            hand_over = goes_on & passed if number == 1 else np.zeros(self.size, dtype=np.bool_)
            asks = goes_on & ~hand_over & self.chance(0.82)
            self.add(Step.REPLIED_PENDING, asks, at, agent)
            self.add(Step.REPLIED_OPEN, goes_on & ~asks, at, agent)
            if number == 1:
                agent = self.pass_on(hand_over, at, agent)
            at, agent = self.next_reply(number, goes_on, asks, at, agent)
        self.solved_at, self.agent = at, agent
        self.cases.solved_first[self.rows] = at

    def pass_on(self, where: Bools, at: Ints, agent: Ints) -> Ints:
        """Moves tickets to the next team shortly after the first reply."""
        moved = at + self.rng.integers(60, 600, self.size)
        brand, kind = np.divmod(self.team, len(TEAM_KINDS))
        target = brand * len(TEAM_KINDS) + np.array([_PASSED_TO[k] for k in range(len(TEAM_KINDS))])[kind]
        self.team = np.where(where, target, self.team)
        heir = self.desk.staff.pick(self.rng, self.team, moved)
        self.add(Step.PASSED_ON, where, moved, agent, self.team * 10_000 + heir)
        self.cases.passed_on[self.rows[where]] = moved[where]
        return np.where(where, heir, agent)

    def next_reply(self, number: int, goes_on: Bools, asks: Bools, at: Ints, agent: Ints) -> tuple[Ints, Ints]:
        """When the next human reply comes and whose it is; rows that are done keep theirs."""
        rng = self.rng
        medians = np.array([channel.customer_median_s for channel in CHANNELS])[self.channel]
        wrote = at + whole(lognormal(rng, medians, 1.1, self.size), 20, 20 * DAY_S)
        self.add(Step.CUSTOMER_WROTE, asks, wrote, CUSTOMER)
        begins = np.where(asks, wrote, at + 600)
        work = 0.7 * self.reply_medians() * np.exp(rng.normal(0.0, 0.8, self.size))
        held = goes_on & asks & self.chance(0.25) & (number == 1) & (self.channel != CHAT)
        hold_at = self.after(begins, work * 0.3, held)
        self.add(Step.HELD, held, hold_at, agent)
        work = np.where(held, work * 0.3 + lognormal(rng, 24 * 3600.0, 0.8, self.size), work)
        replied = self.after(begins, np.maximum(work, 5), goes_on)
        other = self.desk.staff.pick(rng, self.team, np.where(goes_on, replied, at))
        agent = np.where(goes_on & self.chance(0.12), other, agent)
        replied = np.where(goes_on, replied, at)
        return replied, self.working(agent, replied)

    def reopening(self) -> None:
        """Some customers only say thanks, some write that it is not solved."""
        rng, cases, rows = self.rng, self.cases, self.rows
        every = np.ones(self.size, dtype=np.bool_)
        thanked = self.chance(0.025)
        wrote = self.solved_at + rng.integers(60, 540, self.size)
        self.add(Step.CUSTOMER_WROTE, thanked, wrote, CUSTOMER, 1)
        silently = self.after(wrote, lognormal(rng, 900, 0.5, self.size), thanked)
        self.add(Step.SOLVED_SILENTLY, thanked, silently, self.working(self.agent, np.minimum(silently, wrote + 1)))
        cases.thanked[rows[thanked]] = wrote[thanked]
        again = every & ~thanked & self.chance(np.where(self.early, CLOSER_REOPENED, USUAL_REOPENED))
        delay = whole(lognormal(rng, 9 * 3600.0, 0.9, self.size), 700, 80 * 3600)
        wrote = self.solved_at + delay
        self.add(Step.CUSTOMER_WROTE, again, wrote, CUSTOMER, 2)
        replied = self.after(wrote, 0.8 * self.reply_medians() * np.exp(rng.normal(0, 0.8, self.size)), again)
        agent = self.working(self.agent, np.where(again, replied, self.solved_at))
        self.add(Step.REPLIED_SOLVED, again, replied, agent)
        cases.reopened[rows[again]] = wrote[again]
        last = np.where(thanked, silently, np.where(again, replied, self.solved_at))
        cases.solved_last[rows] = last

    def ending(self) -> None:
        """Survey, its answer, closing by automation, and the seconds the agents noted."""
        rng, cases, rows = self.rng, self.cases, self.rows
        last = cases.solved_last[rows]
        offered = self.chance(0.85)
        offer_at = hourly_job(last + SURVEY_AFTER_S, rows)
        self.add(Step.SURVEY_OFFERED, offered, offer_at, SYSTEM)
        answered = offered & self.chance(0.24)
        answer_at = offer_at + whole(lognormal(rng, 6 * 3600.0, 1.1, self.size), 120, 60 * 3600)
        slow = self.first - self.created > DAY_S
        good = 0.90 - 0.10 * slow - 0.22 * (cases.reopened[rows] < NEVER) - 0.08 * (cases.passed_on[rows] < NEVER)
        good = good - 0.10 * self.early + self.desk.staff.liked[self.agent]
        liked = self.chance(good)
        self.add(Step.SURVEY_ANSWERED, answered, answer_at, CUSTOMER, liked.astype(np.int64))
        seen = answered & (answer_at < self.desk.period.end_s)
        cases.rating[rows[seen]] = liked[seen]
        changed = seen & ~liked & self.chance(0.10) & (answer_at + 7200 < self.desk.period.end_s)
        self.add(Step.SURVEY_ANSWERED, changed, answer_at + 7200, CUSTOMER, 1)
        cases.rating[rows[changed]] = 1
        closed = hourly_job(last + CLOSES_AFTER_S, rows)
        self.add(Step.CLOSED, np.ones(self.size, dtype=np.bool_), closed, SYSTEM)
        cases.closed[rows] = closed
        pace = np.where(self.early, CLOSER_SPEED, 1.0) * self.desk.staff.speed[self.agent]
        spent = lognormal(rng, 240.0, 0.6, self.size) * cases.human_replies[rows] * pace
        called = cases.talk_s[rows] + cases.hold_s[rows] + cases.wrap_s[rows]
        cases.handle_s[rows] = np.where(self.phone, called, whole(spent, 20, 20_000))
