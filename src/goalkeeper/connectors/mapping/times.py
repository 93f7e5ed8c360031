"""Reads times from text: formats and zone to the SQL of a UTC timestamp."""

from __future__ import annotations

import re
from collections.abc import Sequence

from goalkeeper.engines.text import literal

WORDS = ("iso", "epoch_s", "epoch_ms", "excel")
_SECOND = "____-__-_____:__:__"  # whatever stands in it, no offset has room
_OFFSET = r"[+-]\d{2}(:?\d{2})?$"
_NO_WORD = r"^[^A-Za-z]*[Tt]?[^A-Za-z]*$"
# The engine drops any other word from a local time, and reads some of them otherwise than meant: BST as Bangladesh's.
_NAMED = r"[0-9] ?([Zz]|UTC|GMT|[A-Za-z]+/[A-Za-z0-9_/+-]+)$"

_DIRECTIVES = frozenset("aAwdbBmyYHIpMSfgnzZjUWcxXGVu%")


def wrong_format(form: str) -> str:
    """What is wrong with a time format, in words; empty where it is valid."""
    if form in WORDS:
        return ""
    parts = re.findall(r"%-?(.?)", form)
    if not parts:
        return f"no time format '{form}'."
    unknown = [part for part in parts if part not in _DIRECTIVES]
    return f"the time format '{form}' has no meaning for '%{unknown[0]}'." if unknown else ""


def time_sql(text: str, formats: tuple[str, ...], zone: str) -> str:
    """SQL for the UTC timestamp (without zone) that ``text`` means, NULL where no format reads it.

    ``formats`` are strptime formats or the words iso, epoch_s, epoch_ms, excel, tried in order. A time without an
    offset is local to ``zone``; in a repeated hour the later of the two is meant, and a skipped one moves on.
    """
    tries: list[str] = []
    naive = [form for form in formats if form not in WORDS and "%z" not in form.lower()]
    for form in formats:
        if form == "iso":
            tries.append(_iso(text, zone))
        elif form == "epoch_s":
            tries.append(f"make_timestamp(TRY_CAST(round(TRY_CAST({text} AS DOUBLE) * 1000000) AS BIGINT))")
        elif form == "epoch_ms":
            tries.append(f"make_timestamp(TRY_CAST(round(TRY_CAST({text} AS DOUBLE) * 1000) AS BIGINT))")
        elif form == "excel":
            tries.append(_utc(_excel(text), zone))
        elif "%z" in form.lower():
            tries.append(f"timezone('UTC', try_strptime({text}, {literal(form)}))")
        elif naive:
            tries.append(_utc(_parsed(text, naive), zone))
            naive = []
    return tries[0] if len(tries) == 1 else f"coalesce({', '.join(tries)})"


def local_sql(text: str, formats: tuple[str, ...]) -> str:
    """SQL for the local time that ``text`` says, NULL where it has an offset; empty where the formats all have one."""
    tries = []
    if "iso" in formats:
        tries.append(f"CASE WHEN {_is_local(text)} THEN TRY_CAST({text} AS TIMESTAMP) END")
    if naive := [form for form in formats if form not in WORDS and "%z" not in form.lower()]:
        tries.append(_parsed(text, naive))
    if "excel" in formats:
        tries.append(_excel(text))
    return f"coalesce({', '.join(tries)})" if tries else ""


def date_sql(text: str, formats: tuple[str, ...], zone: str) -> str:
    """SQL for the local day that ``text`` names; a day that is written never moves, that of an epoch is the zone's."""
    tries = [f"TRY_CAST({text} AS DATE)"] if "iso" in formats else []
    naive = [form for form in formats if form not in WORDS]
    if naive:
        tries.append(f"CAST({_parsed(text, naive)} AS DATE)")
    if "excel" in formats:
        tries.append(f"DATE '1899-12-30' + TRY_CAST(floor(TRY_CAST({text} AS DOUBLE)) AS INTEGER)")
    if epochs := tuple(form for form in formats if form.startswith("epoch")):
        moment = f"timezone('UTC', {time_sql(text, epochs, 'UTC')})"
        tries.append(f"CAST(timezone({literal(zone)}, {moment}) AS DATE)")
    return tries[0] if len(tries) == 1 else f"coalesce({', '.join(tries)})"


def _iso(text: str, zone: str) -> str:
    tight = f"regexp_replace({text}, ' ([+-]\\d{{2}}:?\\d{{2}})$', '\\1')"  # some write a blank before the offset
    aware = f"timezone('UTC', coalesce(TRY_CAST({text} AS TIMESTAMPTZ), TRY_CAST({tight} AS TIMESTAMPTZ)))"
    plain = f"TRY_CAST({text} AS TIMESTAMP)"  # leaves an offset out of account; several times as fast
    full = f"{text} LIKE '{_SECOND}'"
    no_word, named = f"regexp_matches({text}, '{_NO_WORD}')", f"regexp_matches({text}, '{_NAMED}')"
    if zone == "UTC":  # the session's zone is UTC, so a time without an offset reads as UTC
        return f"CASE WHEN {full} OR {text} LIKE '{_SECOND}Z' THEN {plain} WHEN {no_word} OR {named} THEN {aware} END"
    local = _utc(plain, zone)
    return (
        f"CASE WHEN {full} THEN {local} WHEN {_is_local(text)} THEN {local} WHEN {no_word} OR {named} THEN {aware} END"
    )


def _is_local(text: str) -> str:
    """That a text has neither an offset nor a word behind it."""
    return (
        f"(regexp_matches({text}, '{_NO_WORD}') AND NOT (regexp_matches({text}, '{_OFFSET}') AND length({text}) > 10))"
    )


def _parsed(text: str, formats: Sequence[str]) -> str:
    return f"try_strptime({text}, [{', '.join(map(literal, formats))}])"


def _excel(text: str) -> str:
    days = f"TRY_CAST({text} AS DOUBLE)"
    local = f"TIMESTAMP '1899-12-30' + to_seconds(round({days} * 86400))"
    return f"CASE WHEN {days} BETWEEN 1 AND 2958465 THEN {local} END"


def _utc(local: str, zone: str) -> str:
    return local if zone == "UTC" else f"timezone('UTC', timezone({literal(zone)}, {local}))"
