"""What agents work on each local day, worked out by hand: shifts that overlap, and shifts over midnight."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from measure.small import OFFICE, Row, Small, at

HOUR_S = 3600


def shift(start: str, end: str, kind: str = "worked", agent: str = "ann") -> Row:
    return {"agent_id": agent, "started_at": at(start), "ended_at": at(end), "kind": kind}


def call(index: int, when: str) -> Row:
    """Half an hour of talk with ann."""
    row = {"interaction_id": f"i{index}", "kind": "call", "direction": "in", "started_at": at(when), "agent_id": "ann"}
    return row | {"outcome": "answered", "wait_s": 5, "talk_s": HOUR_S // 2}


def loaded(folder: Path, *shifts: Row, calls: tuple[Row, ...] = (), settings: str = OFFICE) -> Small:
    agents = [{"agent_id": name, "name": name} for name in ("ann", "bea")]
    more = {"interactions": calls} if calls else {}
    return Small(folder, settings).load(agents=agents, agent_shifts=shifts, **more)


def hours(small: Small, column: str) -> dict[str, float | None]:
    """A column of ann's days in hours."""
    found = small.workspace.store.rows(
        f"SELECT strftime(make_date(worked_day), '%m-%d'), {column} / {HOUR_S} FROM facts.agent_days "
        "WHERE agent = 'ann' ORDER BY worked_day"
    )
    return dict(found)


def value(small: Small, key: str, **how: Any) -> float:
    cell = small.workspace.measure(key, **how).cells[0]
    assert cell.estimate is not None, cell.value
    return cell.estimate.value


class TestOvertime:
    def test_planned_shifts_that_overlap_cover_an_hour_once(self, tmp_path: Path) -> None:
        days = [f"03-{n:02}" for n in range(2, 7)]
        plans = [
            shift(f"{day} {start}", f"{day} {end}", "scheduled")
            for day in days
            for start, end in (("08:00", "14:00"), ("09:00", "16:00"), ("10:00", "12:00"))
        ]
        with loaded(tmp_path, *plans, *(shift(f"{day} 07:30", f"{day} 16:30") for day in days)) as small:
            assert hours(small, "overtime_s") == dict.fromkeys(days, 1)
            assert value(small, "overtime") == pytest.approx(1 / 9)
            assert value(small, "overtime_hours") == 5 * HOUR_S

    def test_worked_shifts_that_overlap_are_one(self, tmp_path: Path) -> None:
        with loaded(
            tmp_path,
            shift("03-02 08:00", "03-02 16:00", "scheduled"),
            shift("03-02 08:00", "03-02 16:00"),
            shift("03-02 12:00", "03-02 17:00"),
            shift("03-02 08:00", "03-02 20:00", agent="bea"),  # another's hours stay hers
        ) as small:
            assert hours(small, "worked_s") == {"03-02": 9}
            assert hours(small, "overtime_s") == {"03-02": 1}

    def test_a_plan_over_midnight_covers_both_days(self, tmp_path: Path) -> None:
        with loaded(
            tmp_path, shift("03-02 22:00", "03-03 06:00", "scheduled"), shift("03-02 21:00", "03-03 06:30")
        ) as small:
            assert hours(small, "worked_s") == {"03-02": 3, "03-03": 6.5}
            assert hours(small, "overtime_s") == {"03-02": 1, "03-03": 0.5}


class TestNightShifts:
    def test_hours_and_calls_are_of_the_same_local_day(self, tmp_path: Path) -> None:
        nights = (("03-02", "03-03"), ("03-04", "03-05"), ("03-06", "03-07"))
        calls = [f"{first} {hour}:10" for first, _ in nights for hour in (22, 23)]
        calls += [f"{then} 0{hour}:10" for _, then in nights for hour in range(6)]
        with loaded(
            tmp_path,
            *(shift(f"{first} 22:00", f"{then} 06:00") for first, then in nights),
            calls=tuple(call(n, when) for n, when in enumerate(calls)),
        ) as small:
            assert hours(small, "worked_s") == {day: n for each in nights for day, n in zip(each, (2, 6), strict=True)}
            assert value(small, "contacts_per_hour") == pytest.approx(1)
            assert value(small, "occupancy") == pytest.approx(0.5)
            assert small.workspace.measure("contacts_per_hour").cells[0].left_out == {}

    def test_free_time_is_cut_too(self, tmp_path: Path) -> None:
        with loaded(
            tmp_path, shift("03-02 22:00", "03-03 06:00"), shift("03-02 23:00", "03-03 02:00", "available")
        ) as small:
            assert hours(small, "staffed_s") == {"03-02": 1, "03-03": 2}

    def test_a_shift_up_to_midnight_leaves_the_next_day_empty(self, tmp_path: Path) -> None:
        with loaded(tmp_path, shift("03-02 16:00", "03-03 00:00")) as small:
            assert hours(small, "worked_s") == {"03-02": 8}

    @pytest.mark.parametrize(
        ("zone", "start", "end", "expected"),
        [
            # Berlin's clocks go forward on 29 March at 01:00 UTC; local midnight is 23:00, after it 22:00 UTC.
            ("Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z", {"03-28": 11, "03-29": 23, "03-30": 14}),
            # Sydney's go back on 5 April at 16:00 UTC of the 4th: midnights are at 13:00 and 14:00 UTC.
            ("Australia/Sydney", "2026-04-04T12:00:00Z", "2026-04-05T15:00:00Z", {"04-04": 1, "04-05": 25, "04-06": 1}),
            ("America/New_York", "2026-03-02T02:00:00Z", "2026-03-02T09:00:00Z", {"03-01": 3, "03-02": 4}),
            # Beirut's go forward at midnight itself: the day begins at 01:00.
            ("Asia/Beirut", "2026-03-28T20:00:00Z", "2026-03-28T23:00:00Z", {"03-28": 2, "03-29": 1}),
        ],
    )
    def test_days_are_cut_at_the_local_midnight(
        self, tmp_path: Path, zone: str, start: str, end: str, expected: dict[str, float]
    ) -> None:
        row = {"agent_id": "ann", "started_at": start, "ended_at": end, "kind": "worked"}
        with loaded(tmp_path, row, settings=f'name = "S"\ntimezone = "{zone}"\n') as small:
            assert hours(small, "worked_s") == expected
