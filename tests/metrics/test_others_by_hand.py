"""Later replies, calls and surveys, each number worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from goalkeeper.measure import Cell
from goalkeeper.stats.estimate import NoEstimate
from measure.small import Row, Small, at, event, ticket

MINUTE = 60


def only(small: Small, key: str, **how: Any) -> Cell:
    (cell,) = small.measure(key, **how)
    return cell


def number(small: Small, key: str, **how: Any) -> float:
    cell = only(small, key, **how)
    assert cell.estimate is not None, cell.value
    return cell.estimate.value


EVENTS = (
    event(1, "03-02 09:10", "reply", "ann"),
    event(1, "03-02 10:00", "reply", "customer"),
    event(1, "03-02 10:05", "reply", "customer"),
    event(1, "03-02 10:20", "reply", "ann"),
    event(1, "03-02 11:00", "reply", "customer"),
    event(1, "03-02 11:30", "reply", "ann"),
    event(1, "03-02 16:45", "reply", "customer"),
    event(1, "03-03 09:15", "reply", "ann"),
    event(1, "03-03 10:00", "reply", "customer"),
    event(1, "03-03 10:01", "reply", "bot"),
    event(1, "03-03 10:40", "reply", "ann"),
    event(1, "03-03 12:00", "reply", "customer"),
    event(1, "03-03 13:00", "status", "ann", "solved"),
    event(2, "03-02 09:30", "reply", "ann"),
    event(2, "03-04 09:00", "reply", "customer"),
    event(2, "03-04 12:00", "note", "ann"),
)


@pytest.fixture(scope="module")
def turns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    tickets = [ticket(1, "03-02 09:00", "solved"), ticket(2, "03-02 09:00")]
    with Small(tmp_path_factory.mktemp("turns")).load(tickets=tickets, ticket_events=EVENTS) as small:
        yield small


class TestNextResponse:
    """Turns of T1: 20 min, 30 min, overnight (16.5 h, 30 min of it working), 40 min; one solved without a reply.

    T2 has one that waits since three hours. A second message in a row begins no turn, and a bot's reply ends none.
    """

    def test_counts(self, turns: Small) -> None:
        cell = only(turns, "next_response_time")
        assert cell.n == 5
        assert cell.left_out == {"solved without a reply": 1}

    def test_median(self, turns: Small) -> None:
        assert number(turns, "next_response_time", clock="calendar") == 40 * MINUTE  # 2 of 5 wait longer
        assert number(turns, "next_response_time") == 30 * MINUTE  # 20, 30, 30, 40; 180 and waiting

    def test_by_local_day(self, turns: Small) -> None:
        days = turns.measure("next_response_time", every="day", since=date(2026, 3, 2), until=date(2026, 3, 5))
        assert [cell.n for cell in days] == [3, 1, 1]
        assert [cell.left_out for cell in days] == [{}, {"solved without a reply": 1}, {}]


def call(number: int, outcome: str, **more: Any) -> Row:
    row = {"interaction_id": f"i{number}", "kind": "call", "direction": "in", "started_at": at(f"03-02 10:{number:02}")}
    return row | {"outcome": outcome} | more


CALLS = (
    call(1, "answered", wait_s=10, talk_s=100, hold_s=20, wrap_s=30),
    call(2, "answered", wait_s=20, talk_s=200),
    call(3, "answered", wait_s=25),
    call(4, "answered", wait_s=0, talk_s=60, wrap_s=40),
    call(5, "answered", wait_s=45, talk_s=300, hold_s=0, wrap_s=50),
    call(6, "abandoned", wait_s=60),
    call(7, "short_abandon", wait_s=3),
    call(8, "answered", direction="out", wait_s=0, talk_s=500),
    call(9, "answered", talk_s=200),
    call(10, "voicemail", wait_s=90),
    call(
        11, "answered", talk_s=100, queue_entered_at=at("03-02 10:11:00"), answered_at=at("03-02 10:11:15"),
        ended_at=at("03-02 10:13:00"),
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    with Small(tmp_path_factory.mktemp("calls")).load(interactions=CALLS) as small:
        yield small


def test_a_call_that_is_passed_on_is_offered_once_and_handled_twice(tmp_path: Path) -> None:
    legs = (
        call(20, "answered", wait_s=40, talk_s=60, interaction_group_id="g"),
        call(21, "answered", wait_s=2, talk_s=120, interaction_group_id="g"),
        call(22, "missed", interaction_group_id="h"),  # rang with nobody; the next is the first that was offered
        call(23, "answered", wait_s=50, talk_s=60, interaction_group_id="h"),
        call(24, "answered", wait_s=5, talk_s=60),
        call(25, "answered", wait_s=1, talk_s=60, interaction_group_id="i24"),  # named after its first leg
        call(26, "abandoned", wait_s=9, interaction_group_id="i24"),
        call(27, "abandoned", wait_s=30),
        call(28, "answered", direction="out", talk_s=60, wait_s=0, interaction_group_id="o"),
        call(29, "answered", wait_s=8, talk_s=60, interaction_group_id="o"),
        call(30, "answered", wait_s=7, talk_s=60),
    )
    with Small(tmp_path).load(interactions=legs) as small:
        waited, level, lost = (only(small, key) for key in ("speed_of_answer", "service_level", "abandonment_rate"))
        assert (waited.n, level.n, lost.n) == (5, 6, 6)
        assert number(small, "speed_of_answer") == pytest.approx((40 + 50 + 5 + 8 + 7) / 5)
        assert number(small, "service_level") == pytest.approx(3 / 6)
        assert number(small, "abandonment_rate") == pytest.approx(1 / 6)
        assert only(small, "handle_time").n == 7


def test_the_end_of_an_answered_call_is_no_end_of_its_wait(tmp_path: Path) -> None:
    times = {"queue_entered_at": at("03-02 10:00"), "ended_at": at("03-02 11:00")}
    calls = (*(call(number, "answered", **times) for number in range(20, 25)), call(25, "abandoned", **times))
    with Small(tmp_path).load(interactions=calls) as small:
        assert only(small, "speed_of_answer").left_out == {"answered, but without a waiting time": 5}
        assert (only(small, "service_level").n, only(small, "abandonment_rate").n) == (1, 6)


class TestCalls:
    """Waits of 10, 20, 25, 0, 45 and 15 s; the last is told from two times. One abandons; one is not known."""

    def test_speed_of_answer(self, phone: Small) -> None:
        cell = only(phone, "speed_of_answer")
        assert cell.n == 6
        assert cell.left_out == {"answered, but without a waiting time": 1, "outbound": 1}
        assert number(phone, "speed_of_answer") == pytest.approx(115 / 6)
        assert number(phone, "speed_of_answer", statistic="median") == 15
        assert number(phone, "speed_of_answer", statistic="p90") == 45

    def test_service_level(self, phone: Small) -> None:
        cell = only(phone, "service_level")
        assert number(phone, "service_level") == 4 / 7  # 10, 20, 0 and 15 s of seven offered
        assert cell.left_out == {"answered, but without a waiting time": 1, "outbound": 1, "short abandon": 1}
        assert number(phone, "service_level", variant="of_answered") == 4 / 6

    def test_abandonment(self, phone: Small) -> None:
        cell = only(phone, "abandonment_rate")
        assert number(phone, "abandonment_rate") == 1 / 8
        assert cell.left_out == {"outbound": 1, "short abandon": 1}

    def test_handle_time(self, phone: Small) -> None:
        cell = only(phone, "handle_time")
        assert number(phone, "handle_time") == pytest.approx((150 + 200 + 100 + 350 + 200 + 100) / 6)
        assert cell.left_out == {"answered, but without a handling time": 1, "outbound": 1}

    def test_the_phone_has_no_working_clock(self, phone: Small) -> None:
        assert phone.measure("handle_time").clock == ""
        assert phone.measure("handle_time", by="channel")[0].by == {"channel": "phone"}


def answer(number: int, kind: str, score: float, low: float, high: float, **more: Any) -> Row:
    row = {"response_id": f"r{number}", "survey_id": kind, "kind": kind, "responded_at": at(f"03-02 12:{number:02}")}
    return row | {"score": score, "scale_min": low, "scale_max": high} | more


def invitation(number: int, sent: str, **more: Any) -> Row:
    return {"invitation_id": f"v{number}", "survey_id": "csat", "kind": "csat", "sent_at": at(sent)} | more


ANSWERS = (
    *(answer(number, "csat", score, 1, 5) for number, score in enumerate((5, 4, 4, 3, 1))),
    answer(5, "csat", 90, 1, 100),
    answer(6, "csat", 5, 1, 5, is_partial=True),
    *(answer(number, "nps", score, 0, 10) for number, score in enumerate((10, 9, 9, 8, 6, 0), start=10)),
    answer(16, "nps", 10, 1, 10),
    answer(17, "nps", 10, 0, 10, is_partial=True),
    answer(18, "nps", 0, 0, 10, is_partial=True),
    answer(20, "ces", 6, 1, 7, invitation_id="v0"),
    answer(21, "ces", 6, 1, 7, invitation_id="v1"),
    answer(22, "ces", 6, 1, 7, invitation_id="v6", responded_at=at("03-16 09:00")),
)
# Fourteen days are over for the six of 1 March, two of them answered; v7 had two days only.
INVITATIONS = (
    *(invitation(number, "03-01 12:00") for number in range(6)),
    invitation(6, "03-10 12:00"),
    invitation(7, "03-10 12:00", expires_at=at("03-12 12:00")),
    invitation(8, "03-10 12:00"),
)


@pytest.fixture(scope="module")
def surveys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    folder = tmp_path_factory.mktemp("surveys")
    with Small(folder).load(survey_responses=ANSWERS, survey_invitations=INVITATIONS) as small:
        yield small


class TestSurveys:
    def test_csat(self, surveys: Small) -> None:
        cell = only(surveys, "csat")
        assert number(surveys, "csat") == 3 / 5
        assert cell.left_out == {"on a scale without known top boxes": 1, "partial": 1}

    def test_nps(self, surveys: Small) -> None:
        cell = only(surveys, "nps")
        assert number(surveys, "nps") == pytest.approx((3 - 2) / 6)
        assert cell.n == 6
        assert cell.left_out == {"not on a scale of 0 to 10": 1, "partial": 2}

    def test_answers_early_and_silence_wait_alike(self, surveys: Small) -> None:
        cell = only(surveys, "survey_response_rate")
        assert (cell.n, cell.pending) == (7, 2)  # v6 answered, v8 silent: both windows are open on the 16th
        assert number(surveys, "survey_response_rate") == pytest.approx(2 / 7)

    def test_too_few(self, surveys: Small) -> None:
        # "Nothing of this kind" names no reason of other kinds.
        assert (
            only(surveys, "csat", where="kind = 'enps'", since=date(2026, 3, 1), until=date(2026, 4, 1)).left_out == {}
        )
        few = only(surveys, "csat", where="score >= 4")
        assert few.value == NoEstimate("too_few", 3, 5, "answers")
        assert few.value.words == "needs 5 answers, has 3"
