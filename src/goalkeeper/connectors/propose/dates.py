"""The ways exports write times, as data: strptime formats and the words the mapping knows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

Order = Literal["dmy", "mdy", "ymd"]


@dataclass(frozen=True, slots=True)
class TimeFormat:
    """One way to write a time: its name for people, its strptime format, and what it tells.

    `order` is that of day, month and year. DuckDB's `try_strptime` reads day, month and hour with or without a
    leading zero; two-digit years from 69 on are of the 1900s.
    """

    name: str
    strptime: str
    order: Order
    has_zone: bool = False
    has_clock: bool = True
    month_named: bool = False


def _numeric() -> Iterator[TimeFormat]:
    orders: tuple[tuple[Order, str, str], ...] = (("dmy", "%d", "%m"), ("mdy", "%m", "%d"))
    for separator in "/.-":
        for year in ("%Y", "%y"):
            for order, first, second in orders:
                text = separator.join((first, second, year))
                yield TimeFormat(_spelled(text), text, order, has_clock=False)
        text = separator.join(("%Y", "%m", "%d"))
        yield TimeFormat(_spelled(text), text, "ymd", has_clock=False)
    yield TimeFormat("YYYYMMDD", "%Y%m%d", "ymd", has_clock=False)
    yield TimeFormat("yymmdd", "%y%m%d", "ymd", has_clock=False)
    yield TimeFormat("ddmmyy", "%d%m%y", "dmy", has_clock=False)
    yield TimeFormat("mmddyy", "%m%d%y", "mdy", has_clock=False)


def _named_months() -> Iterator[TimeFormat]:
    for month in ("%b", "%B"):
        for text in (f"%d {month} %Y", f"%d-{month}-%Y", f"%d/{month}/%Y", f"%d. {month} %Y", f"%d {month} %y"):
            yield TimeFormat(_spelled(text), text, "dmy", has_clock=False, month_named=True)
        for text in (f"%d-{month}-%y", f"%d/{month}/%y"):
            yield TimeFormat(_spelled(text), text, "dmy", has_clock=False, month_named=True)
        for text in (f"{month} %d, %Y", f"{month} %d %Y"):
            yield TimeFormat(_spelled(text), text, "mdy", has_clock=False, month_named=True)
        text = f"%a, %d {month} %Y"
        yield TimeFormat(_spelled(text), text, "dmy", has_clock=False, month_named=True)


CLOCKS: tuple[str, ...] = (
    "%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%I:%M %p", "%I:%M:%S %p", "%I:%M%p", "%I:%M:%S%p", "%H.%M", "%H.%M.%S",
    "%H%M%S",
)  # fmt: skip
JOINTS: tuple[str, ...] = (" ", "T", ", ", " - ", ":", "  ")
ZONES: tuple[str, ...] = ("", "%z", " %z", " %Z")


_SPELLED = {
    "%d": "D", "%m": "M", "%Y": "YYYY", "%y": "YY", "%H": "H", "%I": "h", "%M": "MM", "%S": "SS", "%f": "fff",
    "%p": "AM", "%b": "Mon", "%B": "Month", "%a": "Day", "%z": "+hhmm", "%Z": "zone",
}  # fmt: skip
_WIDTH = {
    "%d": r"\d{1,2}", "%m": r"\d{1,2}", "%Y": r"\d{4}", "%y": r"\d{2}", "%H": r"\d{1,2}", "%I": r"\d{1,2}",
    "%M": r"\d{2}", "%S": r"\d{2}", "%f": r"\d{1,9}", "%p": r"[AaPp][Mm]", "%b": r"[A-Za-z]{3}",
    "%B": r"[A-Za-z]{3,9}", "%a": r"[A-Za-z]{3}", "%z": r"[+-]\d\d:?(?:\d\d)?",
    "%Z": r"(?:UTC|GMT|[A-Z][a-z]+/[A-Za-z_]+)",
}  # fmt: skip


def _spelled(text: str) -> str:
    return re.sub(r"%[a-zA-Z]", lambda found: _SPELLED[found[0]], text)


FORMATS: tuple[TimeFormat, ...] = (*_numeric(), *_named_months())
ISO = TimeFormat("ISO 8601", "iso", "ymd")
EPOCH_S = TimeFormat("seconds since 1970", "epoch_s", "ymd", has_zone=True)
EPOCH_MS = TimeFormat("milliseconds since 1970", "epoch_ms", "ymd", has_zone=True)
EXCEL = TimeFormat("Excel's day number", "excel", "ymd")


def with_clock(date: TimeFormat, joint: str, clock: str, zone: str) -> TimeFormat:
    """A date's format followed by a time of day and maybe a zone."""
    text = date.strptime + joint + clock + zone
    return replace(date, name=_spelled(text), strptime=text, has_zone=bool(zone), has_clock=True)


