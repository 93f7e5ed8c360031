"""Units, directions, durations, and numbers as people read them."""

from __future__ import annotations

import math
import re
from enum import StrEnum

from goalkeeper.errors import UsageError

NOTHING = "–"
"""What stands where there is no number (None or nan)."""

_MINUTE_S, _HOUR_S, _DAY_S, _WEEK_S = 60, 3_600, 86_400, 604_800


class Unit(StrEnum):
    """What a number counts; stored in the comment's unit, shown by `format_value`."""

    SHARE = "share"  # 0..1
    DURATION = "duration"  # seconds
    COUNT = "count"
    SCORE = "score"  # points of a rating scale
    INDEX = "index"  # −1..1, shown times 100 as NPS is
    MONEY = "money"
    RATE = "rate"  # events per exposure
    RATIO = "ratio"


class Better(StrEnum):
    """Which way a metric should move."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


def format_value(
    value: float | None, unit: Unit, *, digits: int | None = None, currency: str = "", days: bool = True
) -> str:
    """A number in its unit for people: "62 %", "3 h 05 min", "+38.4", "12,345".

    None and nan give "–", infinity "∞". `digits` fixes the decimals (durations ignore it). A share that is
    not exactly 0 or 1 is never rounded to "0 %" or "100 %". `days=False` keeps hours above 24 h, for working
    time, whose day is not 24 hours long. `currency` is put behind money.
    """
    if value is None or math.isnan(value):
        return NOTHING
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if unit is Unit.DURATION:
        return _duration(value, days)
    if unit is Unit.SHARE:
        return _share(value, digits)
    shown = value * _scale(unit)
    text = _fixed(shown, _value_digits(shown, unit) if digits is None else digits)
    if unit is Unit.INDEX:
        return _signed(text)
    return f"{text} {currency}" if unit is Unit.MONEY and currency else text


def format_interval(low: float | None, high: float | None, unit: Unit, *, currency: str = "", days: bool = True) -> str:
    """Two limits in their unit: "58–66 %", "22–31 min", "+27 to +45"; an open side reads "≥ 3 h" or "≤ 9".

    Both limits carry the same decimals, as many as the width deserves. No interval (None, nan) gives "–".
    """
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return NOTHING
    if math.isinf(low) or math.isinf(high):
        return _open_interval(low, high, unit, currency, days)
    if unit is Unit.DURATION:
        return _joined(_duration(low, days), _duration(high, days))
    low, high = low * _scale(unit), high * _scale(unit)
    digits = _width_digits(high - low) if high > low else _value_digits(low, unit)
    first, last = _fixed(low, digits), _fixed(high, digits)
    if unit is Unit.INDEX:
        first, last = _signed(first), _signed(last)
    suffix = " %" if unit is Unit.SHARE else f" {currency}" if unit is Unit.MONEY and currency else ""
    if first == last:
        return first + suffix
    signs = unit is Unit.INDEX or low < 0
    return f"{first} to {last}{suffix}" if signs else f"{first}–{last}{suffix}"


def format_change(
    value: float | None, unit: Unit, *, digits: int | None = None, currency: str = "", days: bool = True
) -> str:
    """A difference with its sign: "+4.2 points" for shares, "−12 min", "+3.1" for an index; 0 has no sign."""
    if value is None or math.isnan(value) or math.isinf(value):
        return format_value(value, unit)
    if unit is Unit.SHARE:
        return _signed(_fixed(value * 100, 1 if digits is None else digits)) + " points"
    return _signed(format_value(value, unit, digits=digits, currency=currency, days=days))


def _scale(unit: Unit) -> float:
    return 100.0 if unit in (Unit.SHARE, Unit.INDEX) else 1.0


def _fixed(value: float, digits: int) -> str:
    """The number with thousands commas and a true minus; never a minus before zero."""
    text = f"{abs(value):,.{digits}f}"
    return f"−{text}" if value < 0 and any(c in "123456789" for c in text) else text


def _signed(text: str) -> str:
    return text if text.startswith(("+", "−")) or not re.search("[1-9∞]", text) else f"+{text}"


def _value_digits(shown: float, unit: Unit) -> int:
    size = abs(shown)
    match unit:
        case Unit.SHARE:
            return 0 if 10 <= size <= 90 else 1
        case Unit.INDEX:
            return 1
        case Unit.SCORE:
            return 2
        case Unit.MONEY:
            return 2 if size < 1_000 else 0
        case Unit.COUNT if size == round(size):
            return 0
        case _ if size >= 100:
            return 0 if size >= 1_000 else 1
        case _:
            return 2 if size >= 1 or size == 0 else min(6, 1 - math.floor(math.log10(max(size, 1e-6))))


def _width_digits(width: float) -> int:
    # About one and a half significant digits of the width: more would show noise as knowledge.
    return min(6, max(0, math.ceil(0.5 - math.log10(max(width, 1e-9)))))


def _share(value: float, digits: int | None) -> str:
    shown = value * 100
    if digits is None:
        digits = 0 if value in (0, 1) else _value_digits(shown, Unit.SHARE)
    text, step = _fixed(shown, digits), 10.0**-digits
    if 0 < value < 1 and float(text) == 0:
        return f"< {_fixed(step, digits)} %"
    if 0 < value < 1 and float(text) == 100:
        return f"> {_fixed(100 - step, digits)} %" if digits else "> 99 %"
    return f"{text} %"


def _duration(seconds: float, days: bool) -> str:
    text = _span(abs(seconds), days)
    return f"−{text}" if seconds < 0 and text != "0 s" else text


def _span(seconds: float, days: bool) -> str:
    """Two parts at most. Each branch rounds first, so that 59.7 s becomes 1 min and never 60 s."""
    if seconds < 10 and round(seconds, 1) < 10:
        return f"{_trimmed(seconds)} s"
    if round(seconds) < _MINUTE_S:
        return f"{round(seconds)} s"
    if round(seconds) < 10 * _MINUTE_S:
        return _parts(round(seconds), _MINUTE_S, "min", "s")
    minutes = round(seconds / _MINUTE_S)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60 or (not days and minutes < 100 * 60):
        return _parts(minutes, 60, "h", "min")
    hours = round(seconds / _HOUR_S)
    if not days:
        return f"{hours:,} h"
    if hours < 10 * 24:
        return _parts(hours, 24, "d", "h", pad=1)
    return f"{round(seconds / _DAY_S):,} d"


def _parts(amount: int, size: int, big: str, small: str, pad: int = 2) -> str:
    whole, rest = divmod(amount, size)
    return f"{whole} {big} {rest:0{pad}d} {small}" if rest else f"{whole} {big}"


def _trimmed(seconds: float) -> str:
    text = f"{seconds:.1f}" if seconds >= 1 else f"{seconds:.2g}"
    if "e" in text:
        text = f"{seconds:.6f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _joined(first: str, last: str) -> str:
    """One unit word when both limits have the same single one; a sign or two parts keep them apart."""
    if first == last:
        return first
    one, other = first.split(" "), last.split(" ")
    if len(one) == len(other) == 2 and one[1] == other[1] and "−" not in first:
        return f"{one[0]}–{other[0]} {one[1]}"
    return f"{first} to {last}"


def _open_interval(low: float, high: float, unit: Unit, currency: str, days: bool) -> str:
    if math.isinf(low) and math.isinf(high):
        return "no limits" if low < high else format_value(low, unit)
    if math.isinf(high):
        return f"≥ {format_value(low, unit, currency=currency, days=days)}"
    return f"≤ {format_value(high, unit, currency=currency, days=days)}"


_SECONDS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), _MINUTE_S),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), _HOUR_S),
    **dict.fromkeys(("d", "day", "days"), _DAY_S),
    **dict.fromkeys(("w", "week", "weeks"), _WEEK_S),
}
_PART = re.compile(r"\s*((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*([a-z]+)", re.ASCII)
_HINT = "Write a number with its unit, as '90s', '15 min', '4h', '1h30m' or '2d'."


def parse_duration(text: str, *, where: str = "") -> float:
    """Seconds in "4h", "15 min", "2d", "90s", "1h30m", "1.5 hours"; a day is 24 hours, a week 7 days.

    Raises UsageError for a missing or unknown unit, a sign, a unit named twice, or anything else left over.
    """
    rest, total, seen = text.strip().lower(), 0.0, set[int]()
    if not rest:
        raise UsageError("the duration is empty.", where=where, hint=_HINT)
    while rest:
        part = _PART.match(rest)
        if part is None:
            raise UsageError(f"'{text}' is not a duration.", where=where, hint=_HINT)
        number, word = part.groups()
        size = _SECONDS.get(word)
        if size is None:
            raise UsageError(f"'{text}' has no known unit '{word}'.", where=where, hint="Valid: s, min, h, d, w.")
        if size in seen:
            raise UsageError(f"'{text}' names the unit '{word}' twice.", where=where, hint=_HINT)
        seen.add(size)
        total += float(number.replace(",", "")) * size
        rest = rest[part.end() :].strip()
    if not math.isfinite(total):
        raise UsageError(f"'{text}' is too long.", where=where, hint=_HINT)
    return total
