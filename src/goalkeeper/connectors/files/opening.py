"""Open any file: look at its first bytes, unpack what is packed, and hand on plain tables."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import duckdb

from goalkeeper.connectors.files.delimited import open_delimited
from goalkeeper.connectors.files.documents import open_document
from goalkeeper.connectors.files.eventlog import open_eventlog
from goalkeeper.connectors.files.kinds import VALID, foreign, kind_of
from goalkeeper.connectors.files.lines import open_lines
from goalkeeper.connectors.files.plain import Limits, PlainFile
from goalkeeper.connectors.files.scan import Progress, head, scan
from goalkeeper.connectors.files.sqltext import parquet_source
from goalkeeper.connectors.files.unpack import Meter, gunzip, members, open_zip, unzip
from goalkeeper.connectors.files.workbook import is_workbook, office_document, open_workbook
from goalkeeper.errors import SourceError


def open_files(
    path: Path,
    scratch: Path,
    *,
    limits: Limits | None = None,
    progress: Progress | None = None,
    rows: str | None = None,
) -> list[PlainFile]:
    """The tables of a file: one for most kinds, one a member for a zip, one a sheet for a workbook.

    `scratch` is a folder for converted copies; it belongs to this file alone and must outlive the staging.
    `rows` names the list that holds a JSON document's rows. `progress` is told (bytes done, bytes in all).
    Raises a `SourceError` for what is no table; never changes the file.
    """
    shown = os.fsencode(path).decode(errors="backslashreplace")
    if shown != str(path):
        raise SourceError("the file's name is not UTF-8.", where=shown, hint="Give the file another name.")
    if path.is_dir():
        raise SourceError("this is a folder.", where=str(path), hint="Name the file in it.")
    try:
        scratch.mkdir(parents=True, exist_ok=True)
        return _Opening(scratch, limits or Limits(), progress, rows).tables(path, path.name, path.name)
    except FileNotFoundError as error:
        raise SourceError("there is no such file.", where=str(path), hint="Check the path.") from error
    except PermissionError as error:
        raise SourceError("it may not be read.", where=str(path), hint="Check its permissions.") from error


class _Opening:
    """One file being opened, packed ones down to their members."""

    def __init__(
        self, scratch: Path, limits: Limits, progress: Progress | None, rows: str | None, meter: Meter | None = None
    ) -> None:
        self.scratch, self.limits, self.progress, self.rows = scratch, limits, progress, rows
        self.meter = meter  # of the zip archive that the file came in

    def tables(self, path: Path, name: str, member: str, packed: bool = False) -> list[PlainFile]:
        """The tables of a file; `packed` ones may not be archives themselves, but for a gz file in a zip archive."""
        kind = kind_of(head(path), member)
        if packed and kind == "gzip" and self.meter is None:
            raise SourceError(
                "an archive inside an archive is not read.", where=name, hint="Unpack the outer one first."
            )
        scratch, limits, progress = self.scratch, self.limits, self.progress
        match kind:
            case "text":
                return [open_delimited(path, name, member, scratch, limits, progress)]
            case "ndjson":
                return [open_lines(path, name, member, scratch, limits, progress)]
            case "json":
                return [open_document(path, name, member, scratch, limits, progress, self.rows)]
            case "xml":
                return [open_eventlog(path, name, member, scratch, limits, progress)]
            case "parquet":
                return [open_parquet(path, name, member, scratch, limits, progress)]
            case "gzip":
                return self._gzip(path, name, member)
            case "zip":
                return self._zip(path, name, member, packed)

    def _gzip(self, path: Path, name: str, member: str) -> list[PlainFile]:
        target = self.scratch / "unpacked"
        meter, self.meter = self.meter or Meter(path.stat().st_size, name, self.limits), None
        gunzip(path, target, name, meter)
        inner = member[:-3] if member.lower().endswith(".gz") else member
        return self.tables(target, name, inner, packed=True)

    def _zip(self, path: Path, name: str, member: str, packed: bool) -> list[PlainFile]:
        with open_zip(path, name) as archive:
            names = archive.namelist()
            if is_workbook(names):
                return open_workbook(path, name, member, self.scratch, self.limits, self.progress)
            if looks_like := office_document(names):
                raise foreign(name, looks_like, "Save it as CSV or XLSX.")
            if packed:
                raise SourceError(
                    "an archive inside an archive is not read.",
                    where=name,
                    hint="Unpack the outer one first.",
                )
            if not members(archive, name, self.limits):
                raise SourceError("the zip archive holds no files.", where=name, hint="Pack the export anew.")
        return self._members(path, name)

    def _members(self, path: Path, name: str) -> list[PlainFile]:
        """The tables of all members; those that are none are told in the first one's notes, or as an error."""
        found: list[PlainFile] = []
        left_out: list[SourceError] = []
        meter = Meter(path.stat().st_size, name, self.limits)
        for index, (info, target) in enumerate(unzip(path, self.scratch, name, meter)):
            inner = _Opening(self.scratch / f"in{index}", self.limits, self.progress, self.rows, meter)
            inner.scratch.mkdir(exist_ok=True)
            base = info.filename.replace("\\", "/").rsplit("/", 1)[-1]
            try:
                found += inner.tables(target, f"{name} › {info.filename}", base, packed=True)
            except SourceError as error:
                left_out.append(error)
        if not found:
            raise left_out[0] if len(left_out) == 1 else _none_of(name, left_out)
        if left_out:
            notes = tuple(f"left out: {error.where}: {error.message}" for error in left_out)
            found[0] = replace(found[0], notes=(*found[0].notes, *notes))
        return found


def _none_of(name: str, errors: list[SourceError]) -> SourceError:
    said = " ".join(f"{error.where}: {error.message.removesuffix(VALID).strip()}" for error in errors[:5])
    return SourceError(f"none of its {len(errors):,} files is a table. {said}", where=name, hint=VALID)


def open_parquet(
    path: Path, name: str, member: str, scratch: Path, limits: Limits, progress: Progress | None
) -> PlainFile:
    """The table of a Parquet file, read where it is."""
    own = scan(path, progress)
    try:
        with duckdb.connect() as con:
            described = con.execute(f"DESCRIBE SELECT * FROM {parquet_source(path)}").fetchall()
    except duckdb.Error as error:
        raise SourceError(
            f"the Parquet file cannot be read ({str(error).splitlines()[0][:150]}).",
            where=name,
            hint="It was cut off or is encrypted: export it again.",
        ) from error
    if len(described) > limits.max_columns:
        raise SourceError(
            f"it has {len(described):,} columns; at most {limits.max_columns:,} are read.",
            where=name,
            hint="Is this the right file?",
        )
    return PlainFile(
        name=name,
        member=member,
        kind="parquet",
        path=path,
        columns=tuple(row[0] for row in described),
        scratch=scratch,
        sha256=own.sha256,
        bytes=own.size,
    )
