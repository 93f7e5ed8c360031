"""Looks a workspace over: what was loaded, what is missing, stale or contradictory, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from goalkeeper.connectors.presets import presets
from goalkeeper.datasets import dataset
from goalkeeper.errors import UnknownName
from goalkeeper.metrics import Metric
from goalkeeper.metrics.needs import NO_ROWS, Untold, untold
from goalkeeper.schema import TABLES
from goalkeeper.warehouse.forget import UNFINISHED
from goalkeeper.warehouse.store import of_one_state
from goalkeeper.warehouse.told import told
from goalkeeper.workspace import SETTINGS_FILE, Workspace


class Sign(StrEnum):
    """How serious a finding is."""

    GOOD = "ok"
    LOOK = "look"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: how it stands, what was found, what to do."""

    sign: Sign
    about: str
    found: str
    next_step: str = ""


@of_one_state
def doctor(workspace: Workspace) -> tuple[Check, ...]:
    """All checks, in the order of the data's way."""
    store = workspace.store
    loads = int(store.one("SELECT count(*) FROM meta.loads"))
    if not loads:
        return (Check(Sign.LOOK, "data", "nothing has been loaded yet", "Run `goalkeeper load FILE`."),)
    rows = store.one("SELECT sum(rows_read) FROM meta.loads")
    found = [Check(Sign.GOOD, "loads", f"{loads:,} file{'' if loads == 1 else 's'}, {rows:,} rows")]
    found += _tables(workspace)
    found += _of_earlier_mappings(workspace)
    found += _held(workspace)
    found += _forgotten(workspace)
    found += _links(workspace)
    found += _facts(workspace)
    found += _hours(workspace)
    found += _named(workspace)
    found += _metrics(workspace)
    return tuple(found)


def _tables(workspace: Workspace) -> list[Check]:
    store = workspace.store
    counts = {name: int(store.one(f"SELECT count(*) FROM canon.{name}")) for name in TABLES}
    listed = ", ".join(f"{name} {count:,}" for name, count in counts.items() if count)
    return [Check(Sign.GOOD, "tables", listed)]


def _of_earlier_mappings(workspace: Workspace) -> list[Check]:
    """Files that stand as an earlier version of their mapping made them."""
    known = {**presets(), **workspace.mappings}
    loads = workspace.store.rows(
        "SELECT mapping, mapping_version, count(*), min(file) FROM meta.loads GROUP BY ALL ORDER BY ALL"
    )
    return [
        Check(
            Sign.LOOK,
            "loads",
            f"{count:,} file{'' if count == 1 else 's'} loaded by an earlier version of the mapping {name}: {file}"
            + (", …" if count > 1 else ""),
            "Load them again: what they made gives way to what the mapping makes now.",
        )
        for name, version, count, file in loads
        if name in known and known[name].version != version
    ]


def _hours(workspace: Workspace) -> list[Check]:
    """That working time is all time, where no schedule says otherwise and there are tickets."""
    if workspace.settings.has_hours or not workspace.store.one("SELECT 1 FROM canon.tickets LIMIT 1"):
        return []
    words = "no working hours are set: working time runs day and night"
    return [
        Check(Sign.LOOK, "hours", words, f"Write a [[schedule]] into {SETTINGS_FILE}; docs/working-hours.md tells how.")
    ]


def _named(workspace: Workspace) -> list[Check]:
    """Brands and teams of which rules for hours and promises speak, and that no ticket has."""
    settings = workspace.settings
    rules = [(f"[[schedule_for]] {number}", rule.when) for number, rule in enumerate(settings.schedules.rules, 1)]
    rules += [(f"[[sla]] {policy.id}", policy.when) for policy in settings.policies]
    if not workspace.has_facts or not any(when for _, when in rules):
        return []
    found = []
    for field in ("brand", "team"):
        there = [name for (name,) in workspace.store.rows(f"SELECT DISTINCT {field} FROM facts.tickets") if name]
        for place, when in rules:
            for name in dict(when).get(field, ()):
                if name not in there:
                    hint = UnknownName(field, name, there).hint if there else f"No ticket has a {field}."
                    found.append(
                        Check(Sign.LOOK, "hours", f"{place} is for a {field} that no ticket has: {name}", hint)
                    )
    return found


def _held(workspace: Workspace) -> list[Check]:
    held = int(workspace.store.one("SELECT count(*) FROM meta.quarantine WHERE released_at IS NULL"))
    if not held:
        return [Check(Sign.GOOD, "quarantine", "empty")]
    return [Check(Sign.LOOK, "quarantine", f"{held:,} rows are held back", "Run `goalkeeper quarantine list`.")]


