"""Working time, deadlines and local days as other help desks compute them, or their fault and our exact value."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import duckdb
import numpy as np
import pytest

from goalkeeper.calendars import (
    ALWAYS,
    Schedule,
    WorkingClock,
    local_day_sql,
    local_ms_sql,
    parse_schedules,
    utc_day_sql,
    zone_day_table,
    zone_offsets,
)
from goalkeeper.calendars.hours import parse_span
from goalkeeper.errors import Findings, UsageError
from peer_vectors import by_id, ms, schedule_table, shown, vectors
from shared import shared_file

MINUTE_MS = 60_000

DIFFERENT = {
    "za-16": "the target runs out exactly at closing: Zammad says the next opening, the other peers and we the closing",
    "za-24": "Zammad cuts the seconds off a deadline",
    "biz-25": "biz drops a span that begins in the skipped hour; 03:00-03:15 of it stands on the wall clock",
    "cw-09": "without any hours Chatwoot counts the wall clock; we refuse, as Libredesk does (ld-err-1)",
    "ld-err-2": "Libredesk refuses a target of 0; for us it rolls to the first open moment, as in biz (biz-09)",
    "dz-06": "dbt_zendesk stops counting after 52 weeks",
    "dz-18": "dbt_zendesk counts 0 for a schedule without a zone; we refuse the schedule",
    "dz-19": "dbt_zendesk moves the clocks per whole week: the change on a Friday is lost",
    "dz-20": "dbt_zendesk moves the clocks per whole week: the change on a Friday is lost",
    "dz-30": "dbt_zendesk loses the Sunday on which the clocks change",
    "dz-31": "dbt_zendesk loses the Sunday that starts a holiday's week",
    "dz-32": "dbt_zendesk loses the Sunday that follows a holiday's week",
    "dz-33": "dbt_zendesk loses the Sunday that starts a holiday's week",
    "dz-doc-1": "the decision log reads 19:01:25 as minute 1.25; its code is right",
}
# Their faults concern calendar time, counts or classes, not working time.
OTHER_FAULTS = {"dz-01", "dz-07", "dz-09", "dz-13", "dz-27", "dz-28", "dz-summary-1"}

TICKET_MEASURES = (
    "first_reply_time_business_minutes",
    "first_resolution_business_minutes",
    "full_resolution_business_minutes",
    "agent_wait_time_in_business_minutes",
    "on_hold_time_in_business_minutes",
)


def schedule_of(found: dict[str, Any]) -> Schedule:
    """A vector's schedule, written as a workspace file writes it."""
    return parse_schedules({"schedule": [schedule_table(found)]}, "vector").schedules[0]


def clock_of(vector: dict[str, Any]) -> WorkingClock:
    return WorkingClock(schedule_of(vector["input"]["schedule"]))


def pauses_of(vector: dict[str, Any]) -> list[tuple[int, int]]:
    return [(ms(start), ms(end)) for start, end in vector["input"].get("pauses", [])]


def test_every_difference_the_file_marks_is_listed_with_its_reason() -> None:
    kinds = {vector["kind"] for vector in vectors("business_minutes", "deadline", "ticket_metrics", "summary")}
    marked = {
        vector["id"]
        for vector in vectors(*kinds)
        if any(vector.get(mark) for mark in ("peer_is_wrong", "differs_from_exact", "peer_questionable"))
    }
    assert marked - OTHER_FAULTS == marked & set(DIFFERENT)
    assert all(reason for reason in DIFFERENT.values())


def test_business_minutes() -> None:
    checked = 0
    for vector in vectors("business_minutes"):
        given, clock = vector["input"], clock_of(vector)
        used = clock.between(ms(given["start"]), ms(given["end"]), pauses_of(vector)) / MINUTE_MS
        assert used == vector["expected"]["minutes"] == vector["independent_check"], vector["id"]
        if "target_min" in given:
            assert given["target_min"] - used == vector["expected"]["diff_in_min"], vector["id"]
        checked += 1
    assert checked == 25


def test_deadlines() -> None:
    checked = 0
    for vector in vectors("deadline"):
        given = vector["input"]
        duration = round(given["minutes"] * 60) * 1000
        due = clock_of(vector).add(ms(given["start"]), duration, pauses_of(vector))
        assert due == ms(vector["independent_check"]), vector["id"]
        assert (due == ms(vector["expected"]["at"])) == (vector["id"] not in DIFFERENT), vector["id"]
        checked += 1
    assert checked == 55


