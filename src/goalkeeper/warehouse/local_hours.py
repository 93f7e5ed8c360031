"""Times without an offset that their zone's clocks show twice or never: how many a load took, and as what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from goalkeeper.calendars.zones import zone_offsets
from goalkeeper.connectors.mapping.compile import Compiled, LocalTime
from goalkeeper.engines.text import literal, quoted
from goalkeeper.warehouse.known import epoch_ms
from goalkeeper.warehouse.store import Store

_MANY = 20_000  # rows about changes of the clocks, from which all are read again instead of listed ones
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Spans = list[tuple[datetime, datetime]]
Marks = tuple[tuple[str, str, int], ...]  # code, words and rows of each


def unsure_times(store: Store, compiled: Compiled, good: str, texts: str) -> Marks:
    """What to say of a rule's times that are not sure.

    ``good`` is what follows FROM for the rows that were let in, ``texts`` for the same rows with what they were read
    from. Those are asked only for the few rows whose values lie about a change of the zone's clocks.
    """
    if not compiled.local:
        return ()
    names = [quoted(time.column) for time in compiled.local]
    bounds = store.rows(f"SELECT {', '.join(f'min({name}), max({name})' for name in names)} FROM {good}")[0]
    found: list[tuple[str, str, int]] = []
    for time, first, last in zip(compiled.local, bounds[::2], bounds[1::2], strict=True):
        if first is None:
            continue
        twice, never = changes(time.zone, first, last)
        if near := _within(quoted(time.column), twice + never):
            places = store.rows(f"SELECT _position FROM (FROM {good}) WHERE {near} LIMIT {_MANY}")
            if places:
                # A list is held against the rows before their values are made, which a join is not.
                few = f"_position IN ({', '.join(str(place) for (place,) in places)})"
                rows = f"FROM {texts} WHERE ({near})" + (f" AND {few}" if len(places) < _MANY else "")
                found += _counted(store, time, (twice, never), rows)
    return tuple(found)


def changes(zone: str, first: datetime, last: datetime) -> tuple[Spans, Spans]:
    """Where a zone's repeated and its skipped hours are read to between two moments, as spans of UTC."""
    before = first - timedelta(days=1)  # a change may be of the year before
    offsets = zone_offsets(zone, epoch_ms(before), epoch_ms(last))
    twice: Spans = []
    never: Spans = []
    for number, start in enumerate(offsets.starts_ms[1:].tolist()):
        step = int(offsets.offsets_ms[number + 1] - offsets.offsets_ms[number])
        span = (_moment(start), _moment(start + abs(step)))
        if span[0] <= last and first < span[1]:
            (never if step > 0 else twice).append(span)
    return twice, never


def _counted(store: Store, time: LocalTime, spans: tuple[Spans, Spans], rows: str) -> list[tuple[str, str, int]]:
    """The marks of one column: its texts near a change are read as the local time that they say."""
    value = quoted(time.column)
    shown = f"timezone({literal(time.zone)}, timezone('UTC', {value}))"
    # What has an offset says no local time; of the others only a skipped one is not shown by the clocks.
    counts = store.rows(
        f"SELECT count(*) FILTER (({_within(value, spans[0]) or 'false'}) AND local = {shown}), "
        f"count(*) FILTER (({_within(value, spans[1]) or 'false'}) AND local <> {shown}) "
        f"FROM (SELECT {value}, {time.local} AS local {rows})"
    )[0]
    name, clocks = time.column, f"the clocks of {time.zone}"
    told = (
        (f"{name}_ambiguous", f"{name} is a time that {clocks} show twice as they go back, taken as the second"),
        (f"{name}_skipped", f"{name} is a time that {clocks} skip as they go forward, taken as that much later"),
    )
    return [
        (code, f"{words}; an offset in the file would tell", count)
        for (code, words), count in zip(told, counts, strict=True)
        if count
    ]


def _within(value: str, spans: Sequence[tuple[datetime, datetime]]) -> str:
    return " OR ".join(f"{value} >= TIMESTAMP '{first}' AND {value} < TIMESTAMP '{last}'" for first, last in spans)


def _moment(ms: int) -> datetime:
    return (_EPOCH + timedelta(milliseconds=ms)).replace(tzinfo=None)