def _forgotten(workspace: Workspace) -> list[Check]:
    if workspace.store.state(UNFINISHED) is None:
        return []
    words = "someone was forgotten, and their old bytes may still be in the file"
    return [Check(Sign.LOOK, "forgotten", words, "Run `goalkeeper forget --finish`.")]


def _links(workspace: Workspace) -> list[Check]:
    """References that lead nowhere; ids hold within one source, so only sources that have both tables are looked at."""
    store = workspace.store
    found = []
    for table in TABLES.values():
        for column in table.columns:
            if not column.references:
                continue
            other, key = column.references.split(".")
            loose, total = store.rows(
                f"SELECT count(*) FILTER (o.{key} IS NULL), count(*) FROM canon.{table.name} t "
                f"LEFT JOIN (SELECT DISTINCT source_id, {key} FROM canon.{other}) o "
                f"ON o.source_id = t.source_id AND o.{key} = t.{column.name} WHERE t.{column.name} IS NOT NULL "
                f"AND t.source_id IN (SELECT source_id FROM canon.{other})"
            )[0]
            if loose:
                share = f"{loose:,} of {total:,} rows of {table.name}"
                found.append(
                    Check(
                        Sign.LOOK,
                        "links",
                        f"{share} name a {column.name} that {other} lacks",
                        f"Load the missing {other}.",
                    )
                )
    return found or [Check(Sign.GOOD, "links", "every reference into a table that is loaded leads to a row")]


def _facts(workspace: Workspace) -> list[Check]:
    store = workspace.store
    if not workspace.has_facts:
        return [Check(Sign.WRONG, "facts", "they were never computed", "Run `goalkeeper refresh`.")]
    found = [Check(Sign.WRONG, "facts", words, "Run `goalkeeper refresh`.") for words in workspace.behind]
    tickets, unsolved, never = store.rows(
        "SELECT count(*), count(*) FILTER (closed_unsolved), "
        "count(*) FILTER (first_response_at IS NULL AND first_response_from IS NOT NULL) "
        "FROM facts.tickets WHERE left_out IS NULL"
    )[0]
    found.append(Check(Sign.GOOD, "facts", f"{tickets:,} tickets are counted"))
    if unsolved:
        words = f"{unsolved:,} tickets were closed without being solved; resolution leaves them out"
        found.append(Check(Sign.LOOK, "facts", words))
    if tickets and never > 0.5 * tickets:
        words = f"{never:,} of {tickets:,} tickets have no human reply"
        found.append(Check(Sign.LOOK, "facts", words, "Does the mapping fill ticket_events of type reply?"))
    return found


def _metrics(workspace: Workspace) -> list[Check]:
    """Metrics of which nothing is loaded, or to which the sources do not tell what they need."""
    store = workspace.store
    names = told(store)
    if not workspace.has_facts or names is None:
        return []
    empty = {
        name for name in {metric.formula.dataset for metric in workspace.metrics.values()}
        if not store.one(f"SELECT count(*) FROM {dataset(name).source}")
    }  # fmt: skip
    without: list[Metric] = []
    silent: dict[Untold, list[str]] = {}
    partly: dict[str, list[str]] = {}
    in_part: dict[str, list[str]] = {}
    for metric in workspace.metrics.values():
        lacking = untold(metric.formula, names)
        if metric.formula.dataset in empty or lacking.what == NO_ROWS:
            without.append(metric)
        elif lacking.what:
            silent.setdefault(lacking, []).append(metric.key)
        elif lacking.without:
            sources = ", ".join(lacking.without)
            partly.setdefault(f"{sources}, which does not tell all they need", []).append(metric.key)
        elif lacking.part:
            in_part.setdefault(f"{lacking.part}, which no source tells", []).append(metric.key)
    found = [
        Check(
            Sign.LOOK,
            "metrics",
            f"no source tells {lacking.what}: {', '.join(keys)}",
            f"A mapping fills it as {' or '.join(lacking.places)}.",
        )
        for lacking, keys in silent.items()
    ]
    found += [
        Check(Sign.LOOK, "metrics", f"without {what}: {', '.join(keys)}") for what, keys in (partly | in_part).items()
    ]
    if without:
        rows = ", ".join(sorted({dataset(metric.formula.dataset).rows for metric in without}))
        keys = ", ".join(metric.key for metric in without)
        found.append(Check(Sign.LOOK, "metrics", f"without data: {keys}", f"They need {rows}."))
    return found or [Check(Sign.GOOD, "metrics", "every metric has data")]
