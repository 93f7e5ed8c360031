"""The settings a workspace of the sample company needs: its zone, its brands' working hours, and what it promises."""

from __future__ import annotations

import json
from datetime import date

from goalkeeper.sample.company import BRANDS, COMPANY, FIRST_REPLY_S, LATER_HOURS_MONTH, Brand, Weekly
from goalkeeper.sample.hours import NEW_YEARS_EVE_HOURS
from goalkeeper.sample.period import Period

DEFAULT_UNTIL = date(2026, 6, 30)
PROMISES = f"""\
[[sla]]
id = "standard"
first_reply = "{FIRST_REPLY_S // 3600}h"
next_reply = "8h"

[[sla]]
id = "solving"
pause = ["pending", "on_hold"]
resolution = {{ urgent = "4h", other = "12h" }}
"""


def _hours(hours: Weekly) -> str:
    days = (f"{key} = {json.dumps(spans)}" for key, spans in hours.items())
    return "{ " + ", ".join(days) + " }"


def _schedule(brand: Brand, period: Period) -> list[str]:
    lines = [
        "[[schedule]]",
        f'id = "{brand.key}"',
        f'tz = "{brand.zone}"',
        f"hours = {_hours(brand.hours)}",
        f'holidays = ["{brand.holidays}"]',
    ]
    if brand.eve_closed:
        years = range(period.first.year, period.until.year + 1)
        closed = ", ".join(f'"{year}-12-24" = "Christmas Eve"' for year in years)
        half = ", ".join(f'"{year}-12-31" = ["{NEW_YEARS_EVE_HOURS[0]}"]' for year in years)
        lines += [f"closed = {{ {closed} }}", f"on = {{ {half} }}"]
    if brand.later_hours is not None:
        since = period.month(LATER_HOURS_MONTH)
        lines += ["[[schedule.change]]", f'from = "{since}"', f"hours = {_hours(brand.later_hours)}"]
    return [*lines, ""]


def settings_toml(until: date = DEFAULT_UNTIL) -> str:
    """The text of `goalkeeper.toml`; its schedules are chosen by brand."""
    period = Period(until)
    lines = [f"# {COMPANY}, the sample company.", f'timezone = "{BRANDS[0].zone}"', f'name = "{COMPANY}"', ""]
    for brand in BRANDS:
        lines += _schedule(brand, period)
    for brand in BRANDS:
        lines += [
            "[[schedule_for]]", f'brand = "{brand.name}"', f'schedule = "{brand.key}"', "",
        ]  # fmt: skip
    return "\n".join([*lines, PROMISES])
