from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from goalkeeper.calendars import find_zone, zone_offsets
from goalkeeper.calendars.zones import year_of, year_start_ms
from goalkeeper.errors import UnknownName, UsageError

ZONES = [
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Sao_Paulo",
    "Antarctica/Troll",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Pacific/Apia",
]
EPOCH = datetime(1970, 1, 1)


def epoch_ms(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize("tz", ZONES)
def test_offsets_are_those_of_the_zone_at_any_moment(tz: str) -> None:
    first, last = epoch_ms("2005-01-01"), epoch_ms("2025-01-01")
    zone, offsets = ZoneInfo(tz), zone_offsets(tz, first, last)
    turns = [int(start) + step for start in offsets.starts_ms[1:] for step in (-1000, 0, 1000)]
    moments = np.array(turns + np.random.default_rng(3).integers(first, last, 500).tolist())
    for t, local in zip(moments.tolist(), offsets.local_ms(moments).tolist(), strict=True):
        wall_clock = datetime.fromtimestamp(t // 1000, zone).replace(tzinfo=None)
        assert EPOCH + timedelta(seconds=local // 1000) == wall_clock


@pytest.mark.parametrize("tz", ZONES)
@pytest.mark.parametrize("second", [False, True])
def test_wall_clocks_that_come_twice_or_never_go_where_zoneinfo_puts_them(tz: str, second: bool) -> None:
    first, last = epoch_ms("2009-01-01"), epoch_ms("2020-01-01")
    zone, offsets = ZoneInfo(tz), zone_offsets(tz, first, last)
    quarter = 900_000
    turns = offsets.starts_ms[1:, None] + offsets.offsets_ms[1:, None] + np.arange(-16, 17) * quarter
    local = np.concatenate((turns.ravel(), np.random.default_rng(5).integers(first, last, 200)))
    for reading, t in zip(local.tolist(), offsets.utc_ms(local, second=second).tolist(), strict=True):
        aware = (EPOCH + timedelta(milliseconds=reading)).replace(tzinfo=zone, fold=int(second))
        assert t == round(aware.timestamp() * 1000)


def test_the_skipped_date_of_samoa_has_no_moment() -> None:
    offsets = zone_offsets("Pacific/Apia", epoch_ms("2011-12-29"), epoch_ms("2012-01-02"))
    moments = np.arange(epoch_ms("2011-12-29"), epoch_ms("2012-01-01"), 60_000)
    dates = np.unique(offsets.local_ms(moments) // 86_400_000).astype("datetime64[D]").astype(str).tolist()
    assert dates == ["2011-12-28", "2011-12-29", "2011-12-31", "2012-01-01"]


def test_the_last_offset_holds_after_the_range_and_the_first_before() -> None:
    offsets = zone_offsets("Asia/Kolkata", epoch_ms("2020-01-01"), epoch_ms("2020-02-01"))
    far = np.array([epoch_ms("2000-01-01"), epoch_ms("2100-01-01")])
    assert (offsets.local_ms(far) - far).tolist() == [19_800_000, 19_800_000]


@pytest.mark.parametrize(
    ("name", "nearest"), [("Europe/Berln", "Europe/Berlin"), ("america/new_york", "America/New_York")]
)
def test_an_unknown_zone_names_the_nearest(name: str, nearest: str) -> None:
    with pytest.raises(UnknownName, match=f"no time zone '{name}'. Did you mean '{nearest}'"):
        find_zone(name)


@pytest.mark.parametrize("name", ["", "right/UTC", "../UTC", "Europe", "localtime", "CET\x00"])
def test_what_is_no_place_is_no_zone(name: str) -> None:
    with pytest.raises(UnknownName, match="no time zone"):
        find_zone(name)


def test_a_moment_in_the_wrong_unit_is_refused() -> None:
    microseconds = epoch_ms("2024-01-01") * 1000
    with pytest.raises(UsageError, match="check the unit"):
        year_of(microseconds)
    assert year_of(year_start_ms(2024) - 1) == 2023
