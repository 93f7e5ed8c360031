"""Working hours as a form: a schedule's hours, holidays and days of its own, and which tickets it applies to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter

from goalkeeper.calendars import ALWAYS, Week, parse_schedules
from goalkeeper.calendars.choice import SPLITS
from goalkeeper.calendars.hours import WEEKDAYS, read_week, show_span
from goalkeeper.errors import Finding, Findings
from goalkeeper.schema.words import CHANNELS
from goalkeeper.tomlfile import TomlFile
from goalkeeper.web.settings.fields import Column, Draft, Field, Rows, joined, listed, split, text, texts
from goalkeeper.workspace.settings import Settings

_HOURS = "09:00-17:30"
_DAYS = tuple(Column(day, day.capitalize()) for day in WEEKDAYS)
_DAY = Column("day", "Day", "2026-12-24", "date")


def schedule_fields(settings: Settings) -> tuple[Field, ...]:
    """The fields of a [[schedule]]."""
    return (
        text("id", "Name", hint="support", help="What promises and rules call it."),
        text("tz", "Time zone", hint=settings.timezone, help="Whose clocks its hours are told by, as Europe/Berlin."),
        Field("hours", "Hours of the week", _DAYS, _week_shown, lambda rows: _week_raw(rows[0]),
              f"Such as {_HOURS}, or two spans with a comma between; a day left empty is closed, an end before the "
              "start is on the next day."),
        Field("change", "Other hours from a day on", (Column("from", "From", kind="date"), *_DAYS), _changes_shown,
              lambda rows: [{"from": row[0], "hours": _week_raw(row[1:]) or {}} for row in rows] or None,
              "The hours above hold until that day.", True),
        texts("holidays", "Public holidays of", hint="DE-BE, AT",
              help="Codes of countries, with a dash the part; those days are closed."),
        Field("closed", "Closed by hand",
              (_DAY, Column("last", "To", "that day alone", "date"), Column("why", "Why", "team day")),
              _closed_shown, _closed_raw, "Single days, or from a day to another.", True),
        Field("on", "Days with hours of their own", (_DAY, Column("hours", "Hours", _HOURS)), _dated_shown, _dated_raw,
              "In place of the week's hours, on public holidays too.", True),
        Field("breaks", "Breaks on single days", (_DAY, Column("hours", "Hours", "12:00-14:00")), _dated_shown,
              _dated_raw, "Taken out of that day's hours.", True),
    )  # fmt: skip


def schedule_choices(settings: Settings, none: str) -> list[tuple[str, str]]:
    """The schedules to choose from, each with its words; ``none`` are those of no choice."""
    known = settings.schedules.schedules
    return [("", none), *((each.id, "round the clock" if each is ALWAYS else each.id) for each in known)]


def rule_fields(settings: Settings) -> tuple[Field, ...]:
    """The field of all [[schedule_for]]: each row a rule."""
    choices = schedule_choices(settings, "choose one")
    columns = (*(Column(each, each.capitalize(), "any") for each in SPLITS),
               Column("schedule", "Schedule", kind="select", choices=choices))  # fmt: skip
    return (
        Field("schedule_for", "Rules", columns, _rules_shown, _rules_raw,
              "The first rule that fits a ticket applies. Several values have commas between; one that holds "
              "a comma stands in quotes. Empty fits any.", True),
    )  # fmt: skip


def schedule_mistakes(toml: TomlFile, number: int, _: Settings, draft: Draft) -> None:
    """Tells what is wrong in a schedule beside its fields."""
    table = toml.data["schedule"][number]
    for finding in _found({"schedule": [table]}):
        where = finding.where.removeprefix(f" [[schedule]] {table.get('id', 1)}").strip()
        words = " ".join(filter(None, [finding.found, finding.valid, finding.next_step]))
        draft.tell(*_spot(where, draft.rows), words)
    for key in ("closed", "on", "breaks"):
        days = _days_of(key, draft.rows)
        for place, day in enumerate(days):
            if day in days[:place]:
                draft.tell(key, place, "day", f"{day} stands twice. Keep one.")
    if table.get("id") in [each.get("id") for each in toml.data["schedule"][:number]]:
        draft.tell("id", 0, "id", "it is taken. Choose another.")


def rule_mistakes(toml: TomlFile, _: int, settings: Settings, draft: Draft) -> None:
    """Tells what is wrong in the rules beside their rows."""
    known = {"schedule": toml.data.get("schedule", []), "schedule_for": toml.data.get("schedule_for", [])}
    for finding in _found(known):
        number, _space, name = finding.where.removeprefix(" [[schedule_for]] ").partition(" ")
        words = " ".join(filter(None, [finding.found, finding.valid]))
        is_ours = number.isdigit()
        draft.tell("schedule_for" if is_ours else "", int(number) - 1 if is_ours else 0, name or SPLITS[0], words)


def _found(data: Mapping[str, object]) -> tuple[Finding, ...]:
    try:
        parse_schedules(data, "", CHANNELS)
    except Findings as error:
        return error.findings
    return ()


def _spot(where: str, rows: Mapping[str, Rows]) -> tuple[str, int, str]:
    """The field, row and column of a place as `parse_schedules` names it, behind the schedule's own."""
    if where.startswith("[[schedule.change]]"):
        day, _, rest = where.removeprefix("[[schedule.change]] ").partition(" ")
        found = [number for number, row in enumerate(rows["change"]) if row[0] == day]
        return "change", found[-1] if found else 0, _first_day(rest) if rest.startswith("hours.") else "from"
    key, _, name = where.partition(".")
    if key == "hours":
        return key, 0, _first_day(where)
    if key in ("closed", "on", "breaks"):
        days = _days_of(key, rows)
        day, of_hours, _ = name.partition(" hours")
        return key, days.index(day) if day in days else 0, "hours" if of_hours else "day"
    return (key, 0, key) if key in rows else ("", 0, "")


