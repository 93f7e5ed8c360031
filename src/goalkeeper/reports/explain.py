"""Explains one ticket: what happened, what was derived from it, and how each metric counts it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from goalkeeper.engines.sql import Asked
from goalkeeper.errors import UsageError
from goalkeeper.formulas import Part, TimeTo
from goalkeeper.formulas.shapes import CALENDAR, WORKING
from goalkeeper.metrics import METRICS, Metric
from goalkeeper.tickets import TICKET_COLUMNS, Derived
from goalkeeper.units import Unit, format_value
from goalkeeper.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of the timeline, in local time."""

    at: datetime
    what: str
    who: str
    counted_as: str


@dataclass(frozen=True, slots=True)
class Counted:
    """How one metric counts the ticket, in words."""

    metric: str
    words: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A ticket's story: timeline, derived columns, and metrics."""

    ticket_id: str
    source: str
    timeline: tuple[Happened, ...]
    facts: tuple[tuple[str, str, str], ...]
    metrics: tuple[Counted, ...]
    held: int


def explain(workspace: Workspace, ticket: str, *, source: str = "") -> Explanation:
    """The explanation of a ticket; UsageError if there is none, or if several sources have one of that id."""
    store = workspace.store
    found = store.rows(
        "SELECT ticket_key, source FROM facts.tickets WHERE ticket_id = ? AND (? = '' OR source = ?)",
        [ticket, source, source],
    ) if workspace.has_facts else []  # fmt: skip
    if not found:
        raise UsageError(f"there is no ticket '{ticket}'.", hint="`goalkeeper doctor` shows what was loaded.")
    if len(found) > 1:
        sources = ", ".join(row[1] for row in found)
        raise UsageError(f"{len(found)} sources have a ticket '{ticket}': {sources}.", hint="Choose with --source.")
    key, source = found[0]
    zone = ZoneInfo(workspace.settings.timezone)
    cursor = store.con.execute("SELECT * FROM facts.tickets WHERE ticket_key = ?", [key])
    (values,) = cursor.fetchall()
    row = dict(zip([column[0] for column in cursor.description], values, strict=True))
    held = store.one(
        "SELECT count(*) FROM meta.quarantine WHERE released_at IS NULL AND source_id = ? "
        "AND json_extract_string(row, '$.ticket_id') = ?",
        [source, ticket],
    )
    facts = tuple(
        (column.name, _shown(row[column.name], column, zone), column.about)
        for column in TICKET_COLUMNS
        if row[column.name] is not None
    )
    return Explanation(ticket, source, _timeline(workspace, key, row, zone), facts, _metrics(workspace, key), held)


def _timeline(workspace: Workspace, key: int, row: dict[str, Any], zone: ZoneInfo) -> tuple[Happened, ...]:
    events = workspace.store.rows(
        "SELECT epoch_ms(occurred_at), type, actor_type, actor_id, old_value, new_value, is_public "
        "FROM canon.ticket_events WHERE ticket_key = ? ORDER BY occurred_at, coalesce(seq, 0), event_id",
        [key],
    )
    opener = "the customer" if row["started_by_customer"] else "the company"
    story = [Happened(_local(row["created_at"], zone), f"opened by {opener}", "", "the clocks start")]
    for at, kind, actor, who, old, new, public in events:
        marks = []
        if kind == "reply" and actor == "agent" and at == row["first_response_at"] and public is not False:
            marks.append("first response")
        if kind == "status" and new == "solved":
            marks += ["first solving"] * (at == row["first_solved_at"]) + ["last solving"] * (at == row["solved_at"])
        change = f" {old or '?'} → {new}" if old else f" {new}" if new and kind != "reply" else ""
        what = f"{'note' if kind == 'reply' and public is False else kind}{change}"
        story.append(Happened(_local(at, zone), what, " ".join(filter(None, (actor, who))), ", ".join(marks)))
    return tuple(story)


def _metrics(workspace: Workspace, key: int) -> tuple[Counted, ...]:
    found = []
    for metric in METRICS.values():
        formula = metric.formula
        if formula.dataset != "tickets" or not formula.at or isinstance(formula, Part):
            continue
        data = metric.dataset()
        asked = Asked(formula, data.source, data.left_out, clock=WORKING)
        of = f"coalesce({asked.rows} AND {asked.text(formula.of)}, false)"
        values = [formula.on(clock, text) for text in formula.values for clock in (CALENDAR, WORKING)]
        listed = ", ".join(
            [asked.rows, asked.reason, of, f"coalesce({asked.text(formula.pending)}, false)", formula.at, *values]
        )
        row = workspace.store.rows(f"SELECT {listed} FROM facts.tickets WHERE ticket_key = ?", [key])[0]
        spoken_of, out, of, pending, at, *rest = row
        if spoken_of:
            found.append(Counted(metric.name, _words(metric, out, of, pending, at, rest)))
    return tuple(found)


def _words(metric: Metric, out: str | None, of: bool, pending: bool, at: int | None, values: list[Any]) -> str:
    if out:
        return f"left out: {out}"
    if not of or at is None:
        return "not counted: " + ("not solved yet" if at is None else f"not among the {metric.counts}")
    if pending:
        return "pending: its window is not over"
    formula = metric.formula
    if isinstance(formula, TimeTo):
        calendar, working, done, _ = values
        times = f"{_time(calendar)} by the calendar, {_time(working, days=False)} of working time"
        return times if done else f"unfinished after {times}"
    if not formula.values:
        return "counted"
    if metric.unit is Unit.SHARE:
        return "counted: yes" if values[1 if formula.has_clock else 0] else "counted: no"
    return f"counted: {values[0]}"


def _time(seconds: int, *, days: bool = True) -> str:
    return format_value(float(seconds), Unit.DURATION, days=days)


def _local(ms: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone(zone)


def _shown(value: Any, column: Derived, zone: ZoneInfo) -> str:
    match column.kind:
        case "moment":
            return f"{_local(value, zone):%Y-%m-%d %H:%M:%S %Z}"
        case "seconds":
            return f"{value} ({_time(value, days='working' not in column.name)})"
        case "flag":
            return "yes" if value else "no"
        case "day":
            return f"{datetime.fromtimestamp(value * 86_400, UTC):%Y-%m-%d}"
        case _:
            return str(value)
