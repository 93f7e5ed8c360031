"""Explains one ticket: what happened, what was derived from it, and how each metric counts it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from goalkeeper.engines.sql import Asked
from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.formulas import Mean, Part, Quantile, TimeTo
from goalkeeper.formulas.shapes import CALENDAR, WORKING
from goalkeeper.metrics import METRICS, Metric
from goalkeeper.metrics.needs import columns_untold, untold
from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.tickets import TICKET_COLUMNS, Derived
from goalkeeper.units import Unit, format_value
from goalkeeper.warehouse.store import of_one_state
from goalkeeper.warehouse.told import told
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
class Promised:
    """One promise to the customer: by which policy, when it falls due in local time, and how it stands."""

    promise: str
    policy: str
    due: datetime | None
    words: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A ticket's story: timeline, derived columns, metrics, and promises."""

    ticket_id: str
    source: str
    timeline: tuple[Happened, ...]
    facts: tuple[tuple[str, str, str], ...]
    metrics: tuple[Counted, ...]
    promises: tuple[Promised, ...]
    held: int


@of_one_state
def explain(workspace: Workspace, ticket: str, *, source: str = "") -> Explanation:
    """The explanation of a ticket; UsageError if there is none, or if several sources have one of that id."""
    key, source = find_ticket(workspace, ticket, source)
    zone = ZoneInfo(workspace.settings.timezone)
    (row,) = dicts(workspace, f"SELECT * FROM facts.tickets WHERE ticket_key = {key}")
    held = workspace.store.one(
        "SELECT count(*) FROM meta.quarantine WHERE released_at IS NULL AND source_id = ? "
        "AND json_extract_string(row, '$.ticket_id') = ?",
        [source, ticket],
    )
    names = told(workspace.store)
    silent = columns_untold("tickets", names, source) if names else frozenset()
    facts = tuple(
        (column.name, "not told" if column.name in silent else _shown(row[column.name], column, zone), column.about)
        for column in TICKET_COLUMNS
        if row[column.name] is not None
    )
    timeline, promises = _timeline(workspace, key, row, zone), tuple(_promises(workspace, key, zone))
    return Explanation(ticket, source, timeline, facts, _metrics(workspace, key, source, names), promises, held)


def find_ticket(workspace: Workspace, ticket: str, source: str) -> tuple[int, str]:
    """The key and the source of a ticket; UsageError if there is none, or if several sources have one of that id."""
    if workspace.store.state("facts") is not None:
        workspace.require_facts()
    found = workspace.store.rows(
        "SELECT ticket_key, source FROM facts.tickets WHERE ticket_id = ? AND (? = '' OR source = ?)",
        [ticket, source, source],
    ) if workspace.has_facts else []  # fmt: skip
    if not found:
        _check_source(workspace, source)
        raise UsageError(f"there is no ticket '{ticket}'.", hint="`goalkeeper doctor` shows what was loaded.")
    if len(found) > 1:
        sources = ", ".join(sorted(row[1] for row in found))
        raise UsageError(f"{len(found)} sources have a ticket '{ticket}': {sources}.", hint="Choose with --source.")
    return found[0][0], found[0][1]


def _check_source(workspace: Workspace, source: str) -> None:
    """UnknownName for a source that has no tickets, where others have."""
    rows = workspace.store.rows("SELECT DISTINCT source FROM facts.tickets") if source and workspace.has_facts else []
    known = [name for (name,) in rows]
    if known and source not in known:
        raise UnknownName("source", source, known)


def dicts(workspace: Workspace, sql: str) -> list[dict[str, Any]]:
    """The rows of a query by column."""
    cursor = workspace.store.con.execute(sql)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a ticket: milliseconds, type (a reply that only agents see is a note), and in words."""

    t: int
    kind: str
    what: str
    who: str
    new: str | None
    is_reply: bool  # of a human agent


def events_of(workspace: Workspace, key: int, row: dict[str, Any]) -> list[Event]:
    """The events of a ticket in order, its making first; ``row`` are its facts."""
    found = workspace.store.rows(
        "SELECT epoch_ms(occurred_at), type, actor_type, actor_id, old_value, new_value, is_public "
        "FROM canon.ticket_events WHERE ticket_key = ? ORDER BY occurred_at, coalesce(seq, 0), event_id",
        [key],
    )
    opener = "the customer" if row["started_by_customer"] else "the company"
    events = [Event(row["created_at"], "made", f"opened by {opener}", "", None, False)]
    for at, kind, actor, who, old, new, public in found:
        change = f" {old or '?'} → {new}" if old else f" {new}" if new and kind != "reply" else ""
        told = "note" if kind == "reply" and public is False else kind
        is_reply = told == "reply" and actor == "agent"
        events.append(Event(at, told, told + change, " ".join(filter(None, (actor, who))), new, is_reply))
    return events


def _timeline(workspace: Workspace, key: int, row: dict[str, Any], zone: ZoneInfo) -> tuple[Happened, ...]:
    story: list[tuple[int, str, str, list[str]]] = []
    events = events_of(workspace, key, row)
    for event in events:
        marks = ["the clocks start"] if event.kind == "made" else []
        if event.is_reply and event.t == row["first_response_at"]:
            marks.append("first response")
        if event.kind == "status" and event.new == "solved":
            marks += ["first solving"] * (event.t == row["first_solved_at"])
            marks += ["last solving"] * (event.t == row["solved_at"])
        story.append((event.t, event.what, event.who, marks))
    story += _of_its_row(row, {(event.is_reply, event.t) for event in events})
    # By moments: where clocks go back their readings are out of order. What came just before the making stands after.
    story.sort(key=lambda one: max(one[0], row["created_at"]))
    return tuple(Happened(local(t, zone), what, who, ", ".join(marks)) for t, what, who, marks in story)


def _of_its_row(row: dict[str, Any], told: set[tuple[bool, int]]) -> Iterator[tuple[int, str, str, list[str]]]:
    """What the ticket's row tells alone, where no event stands at that moment."""
    found: dict[tuple[int, str], list[str]] = {}
    for name, (what, mark) in _MOMENTS.items():
        if row[name] is not None and (name == "first_response_at", row[name]) not in told:
            found.setdefault((row[name], what), []).append(mark)
    for (t, what), marks in found.items():
        yield t, f"{what}, as the ticket's row tells", "", marks


