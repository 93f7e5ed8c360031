"""Why a whole moved: parts that add up, small groups told together, and no blame for a change of mix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.insights.why import REST, UNKNOWN, Cause, Why, why
from goalkeeper.measure import Period, Question
from goalkeeper.metrics import METRICS
from goalkeeper.stats.estimate import Estimate, NoEstimate
from measure.crowd import Crowd
from measure.small import Small, event, ticket

JUNE = Period(date(2026, 6, 1), date(2026, 7, 1), "June 2026")
MAY = Period(date(2026, 5, 1), date(2026, 6, 1), "May 2026")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    with Crowd(8, tickets=900, others=5).load(tmp_path_factory.mktemp("crowd")) as small:
        yield small


def ask(desk: Small, key: str, by: str, now: Period, before: Period, **asked: str) -> Why:
    found = why(desk.workspace.store, METRICS[key], Question(by=(by,), **asked), now, before, zone="Europe/Berlin")
    assert isinstance(found, Why)
    return found


def halves(desk: Small, key: str) -> tuple[Period, Period]:
    """The second and the first half of what a metric covers."""
    months = [cell.period for cell in desk.measure(key, every="week")]
    middle = months[len(months) // 2].since
    return Period(middle, months[-1].until, "late"), Period(months[0].since, middle, "early")


@pytest.mark.parametrize(
    ("key", "by", "asked"),
    [
        ("csat", "channel", {}), ("nps", "team", {}), ("handle_time", "team", {}),
        ("reopen_rate", "topic", {"where": "channel <> 'chat'", "variant": "ever"}),
        ("people_per_ticket", "channel", {}),
        ("resolution_time", "channel", {"statistic": "finished_mean", "clock": "calendar"}),
    ],
)  # fmt: skip
def test_within_and_mix_add_up_to_what_was_measured(desk: Small, key: str, by: str, asked: dict[str, str]) -> None:
    now, before = halves(desk, key)
    found = ask(desk, key, by, now, before, **asked)
    for span, whole in ((now, found.now), (before, found.before)):
        (cell,) = desk.measure(key, since=span.since, until=span.until, **asked)
        assert whole == cell.value
    assert found.within.value + found.mix.value == pytest.approx(found.change.value)
    assert sum(each.within + each.mix for each in found.segments) == pytest.approx(found.change.value)
    assert sum(each.share_now for each in found.segments) == pytest.approx(1)
    cells = desk.measure(key, by=by, since=now.since, until=now.until, **asked)
    measured = {UNKNOWN if cell.by[by] is None else cell.by[by]: cell.value for cell in cells}
    alone = [each for each in found.segments if each.name != REST and each.now]
    for each in alone:
        assert each.now == measured[each.name]


def test_groups_of_a_few_rows_are_told_together(tmp_path: Path) -> None:
    sizes = {"a": (20, 20), "b": (20, 3), "c": (2, 20), "d": (1, 1), "e": (0, 8)}
    tickets = [
        ticket(1_000 * month + 50 * place + number, f"{5 + month:02d}-11 10:00", reason=name)
        for place, (name, months) in enumerate(sizes.items())
        for month, count in enumerate(months)
        for number in range(count)
    ]
    # One stands on an older ticket, so that the desk tells of such.
    tickets.append(ticket(9_999, "01-10 10:00", reason="a"))
    passed_on = [event(9_999, "01-10 11:00", "escalation", "ann")]
    with Small(tmp_path).load(tickets=tickets, ticket_events=passed_on) as small:
        found = ask(small, "escalation_rate", "topic", JUNE, MAY)
    assert {each.name: (each.before and each.before.n, each.now and each.now.n) for each in found.segments} == {
        "a": (20, 20), REST: (23, 32),
    }  # fmt: skip


def test_what_cannot_be_taken_apart(desk: Small) -> None:
    now, before = halves(desk, "csat")
    with pytest.raises(UsageError, match="the median of all is not the mean of its segments") as raised:
        ask(desk, "first_response_time", "channel", now, before)
    assert raised.value.hint == "Take a share, such as resolved_in_target."
    with pytest.raises(UsageError, match="median") as raised:
        ask(desk, "handle_time", "team", now, before, statistic="median")
    assert raised.value.hint == "Take --statistic mean."
    with pytest.raises(UnknownName, match="no split 'chanel'"):
        ask(desk, "csat", "chanel", now, before)
    long_ago = Period(date(2001, 1, 1), date(2001, 2, 1), "long ago")
    question = Question(by=("channel",))
    found = why(desk.workspace.store, METRICS["csat"], question, now, long_ago, zone="UTC")
    assert found == NoEstimate("no_data")


@pytest.mark.parametrize(
    ("change", "within", "mix", "cause"),
    [
        (0, 0, 0, Cause.CHANCE), (1, 0, 0, Cause.UNCLEAR), (1, 1, 0, Cause.WITHIN), (0, 0, -1, Cause.MIX),
        (-1, -1, -1, Cause.BOTH), (-1, 1, -1, Cause.OPPOSED), (0, -1, 1, Cause.OPPOSED),
    ],
)  # fmt: skip
def test_the_cause_is_what_chance_cannot_be(desk: Small, change: int, within: int, mix: int, cause: Cause) -> None:
    found = ask(desk, "csat", "channel", *halves(desk, "csat"))

    def moved(sign: int) -> Estimate:
        return Estimate(sign * 0.2, sign * 0.2 - 0.1, sign * 0.2 + 0.1, 0.95, 100, "")

    assert replace(found, change=moved(change), within=moved(within), mix=moved(mix)).cause is cause
