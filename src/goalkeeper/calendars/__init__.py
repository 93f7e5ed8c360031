"""Working time: schedules, their calendar tables for the engine, and clocks for Python."""

from __future__ import annotations

from goalkeeper.calendars.choice import ScheduleRule, Schedules
from goalkeeper.calendars.clock import WorkingClock
from goalkeeper.calendars.hours import Span, Week, always_open
from goalkeeper.calendars.schedule import ALWAYS, OpenDay, Schedule, WeeklyHours, open_days, open_spans
from goalkeeper.calendars.schedule_file import parse_schedules
from goalkeeper.calendars.spans import DAY_MS, HOUR_MS, Instants, Spans
from goalkeeper.calendars.table import calendar_table, span_count, utc_day_sql, working_ms_sql
from goalkeeper.calendars.zone_days import local_day_sql, local_ms_sql, zone_day_table
from goalkeeper.calendars.zones import ZoneOffsets, find_zone, zone_offsets

__all__ = [
    "ALWAYS",
    "DAY_MS",
    "HOUR_MS",
    "Instants",
    "OpenDay",
    "Schedule",
    "ScheduleRule",
    "Schedules",
    "Span",
    "Spans",
    "Week",
    "WeeklyHours",
    "WorkingClock",
    "ZoneOffsets",
    "always_open",
    "calendar_table",
    "find_zone",
    "local_day_sql",
    "local_ms_sql",
    "open_days",
    "open_spans",
    "parse_schedules",
    "span_count",
    "utc_day_sql",
    "working_ms_sql",
    "zone_day_table",
    "zone_offsets",
]
