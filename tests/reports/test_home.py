"""The first page: the goals in a sentence, and what waits for somebody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from goalkeeper.errors import UsageError
from goalkeeper.goals.evaluation import Status
from goalkeeper.measure import Question, measure, measure_together
from goalkeeper.metrics import METRICS
from goalkeeper.reports.home import headline, home
from goalkeeper.reports.metric_page import Asked, alongside, metric_page
from goalkeeper.reports.plans import plan_files
from goalkeeper.workspace import Workspace
from measure.small import Small, ticket

NOW, TODAY = datetime(2026, 3, 1, 6), date(2026, 3, 1)


def rows(*told: Status | tuple[Status, str] | None) -> list[Any]:
    """Goals with these statuses, some at somebody's expense."""
    found = []
    for each in told:
        status, expense = each if isinstance(each, tuple) else (each, "")
        evaluation = SimpleNamespace(status=status, words=f"{status}{expense}") if status else None
        found.append(SimpleNamespace(evaluation=evaluation))
    return found


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ((), ""),
        ((Status.ON_PACE,), "One goal is on pace."),
        ((Status.ON_PACE, Status.ON_PACE), "Two goals are on pace."),
        ((Status.BEHIND, Status.ON_PACE, Status.EITHER),
         "One goal is on pace, one could go either way, and one is behind."),
        ((Status.REACHED, (Status.REACHED, " at the expense of reopened")),
         "One goal is reached, and one is reached at the expense of reopened."),
        ((None, None, Status.NO_DATA), "One goal lacks data, and two have not begun."),
        ((Status.TOO_EARLY,) * 12, "12 goals have only begun."),
    ],
)  # fmt: skip
def test_the_goals_in_a_sentence(told: tuple[Any, ...], words: str) -> None:
    assert headline(rows(*told)) == words


def test_what_waits(tmp_path: Any) -> None:
    with Small(tmp_path).load(tickets=[ticket(number, "03-02 10:00", "solved") for number in range(6)]) as small:
        folder = small.workspace.folder
        quiet = home(small.workspace, today=TODAY, now=NOW)
        assert (quiet.waiting, quiet.goals, quiet.day) == ((), (), None)
        assert quiet.headline == quiet.card.takeaways[0]
        (folder / "plans").mkdir()
        (folder / "plans" / "a.toml").write_text('[plan]\nname = "A"\n[[goal]\nmetric', encoding="utf-8")
        (folder / "plan.toml").write_text(
            '[plan]\nname = "B"\nquarter = "2026Q2"\n[[goal]]\nname = "Fast"\nmetric = "first_response_time"\n'
            'from = "2h"\nto = "1h"\n', encoding="utf-8",
        )  # fmt: skip
        told = home(small.workspace, today=TODAY, now=NOW).waiting
        assert [each.page for each in told] == ["/check", "/check"]
        assert told[0].count > 3
        assert told[1].what == "plan that cannot be read"
        assert [each.name for each in plan_files(small.workspace, today=TODAY)] == ["plan.toml", "plans/a.toml"]
        over = home(small.workspace, today=date(2026, 7, 1), now=NOW).waiting
        assert [each.what for each in over] == ["plan that cannot be read"]


class TestMetricPage:
    def test_two_quarters_side_by_side(self, known_desk: Small) -> None:
        page = metric_page(known_desk.workspace, Asked(key="csat"))
        assert (page.recent.since - page.before.since).days == 91
        assert page.recent.since == page.before.until
        assert (
            page.row.reading.value
            == known_desk.measure("csat", since=page.recent.since, until=page.recent.until).cells[0].value
        )
        assert page.asked.by == "channel"
        assert page.segments is not None
        assert sum(cell.n for cell in page.segments) == page.row.reading.n
        assert "COUNT(*)" in page.sql

    def test_a_condition_holds_for_all_of_it(self, known_desk: Small) -> None:
        whole = metric_page(known_desk.workspace, Asked(key="ticket_volume"))
        chat = metric_page(known_desk.workspace, Asked(key="ticket_volume", where="channel = 'chat'"))
        assert 0 < chat.row.reading.n < whole.row.reading.n
        assert all(
            part.reading.n <= all_.reading.n for part, all_ in zip(chat.row.series, whole.row.series, strict=True)
        )
        assert chat.changes is None

    def test_what_is_watched_alongside_says_what_its_own_page_does(self, known_desk: Small) -> None:
        watched = METRICS["resolution_time"]
        beside = alongside(known_desk.workspace, watched, lambda _: "")
        assert tuple(each.metric.key for each in beside) == watched.watch_with
        for each in beside:
            page = metric_page(known_desk.workspace, Asked(key=each.metric.key))
            assert each.row is not None
            assert each.period == page.recent
            assert each.row.reading == page.row.reading

    def test_a_condition_that_a_metric_alongside_does_not_know_gives_no_number(self, known_desk: Small) -> None:
        beside = alongside(known_desk.workspace, METRICS["resolution_time"], lambda _: None)
        assert [each.row for each in beside] == [None] * len(beside)

    @pytest.mark.parametrize("key", METRICS)
    def test_questions_asked_together_get_what_each_gets_alone(self, known_desk: Small, key: str) -> None:
        metric, workspace = METRICS[key], known_desk.workspace
        cells = known_desk.measure(key).cells
        end = cells[-1].period.until if cells else TODAY
        split = metric.dataset().splits[:1]
        questions = [
            Question(since=end - timedelta(days=since), until=end - timedelta(days=until), every=every, by=split)
            for since, until, every in ((91, 0, ""), (91, 7, "week"), (182, 91, ""), (70, 0, "month"), (7, 0, "week"))
        ]
        found = measure_together(workspace.store, metric, questions, zone="UTC")
        assert found == [measure(workspace.store, metric, each, zone="UTC") for each in questions]

    def test_a_month_s_metric_takes_the_last_whole_month(self, known_desk: Small) -> None:
        page = metric_page(known_desk.workspace, Asked(key="churn_rate"))
        assert (page.recent.since.day, page.recent.until.day, page.asked.every) == (1, 1, "month")
        assert page.recent.last <= page.as_of.date()

    @pytest.mark.parametrize(
        "wrong",
        [{"range": "9w"}, {"every": "fortnight"}, {"by": "planet"}, {"where": "1"}, {"variant": "x"}, {"clock": "x"}],
        ids=str,
    )
    def test_what_is_not_there_is_told(self, known_desk: Small, wrong: dict[str, str]) -> None:
        with pytest.raises(UsageError):
            metric_page(known_desk.workspace, replace(Asked(key="csat"), **wrong))

    def test_every_metric_has_a_page(self, known_desk: Small) -> None:
        workspace: Workspace = known_desk.workspace
        for key in workspace.metrics:
            assert metric_page(workspace, Asked(key=key)).metric.key == key


@pytest.mark.parametrize(("newest", "last"), [("04-01 01:30", "2026-03"), ("04-02 13:00", "2026-04")])
def test_a_period_of_which_no_day_is_over_has_no_row(tmp_path: Any, newest: str, last: str) -> None:
    rows = [ticket(number, f"03-{number + 2:02} 10:00", "solved") for number in range(9)]
    with Small(tmp_path).load(tickets=[*rows, ticket(9, newest, "solved")]) as small:
        page = metric_page(small.workspace, Asked(key="first_response_time", every="month", range="13w"))
        assert page.series[-1].period.label == last
