"""Values as plan files write them: numbers in the metric's unit, or texts such as "75 %", "4h", "+2 pts"."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from goalkeeper.errors import UsageError
from goalkeeper.tomlfile import written
from goalkeeper.units import Better, Unit, format_change, format_value, parse_duration

_NUMBER = r"(\d+(?:\.\d+)?|\.\d+)"
_PERCENT = re.compile(rf"{_NUMBER}\s*%")
_POINTS = re.compile(rf"([+-]?)\s*{_NUMBER}\s*(?:pts?|points?)")
_PLAIN = re.compile(rf"([+-]?)\s*{_NUMBER}")
_SIGNED = re.compile(r"([+-])\s*(.+)", re.DOTALL)
_HUNDREDTHS = (Unit.SHARE, Unit.INDEX)
_WRITE = {
    Unit.SHARE: 'Write 0.75 or "75 %".',
    Unit.DURATION: 'Write seconds, or a text such as "4h" or "15 min".',
    Unit.INDEX: 'Write 0.40 or "40 pts"; an index goes from -1 to 1.',
}


@dataclass(frozen=True, slots=True)
class Limit:
    """How far a counterweight may go: an absolute value, or a change (a factor or a step) from its start."""

    amount: float
    kind: str  # "value", "factor" (0.1: up by a tenth), "step" (in the metric's unit)
    text: str
    is_upper: bool

    @property
    def needs_start(self) -> bool:
        """Whether it counts from the counterweight's start."""
        return self.kind != "value"

    def bound(self, start: float) -> float:
        """The limit as a value of the metric."""
        match self.kind:
            case "factor":
                return start + abs(start) * self.amount
            case "step":
                return start + self.amount
            case _:
                return self.amount


def parse_value(raw: object, unit: Unit) -> float:
    """A value in the unit: shares and indexes from 0 to 1, durations in seconds; UsageError for anything else."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise UsageError(f"{raw!r} is not a value.", hint=_hint(unit))
    if not isinstance(raw, str):
        if not math.isfinite(raw):
            raise UsageError(f"{raw} is not a value.", hint=_hint(unit))
        return float(raw)
    text = raw.strip().replace("−", "-").replace("\N{NO-BREAK SPACE}", " ")
    if unit is Unit.SHARE and (found := _PERCENT.fullmatch(text)):
        return float(found[1]) / 100
    if unit is Unit.DURATION:
        return parse_duration(text)
    if unit is Unit.INDEX and (found := _POINTS.fullmatch(text)):
        return float(found[1] + found[2]) / 100
    if unit not in _HUNDREDTHS and (found := _PLAIN.fullmatch(text)):
        return float(found[1] + found[2])
    raise UsageError(f"'{raw}' is not a value of this metric.", hint=_hint(unit))


def parse_limit(raw: object, unit: Unit, better: Better) -> Limit:
    """A counterweight's limit: a value, or a signed text for a change from the start: "+10 %", "-2 pts", "+5 min".

    The change has to point the worse way. UsageError for anything else.
    """
    found = _SIGNED.fullmatch(raw.strip().replace("−", "-")) if isinstance(raw, str) else None
    if found is None:
        if better is Better.NEITHER:
            raise UsageError(
                "neither direction is the better one here.", hint='Write a change with its sign, such as "+10 %".'
            )
        return Limit(parse_value(raw, unit), "value", str(raw), better is Better.LOWER)
    sign, kind, size = -1 if found[1] == "-" else 1, *_change(found[2], unit, str(raw))
    if sign == (1 if better is Better.HIGHER else -1 if better is Better.LOWER else 0):
        worse = "-" if better is Better.HIGHER else "+"
        raise UsageError(f"'{raw}' would be an improvement.", hint=f"A limit says how much worse: {worse}{found[2]}.")
    return Limit(sign * size, kind, str(raw), sign > 0)


def _change(text: str, unit: Unit, raw: str) -> tuple[str, float]:
    if percent := _PERCENT.fullmatch(text):
        if unit is Unit.INDEX:
            raise UsageError("an index has no percentages.", hint='Write points, such as "-5 pts".')
        return "factor", float(percent[1]) / 100
    if points := _POINTS.fullmatch(text):
        if unit is Unit.DURATION:
            raise UsageError(f"'{raw}': a duration has no points.", hint='Write "+10 %" or "+5 min".')
        return "step", float(points[2]) / (100 if unit in _HUNDREDTHS else 1)
    if unit in _HUNDREDTHS:
        raise UsageError(f"'{raw}' is not a change.", hint='Write points or percent: "-2 pts", "-5 %".')
    return "step", parse_value(text, unit)


def value_words(value: float | None, unit: Unit, *, days: bool = True) -> str:
    """A value for people, as it is written in a plan: a share keeps a first decimal that is not 0."""
    digits = 1 if unit is Unit.SHARE and value is not None and round(100 * value, 1) % 1 else None
    return format_value(value, unit, digits=digits, days=days)


def rounded(value: float) -> float:
    """A measured value as a plan writes it: four significant digits, which is finer than any interval."""
    made = float(f"{value:.4g}")
    return int(made) if made.is_integer() and abs(made) > 1 else made


def written_value(value: float, unit: Unit) -> str:
    """A target as a plan writes it, in even steps: "62.5 %", "53 min", 5.2."""
    match unit:
        case Unit.SHARE:
            return written(f"{100 * value:.3g} %")
        case Unit.DURATION:
            return written(_even_duration(value))
        case _:
            return written(float(f"{value:.3g}"))


def exact_value(value: float, unit: Unit) -> str:
    """A value as a plan writes it, to the last digit: 3192 seconds are "53 min 12 s"."""
    if unit is Unit.DURATION and value > 0 and float(value).is_integer():
        return _in_parts(int(value))
    return written(value)


def _even_duration(seconds: float) -> str:
    step = 1 if seconds < 60 else 5 if seconds < 600 else 60
    return _in_parts(round(seconds / step) * step)


def _in_parts(whole: int) -> str:
    parts = [(whole // 3600, "h"), (whole % 3600 // 60, "min"), (whole % 60, "s")]
    return " ".join(f"{count} {name}" for count, name in parts if count) or "0 s"


def limit_words(limit: Limit, unit: Unit) -> str:
    """A limit for people: "+10 %", "−2.0 points", "82 %"."""
    match limit.kind:
        case "factor":
            return f"{'+' if limit.amount > 0 else '−'}{abs(limit.amount) * 100:g} %"
        case "step":
            return format_change(limit.amount, unit)
        case _:
            return format_value(limit.amount, unit)


def _hint(unit: Unit) -> str:
    return _WRITE.get(unit, "Write a number.")
