"""Look at a column of texts as times: formats, date order with its proof, zones, marks for 'not set'."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from goalkeeper.connectors.propose.dates import EPOCH_MS, EPOCH_S, EXCEL, ISO, TimeFormat, candidates, moment, reads

_HINT = re.compile(
    r"(^|[ _:.-])(at|on|am|le|ts|time|date|datum|fecha|zeit|heure|hora|when|created|updated|opened|closed|solved"
    r"|resolved|timestamp|start|started|end|ended|since|until|due|modified|submitted|submit|completed|received|sent|zeitpunkt"
    r"|creation|angelegt|erstellt)($|[ _:.-])"
)
_UNSET = re.compile(
    r"(1970-01-01|0001-01-01|1900-01-0[01]|0000-00-00|0?1[/.]0?1[/.](1970|0001|1900)|1/1/70)([ T]0?0:00(:00(\.0+)?)?)?"
    r"( ?(Z|UTC|\+00:?00))?"
)
_OFFSET = r"[T ].*(Z|[+-]\d{2}:?\d{2})$"
_MIN_SHARE = 0.9
_MAX_FORMATS = 4


@dataclass(frozen=True, slots=True)
class TimeFinding:
    """What a column of times shows.

    `formats` are for the mapping's `times`, tried in order. `evidence` says in words what proves the date order;
    `question` is not empty where nothing does, or where rows contradict. `unset` are the texts that stand for 'not
    set'. `unread` counts the values that no format reads, `unread_example` is one with its row.
    """

    formats: tuple[str, ...]
    order: str
    evidence: str
    question: str
    has_zone: bool
    has_clock: bool
    two_digit_year: bool
    unset: tuple[str, ...]
    earliest: str
    latest: str
    unread: int
    unread_example: str = ""


@dataclass(frozen=True, slots=True)
class _Tried:
    form: TimeFormat
    read: int
    first: str
    first_not: str


def name_hints_at_time(name: str) -> bool:
    """Whether a column's name is one that times have."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return _HINT.search(spaced) is not None


def look_at_times(con: duckdb.DuckDBPyConnection, texts: str, name: str, sample: Sequence[str]) -> TimeFinding | None:
    """What the table `texts` (text, place, times) shows as times; None where the column holds none.

    `texts` has one row for each distinct text: its first row's number in `place`, its count in `n`.
    """
    unset = tuple(value for value in sample if _UNSET.fullmatch(value.strip()))
    values = [value for value in sample if value not in unset]
    if not values:
        return None
    counted = _only(unset)
    total = _count(con, f"SELECT coalesce(sum(n), 0) FROM {texts} WHERE {counted}")
    tried = _try(con, texts, counted, _worth_trying(values, name))
    if not tried or total == 0:
        return None
    chosen = _cover(con, texts, counted, tried, total)
    if chosen is None:
        return None
    return _finding(con, texts, counted, chosen, tried, unset, total)


def _worth_trying(values: list[str], name: str) -> list[TimeFormat]:
    numbers = all(re.fullmatch(r"-?\d+(\.\d+)?", value.strip()) for value in values)
    if not numbers:
        if not any(re.search(r"\d", value) for value in values):
            return []
        return [ISO, *candidates(values), *([EXCEL] if name_hints_at_time(name) and _some_serials(values) else [])]
    if not name_hints_at_time(name):
        return []
    whole = sorted(float(value) for value in values)
    low, high = whole[0], whole[-1]
    if low >= 6e8 and high <= 4.2e9:
        return [EPOCH_S]
    if low >= 6e11 and high <= 4.2e12:
        return [EPOCH_MS]
    packed = [form for form in candidates(values) if not form.has_clock]
    if packed and all(re.fullmatch(r"\d{6}|\d{8}", value.strip()) for value in values):
        return packed
    if low >= 18_000 and high <= 80_000:
        return [EXCEL]
    return []


def _some_serials(values: list[str]) -> bool:
    """Whether the plain numbers among texts could all be Excel's day numbers: cells that lost their format."""
    numbers = [float(value) for value in values if re.fullmatch(r"\d{5}(\.\d+)?", value.strip())]
    return bool(numbers) and all(18_000 <= number <= 80_000 for number in numbers)


def _only(unset: Sequence[str]) -> str:
    if not unset:
        return "true"
    return "text NOT IN (" + ", ".join("'" + value.replace("'", "''") + "'" for value in unset) + ")"


def _count(con: duckdb.DuckDBPyConnection, query: str) -> int:
    found = con.execute(query).fetchone()
    return int(found[0]) if found else 0


def _try(con: duckdb.DuckDBPyConnection, texts: str, counted: str, forms: list[TimeFormat]) -> list[_Tried]:
    if not forms:
        return []
    parts = []
    for form in forms:
        works = reads("text", form.strptime)
        parts.append(f"coalesce(sum(n) FILTER (WHERE {works}), 0), min(place) FILTER (WHERE {works})")
        parts.append(f"arg_min(text, place) FILTER (WHERE NOT {works}), min(place) FILTER (WHERE NOT {works})")
    row = con.execute(f"SELECT {', '.join(parts)} FROM {texts} WHERE {counted}").fetchone() or ()
    found = []
    for index, form in enumerate(forms):
        read, _, text, place = row[4 * index : 4 * index + 4]
        if read:
            found.append(_Tried(form, int(read), "", f"'{text}' on row {place:,}" if text is not None else ""))
    return sorted(found, key=lambda one: -one.read)


