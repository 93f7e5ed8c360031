from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pytest

from goalkeeper.calendars import local_day_sql, local_ms_sql, utc_day_sql, zone_day_table, zone_offsets


def epoch_ms(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    "tz", ["Africa/Cairo", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]
)
def test_days_and_clocks_in_the_engine_are_those_of_the_zone(tz: str) -> None:
    first, last = epoch_ms("2008-06-01"), epoch_ms("2013-06-01")
    table, zone = zone_day_table(tz, first, last), ZoneInfo(tz)
    assert table.num_rows == 1827
    turned = table.filter(np.not_equal(table["switch_ms"].to_numpy(), 86_400_000))
    turns = turned["utc_day"].to_numpy().astype(np.int64) * 86_400_000 + turned["switch_ms"].to_numpy()
    moments = [int(turn) + step for turn in turns for step in (-1000, 0, 3_599_000)]
    moments += np.random.default_rng(2).integers(first, last, 300).tolist()
    midnights = np.arange(first // 86_400_000 + 1, last // 86_400_000, 30) * 86_400_000
    at_midnight = zone_offsets(tz, first, last).utc_ms(midnights)
    moments += [int(t) + step for t in at_midnight for step in (-1, 0)]
    with duckdb.connect() as connection:
        connection.register("zone", table)
        connection.execute("CREATE TABLE moments AS SELECT unnest(?::BIGINT[]) AS t", [moments])
        rows = connection.execute(
            f"SELECT m.t, {local_day_sql('m.t', 'z')}, {local_ms_sql('m.t', 'z')} "
            f"FROM moments m JOIN zone z ON z.utc_day = {utc_day_sql('m.t')}"
        ).fetchall()
    assert len(rows) == len(moments)
    for t, day, local in rows:
        clock = datetime.fromtimestamp(t // 1000, zone).replace(tzinfo=UTC)
        assert local // 1000 == round(clock.timestamp())
        assert day == clock.date().toordinal() - datetime(1970, 1, 1).toordinal()


def test_moments_before_1970_have_their_day() -> None:
    t = epoch_ms("1969-12-31T23:59:59")
    assert duckdb.execute(f"SELECT {utc_day_sql(f'({t})')}").fetchall() == [(-1,)]
    table = zone_day_table("Asia/Tokyo", t, t)
    assert table["utc_day"].to_pylist() == [-1]
