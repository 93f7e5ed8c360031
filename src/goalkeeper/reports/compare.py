"""Why profiles give one ticket different numbers: side by side, and the moments of its timeline that each goes by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from goalkeeper.errors import UsageError
from goalkeeper.formulas import Predicate
from goalkeeper.metrics import METRICS, Metric
from goalkeeper.metrics.profiles import OURS, PROFILES, Mark, profile
from goalkeeper.peers import make_peers
from goalkeeper.reports.explain import Read, dicts, events_of, find_ticket, local, read_metric
from goalkeeper.units import Unit, format_value
from goalkeeper.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Passed:
    """One event of the timeline, in local time, and what each profile makes of it."""

    at: datetime
    what: str
    who: str
    marks: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Compared:
    """One metric: how each profile that has it counts the ticket, and why they differ."""

    metric: str
    told: Mapping[str, str]
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A ticket as several profiles see it."""

    ticket_id: str
    source: str
    profiles: tuple[str, ...]
    timeline: tuple[Passed, ...]
    metrics: tuple[Compared, ...]
    clocks: Mapping[str, tuple[str, ...]]  # that each shows times on, unless asked otherwise


@dataclass(frozen=True, slots=True)
class _Side:
    """A metric as one profile has it, on this ticket."""

    name: str
    metric: Metric
    reads: list[Read]
    marks: tuple[Mark, Mark] | None
    without: str

    @property
    def words(self) -> str:
        return "; ".join(read.words for read in self.reads) or "not counted"


def compare(workspace: Workspace, ticket: str, profiles: Sequence[str], *, source: str = "") -> Comparison:
    """The ticket by each profile ("goalkeeper" is ours); UsageError for an unknown one, or fewer than two."""
    names = tuple(dict.fromkeys(profiles))
    for name in names:
        if name != OURS.key:
            profile(name)
    if len(names) < 2:
        one = names[0] if names else "no profile"
        raise UsageError(f"{one} alone has nothing to differ from.", hint="Name two, such as zendesk,goalkeeper.")
    key, source = find_ticket(workspace, ticket, source)
    make_peers(workspace.store, workspace.settings.facts)
    (row,) = dicts(workspace, f"SELECT * FROM facts.tickets WHERE ticket_key = {key}")
    (peer,) = dicts(workspace, f"SELECT * FROM facts.peer_tickets WHERE ticket_key = {key}")
    known = peer | row
    sides = {metric.key: _sides(workspace, metric, names, key) for metric in METRICS.values()}
    differing = {key: found for key, found in sides.items() if len(found) > 1 and any(side.reads for side in found)}
    zone = ZoneInfo(workspace.settings.timezone)
    return Comparison(
        ticket,
        source,
        names,
        tuple(_timeline(workspace, key, known, differing, names, zone)),
        tuple(
            Compared(
                METRICS[metric].name,
                {side.name: side.words for side in found},
                tuple(_why(found, known, zone)) or ("They agree.",),
            )
            for metric, found in differing.items()
        ),
        {name: tuple(dict.fromkeys(_clocks(name, differing))) for name in names},
    )


def _clocks(name: str, differing: Mapping[str, list[_Side]]) -> Iterator[str]:
    for side in (side for sides in differing.values() for side in sides if side.name == name):
        if side.metric.formula.has_clock:
            yield side.metric.clock


def _sides(workspace: Workspace, metric: Metric, names: Sequence[str], key: int) -> list[_Side]:
    """The profiles that have a definition of the metric of their own, and ours."""
    found = []
    for name in names:
        if name == OURS.key:
            found.append(_Side(name, metric, read_metric(workspace, metric, key), OURS.marks.get(metric.key), ""))
        elif metric.key in PROFILES[name].definitions:
            its = PROFILES[name].definitions[metric.key]
            theirs = PROFILES[name].metric(metric)
            marks = (its.begins, its.ends) if its.begins and its.ends else None
            found.append(_Side(name, theirs, read_metric(workspace, theirs, key), marks, its.without))
    return found if any(side.name != OURS.key for side in found) else []


