"""Write a proposed mapping: commented TOML that a load accepts as it is in the plain cases."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import duckdb

from goalkeeper.connectors.files import PlainFile, open_files
from goalkeeper.connectors.propose.fill import Filled, Filler
from goalkeeper.connectors.propose.fit import Fit, Log, fit
from goalkeeper.connectors.propose.profile import NULL_MARKS, Column, Profile, profile
from goalkeeper.connectors.propose.toml import comment, glob, identifier, plain, slug
from goalkeeper.connectors.propose.words import meaning
from goalkeeper.connectors.words import plain_words
from goalkeeper.tomlfile import written


def propose_file(path: Path, scratch: Path) -> str:
    """The proposal for a file, every table of it looked at; `scratch` as `open_files` has it."""
    return propose_opened(open_files(path, scratch))


def propose_opened(files: Iterable[PlainFile]) -> str:
    """The same for a file's tables, while what they were opened into is there."""
    with duckdb.connect() as con:
        return propose(*[profile(con, file) for file in files])


def propose(*profiles: Profile) -> str:
    """The proposal for one file's tables, as TOML text.

    Evidence stands in comments. What only a person can tell stands in `ask`, which stops a load until that line is
    removed. A table that fits nothing is described in comments, and `ask` says so.
    """
    first = profiles[0]
    name = first.file.name.split(" › ")[0]
    parts = [
        f"name = {written(slug(name))}",
        f"title = {written(plain(name))}",
        'about = "Proposed from the file itself; the comments give the evidence."',
    ]
    some = any(fit(each) is not None for each in profiles)
    for each in profiles:
        lines = _file(each)
        if some and fit(each) is None:
            lines = [line if line.startswith("#") else comment(line) for line in lines]
        parts += ["", *lines]
    return "\n".join(parts) + "\n"


def _file(profile: Profile) -> list[str]:
    found = fit(profile)
    head = [comment(f"{profile.file.name}: {profile.rows:,} rows, {len(profile.columns):,} columns")]
    head += [comment(note) for note in profile.file.notes]
    if profile.rejected:
        head.append(comment(f"{profile.rejected:,} rows could not be taken apart and will be set aside"))
    head += ["[[file]]", f"match = {written([glob(profile.file.member)])}"]
    if found is None:
        return [*head, *_unfitting(profile)]
    filler = Filler(profile, found)
    filled = filler.fill()
    log = _log_lines(filler, found.log, filled) if found.log is not None else []
    body = _table(found, filled)
    return [*head, *_settings(profile, filler, filled), *log[:1], *body, *log[1:], *_homeless(profile, filled)]


def _unfitting(profile: Profile) -> list[str]:
    ask = "which table do these rows fill? Add a [[file.table]] with its columns, then remove this line"
    lines = [
        f"ask = {written(ask)}",
        f"null = {written(_nulls(profile))}",
        comment("No table's needed columns were recognised. The columns, for your own [[file.table]]:"),
    ]
    return lines + [_described(profile, column) for column in profile.columns]


def _settings(profile: Profile, filler: Filler, filled: Filled) -> list[str]:
    lines = [f"needs = {written(list(dict.fromkeys(filled.needs)))}"]
    if filled.not_questions:
        lines.append(f"not_questions = {written(filled.not_questions)}")
    marks = [mark for mark in _nulls(profile) if mark]
    lines.append(f"null = {written(_nulls(profile))}" + (f"  {comment('met as marks for not known')}" if marks else ""))
    lines.append(f"times = {written(filler.common)}")
    used = [filler.times[name] for name in filled.used if name in filler.times]
    apart = any(" || ' ' || " in source for source, _ in filled.lines.values())
    if apart or any(finding.has_clock and not finding.has_zone for finding in used):
        lines.append(_zone(filled.used))
    if filled.questions:
        lines.append(comment("Answer below, then remove this line; the load stops while it stands."))
        lines.append(f"ask = {written(plain('; also: '.join(dict.fromkeys(filled.questions)), 2000))}")
    return lines


def _zone(used: Iterable[str]) -> str:
    """The zone of times without an offset: as a column's name says, else the workspace's."""
    told = next((name for name in sorted(used) if re.search(r"\b(utc|gmt)\b", plain_words(name))), "")
    if told:
        return f'zone = "UTC"  {comment(f"as {told} says; the times have no offset")}'
    return (
        'zone = "workspace"  # the times have no offset: they are read in the workspace\'s time zone; where they are '
        'in another, name it, such as "UTC" or "Europe/Berlin"; an hour that its clocks show twice is taken as the '
        "second, and the load tells how many times were in it"
    )