_MOMENTS = {
    "first_response_at": ("reply", "first response"),
    "first_solved_at": ("solved", "first solving"),
    "solved_at": ("solved", "last solving"),
    "closed_at": ("closed", "closing"),
}


def _metrics(
    workspace: Workspace, key: int, source: str, names: Mapping[str, frozenset[str]] | None
) -> tuple[Counted, ...]:
    found = []
    for metric in METRICS.values():
        if metric.formula.dataset == "tickets":
            nobody = _nobody_tells(metric, names, source) if names else ""
            found += [Counted(metric.name, nobody or read.words) for read in read_metric(workspace, metric, key)]
    return tuple(found)


def _nobody_tells(metric: Metric, names: Mapping[str, frozenset[str]], source: str) -> str:
    """Why a metric does not count the ticket where its source does not tell what that needs; empty where it does."""
    found = untold(metric.formula, names)
    if found.what:
        return f"not counted: {NoEstimate('not_told', what=found.what).words}"
    return "" if found.only is None or source in found.only else "not counted: its source does not tell it"


@dataclass(frozen=True, slots=True)
class Read:
    """How a metric counts one row of a ticket: in words, its day, and its calendar seconds (None if it has none)."""

    words: str
    day: int | None
    seconds: int | None


def read_metric(workspace: Workspace, metric: Metric, key: int) -> list[Read]:
    """How the metric counts each row of the ticket that it speaks of; nothing for stocks and parts of a whole."""
    formula, data = metric.formula, metric.dataset()
    if not formula.at or isinstance(formula, Part) or "ticket_key" not in data.names:
        return []
    asked = Asked(formula, data.source, data.left_out, clock=metric.clock)
    of = f"coalesce({asked.rows} AND {asked.text(formula.of)}, false)"
    values = [formula.on(clock, text) for text in formula.values for clock in (CALENDAR, WORKING)]
    listed = ", ".join(
        [asked.rows, asked.reason, of, f"coalesce({asked.text(formula.pending)}, false)", formula.at, *values]
    )
    rows = workspace.store.rows(
        f"SELECT {listed} FROM {data.source} d WHERE ticket_key = ? ORDER BY {formula.at}", [key]
    )
    is_time = metric.unit is Unit.DURATION
    return [
        Read(_words(metric, out, of, pending, at, rest), at, rest[0] if is_time and rest else None)
        for spoken_of, out, of, pending, at, *rest in rows
        if spoken_of
    ]


def _promises(workspace: Workspace, key: int, zone: ZoneInfo) -> Iterator[Promised]:
    rows = workspace.store.rows(
        "SELECT promise, coalesce(policy, 'the source'), due_at, coalesce(promise_left_out, status), elapsed_s, "
        "target_s, paused_s FROM facts.promises WHERE ticket_key = ? ORDER BY applied_at, promise, instance",
        [key],
    )
    for promise, policy, due, status, elapsed_s, target_s, paused_s in rows:
        used = f"{_time(elapsed_s, days=False)} of {_time(target_s, days=False)}"
        paused = f", its clock stood still for {_time(paused_s, days=False)}" if paused_s else ""
        yield Promised(promise, policy, due and local(due, zone), f"{status}: {used}{paused}")


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
        times = _both(calendar, working)
        return times if done else f"unfinished after {times}"
    if not formula.values:
        return "counted"
    if metric.unit is Unit.DURATION and isinstance(formula, Mean | Quantile):
        return _both(*values) if formula.has_clock else _time(values[0])
    if metric.unit is Unit.SHARE:
        return "counted: yes" if values[1 if formula.has_clock else 0] else "counted: no"
    return f"counted: {values[0]}"


def _both(calendar: int, working: int) -> str:
    return f"{_time(calendar)} by the calendar, {_time(working, days=False)} of working time"


def _time(seconds: int, *, days: bool = True) -> str:
    return format_value(float(seconds), Unit.DURATION, days=days)


def local(ms: int, zone: ZoneInfo) -> datetime:
    """A moment on the wall clock of a zone."""
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone(zone)


def _shown(value: Any, column: Derived, zone: ZoneInfo) -> str:
    match column.kind:
        case "moment":
            return f"{local(value, zone):%Y-%m-%d %H:%M:%S %Z}"
        case "seconds":
            return f"{value} ({_time(value, days='working' not in column.name)})"
        case "flag":
            return "yes" if value else "no"
        case "day":
            return f"{datetime.fromtimestamp(value * 86_400, UTC):%Y-%m-%d}"
        case _:
            return str(value)
