"""Schedules as a workspace file writes them: its [[schedule]] and [[schedule_for]] tables."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta

from goalkeeper.calendars.choice import SPLITS, ScheduleRule, Schedules
from goalkeeper.calendars.hours import Span, Week, read_spans, read_week
from goalkeeper.calendars.public_holidays import check_place
from goalkeeper.calendars.schedule import ALWAYS, Schedule, WeeklyHours
from goalkeeper.calendars.zones import find_zone
from goalkeeper.errors import Finding, Findings, UnknownName

SCHEDULE_KEYS = ("id", "tz", "hours", "holidays", "closed", "on", "breaks", "change")
CHANGE_KEYS = ("from", "hours")
RULE_KEYS = (*SPLITS, "schedule")
DATE_FORM = 'A date is written "2025-12-24".'
MOST_DAYS_CLOSED = 3660  # a range longer than ten years is a mistyped year


def parse_schedules(document: Mapping[str, object], where: str, channels: Collection[str] = ()) -> Schedules:
    """The schedules and rules of a workspace file already read as TOML; raises Findings with every mistake.

    `where` names the file in messages, `channels` are those that rules may name (none: any). Without any [[schedule]]
    the only one is the built-in "24x7".
    """
    findings: list[Finding] = []
    schedules: list[Schedule] = []
    for number, table in enumerate(_tables(document, "schedule", where, findings), 1):
        place = f"{where} [[schedule]] {table.get('id', number)}"
        schedule = _schedule(table, place, findings)
        if schedule.id in [ALWAYS.id, *(other.id for other in schedules)]:
            found = f"the id '{schedule.id}' is taken."
            findings.append(
                Finding(f"{place} id", found, "Each id stands once; '24x7' is built in.", "Choose another.")
            )
        schedules.append(schedule)
    ids = [schedule.id for schedule in schedules] + [ALWAYS.id]
    rules = [
        _rule(table, ids, channels, f"{where} [[schedule_for]] {number}", findings)
        for number, table in enumerate(_tables(document, "schedule_for", where, findings), 1)
    ]
    if findings:
        raise Findings(findings)
    return Schedules((*schedules, ALWAYS), tuple(rules))


def _schedule(table: Mapping[str, object], where: str, findings: list[Finding]) -> Schedule:
    _check_keys(table, SCHEDULE_KEYS, where, findings)
    for key in ("id", "tz"):
        if not isinstance(table.get(key), str) or not table[key]:
            found = f"its {key} is {table[key]!r}, not a text." if key in table else f"it has no {key}."
            example = {"id": 'id = "support"', "tz": 'tz = "Europe/Berlin"'}[key]
            findings.append(Finding(f"{where} {key}", found, next_step=f"Write for example {example}."))
    if "hours" not in table:
        findings.append(
            Finding(f"{where} hours", "it has no hours.", next_step='Write hours = { mon-fri = ["09:00-17:30"] }.')
        )
    tz = table.get("tz")
    if isinstance(tz, str) and tz:
        _check_name(find_zone, tz, f"{where} tz", findings)
    on = _dated(table.get("on", {}), f"{where} on", findings)
    closed = _closed(table.get("closed", ()), f"{where} closed", findings)
    for day in sorted({day for day, _ in on} & {day for day, _ in closed}):
        findings.append(
            Finding(f"{where} on.{day}", f"{day} is both closed and has hours under `on`.", next_step="Keep one.")
        )
    return Schedule(
        id=str(table.get("id", "")),
        tz=str(tz),
        hours=_hours(table, where, findings),
        holidays=_places(table.get("holidays", ()), f"{where} holidays", findings),
        closed=closed,
        on=on,
        breaks=_dated(table.get("breaks", {}), f"{where} breaks", findings),
    )


def _hours(table: Mapping[str, object], where: str, findings: list[Finding]) -> tuple[WeeklyHours, ...]:
    weeks: dict[date, Week] = {date.min: read_week(table.get("hours", {}), f"{where} hours", findings)}
    for number, change in enumerate(_tables(table, "change", where, findings), 1):
        place = f"{where} [[schedule.change]] {change.get('from', number)}"
        _check_keys(change, CHANGE_KEYS, place, findings)
        day = _date(change.get("from"), f"{place} from", findings)
        week = read_week(change.get("hours"), f"{place} hours", findings)
        if day in weeks:
            findings.append(Finding(place, f"two changes are from {day}.", next_step="Keep one."))
        if day is not None:
            weeks[day] = week
    return tuple(WeeklyHours(day, weeks[day]) for day in sorted(weeks))


def _rule(
    table: Mapping[str, object], ids: list[str], channels: Collection[str], where: str, findings: list[Finding]
) -> ScheduleRule:
    _check_keys(table, RULE_KEYS, where, findings)
    schedule = table.get("schedule")
    if schedule not in ids:
        error = UnknownName("schedule", str(schedule or ""), ids)
        findings.append(Finding(f"{where} schedule", error.message, error.hint))
    when = []
    for field in SPLITS:
        if field in table:
            when.append((field, _texts(table[field], f"{where} {field}", findings)))
    for name in dict(when).get("channel", ()) if channels else ():
        if name not in channels:
            error = UnknownName("channel", name, channels)
            findings.append(Finding(f"{where} channel", error.message, error.hint))
    if not when or not all(values for _, values in when):
        step = "For a schedule that applies to everything else, write its [[schedule]] first."
        findings.append(Finding(where, "it does not say what it is for.", f"Name one of {', '.join(SPLITS)}.", step))
    return ScheduleRule(str(schedule), tuple(when))


def _places(value: object, where: str, findings: list[Finding]) -> tuple[str, ...]:
    codes = _texts(value, where, findings)
    for code in codes:
        _check_name(check_place, code, where, findings)
    return codes


def _closed(value: object, where: str, findings: list[Finding]) -> tuple[tuple[date, str], ...]:
    """Dates and ranges "2025-12-24..2026-01-01", listed or as the keys of a table with names."""
    named = value.items() if isinstance(value, Mapping) else ((text, "") for text in _listed(value))
    days: dict[date, str] = {}
    for text, name in named:
        first_text, dots, last_text = text.partition("..") if isinstance(text, str) else (text, "", "")
        place = f"{where}.{text}"
        first = _date(first_text, place, findings)
        last = _date(last_text, place, findings) if dots else first
        if first is None or last is None:
            continue
        length = (last - first).days + 1
        if not 1 <= length <= MOST_DAYS_CLOSED:
            valid = "A range is written first..last and is at most ten years long."
            findings.append(Finding(place, f"'{text}' is a range of {length} days.", valid))
            continue
        days |= dict.fromkeys((first + timedelta(step) for step in range(length)), str(name))
    return tuple(sorted(days.items()))


def _dated(value: object, where: str, findings: list[Finding]) -> tuple[tuple[date, tuple[Span, ...]], ...]:
    if not isinstance(value, Mapping):
        valid = 'Write a table of dates such as { "2025-12-31" = ["09:00-12:00"] }.'
        findings.append(Finding(where, f"{value!r} is not a table.", valid))
        return ()
    days: dict[date, tuple[Span, ...]] = {}
    for text, spans in value.items():
        day = _date(text, f"{where}.{text}", findings)
        read = read_spans(spans, f"{where}.{text} hours", findings)
        if day is not None:
            days[day] = read
    return tuple(sorted(days.items()))


def _date(value: object, where: str, findings: list[Finding]) -> date | None:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str) and len(value.strip()) == len("2025-12-24"):
            return date.fromisoformat(value.strip())
    except ValueError:
        pass
    findings.append(Finding(where, f"{value!r} is not a date.", DATE_FORM))
    return None


def _texts(value: object, where: str, findings: list[Finding]) -> tuple[str, ...]:
    texts = _listed(value)
    if not all(isinstance(text, str) for text in texts):
        findings.append(Finding(where, f"{value!r} is not a text or a list of texts.", "Put each in quotes."))
        return ()
    return tuple(map(str, texts))


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _tables(
    document: Mapping[str, object], key: str, where: str, findings: list[Finding]
) -> Iterator[Mapping[str, object]]:
    value = document.get(key, ())
    tables: Iterable[object] = value if isinstance(value, list | tuple) else [None]
    for table in tables:
        if isinstance(table, Mapping):
            yield table
        else:
            step = f"Head each with [[{key}]] on a line of its own."
            findings.append(Finding(where, f"{key} is not a list of tables.", next_step=step))


def _check_keys(table: Mapping[str, object], valid: tuple[str, ...], where: str, findings: list[Finding]) -> None:
    for key in table:
        if key not in valid:
            error = UnknownName("key", key, valid)
            findings.append(Finding(where, error.message, error.hint))


def _check_name(check: Callable[[str], object], name: str, where: str, findings: list[Finding]) -> None:
    try:
        check(name)
    except UnknownName as error:
        findings.append(Finding(where, error.message, error.hint))