@cache
def _shape(strptime: str) -> re.Pattern[str]:
    """The pattern of texts that a part of a format may read; it says nothing of the numbers' ranges."""
    packed = re.fullmatch(r"(%[a-zA-Z]){2,}", strptime) is not None
    pattern = ""
    for part in re.split(r"(%[a-zA-Z])", strptime):
        if part in _WIDTH:
            pattern += r"\d{2}" if packed and part in ("%d", "%m", "%H") else _WIDTH[part]
        else:
            pattern += re.escape(part)
    return re.compile(pattern)


def candidates(values: list[str]) -> list[TimeFormat]:
    """The formats by whose shape at least one of the values may be read, in the order of FORMATS."""
    found: dict[TimeFormat, None] = {}
    for value in _unlike(values):
        for date in FORMATS:
            start = _shape(date.strptime).match(value)
            if start is None:
                continue
            rest = value[start.end() :]
            if not rest:
                found[date] = None
            for joint, clock, zone in _clocks(rest):
                found[with_clock(date, joint, clock, zone)] = None
    return list(found)


def _clocks(rest: str) -> Iterator[tuple[str, str, str]]:
    for joint in JOINTS:
        if not rest.startswith(joint):
            continue
        for clock in CLOCKS:
            time = _shape(clock).match(rest, len(joint))
            if time is None:
                continue
            for zone in ZONES:
                if _shape(zone).fullmatch(rest, time.end()):
                    yield joint, clock, zone


def _unlike(values: list[str], limit: int = 30) -> list[str]:
    """One value for each pattern of digits and letters, the first `limit` patterns."""
    patterns: dict[str, str] = {}
    for value in values:
        if len(patterns) >= limit:
            break
        text = value.strip()
        if re.search(r"\d", text) and len(text) <= 60:
            patterns.setdefault(re.sub(r"[A-Za-z]", "a", re.sub(r"\d", "9", text)), text)
    return list(patterns.values())


def reads(column: str, form: str) -> str:
    """SQL that is TRUE where a format (or word) reads the text, with a year a person would mean."""
    return f"coalesce(year({moment(column, form)}) BETWEEN 1900 AND 2200, false)"


def moment(column: str, form: str) -> str:
    """SQL of the moment a format (or word) reads from the text, NULL where it does not."""
    if form == "iso":
        tight = f"regexp_replace(trim({column}), ' ([+-]\\d{{2}}:?\\d{{2}})$', '\\1')"
        return f"TRY_CAST({tight} AS TIMESTAMPTZ)"
    if form in ("epoch_s", "epoch_ms"):
        micros = 1_000_000 if form == "epoch_s" else 1000
        return f"make_timestamp(TRY_CAST(round(TRY_CAST({column} AS DOUBLE) * {micros}) AS BIGINT))"
    if form == "excel":
        days = f"TRY_CAST({column} AS DOUBLE)"
        local = f"TIMESTAMP '1899-12-30' + to_seconds(round({days} * 86400))"
        return f"CASE WHEN {days} BETWEEN 1 AND 2958465 THEN {local} END"
    return f"try_strptime({column}, '{form}')"
