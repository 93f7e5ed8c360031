"""The scorecard says what changed, and only where the interval of the difference leaves out zero."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from documents.fake_card import fake_card
from goalkeeper.documents import scorecard_html, scorecard_text
from goalkeeper.documents.why_words import why_sentences
from goalkeeper.documents.words import change_words, missing_words, response_words
from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.formulas import Part, Rate, Total
from goalkeeper.goals import Watched
from goalkeeper.goals.history import History
from goalkeeper.goals.suggest import suggest
from goalkeeper.measure import Question, measure
from goalkeeper.metrics import METRICS, Group
from goalkeeper.reports.benchmarks import benchmark_of
from goalkeeper.reports.metric_page import recent_periods
from goalkeeper.reports.scorecard import SECTIONS, compare, scorecard, takeaways
from goalkeeper.reports.views import Reading, Scorecard, ScorecardRow, Verdict
from goalkeeper.reports.why import why
from goalkeeper.stats.difference import changed, difference
from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.stats.proportion import wilson
from goalkeeper.units import Better
from measure.small import OFFICE, Row, Small, event, ticket

UTC_DESK = 'name = "Two months"\ntimezone = "UTC"\n'


def desk_rows() -> tuple[list[Row], list[Row], list[Row]]:
    """Forty tickets a month, answered after about an hour in February and ten minutes in March.

    Sixteen and thirty-six of the customers are satisfied.
    """
    tickets: list[Row] = []
    events: list[Row] = []
    answers: list[Row] = []
    for month, minutes, happy in ((2, 60, 16), (3, 10, 36)):
        for number in range(40):
            key, day = month * 100 + number, 1 + number // 2
            made, later = f"{month:02}-{day:02} 10:00", minutes - 5 + number % 10
            tickets.append(ticket(key, made, "solved", channel=("email", "web")[number % 2], priority="normal"))
            events.append(event(key, f"{month:02}-{day:02} {10 + later // 60:02}:{later % 60:02}", "reply", "ann"))
            events.append(event(key, f"{month:02}-{day:02} 12:{number:02}", "status", "ann", "solved"))
            score = 5 if number < happy else 1
            answers.append(
                {
                    "response_id": f"r{key}", "survey_id": "s", "kind": "csat", "score": score, "scale_min": 1,
                    "scale_max": 5, "responded_at": f"2026-{month:02}-{day:02}T13:00:00Z", "ticket_id": f"T{key}",
                }
            )  # fmt: skip
    events.append(event(339, "03-31 16:00", "note", "ann"))
    return tickets, events, answers


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    tickets, events, answers = desk_rows()
    small = Small(tmp_path_factory.mktemp("months"), UTC_DESK)
    with small.load(tickets=tickets, ticket_events=events, survey_responses=answers):
        yield small


@pytest.fixture(scope="module")
def card(desk: Small) -> Scorecard:
    return scorecard(desk.workspace)


def row_of(card: Scorecard, key: str) -> ScorecardRow:
    (row,) = [row for row in card.rows if row.key == key]
    return row


class TestPeriod:
    def test_the_last_month_that_is_over(self, card: Scorecard) -> None:
        assert (card.period, card.before_period) == ("March 2026", "February 2026")
        assert (card.since, card.until) == (date(2026, 3, 1), date(2026, 4, 1))
        assert card.company == "Two months"
        assert card.as_of == datetime(2026, 3, 31, 14, tzinfo=UTC)  # 16:00 in Berlin, where summer time has begun

    @pytest.mark.parametrize(
        ("zone", "last", "period"),
        [
            ("UTC", "2026-03-31T11:59:59Z", "February 2026"),  # more than half a day is not known yet
            ("UTC", "2026-03-31T12:00:00Z", "March 2026"),
            ("Asia/Tokyo", "2026-03-31T03:00:00Z", "March 2026"),  # noon already
            ("America/Los_Angeles", "2026-03-31T18:00:00Z", "February 2026"),  # 11:00 yet
            ("UTC", "2026-01-31T12:00:00Z", "January 2026"),
        ],
    )
    def test_a_month_ends_by_local_days(self, tmp_path: Path, zone: str, last: str, period: str) -> None:
        newest = {"ticket_id": "T1", "created_at": last, "status": "open"}
        with Small(tmp_path, f'timezone = "{zone}"').load(tickets=[newest]) as small:
            assert scorecard(small.workspace).period == period

    def test_given_days_are_compared_with_as_many_before(self, desk: Small) -> None:
        card = scorecard(desk.workspace, since=date(2026, 3, 8), until=date(2026, 3, 18))
        assert (card.period, card.before_period) == ("2026-03-08 to 2026-03-17", "the 10 days before")
        row = row_of(card, "ticket_volume")
        assert (row.reading.n, row.before and row.before.n) == (20, 14)

    def test_one_side_given(self, desk: Small) -> None:
        since = scorecard(desk.workspace, since=date(2026, 3, 10))
        assert (since.since, since.until) == (date(2026, 3, 10), date(2026, 4, 1))
        until = scorecard(desk.workspace, until=date(2026, 2, 15))
        assert (until.since, until.until) == (date(2026, 2, 1), date(2026, 2, 15))

    @pytest.mark.parametrize(
        ("how", "words"),
        [
            ({"since": date(2026, 3, 2), "until": date(2026, 3, 2)}, "holds no day"),
            ({"since": date(2026, 5, 2)}, "holds no day"),
            ({"since": date(1, 1, 1)}, "out of range"),
            ({"level": 2}, "a level of 2"),
            ({"clock": "business"}, "no clock 'business'"),
            ({"where": "colour = 'red'"}, "no column 'colour'"),
            ({"where": "channel = 1"}, "cannot be computed"),
            ({"where": "channel"}, "is not true or false"),
        ],
    )
    def test_mistakes(self, desk: Small, how: dict[str, Any], words: str) -> None:
        with pytest.raises(UsageError, match=words):
            scorecard(desk.workspace, **how)

    def test_nothing_loaded(self, tmp_path: Path) -> None:
        with Small(tmp_path) as small, pytest.raises(UsageError, match="nothing has been loaded yet"):
            scorecard(small.workspace)


class TestRows:
    def test_readings_are_those_of_the_metric(self, desk: Small, card: Scorecard) -> None:
        for row in card.rows:
            now = desk.measure(row.key, since=card.since, until=card.until)[0]
            before = desk.measure(row.key, since=date(2026, 2, 1), until=card.since)[0]
            assert (row.reading.value, row.reading.n, row.reading.pending) == (now.value, now.n, now.pending)
            assert row.before is not None
            assert row.before.value == before.value
            assert row.version == METRICS[row.key].version()

    def test_a_change_is_told_only_outside_of_chance(self, card: Scorecard) -> None:
        for row in card.rows:
            if isinstance(row.change, Estimate) and row.change.low is not None and row.change.high is not None:
                assert row.changed == (row.change.low > 0 or row.change.high < 0)
                plain = difference(row.reading.value, row.before.value)  # type: ignore[arg-type, union-attr]
                if isinstance(METRICS[row.key].formula, Rate | Total):  # events may come in bursts
                    assert row.change.width >= plain.width
                    plain = replace(plain, low=row.change.low, high=row.change.high)
                assert row.change == plain
            else:
                assert not row.changed
                assert row.verdict in (Verdict.SAME, Verdict.UNKNOWN)
        assert row_of(card, "first_response_time").verdict is Verdict.BETTER
        assert row_of(card, "csat").verdict is Verdict.BETTER
        assert row_of(card, "reopen_rate").verdict is Verdict.SAME

    def test_thirteen_weeks_before_the_end(self, card: Scorecard) -> None:
        series = row_of(card, "ticket_volume").series
        assert len(series) == 13
        assert all(point.start.weekday() == 0 for point in series)
        assert (series[0].start, series[-1].start) == (date(2025, 12, 29), date(2026, 3, 23))
        assert series[-1].reading.estimate is not None
        assert series[-1].reading.estimate.value == 0
        assert series[0].reading.estimate is None  # before the data begins nothing counted is not zero

    def test_stocks_change_without_an_interval(self, card: Scorecard) -> None:
        row = row_of(card, "backlog")
        assert isinstance(row.change, Estimate)
        assert (row.change.value, row.change.low, row.changed) == (0, None, False)

    def test_metrics_without_data_are_named(self, card: Scorecard) -> None:
        phone = ["Speed of answer", "Service level", "Abandoned", "Average handle time"]
        # Nobody wrote twice, nobody else was asked; and no ticket was ever open at the end of a week.
        wanted = {"Next response time", "Net promoter score", "Survey response rate", *phone}
        assert set(card.without_data) >= wanted
        tickets = {metric.name for metric in METRICS.values() if metric.formula.dataset in ("tickets", "open_spans")}
        # Nor does anybody say what tickets are about, or which team is of specialists.
        silent = {"First-contact resolution", "Escalated"}
        assert set(card.without_data) & tickets <= {"Old backlog", "Resolved without a human"} | silent
        assert not set(card.without_data) & {row.name for row in card.rows}
        parts = sum(isinstance(metric.formula, Part) for metric in METRICS.values())
        assert len(card.rows) + len(card.without_data) == len(METRICS) - parts


class TestGroups:
    def test_each_section_belongs_to_one_group(self) -> None:
        for title, _, keys in SECTIONS:
            assert len({METRICS[key].group for key in keys}) == 1, title

    def test_a_group_alone(self, desk: Small) -> None:
        card = scorecard(desk.workspace, group="quality")
        assert {METRICS[row.key].group for row in card.rows} == {Group.QUALITY}
        assert {section.group for section in card.sections} == {"quality"}
        with pytest.raises(UnknownName, match="no group 'qualty'"):
            scorecard(desk.workspace, group="qualty")

    def test_the_company_s_own_metrics_come_last_in_their_group(
        self, desk: Small, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        own = replace(METRICS["csat"], key="content", name="Content", variants={})
        with monkeypatch.context() as patch:
            patch.setattr(desk.workspace, "metrics", {**METRICS, "content": own})
            for group in (own.group.value, ""):
                (section,) = [
                    each for each in scorecard(desk.workspace, group=group).sections if each.title == "Our own"
                ]
                assert ([row.key for row in section.rows], section.group) == (["content"], own.group.value)
            other = scorecard(desk.workspace, group="operational" if own.group != "operational" else "quality")
        assert "content" not in {row.key for row in other.rows}

    def test_it_fits_one_screen(self, desk: Small) -> None:
        for group in Group:
            card = scorecard(desk.workspace, group=group.value)
            lines = scorecard_text(card, 120, brief=True).splitlines()
            assert len(lines) <= 50
            assert max(map(len, lines)) <= 120
            for row in card.rows:
                assert sum(line.startswith(f"  {row.name}"[:32]) for line in lines) >= 1

    def test_the_page_begins_with_a_tile_a_metric(self, card: Scorecard) -> None:
        page = scorecard_html(card)
        assert page.count('class="card tile"') == len(card.rows)


class TestCondition:
    def test_it_is_honoured(self, desk: Small) -> None:
        whole, part = scorecard(desk.workspace), scorecard(desk.workspace, where="channel = 'email'")
        assert row_of(whole, "ticket_volume").reading.n == 40
        assert row_of(part, "ticket_volume").reading.n == 20
        assert row_of(part, "csat").reading.n == 20

    def test_metrics_that_lack_its_column_have_no_data(self, desk: Small) -> None:
        card = scorecard(desk.workspace, where="priority = 'normal' OR priority = 'high'")
        assert "Customer satisfaction" in card.without_data
        assert row_of(card, "ticket_volume").reading.n == 40

    def test_benchmarks_see_the_channels_it_leaves(self, desk: Small) -> None:
        both = row_of(scorecard(desk.workspace), "first_response_time")
        assert both.benchmark is not None  # e-mail and web share one
        some = row_of(scorecard(desk.workspace, where="channel = 'chat'"), "ticket_volume")
        assert some.reading.n == 0

    def test_an_unknown_column(self, desk: Small) -> None:
        with pytest.raises(UnknownName, match=r"no column 'chanel'\. Did you mean 'channel'\?"):
            scorecard(desk.workspace, where="chanel = 'x'")


class TestCompare:
    def reading(self, k: int, n: int) -> Reading:
        return Reading(wilson(k, n), n)

    def test_the_difference(self) -> None:
        change = compare(self.reading(30, 100), self.reading(50, 100), judge=30, what="tickets")
        assert isinstance(change, Estimate)
        assert change.value == pytest.approx(-0.2)

    def test_too_few_to_judge(self) -> None:
        change = compare(self.reading(0, 29), self.reading(50, 100), judge=30, what="tickets")
        assert change == NoEstimate("too_few", 29, 30, "tickets")
        assert isinstance(compare(self.reading(0, 30), self.reading(50, 100), judge=30, what="tickets"), Estimate)

    def test_a_side_without_a_number(self) -> None:
        nothing = Reading(NoEstimate("no_data"), 0)
        assert compare(self.reading(1, 50), nothing, judge=30, what="x") == NoEstimate("no_data")
        assert compare(nothing, self.reading(1, 50), judge=30, what="x") is None

    def test_few_tickets_get_no_verdict(self, tmp_path: Path) -> None:
        """Twenty a month, all answered at once after a month of hours: real, and too few to say."""
        tickets, events, _ = desk_rows()
        few = {row["ticket_id"] for row in tickets[::2]}
        kept = [row for row in events if row["ticket_id"] in few]
        small = Small(tmp_path, UTC_DESK)
        with small.load(tickets=tickets[::2], ticket_events=[*kept, event(338, "03-31 16:00", "note", "ann")]):
            row = row_of(scorecard(small.workspace), "first_response_time")
        assert row.change == NoEstimate("too_few", 20, 30, "tickets")
        assert row.verdict is Verdict.UNKNOWN


def test_without_working_hours_all_time_counts_as_calendar_time(tmp_path: Path) -> None:
    """The benchmark of resolution time is of calendar time: unlike working time, where hours are set."""
    tickets, events, _ = desk_rows()
    for settings, note in ((UTC_DESK, ""), (OFFICE, "benchmarks are median on the calendar clock")):
        with Small(tmp_path / (note or "none"), settings).load(tickets=tickets, ticket_events=events) as small:
            metric = METRICS["resolution_time"]
            found = measure(small.workspace.store, metric, Question(), zone="UTC")
            has_hours = small.workspace.settings.has_hours
            mark, why = benchmark_of(small.workspace.store, found, found[0], has_hours=has_hours)
            assert (bool(mark), why) == (not note, note)
            row = row_of(scorecard(small.workspace), "resolution_time")
            assert (bool(row.benchmark), row.benchmark_note) == (not note, note)
            watched = Watched(metric)
            told = suggest(History(small.workspace), watched, date(2026, 6, 30))
            assert (bool(told.benchmark), told.benchmark_note) == (not note, note)


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    """Days like any other: two of 400 customers leave, two come, ten tickets, and after 9 January four sales."""
    tickets: list[Row] = []
    sales: list[Row] = []
    stays: list[Row] = [_stay(number, datetime(2025, 6, 1)) for number in range(400)]
    day, left = datetime(2026, 1, 1, 12), 0
    while day < datetime(2026, 4, 3):
        moment = day.isoformat() + "Z"
        for _ in range(2):
            stays[left] |= {"status": "cancelled", "ended_at": moment}
            stays.append(_stay(len(stays), day))
            left += 1
        made = {"currency": "EUR", "kind": "upsell", "amount": "10", "occurred_at": moment}
        if day > datetime(2026, 1, 10):
            sales += [made | {"upsell_id": f"u{len(sales) + n}", "customer_id": f"c{n}"} for n in range(4)]
        tickets += [ticket(len(tickets) + n, "01-01 00:00", created_at=moment) for n in range(10)]
        day += timedelta(days=1)
    with Small(tmp_path_factory.mktemp("steady"), UTC_DESK) as small:
        yield small.load(tickets=tickets, upsells=sales, subscriptions=stays)


def _stay(number: int, since: datetime) -> Row:
    return {
        "subscription_id": f"s{number}", "customer_id": f"c{number}", "started_at": since.isoformat() + "Z",
        "status": "active", "mrr": "10", "currency": "EUR",
    }  # fmt: skip


class TestWhatIsNotOver:
    GROWING = ("churn_rate", "retention_rate", "gross_revenue_retention", "acquisition_rate", "upsell_revenue",
               "ticket_volume")  # fmt: skip

    @pytest.mark.parametrize("key", GROWING)
    def test_a_part_is_not_compared_with_a_whole(self, steady: Small, key: str) -> None:
        row = row_of(scorecard(steady.workspace, since=date(2026, 4, 1), until=date(2026, 5, 1)), key)
        assert row.reading.estimate is not None
        assert row.reading.so_far
        assert row.change == NoEstimate("not_over")
        assert change_words(row, "March 2026").short == "So far, not compared"

    def test_no_headline_comes_of_it(self, steady: Small) -> None:
        card = scorecard(steady.workspace, since=date(2026, 4, 1), until=date(2026, 5, 1))
        assert card.takeaways[0].startswith("There is too little data")

    @pytest.mark.parametrize("key", GROWING)
    def test_as_many_whole_days_are_compared(self, steady: Small, key: str) -> None:
        row = row_of(scorecard(steady.workspace, since=date(2026, 3, 15), until=date(2026, 4, 3)), key)
        assert not row.reading.so_far
        assert row.verdict is Verdict.SAME

    @pytest.mark.parametrize("key", ["gross_revenue_retention", "revenue_churn_rate", "retention_rate"])
    def test_limits_are_within_what_can_be(self, steady: Small, key: str) -> None:
        estimate = steady.measure(key, since=date(2026, 1, 2), until=date(2026, 1, 3))[0].estimate
        assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1
        assert key == "retention_rate" or {0, 1} & {estimate.low, estimate.high}

    def test_a_move_of_a_part_is_not_explained(self, steady: Small) -> None:
        found = why(steady.workspace, "churn_rate", "plan", since=date(2026, 4, 1), until=date(2026, 5, 1))
        assert found == NoEstimate("not_over")

    def test_a_page_takes_the_days_that_are_over(self) -> None:
        morning = datetime(2026, 6, 30, 1, 18)
        assert recent_periods(METRICS["ticket_volume"], morning)[0].until == date(2026, 6, 30)
        assert recent_periods(METRICS["csat"], morning)[0].until == date(2026, 7, 1)
        assert recent_periods(METRICS["churn_rate"], morning)[0].until == date(2026, 6, 1)


class TestUnlikeDays:
    @pytest.mark.parametrize(
        ("key", "month", "was", "alike", "now"),
        [
            ("upsell_revenue", 3, 1120, 1240, 1240),
            ("upsell_revenue", 2, 880, 1120, 1120),  # of 22 days of January
            ("churn_rate", 3, 0.14, 0.155, 0.155),
            ("retention_rate", 3, 0.86, 0.845, 0.845),
            ("revenue_churn_rate", 3, 0.14, 0.155, 0.155),
            ("acquisition_rate", 3, 0.14, 0.155, 0.155),
        ],
    )
    def test_a_month_is_compared_in_as_many_days(
        self, steady: Small, key: str, month: int, was: float, alike: float, now: float
    ) -> None:
        row = row_of(scorecard(steady.workspace, since=date(2026, month, 1), until=date(2026, month + 1, 1)), key)
        assert row.before is not None
        assert row.before.estimate is not None
        assert row.before_alike is not None
        assert row.reading.estimate is not None
        assert row.before.estimate.value == pytest.approx(was)
        assert row.before_alike.value == pytest.approx(alike)
        assert row.reading.estimate.value == pytest.approx(now)
        assert isinstance(row.change, Estimate)
        assert row.change.value == pytest.approx(0)
        assert row.verdict is Verdict.SAME
        assert change_words(row, "").long.endswith("in as many days")

    def test_a_move_is_explained_in_as_many_days(self, steady: Small) -> None:
        found = why(steady.workspace, "churn_rate", "plan", since=date(2026, 3, 1), until=date(2026, 4, 1))
        assert not isinstance(found, NoEstimate)
        assert found.brought_to == 31
        assert found.change.value == pytest.approx(0)
        assert found.within.value == pytest.approx(0)
        assert "(brought to 31 days)" in why_sentences(found)[0]

    def test_far_from_as_many_days_is_not_explained(self, steady: Small) -> None:
        days = {"since": date(2026, 3, 1), "until": date(2026, 4, 1), "against": (date(2026, 2, 1), date(2026, 2, 8))}
        found = why(steady.workspace, "churn_rate", "plan", **days)  # type: ignore[arg-type]
        assert found == NoEstimate("unlike_days", 7, 31)


class TestWhoAnswered:
    """Forty answers in March, of which all were asked; the others of those asked did not answer."""

    @pytest.mark.parametrize(
        ("asked", "words"),
        [(160, ""), (280, "answered by 14 % of those asked: they speak for few"),
         (500, "answered by 8.0 % of those asked: noise")],
    )  # fmt: skip
    def test_few_answers_are_told(self, tmp_path: Path, asked: int, words: str) -> None:
        tickets, events, answers = desk_rows()
        for answer in answers:
            answer["invitation_id"] = answer["response_id"]
        invitations = [
            {"invitation_id": f"r3{number:02}" if number < 40 else f"i{number}", "survey_id": "s", "kind": "csat",
             "sent_at": f"2026-03-{1 + number % 6:02}T12:30:00Z", "channel": ("email", "web")[number % 2]}
            for number in range(asked)
        ]  # fmt: skip
        with Small(tmp_path, UTC_DESK).load(
            tickets=tickets, ticket_events=events, survey_responses=answers, survey_invitations=invitations
        ) as small:
            found = scorecard(small.workspace)
            assert response_words(row_of(found, "csat")).replace("\N{NO-BREAK SPACE}", " ") == words
            assert response_words(row_of(found, "first_response_time")) == ""
            assert (words in scorecard_text(found, width=200).replace("\N{NO-BREAK SPACE}", " ")) or not words
            by_mail = scorecard(small.workspace, where="channel = 'email'")
            assert bool(response_words(row_of(by_mail, "csat"))) == bool(words)


class TestTakeaways:
    def rows(self, **changes: tuple[float, float] | None) -> list[ScorecardRow]:
        """Rows by name, each with the interval of its change; None for a count without one."""
        row = fake_card().rows[0]
        made = []
        for name, limits in changes.items():
            low, high = limits or (None, None)
            value = (low + high) / 2 if low is not None and high is not None else 5.0
            change = Estimate(value, low, high, 0.95, 50, "MOVER")
            changed = low is not None and high is not None and (low > 0 or high < 0)
            made.append(replace(row, name=name, better=Better.LOWER, change=change, changed=changed))
        return made

    def test_worse_comes_first(self) -> None:
        rows = self.rows(Waits=(1, 3), Slips=(0.5, 2), Reopened=(-3, -1), Escalated=(-1, 1))
        assert takeaways(rows, "June 2026", "May 2026") == (
            "June 2026 against May 2026: Waits and Slips got worse; Reopened got better.",
            "1 of 4 metrics show no change from May 2026 that can be told from chance.",
        )

    def test_a_change_that_is_neither_good_nor_bad(self) -> None:
        rows = [replace(row, better=Better.NEITHER) for row in self.rows(Volume=(1, 3))]
        assert takeaways(rows, "June 2026", "May 2026")[0] == "June 2026 against May 2026: Volume changed."

    def test_nothing_moved(self) -> None:
        found = takeaways(self.rows(Waits=(-1, 1), Backlog=None), "June 2026", "May 2026")
        # Of the two a stock has no interval to tell by.
        assert found == ("None of 2 metrics moved from May 2026 to June 2026 by more than chance explains.",)

    def test_nothing_to_compare(self) -> None:
        assert takeaways([], "June 2026", "May 2026") == ("Nothing can be said yet: no data falls in this period.",)
        rows = [replace(row, change=None) for row in self.rows(Waits=(1, 3))]
        assert takeaways(rows, "June 2026", "May 2026") == (
            "There is too little data of June 2026 or of May 2026 to say what changed.",
        )

    def test_of_the_desk(self, card: Scorecard) -> None:
        said = "March 2026 against February 2026: First response time and Customer satisfaction got better."
        assert card.takeaways[0] == said


class TestDocuments:
    def test_weeks_are_told_by_their_first_day(self, card: Scorecard) -> None:
        page = scorecard_html(card)
        assert "30 Mar 26" not in page  # not over
        assert "23 Mar 26" in page
        assert "-W" not in page

    def test_what_cannot_be_computed_is_one_quiet_line(self, card: Scorecard) -> None:
        text, page = scorecard_text(card, 4000), unescape(scorecard_html(card))
        words = missing_words(card)
        assert "No source tells what tickets are about, which First-contact resolution and " in words
        assert text.count(words) == 1
        assert page.count(words) == 1
        assert "Speed of answer" in words

    def test_it_wraps(self, card: Scorecard) -> None:
        assert max(map(len, scorecard_text(card, 60).splitlines())) <= 60

    def test_no_line_where_all_has_data(self, card: Scorecard) -> None:
        full = replace(card, without_data=(), not_told=())
        assert "Nothing to count" not in scorecard_text(full, 100)
        assert "Nothing to count" not in scorecard_html(full)

    def test_names_are_escaped(self, card: Scorecard) -> None:
        assert (
            "<b>" not in scorecard_html(replace(card, without_data=("<b>bold</b>",))).split("Nothing to count")[1][:60]
        )


class TestSources:
    def test_lines(self, card: Scorecard) -> None:
        (line,) = card.sources
        assert line.source_id == "desk"
        assert line.tables == ("tickets", "ticket_events", "survey_responses")
        assert (line.rows, line.quarantined) == (80 + 161 + 80, 0)
        assert line.last_event is not None
        assert line.last_event.day == 31


def test_bursts_are_no_change(tmp_path: Path) -> None:
    """Tickets come in busy and quiet weeks by turns; May has three busy ones, April two."""
    first, rows = date(2026, 2, 2), list[Row]()
    for week in range(18):  # the last one comes after the period
        is_busy = week in (1, 3, 5, 7, 8, 11, 13, 14, 16)
        for day in range(7):
            moment = first + timedelta(weeks=week, days=day)
            rows += [ticket(len(rows) + n, f"{moment:%m-%d} 10:00") for n in range(1, (16 if is_busy else 5))]
    with Small(tmp_path).load(tickets=rows) as small:
        card = scorecard(small.workspace, since="2026-05-01", until="2026-06-01", only=("ticket_volume",))
    (row,) = card.sections[0].rows
    assert row.reading.estimate is not None
    poisson = difference(row.reading.estimate, row.before_alike or row.before.estimate)  # type: ignore[union-attr, arg-type]
    assert changed(poisson)
    assert isinstance(row.change, Estimate)
    assert row.change.value == poisson.value
    assert row.verdict is Verdict.SAME
