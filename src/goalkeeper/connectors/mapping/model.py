"""A mapping as data: which columns of a file fill which canonical columns."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch

from goalkeeper.connectors.mapping.questions import Question, Settled, questions
from goalkeeper.schema import Column, Table, table

OF_QUESTION = ("survey_id", "kind", "score", "scale_min", "scale_max")  # what a form's questions tell by themselves
WORKSPACE_ZONE = "workspace"  # a file's zone that each workspace settles by its own


@dataclass(frozen=True, slots=True)
class Value:
    """Where one canonical column's value comes from.

    ``expression`` is SQL over the file's columns; ``const`` a fixed text. ``values`` renames what is found, and
    ``otherwise`` stands for what is not listed (without it an unlisted value passes through as it is). Where a file
    lacks columns of the expression, the first of ``others`` that it has the columns for stands in; if there is none,
    an ``optional`` value is left out. ``decimal`` is the decimal mark of its numbers; where the mapping says none,
    ``doubt`` is why a file's 1.000 is not read as one.
    """

    where: str
    expression: str = ""
    const: str | None = None
    times: tuple[str, ...] = ()
    zone: str = ""
    values: tuple[tuple[str, str], ...] = ()
    otherwise: str | None = None
    others: tuple[str, ...] = ()
    optional: bool = False
    decimal: str = ""
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class TableRule:
    """Fills one canonical table from a file's rows; an event rule does so where ``when`` holds along a case.

    An ``optional`` rule is left out for a file that lacks columns of it. A rule with a ``group`` makes one row of all
    rows that agree in those expressions: ``lines`` are the values of each such row by name and type, which its columns
    may sum and count. One with ``questions`` fills a row for each of a form's questions that ask for a score.
    """

    where: str
    to: str
    columns: tuple[tuple[str, Value], ...]
    condition: str = ""
    keep: str = ""
    explode: str = ""
    is_event: bool = False
    optional: bool = False
    group: tuple[str, ...] = ()
    lines: tuple[tuple[Column, Value], ...] = ()
    questions: tuple[Settled, ...] | None = None

    @property
    def table(self) -> Table:
        """The canonical table it fills."""
        return table(self.to)

    @property
    def filled(self) -> tuple[str, ...]:
        """The canonical columns it fills."""
        told = OF_QUESTION if self.questions is not None else ()
        return (*told, *(name for name, _ in self.columns))


@dataclass(frozen=True, slots=True)
class EventLog:
    """An event log: which rows belong to one case, and in which order they happened."""

    case: str
    time: str
    order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileRule:
    """One kind of file of a source: how to recognise it, how to read its values, what it fills.

    A ``strict`` rule is only for files whose name fits, and columns that it does not read are told. ``not_questions``
    are columns of a form's maker, which ask nothing. Of the formats in ``either`` a file uses one.
    """

    where: str
    match: tuple[str, ...]
    needs: tuple[str, ...]
    tables: tuple[TableRule, ...]
    null: tuple[str, ...] = ("",)
    times: tuple[str, ...] = ("iso",)
    either: tuple[str, ...] = ()
    zone: str = "UTC"
    decimal: str = ""
    rows: str = ""
    ask: str = ""
    strict: bool = False
    not_questions: tuple[str, ...] = ()
    log: EventLog | None = None

    def fits_name(self, member: str) -> bool:
        """Whether the file's own name, without folders, matches one of the globs."""
        name = member.rsplit("/", 1)[-1].lower()
        return any(fnmatch(name, glob.lower()) for glob in self.match)

    def asked(self, columns: tuple[str, ...], settled: tuple[Settled, ...]) -> list[Question]:
        """A form's questions that ask for a score."""
        own = {*self.needs, *self.not_questions}
        return questions([column for column in columns if column not in own], settled)

    def in_zone(self, zone: str) -> FileRule:
        """The same rule; where it leaves the zone to the workspace, times are read in ``zone``."""
        return replace(self, zone=zone) if self.zone == WORKSPACE_ZONE else self

    def missing(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        """The needed columns that a file lacks; a form also needs a question that asks for a score."""
        lacking = tuple(name for name in self.needs if name not in columns)
        for rule in self.tables:
            if rule.questions is not None and not self.asked(columns, rule.questions):
                lacking += ("with a question that asks for a score (NPS, satisfaction, effort)",)
        return lacking


@dataclass(frozen=True, slots=True)
class Mapping:
    """All kinds of file of one source, and what that source cannot fill."""

    name: str
    title: str
    about: str
    files: tuple[FileRule, ...]
    text: str = field(repr=False)
    cannot: tuple[tuple[str, str], ...] = ()

    @property
    def version(self) -> str:
        """Twelve hex digits that change with the mapping's text."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:12]
