"""Reads a mapping file, and collects everything that is wrong with it as findings."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from goalkeeper.connectors.mapping.expressions import Expression
from goalkeeper.connectors.mapping.model import WORKSPACE_ZONE, EventLog, FileRule, Mapping, TableRule, Value
from goalkeeper.connectors.mapping.numbers import MARKS
from goalkeeper.connectors.mapping.questions import Settled
from goalkeeper.connectors.mapping.scales import Scale
from goalkeeper.connectors.mapping.times import WORDS, wrong_format
from goalkeeper.errors import Finding, Findings, UsageError
from goalkeeper.schema import TABLES, Column, Table, Type
from goalkeeper.schema.words import SURVEYS
from goalkeeper.tomlfile import Path_, TomlFile, parse_toml, read_toml

_TOP = {"name", "title", "about", "file", "cannot"}
_FILE = {
    "match", "needs", "null", "times", "either", "zone", "decimal", "rows", "ask", "strict", "not_questions", "log",
    "table", "event", "about",
}  # fmt: skip
_TABLE = {"to", "where", "keep", "explode", "optional", "group", "lines", "questions", "columns"}
_LINE = {"type", "from", "times", "zone", "decimal", "values", "otherwise"}
_QUESTION = {"kind", "low", "high"}
_LINE_TYPES = {each.words: each for each in (Type.BIGINT, Type.DOUBLE, Type.DECIMAL, Type.TIMESTAMP, Type.DATE)}
_EVENT = {"when", "type", "at", "columns"}
_VALUE = {"from", "const", "times", "zone", "decimal", "values", "otherwise", "optional"}
_LOG = {"case", "time", "order"}
_SHOWN = 15  # valid names, the nearest first where there are more


def read_mapping(source: Path | str, name: str = "", *, again: bool = False) -> Mapping:
    """Reads a mapping from a path, or from TOML text with its name; Findings when it has mistakes.

    ``again`` reads one that a load has used: words that are none of their column's list are let pass.
    """
    toml = read_toml(source) if isinstance(source, Path) else parse_toml(source, name or "mapping")
    return _Reader(toml, again=again).mapping()


class _Reader:
    """Walks the parsed file once; every mistake becomes a finding and reading goes on."""

    def __init__(self, toml: TomlFile, *, again: bool = False) -> None:
        self.toml, self.again = toml, again
        self.findings: list[Finding] = []

    def mapping(self) -> Mapping:
        data = self.toml.data
        self.known(data, _TOP, ())
        name = self.text(data, "name", (), needed=True)
        files = tuple(self.file(rule, ("file", number)) for number, rule in enumerate(self.tables(data, "file", ())))
        if not files:
            self.wrong((), "it has no [[file]].", "A mapping needs at least one.")
        cannot = data.get("cannot", {})
        if not isinstance(cannot, dict):
            self.wrong(("cannot",), "`cannot` is not a table.", 'Write [cannot], then "table.column" = "why".')
        if self.findings:
            raise Findings(sorted(self.findings, key=_line))
        return Mapping(
            name=name,
            title=self.text(data, "title", ()) or name,
            about=self.text(data, "about", ()),
            files=files,
            text=self.toml.text,
            cannot=tuple((str(key), str(why)) for key, why in cannot.items()),
        )

    def file(self, data: dict[str, Any], path: Path_) -> FileRule:
        self.known(data, _FILE, path)
        zone = self.text(data, "zone", path) or "UTC"
        if zone != WORKSPACE_ZONE:
            self.zone(zone, (*path, "zone"))
        log = self.log(data["log"], (*path, "log")) if "log" in data else None
        rules = [
            self.table(rule, (*path, "table", number)) for number, rule in enumerate(self.tables(data, "table", path))
        ]
        for number, rule in enumerate(self.tables(data, "event", path)):
            rules.append(self.event(rule, (*path, "event", number), log))
        if not rules:
            self.wrong(path, "this [[file]] fills no table.", "Add a [[file.table]] or a [[file.event]].")
        return FileRule(
            where=self.toml.where(*path),
            match=self.texts(data, "match", path) or ("*",),
            needs=self.texts(data, "needs", path),
            null=self.texts(data, "null", path) if "null" in data else ("",),
            times=self.times(data, path) or ("iso",),
            either=self.times(data, path, "either"),
            zone=zone,
            decimal=self.decimal(data, path),
            rows=self.text(data, "rows", path),
            ask=self.text(data, "ask", path),
            strict=self.flag(data, "strict", path),
            not_questions=self.texts(data, "not_questions", path),
            log=log,
            tables=tuple(rules),
        )

    def log(self, data: object, path: Path_) -> EventLog:
        self.known(data, _LOG, path)
        if not isinstance(data, dict):
            return EventLog("", "", ("",))
        order = self.texts(data, "order", path)
        if not order:
            self.wrong(path, "the log has no `order`.", "Name the time column, then tie breakers.")
            order = ("",)
        for text in order:
            self.parse(text, (*path, "order"))
        case = self.expression(data, "case", path, needed=True)
        return EventLog(case, self.expression(data, "time", path) or order[0], order)

    def table(self, data: dict[str, Any], path: Path_) -> TableRule:
        self.known(data, _TABLE, path)
        to = self.text(data, "to", path, needed=True)
        keep = self.text(data, "keep", path)
        if keep not in ("", "first", "last"):
            self.wrong((*path, "keep"), f"`keep` is '{keep}'.", "Valid: first, last.")
        target = self.target(to, path)
        group = self.expressions(data, "group", path)
        if group and keep:
            self.wrong((*path, "keep"), "a rule with `group` has one row a group, so nothing to keep.")
        return TableRule(
            where=self.toml.where(*path),
            to=to,
            columns=self.columns(data, path, target, groups=bool(group)),
            group=group,
            lines=self.lines(data, path),
            questions=self.questions(data["questions"], (*path, "questions"), to) if "questions" in data else None,
            condition=self.expression(data, "where", path),
            keep=keep,
            explode=self.text(data, "explode", path),
            optional=self.flag(data, "optional", path),
        )

    def event(self, data: dict[str, Any], path: Path_, log: EventLog | None) -> TableRule:
        self.known(data, _EVENT, path)
        if log is None:
            self.wrong(path, "an event rule needs a [file.log].", "Name its `case` and `order`.")
            log = EventLog("", "", ("",))
        target = TABLES["ticket_events"]
        where = self.toml.where(*path)
        kind = self.text(data, "type", path, needed=True)
        given = dict(self.columns(data, path, target))
        defaults = {
            "ticket_id": Value(where, expression=log.case),
            "occurred_at": Value(where, expression=self.expression(data, "at", path) or log.time),
            "type": Value(where, const=kind),
            "actor_type": Value(where, const="unknown"),
        }
        allowed = target.column("type").values
        if kind and kind not in allowed:
            self.wrong((*path, "type"), f"no event type '{kind}'.", self.near(kind, allowed))
        return TableRule(
            where=where,
            to=target.name,
            columns=tuple((defaults | given).items()),
            condition=self.expression(data, "when", path, needed=True),
            is_event=True,
        )

    def lines(self, data: dict[str, Any], path: Path_) -> tuple[tuple[Column, Value], ...]:
        lines = data.get("lines", {})
        path = (*path, "lines")
        if not isinstance(lines, dict) or not all(isinstance(each, dict) for each in lines.values()):
            self.wrong(path, "`lines` is not a table of tables.", 'Write lines.name = { from = "…", type = "…" }.')
            return ()
        if lines and "group" not in data:
            self.wrong(path, "`lines` need a `group`.", "Name the expressions that rows of one group agree in.")
        found = []
        for name, line in lines.items():
            place = (*path, name)
            kind = self.text(line, "type", place, needed=True)
            if kind and kind not in _LINE_TYPES:
                self.wrong((*place, "type"), f"no type '{kind}'.", self.near(kind, _LINE_TYPES))
            value = self.value({key: each for key, each in line.items() if key != "type"}, place, _LINE)
            found.append((Column(name, _LINE_TYPES.get(kind, Type.DOUBLE), ""), value))
        return tuple(found)

    def questions(self, data: object, path: Path_, to: str) -> tuple[Settled, ...]:
        if to != "survey_responses":
            self.wrong(path, "`questions` fill survey_responses only.", 'Write to = "survey_responses".')
        if not isinstance(data, dict) or not all(isinstance(each, dict) for each in data.values()):
            self.wrong(
                path, "`questions` is not a table of tables.", 'Write "words" = { kind = "csat", low = 1, high = 5 }.'
            )
            return ()
        found = []
        for words, each in data.items():
            self.known(each, _QUESTION, (*path, words))
            kind, low, high = self.text(each, "kind", (*path, words), needed=True), each.get("low"), each.get("high")
            if kind and kind not in SURVEYS:
                self.wrong((*path, words, "kind"), f"no kind of survey '{kind}'.", self.near(kind, SURVEYS))
            if type(low) is not int or type(high) is not int or low >= high:
                self.wrong((*path, words), "`low` and `high` are not the ends of a scale.", "Write low = 1, high = 5.")
                continue
            found.append(Settled(words, kind, Scale(low, high)))
        return tuple(found)

    def target(self, name: str, path: Path_) -> Table | None:
        if name and name not in TABLES:
            self.wrong((*path, "to"), f"no table '{name}'.", self.near(name, TABLES))
        return TABLES.get(name)

    def columns(
        self, data: dict[str, Any], path: Path_, target: Table | None, *, groups: bool = False
    ) -> tuple[tuple[str, Value], ...]:
        columns = data.get("columns", {})
        path = (*path, "columns")
        if not isinstance(columns, dict):
            self.wrong(path, "`columns` is not a table.", 'Write columns.name = "expression".')
            return ()
        known = {column.name: column for column in target.columns} if target else {}
        found = []
        for name, data in columns.items():
            if target and name not in known:
                self.wrong((*path, name), f"{target.name} has no column '{name}'.", self.near(name, known))
            value = self.value(data, (*path, name), groups=groups)
            if name in known and known[name].values and not self.again:
                self.words(value, known[name], (*path, name))
            found.append((name, value))
        return tuple(found)

    def words(self, value: Value, column: Column, path: Path_) -> None:
        """Finds what the mapping itself puts into a column and is none of its list; it stands there as written."""
        given: list[tuple[Path_, str | None]] = [(("values", found), to) for found, to in value.values]
        for keys, word in (*given, (("const",), value.const), (("otherwise",), value.otherwise)):
            if word is not None and word not in column.values:
                near = self.near(word.strip().lower().replace(" ", "_").replace("-", "_"), column.values)
                self.wrong((*path, *keys), f"'{word}' is no value of {column.name}.", near)

    def value(self, data: object, path: Path_, keys: Iterable[str] = _VALUE, *, groups: bool = False) -> Value:
        where = self.toml.where(*path)
        if isinstance(data, str) or (isinstance(data, list) and all(isinstance(each, str) for each in data)):
            data = {"from": data}
        if not isinstance(data, dict):
            self.wrong(
                path, f"{data!r} is not a column source.", 'Write "expression", several in a list, or { from = "…" }.'
            )
            return Value(where)
        self.known(data, keys, path)
        if ("from" in data) == ("const" in data):
            self.wrong(path, "a column source needs one of `from` and `const`.", "Give exactly one.")
        values = data.get("values", {})
        if not isinstance(values, dict):
            self.wrong((*path, "values"), "`values` is not a table.", "Write { found = canonical }.")
            values = {}
        zone = self.text(data, "zone", path)
        self.zone(zone, (*path, "zone"))
        first, *others = self.expressions(data, "from", path, groups=groups) or ("",)
        return Value(
            where,
            expression=first,
            others=tuple(others),
            optional=self.flag(data, "optional", path),
            const=None if "const" not in data else _plain(data["const"]),
            times=self.times(data, path),
            zone=zone,
            decimal=self.decimal(data, path),
            values=tuple((str(found), _plain(canonical)) for found, canonical in values.items()),
            otherwise=None if "otherwise" not in data else _plain(data["otherwise"]),
        )

    def expression(self, data: dict[str, Any], key: str, path: Path_, *, needed: bool = False) -> str:
        text = self.text(data, key, path, needed=needed)
        if text or key in data:
            self.parse(text, (*path, key))
        return text

    def expressions(self, data: dict[str, Any], key: str, path: Path_, *, groups: bool = False) -> tuple[str, ...]:
        texts = self.texts(data, key, path)
        if key in data and not texts:
            self.wrong((*path, key), f"`{key}` is empty.", "Name a column of the file, or leave it out.")
        for text in texts:
            self.parse(text, (*path, key), groups=groups)
        return texts

    def parse(self, text: str, path: Path_, *, groups: bool = False) -> None:
        try:
            Expression(text, "", groups=groups)
        except UsageError as error:
            self.wrong(path, error.message, error.hint)

    def times(self, data: dict[str, Any], path: Path_, key: str = "times") -> tuple[str, ...]:
        formats = self.texts(data, key, path)
        for form in formats:
            if problem := wrong_format(form):
                hint = f"Valid: {', '.join(WORDS)}, or a format such as %d/%m/%Y %H:%M."
                self.wrong((*path, key), problem, hint)
        return formats

    def zone(self, zone: str, path: Path_) -> None:
        if zone and zone not in available_timezones():
            self.wrong(path, f"no time zone '{zone}'.", self.near(zone, available_timezones()))

    def decimal(self, data: dict[str, Any], path: Path_) -> str:
        mark = self.text(data, "decimal", path)
        if "decimal" in data and mark not in MARKS:
            self.wrong((*path, "decimal"), f"`decimal` is '{mark}'.", 'Valid: "." and ",".')
        return mark

    def text(self, data: AnyMapping[str, Any], key: str, path: Path_, *, needed: bool = False) -> str:
        value = data.get(key, "")
        if not isinstance(value, str):
            self.wrong((*path, key), f"`{key}` is {value!r}.", "Write a text.")
            return ""
        if needed and not value:
            self.wrong(path, f"`{key}` is missing.", f'Add {key} = "…".')
        return str(value).strip()

    def flag(self, data: AnyMapping[str, Any], key: str, path: Path_) -> bool:
        value = data.get(key, False)
        if not isinstance(value, bool):
            self.wrong((*path, key), f"`{key}` is {value!r}.", "Write true or false.")
        return value is True

    def texts(self, data: dict[str, Any], key: str, path: Path_) -> tuple[str, ...]:
        value = data.get(key, [])
        if isinstance(value, str):
            return (value,)
        if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
            self.wrong((*path, key), f"`{key}` is {value!r}.", "Write a list of texts.")
            return ()
        return tuple(value)

    def tables(self, data: AnyMapping[str, Any], key: str, path: Path_) -> list[dict[str, Any]]:
        value = data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
            self.wrong((*path, key), f"`{key}` is not a list of tables.", f"Write [[{key}]].")
            return []
        return value

    def known(self, data: object, keys: Iterable[str], path: Path_) -> None:
        if not isinstance(data, dict) and path:
            self.wrong(path, "this is not a table.")
            return
        for key in data if hasattr(data, "__iter__") else ():
            if key not in keys:
                self.wrong((*path, key), f"unknown key '{key}'.", self.near(key, keys))

    def near(self, name: str, names: Iterable[str]) -> str:
        options = sorted(names)
        close = difflib.get_close_matches(name, options, n=1)
        if close:
            return f"Did you mean '{close[0]}'?"
        more = len(options) - _SHOWN
        if more <= 0:
            return f"Valid: {', '.join(options)}."
        return f"Valid: {', '.join(difflib.get_close_matches(name, options, n=_SHOWN, cutoff=0.0))} and {more} more."

    def wrong(self, path: Path_, found: str, valid: str = "") -> None:
        self.findings.append(Finding(self.toml.where(*path), found, valid))


def _line(finding: Finding) -> int:
    """The line of a finding; those without one, about the file as a whole, come first."""
    line = finding.where.rpartition(":")[2]
    return int(line) if line.isdigit() else 0


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