def _cover(
    con: duckdb.DuckDBPyConnection, texts: str, counted: str, tried: list[_Tried], total: int
) -> dict[str, tuple[list[TimeFormat], int]] | None:
    """For each date order the fewest formats that read most values, and how many; None where too few are read."""
    orders: dict[str, tuple[list[TimeFormat], int]] = {}
    for order in ("ymd", "dmy", "mdy"):
        forms = [one.form for one in tried if one.form.order == order]
        if not forms:
            continue
        orders[order] = _greedy(con, texts, counted, forms)
    both = [form for kept, _ in orders.values() for form in kept]
    union = " OR ".join(reads("text", form.strptime) for form in both)
    if (
        not both
        or _count(con, f"SELECT coalesce(sum(n), 0) FROM {texts} WHERE {counted} AND ({union})") < _MIN_SHARE * total
    ):
        return None
    return orders


def _greedy(
    con: duckdb.DuckDBPyConnection, texts: str, counted: str, forms: list[TimeFormat]
) -> tuple[list[TimeFormat], int]:
    kept: list[TimeFormat] = []
    read, missed = 0, counted
    rest = forms
    while rest and len(kept) < _MAX_FORMATS:
        tried = _try(con, texts, missed, rest)
        if not tried:
            break
        best = tried[0]
        kept.append(best.form)
        read += best.read
        missed += f" AND NOT {reads('text', best.form.strptime)}"
        rest = [one.form for one in tried[1:]]
    return kept, read


def _finding(
    con: duckdb.DuckDBPyConnection,
    texts: str,
    counted: str,
    orders: dict[str, tuple[list[TimeFormat], int]],
    tried: list[_Tried],
    unset: tuple[str, ...],
    total: int,
) -> TimeFinding:
    best = max(orders, key=lambda order: orders[order][1])
    forms, read = orders[best]
    evidence, question = _order(con, texts, counted, orders, best)
    spans = ", ".join(moment("text", form.strptime) + "::TIMESTAMP" for form in forms)
    union = " OR ".join(reads("text", form.strptime) for form in forms)
    low, high, text, place = con.execute(
        "SELECT min(seen), max(seen), arg_min(text, place) FILTER (WHERE NOT fine),"
        " min(place) FILTER (WHERE NOT fine) FROM (SELECT text, place, "
        f"{union} AS fine, CASE WHEN {union} THEN coalesce({spans}) END AS seen FROM {texts} WHERE {counted})"
    ).fetchone() or (None, None, None, None)
    zones = _count(
        con,
        f"SELECT count(*) FROM {texts} WHERE {counted} AND regexp_matches(trim(text), '{_OFFSET}')",
    )
    return TimeFinding(
        formats=tuple(form.strptime for form in forms),
        order=best,
        evidence=evidence,
        question=question,
        has_zone=all(form.has_zone for form in forms) or (forms[0] == ISO and zones > 0),
        has_clock=any(form.has_clock and form != ISO for form in forms) or (forms[0] == ISO and _clock(con, texts)),
        two_digit_year=any("%y" in form.strptime for form in forms),
        unset=unset,
        earliest=str(low or ""),
        latest=str(high or ""),
        unread=total - read,
        unread_example=f"'{text}' on row {place:,}" if text is not None else "",
    )


def _clock(con: duckdb.DuckDBPyConnection, texts: str) -> bool:
    return _count(con, f"SELECT count(*) FROM {texts} WHERE contains(text, ':')") > 0


_NAMES = {"dmy": "day first", "mdy": "month first", "ymd": "year first"}


def _order(
    con: duckdb.DuckDBPyConnection,
    texts: str,
    counted: str,
    orders: dict[str, tuple[list[TimeFormat], int]],
    best: str,
) -> tuple[str, str]:
    """What proves the date order, or the question that only a person can answer."""
    rivals = {order: found for order, found in orders.items() if not all(form.month_named for form in found[0])}
    if best not in rivals:
        return "", ""
    if len(rivals) == 1:
        if all(
            form == ISO or form.strptime.startswith("%Y") or not form.strptime.startswith("%")
            for form in orders[best][0]
        ):
            return "", ""
        text, place = con.execute(
            f"SELECT arg_min(text, place), min(place) FROM {texts} WHERE {counted}"
        ).fetchone() or ("", 0)
        return f"'{text}' on row {place:,} can only be {_NAMES[best]}", ""
    only: dict[str, str] = {}
    for order in rivals:
        others = [form for other, (forms, _) in rivals.items() if other != order for form in forms]
        mine = " OR ".join(reads("text", form.strptime) for form in rivals[order][0])
        theirs = " OR ".join(reads("text", form.strptime) for form in others)
        row = con.execute(
            f"SELECT arg_min(text, place), min(place) FROM {texts} WHERE {counted} AND ({mine}) AND NOT ({theirs})"
        ).fetchone()
        if row and row[1] is not None:
            only[order] = f"'{row[0]}' on row {row[1]:,} can only be {_NAMES[order]}"
    if len(only) == 1:
        (order,) = only
        return (only[order], "") if order == best else ("", _both_ways(con, texts, counted, rivals))
    if only:
        return "", "rows contradict: " + "; ".join(only.values())
    return "", _both_ways(con, texts, counted, rivals)


def _both_ways(
    con: duckdb.DuckDBPyConnection, texts: str, counted: str, rivals: dict[str, tuple[list[TimeFormat], int]]
) -> str:
    row = con.execute(f"SELECT arg_min(text, place), min(place) FROM {texts} WHERE {counted}").fetchone()
    names = " or ".join(f"{_NAMES[order]} ({forms[0].strptime})" for order, (forms, _) in rivals.items())
    example = f" ('{row[0]}' on row {row[1]:,})" if row and row[0] is not None else ""
    return f"{names}? Every value reads both ways{example}"
