"""Questions: their defaults, and what cannot be asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.measure import fetch
from measure.crowd import Crowd
from measure.dozen import dozen
from measure.small import Small, at, ticket


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    with Crowd(6, tickets=60).load(tmp_path_factory.mktemp("crowd")) as small:
        yield small


@pytest.mark.parametrize(
    ("key", "how", "words"),
    [
        ("first_respons_time", {}, "no metric 'first_respons_time'. Did you mean 'first_response_time'?"),
        ("csat", {"by": "chanel"}, "csat: no split 'chanel'. Did you mean 'channel'?"),
        ("csat", {"by": "responded_day"}, "no split 'responded_day'"),
        ("csat", {"by": ("channel", "channel")}, "'channel' is named twice"),
        ("csat", {"by": ("channel", "team", "agent", "topic", "plan")}, "5 splits at once. At most 4."),
        ("csat", {"variant": "7d"}, "no variant '7d'"),
        ("csat", {"statistic": "median"}, "no statistic 'median'. Valid: share."),
        ("csat", {"clock": "working"}, "is the same on both clocks"),
        ("resolution_time", {"clock": "business"}, "no clock 'business'"),
        ("csat", {"level": 95}, "a level of 95"),
        ("csat", {"level": float("nan")}, "a level of nan"),
        ("csat", {"every": "hour"}, "no period 'hour'"),
        ("csat", {"since": date(2026, 4, 1), "until": date(2026, 4, 1)}, "holds no day"),
        ("csat", {"since": "2026-4-1"}, "`since` is '2026-4-1'"),
        ("csat", {"until": 20260401}, "`until` is 20260401"),
        ("csat", {"until": datetime(2026, 4, 1)}, "`until` is datetime"),
        ("csat", {"where": "chanel = 'chat'"}, "--where: no column 'chanel'. Did you mean 'channel'?"),
        ("csat", {"where": "channel = 5"}, "'channel = 5' cannot be computed"),
        ("csat", {"where": "channel"}, "'channel' is not true or false, but VARCHAR"),
        ("csat", {"where": "1"}, "is not true or false, but INTEGER"),
        ("csat", {"where": "cast(channel as integer) = 1"}, "cannot be computed: Conversion Error"),
        ("csat", {"where": "lower(score) = 'a'"}, "cannot be computed"),
        ("csat", {"where": " "}, "is not a condition"),
    ],
)
def test_mistakes_are_told(crowd: Small, key: str, how: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError) as caught:
        crowd.measure(key, **how)
    assert words in str(caught.value)
    assert crowd.measure("csat")[0].n > 0  # the connection is as good as before


def test_too_many_cells(crowd: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "MOST_CELLS", 20)
    with pytest.raises(UsageError, match=r"that is \d+ cells\. At most 20;"):
        crowd.measure("escalation_rate", by="channel", every="day")
    # Sparse answers are few groups, but every cell of the sheet is made.
    with pytest.raises(UsageError, match="cells"):
        crowd.measure("nps", by="survey", every="day", since=date(2026, 3, 1), until=date(2026, 5, 1))


def test_a_condition_stands_alone(crowd: Small) -> None:
    """An "or" does not leak out of the condition, and the condition cannot end the query."""
    both = crowd.measure("csat", where="channel = 'chat' OR true", by="channel", every="week")
    assert both.to_dicts() == crowd.measure("csat", by="channel", every="week").to_dicts()
    with pytest.raises(UsageError):
        crowd.measure("csat", where="true) OR (true")
    for text in ("true; DROP TABLE facts.tickets", "1=1 UNION SELECT 1", "read_text('/etc/passwd') = ''"):
        with pytest.raises(UsageError):
            crowd.measure("csat", where=text)
    assert crowd.workspace.store.one("SELECT count(*) FROM facts.tickets") == 60


def test_quotes_in_a_condition_are_text(crowd: Small) -> None:
    assert len(crowd.measure("csat", where="channel = 'it''s'")) == 0


def test_the_default_range_is_that_of_the_rows(tmp_path: Any) -> None:
    with dozen(tmp_path) as desk:
        (cell,) = desk.measure("reopen_rate")
        assert cell.period.label == "2026-03-02 to 2026-03-20"
        (cell,) = desk.measure("reopen_rate", since=date(2026, 3, 10))
        assert cell.period.label == "2026-03-10 to 2026-03-20"
        (cell,) = desk.measure("reopen_rate", until=date(2026, 3, 10))
        assert cell.period.label == "2026-03-02 to 2026-03-09"
        assert len(desk.measure("reopen_rate", until=date(2026, 1, 1))) == 0


def test_until_is_not_in_the_range(tmp_path: Any) -> None:
    with dozen(tmp_path) as desk:
        found = [desk.measure("escalation_rate", until=date(2026, 3, day))[0].n for day in (9, 10, 11)]
    assert found == [5, 7, 8]  # T6 and T11 come on the 9th, T8 on the 10th


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Los_Angeles", "Pacific/Kiritimati", "UTC"])
def test_stocks_reach_to_the_last_local_day(tmp_path: Any, zone: str) -> None:
    """The data ends at 23:30 UTC, which is another day in most of the world."""
    created = [ticket(number, "03-02 10:00") for number in range(3)]
    created[0]["solved_at"] = at("03-02 11:00")  # and is open again
    last = {"ticket_id": "T9", "created_at": "2026-03-10T23:30:00Z", "status": "open"}
    with Small(tmp_path, f'timezone = "{zone}"').load(tickets=[*created, last]) as small:
        cells = small.measure("backlog", every="day")
        local = datetime.fromisoformat("2026-03-10T23:30:00+00:00").astimezone(ZoneInfo(zone)).date()
        first = datetime.fromisoformat(at("03-02 10:00")).astimezone(ZoneInfo(zone)).date()
        assert (cells[0].period.since, cells[-1].period.since) == (first, local)
        assert [cells[0].n, cells[-2].n, cells[-1].n] == [3, 3, 4]
        volume = small.measure("ticket_volume", every="day")
        assert [cell.period for cell in volume] == [cell.period for cell in cells]
        assert (volume[0].n, volume[-1].n) == (3, 1)


def test_a_late_segment_has_its_zeros(tmp_path: Any) -> None:
    """A rate's days are those that the data covers, not those of the rows that a condition picks."""
    tickets = [ticket(1, "03-02 10:00"), ticket(2, "03-11 10:00", channel="chat")]
    with Small(tmp_path).load(tickets=tickets) as small:
        (cell,) = small.measure("ticket_volume", where="channel = 'chat'")
        assert cell.estimate is not None
        assert cell.estimate.value == pytest.approx(1 / 10)


def test_unknown_names_are_of_one_kind(crowd: Small) -> None:
    with pytest.raises(UnknownName):
        crowd.measure("nothing")