def _days_of(key: str, rows: Mapping[str, Rows]) -> list[str]:
    """What the rows of dates are called in the file."""
    return [_range(row) if key == "closed" else row[0] for row in rows[key]]


def _first_day(where: str) -> str:
    name = where.removeprefix("hours").removeprefix(".").partition("-")[0]
    return name if name in WEEKDAYS else WEEKDAYS[0]


def _week_shown(raw: object) -> Rows:
    week: Week = read_week({} if raw is None else raw, "", [])
    return (tuple(", ".join(map(show_span, spans)) for spans in week),)


def _week_raw(row: tuple[str, ...]) -> object:
    """The week as it is written in the file: days side by side with the same hours together."""
    week: dict[str, object] = {}
    for sent, days in groupby(zip(WEEKDAYS, row, strict=True), itemgetter(1)):
        names = [day for day, _ in days]
        if sent:
            week[names[0] if len(names) == 1 else f"{names[0]}-{names[-1]}"] = split(sent)
    return week or None


def _changes_shown(raw: object) -> Rows:
    tables = raw if isinstance(raw, list) else []
    return tuple((str(each["from"]), *_week_shown(each["hours"])[0]) for each in tables)


def _closed_shown(raw: object) -> Rows:
    named = raw.items() if isinstance(raw, Mapping) else ((each, "") for each in (raw if isinstance(raw, list) else []))

    def row(day: object, why: object) -> tuple[str, str, str]:
        first, _, last = str(day).partition("..")
        return first.strip(), last.strip(), str(why)

    return tuple(row(day, why) for day, why in named)


def _closed_raw(rows: Rows) -> object:
    if any(why for _, _, why in rows):
        return {_range(row): row[2] for row in rows}
    return [_range(row) for row in rows] or None


def _range(row: tuple[str, ...]) -> str:
    return f"{row[0]}..{row[1]}" if row[1] else row[0]


def _dated_shown(raw: object) -> Rows:
    dated = raw.items() if isinstance(raw, Mapping) else ()
    return tuple((str(day), ", ".join(listed(spans))) for day, spans in dated)


def _dated_raw(rows: Rows) -> object:
    return {day: split(spans) for day, spans in rows} or None


def _rules_shown(raw: object) -> Rows:
    tables = raw if isinstance(raw, list) else []
    return tuple((*(joined(each.get(name)) for name in SPLITS), str(each.get("schedule", ""))) for each in tables)


def _rules_raw(rows: Rows) -> object:
    def rule(row: tuple[str, ...]) -> Iterator[tuple[str, object]]:
        for name, sent in zip(SPLITS, row, strict=False):
            values = split(sent)
            if values:
                yield name, values[0] if len(values) == 1 else values
        if row[-1]:
            yield "schedule", row[-1]

    return [dict(rule(row)) for row in rows]