def _nulls(profile: Profile) -> list[str]:
    marks = {mark for column in profile.columns for mark in column.marks}
    order = {mark: place for place, mark in enumerate(NULL_MARKS)}
    return ["", *sorted(marks - {""}, key=lambda mark: (order.get(mark, len(order)), mark))]


def _table(found: Fit, filled: Filled) -> list[str]:
    lines = ["", "[[file.table]]", f"to = {written(found.to)}"]
    if found.log is not None:
        last = "created_at" in found.columns
        lines.append(f'keep = "{"last" if last else "first"}"  # one row a case')
    lines += filled.group
    lines += [f"columns.{name} = {source}" + _beside(why) for name, (source, why) in filled.lines.items()]
    return [*lines, *_customers(*filled.known_by)] if filled.known_by[0] else lines


def _customers(function: str, text: str, customer: str) -> list[str]:
    """The customers that are known by a key, so that they are found in other sources too."""
    where = " AND ".join(f"{each} IS NOT NULL" for each in dict.fromkeys((customer, f"{function}({text})")))
    return [
        "", "[[file.table]]", 'to = "customers"', f"where = {written(where)}", 'keep = "last"',
        f"columns.customer_id = {written(customer)}", f"columns.{function} = {written(f'{function}({text})')}",
    ]  # fmt: skip


def _beside(why: str) -> str:
    return f"  {comment(why)}" if why else ""


def _log_lines(filler: Filler, log: Log, filled: Filled) -> list[str]:
    """The [file.log] block as one text, then the event rules."""
    profile, sql = filler.profile, filler.sql
    file = profile.file
    filled.used |= {column.name for column in (log.case, log.time, log.state, log.actor) if column is not None}
    filled.needs += [log.case.name, log.time.name]
    rows = f"{log.case.distinct:,} cases on {profile.rows:,} rows"
    own = set(filler.times[log.time.name].formats) <= set(filler.common)
    if not own:
        filler.common = tuple(dict.fromkeys((*filler.common, *filler.times[log.time.name].formats)))
    head = [
        "",
        "[file.log]" + _beside(f"an event log: {rows}"),
        f"case = {written(identifier(file, log.case.name))}",
        f"order = {written([identifier(file, log.time.name)])}",
    ]
    if "created_at" not in filler.fit.columns:
        filled.add("created_at", filler.time_source(log.time), "the case's first row stands for its creation", log.time)
        filled.add("status", '{ const = "open" }', "the events below tell the state")
        filled.questions[:] = [question for question in filled.questions if "created_at" not in question]
    events: list[str] = []
    if log.state is not None:
        events += _event(filler, log, log.state, "status", _states(log.state, sql(log.state)))
    for name, kind in (("assignee_agent_id", "assign"), ("team_id", "team")):
        column = filler.fit.columns.get(name)
        if column is not None and column is not log.actor:
            events += _event(filler, log, column, kind, written(sql(column)))
    return ["\n".join(head), *events]


def _event(filler: Filler, log: Log, column: Column, kind: str, source: str) -> list[str]:
    changed = filler.sql(column)
    lines = [
        "",
        "[[file.event]]",
        f"when = {written(f'({changed} IS NOT NULL) AND (is_first() OR changed({changed}))')}",
    ]
    lines += [f"type = {written(kind)}", f"columns.new_value = {source}"]
    if log.actor is not None:
        lines.append(f"columns.actor_id = {written(filler.sql(log.actor))}")
        lines.append('columns.actor_type = { const = "agent" }')
    return lines


def _states(column: Column, sql: str) -> str:
    known = {value: word for value, _ in column.values if (word := meaning("tickets.status", value))}
    return f'{{ from = {written(sql)}, values = {written(known)}, otherwise = "open" }}'


def _homeless(profile: Profile, filled: Filled) -> list[str]:
    rest = [column for column in profile.columns if column.name not in filled.used]
    if not rest:
        return []
    return ["", comment("Columns without a home:"), *(_described(profile, column) for column in rest)]


def _described(profile: Profile, column: Column) -> str:
    name = identifier(profile.file, column.name)
    examples = ", ".join(f"'{plain(example, 40)}'" for example in column.examples[:2])
    nulls = f", {column.null_share:.0%} not known" if column.nulls else ""
    what = column.type if column.times is None else f"time ({', '.join(column.times.formats)})"
    return comment(
        f"  {name}: {what}, {column.distinct:,} distinct{nulls}" + (f", e.g. {examples}" if examples else "")
    )