def _timeline(
    workspace: Workspace,
    key: int,
    known: Mapping[str, Any],
    differing: Mapping[str, list[_Side]],
    names: Sequence[str],
    zone: ZoneInfo,
) -> Iterator[Passed]:
    """The events, each with what begins or ends there for whom."""
    events = events_of(workspace, key, dict(known))
    marks: list[dict[str, list[str]]] = [{name: [] for name in names} for _ in events]
    for metric, sides in differing.items():
        for side in sides:
            for mark, word in zip(side.marks or (), ("begins", "ends"), strict=False):
                at = [number for number, event in enumerate(events) if event.t == known[mark.column]]
                alike = [number for number in at if events[number].kind == mark.kind]
                for number in (alike or at)[:1]:
                    name = METRICS[metric].name.lower().removesuffix(" time")
                    marks[number][side.name].append(f"{name} {word}")
    for event, here in zip(events, marks, strict=True):
        told = {name: ", ".join(each) for name, each in here.items()}
        yield Passed(local(event.t, zone), event.what, event.who, told)


def _why(sides: list[_Side], known: Mapping[str, Any], zone: ZoneInfo) -> Iterator[str]:
    """In what each differs from ours, or from the first where ours is not among them."""
    base = next((side for side in sides if side.name == OURS.key), sides[0])
    for side in sides:
        if side is base:
            continue
        if side.marks and base.marks:
            for mine, its, word in zip(base.marks, side.marks, ("begins", "ends"), strict=True):
                if known[mine.column] != known[its.column]:
                    one, other = (_moment(mark, known, zone) for mark in (its, mine))
                    yield f"{side.name} {word} {one}; {base.name} {word} {other}."
        if left_out_s := _left_out_s(side, known):
            amount = format_value(float(left_out_s), Unit.DURATION)
            yield f"{side.name} leaves {side.without} out: {amount} by the calendar."
        if side.words != base.words:
            yield from _other_reasons(side, base, known)


def _left_out_s(side: _Side, known: Mapping[str, Any]) -> int:
    """How much of the time between its moments a profile takes out."""
    if not side.without or not side.marks or not side.reads or side.reads[0].seconds is None:
        return 0
    begins, ends = (known[mark.column] for mark in side.marks)
    return 0 if ends is None else (ends - begins) // 1000 - side.reads[0].seconds


def _other_reasons(side: _Side, base: _Side, known: Mapping[str, Any]) -> Iterator[str]:
    if len(side.reads) > 1:
        yield f"{side.name} counts {side.metric.counts}, here {len(side.reads)}."
    if side.metric.unit is Unit.SHARE:
        yield f"{side.name} goes by {_read_by(side, known)}; {base.name} by {_read_by(base, known)}."
    days = [each.reads[0].day if each.reads else None for each in (side, base)]
    if None not in days and days[0] != days[1]:
        yield f"{side.name} counts it on {_day(days[0])}, {base.name} on {_day(days[1])}."


def _moment(mark: Mark, known: Mapping[str, Any], zone: ZoneInfo) -> str:
    moment = known[mark.column]
    if moment is None:
        return f"with {mark.words}, which it has not"
    return f"{local(moment, zone):%a %d %b %H:%M:%S}, with {mark.words}"


def _read_by(side: _Side, known: Mapping[str, Any]) -> str:
    """The columns that decide, with this ticket's values."""
    formula = side.metric.formula
    texts = [formula.on(side.metric.clock, text) for text in formula.values]
    columns = sorted({name for text in texts for name in Predicate(text, side.metric.dataset().names).columns})
    return ", ".join(f"{name} {_shown(known[name])}" for name in columns if name in known)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "unknown" if value is None else str(value)


def _day(number: int | None) -> str:
    return f"{datetime.fromtimestamp((number or 0) * 86_400, UTC):%d %b %Y}"