def test_deadlines_backwards() -> None:
    for vector in vectors("deadline_before"):
        given = vector["input"]
        begun = clock_of(vector).subtract(ms(given["end"]), round(given["minutes"] * MINUTE_MS))
        assert shown(begun) == vector["expected"]["at"], vector["id"]


def test_business_days() -> None:
    for vector in vectors("business_days"):
        given = vector["input"]
        days = given["days"] if given["op"] == "after" else -given["days"]
        assert shown(clock_of(vector).add_days(ms(given["time"]), days)) == vector["expected"]["at"], vector["id"]


def test_working_minutes_of_states() -> None:
    day = ms("2024-01-15T00:00Z")

    def moment(text: str) -> int:
        if text.endswith("d"):
            return day + int(text[:-1]) * 1440 * MINUTE_MS
        return day + (int(text[:2]) * 60 + int(text[3:])) * MINUTE_MS

    for vector in vectors("working_minutes"):
        states = re.findall(r"(\w[\w ]*) (\d\d:\d\d)", vector["input"]["states"])
        begun, ended = moment(states[0][1]), moment(states[-1][1])
        pauses = [
            (moment(start), moment(end)) for (state, start), (_, end) in pairwise(states) if state.startswith("pending")
        ]
        first, last = map(moment, vector["input"]["window"])
        used = WorkingClock(ALWAYS).between(max(begun, first), min(ended, last), pauses)
        assert used == vector["expected"]["minutes"] * MINUTE_MS, vector["id"]


def test_wall_clock_to_utc() -> None:
    for vector in vectors("local_to_utc"):
        given = vector["input"]
        day, clock = given["local"].split("T")
        local = ms(f"{day}T00:00Z") + (int(clock[:2]) * 60 + int(clock[3:])) * MINUTE_MS
        zone = zone_offsets(given["tz"], local, local)
        assert shown(int(zone.utc_ms(np.array(local)))) == vector["expected"]["at"], vector["id"]


def test_first_open_period_keeps_what_stands_on_the_wall_clock() -> None:
    (vector,) = vectors("first_open_period")
    clock = clock_of(vector)
    opens, closes = clock.next_span(ms(vector["input"]["after"]))
    assert (shown(opens), shown(closes)) == ("2006-04-02T10:00:00Z", "2006-04-02T10:15:00Z")
    after = clock.next_span(closes)
    assert tuple(map(shown, after)) == (vector["expected"]["start"], vector["expected"]["end"])


@pytest.mark.parametrize("vector_id", ["cw-09", "ld-err-1"])
def test_a_deadline_without_any_hours_is_refused(vector_id: str) -> None:
    vector = by_id(vector_id)
    start = ms(vector["input"].get("start", "2024-01-19T16:00:00Z"))
    with pytest.raises(UsageError, match="too little working time within 20 years"):
        clock_of(vector).add(start, vector["input"]["minutes"] * MINUTE_MS)


def test_durations_below_zero_and_impossible_times_are_refused() -> None:
    with pytest.raises(UsageError, match="-300000 ms is negative"):
        WorkingClock(ALWAYS).add(0, -5 * MINUTE_MS)
    given = by_id("ld-err-3")["input"]
    assert parse_span(f"{given['open']}-{given['close']}") is None
    assert parse_span("09:00-18:60") is None


def exact(vector: dict[str, Any], measure: str) -> float | None:
    wrong = (vector.get("peer_is_wrong") or {}).get(measure)
    found: float | None = wrong["exact"] if wrong else vector["expected"].get(measure)
    return found


def measured(ticket: dict[str, Any]) -> Iterator[tuple[str, float | None]]:
    """A ticket's working minutes, each stretch by the schedule then in force."""
    starts = [ms(since) for since, _ in ticket["schedules"]]
    clocks = [WorkingClock(schedule_of(schedule)) for _, schedule in ticket["schedules"]]
    starts[0] = min(starts[0], ms(ticket["created_at"]))
    ends = [*starts[1:], ms("2100-01-01T00:00Z")]

    def minutes(a: int, b: int) -> float:
        stretches = zip(starts, ends, clocks, strict=True)
        return sum(clock.between(max(a, start), min(b, end)) for start, end, clock in stretches) / MINUTE_MS

    created, history = ms(ticket["created_at"]), [(ms(at), state) for at, state in ticket["status_history"]]
    solved = [at for at, state in history if state == "solved"] or [at for at, state in history if state == "closed"]
    replies = [ms(at) for at, role, _, seen in ticket["comments"] if (role, seen) == ("agent", "public")]
    if ticket["submitter"] == "end-user":
        yield TICKET_MEASURES[0], minutes(created, replies[0]) if replies else None
    yield TICKET_MEASURES[1], minutes(created, solved[0]) if solved else None
    yield TICKET_MEASURES[2], minutes(created, solved[-1]) if solved else None
    for measure, state in ((TICKET_MEASURES[3], "pending"), (TICKET_MEASURES[4], "hold")):
        yield measure, sum(minutes(a, b) for (a, found), (b, _) in pairwise(history) if found == state)


def test_working_minutes_of_whole_tickets() -> None:
    checked = 0
    for vector in vectors("ticket_metrics"):
        if vector["id"] == "dz-18":
            with pytest.raises(Findings, match="its tz is None, not a text"):
                dict(measured(vector["input"]))
            continue
        for measure, minutes in measured(vector["input"]):
            place = f"{vector['id']} {measure}"
            assert minutes == pytest.approx(exact(vector, measure), abs=1e-4), place
            checked += 1
    assert checked > 190


def test_the_documented_ticket_with_two_schedules() -> None:
    documented, ticket = by_id("dz-doc-1")["expected"], by_id("dz-01")["input"]
    replied, created = ms(ticket["comments"][2][0]), ms(ticket["created_at"])
    both = dict(measured(ticket))["first_reply_time_business_minutes"]
    assert both == pytest.approx(documented["measured_dbt_and_exact"], abs=1e-4)
    last = WorkingClock(schedule_of(ticket["schedules"][-1][1]))
    assert last.between(created, replied) / MINUTE_MS == pytest.approx(documented["exact_last_schedule_only"], abs=1e-4)


def test_local_days_and_hours_in_the_engine() -> None:
    for vector in vectors("bucketing"):
        moments = [ms(text) for text in vector["input"]["created_at"]]
        table = zone_day_table(vector["input"]["timezone"], min(moments), max(moments))
        select = f"SELECT {local_day_sql('m.t', 'z')}, {local_ms_sql('m.t', 'z')}"
        with duckdb.connect() as connection:
            connection.register("zone", table)
            connection.execute("CREATE TABLE moments AS SELECT unnest(?::BIGINT[]) AS t", [moments])
            join = f"FROM moments m JOIN zone z ON z.utc_day = {utc_day_sql('m.t')}"
            rows = connection.execute(f"{select} {join}").fetchall()
        days = [np.datetime64(day, "D").item() for day, _ in rows]
        hours = [
            local // 3_600_000 % 24 for day, local in rows if np.datetime64(day, "D").item().isoformat() == "2019-03-15"
        ]
        assert [local // 86_400_000 for _, local in rows] == [day for day, _ in rows]
        expected = vector["expected"]
        assert counts(hours) == expected["by_hour_2019_03_15"], vector["id"]
        in_march = [day.day - 1 for day in days if (day.year, day.month) == (2019, 3)]
        assert counts(in_march) == expected["by_day_2019_03"], vector["id"]
        assert counts([day.month - 1 for day in days]) == expected["by_month_2019"], vector["id"]


def counts(numbers: list[int]) -> dict[str, int]:
    return {str(number): numbers.count(number) for number in sorted(set(numbers))}


def test_business_hours_golden() -> None:
    golden = json.loads(shared_file("vectors", "method_goldens.json").read_text(encoding="utf-8"))["business_hours"]
    given, hour_ms = golden["input"], 60 * MINUTE_MS
    office = {"id": "office", "tz": given["tz"], "hours": {"mon-fri": ["09:00-18:00"]}}
    always = {"id": "always", "tz": given["tz"], "hours": "24x7"}
    office_clock, always_clock = map(
        WorkingClock, parse_schedules({"schedule": [office, always]}, "golden").schedules[:2]
    )
    weekend = office_clock.between(ms("2026-03-27T17:00+01:00"), ms("2026-03-30T10:00+02:00"))
    spring = always_clock.between(ms("2026-03-28T12:00+01:00"), ms("2026-03-29T12:00+02:00"))
    autumn = always_clock.between(ms("2026-10-24T12:00+02:00"), ms("2026-10-25T12:00+01:00"))
    assert weekend / hour_ms == given["fri17_mon10_9to18"]
    assert spring / hour_ms == given["dst_spring_24x7"]
    assert autumn / hour_ms == given["dst_autumn_24x7"]
