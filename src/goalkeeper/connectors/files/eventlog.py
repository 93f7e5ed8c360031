"""An XES event log → CSV: one row an event, its trace's attributes as `case:` columns."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from goalkeeper.connectors.files.delimited import open_delimited
from goalkeeper.connectors.files.plain import Limits, PlainFile
from goalkeeper.connectors.files.scan import Progress, scan
from goalkeeper.errors import SourceError


def open_eventlog(
    path: Path, name: str, member: str, scratch: Path, limits: Limits, progress: Progress | None
) -> PlainFile:
    """The events of an XES log in their order, one trace in memory at a time; DTDs and entities are refused."""
    own = scan(path, progress)
    spool, columns = scratch / "events.ndjson", dict[str, None]()
    with spool.open("w", encoding="utf-8", newline="") as out:
        for row in _events(path, name):
            columns.update(dict.fromkeys(row))
            if len(columns) > limits.max_columns:
                raise SourceError(
                    f"its events have more than {limits.max_columns:,} attributes.",
                    where=name,
                    hint="Is it a XES log?",
                )
            out.write(json.dumps(row) + "\n")
    if not columns:
        raise SourceError("the event log holds no events.", where=name, hint="Export it with its traces.")
    target = scratch / "events.csv"
    with (
        spool.open(encoding="utf-8") as lines,
        target.open("w", encoding="utf-8", errors="replace", newline="") as out,
    ):
        writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerow(columns)
        for line in lines:
            row = json.loads(line)
            writer.writerow([row.get(column, "") for column in columns])
    spool.unlink()
    file = open_delimited(target, name, member, scratch, limits, None, comma=True)
    return replace(file, sha256=own.sha256, bytes=own.size)


def _events(path: Path, name: str) -> Iterator[dict[str, str]]:
    """Each event with its trace's attributes, handed on when the trace ends, since they may come last."""
    open_elements: list[Any] = []
    try:
        for moment, element in iterparse(path, events=("start", "end"), forbid_dtd=True):
            if moment == "start":
                open_elements.append(element)
                continue
            open_elements.pop()
            tag = _local(element.tag)
            if tag == "trace":
                yield from _trace(element)
            elif tag == "event" and _local(open_elements[-1].tag if open_elements else "") == "log":
                yield _attributes(element)
            if open_elements and tag in ("trace", "event") and _local(open_elements[-1].tag) == "log":
                open_elements[-1].clear()
    except DefusedXmlException as error:
        raise SourceError(
            "the XML defines entities or a document type, which is refused.",
            where=name,
            hint="Export it without a DOCTYPE.",
        ) from error
    except ParseError as error:
        raise SourceError(
            f"the XML breaks: {error}.", where=name, hint="It was cut off or edited: export it again."
        ) from error


def _trace(trace: Any) -> Iterator[dict[str, str]]:
    case = _attributes(trace, "case:")
    for child in trace:
        if _local(child.tag) == "event":
            yield {**case, **_attributes(child)}


def _attributes(element: Any, prefix: str = "") -> dict[str, str]:
    """The attributes of a trace or event; those nested in others are called `outer:inner`."""
    found: dict[str, str] = {}
    for child in element:
        key = child.get("key")
        if key is None:
            if _local(child.tag) == "values":
                found.update(_attributes(child, prefix))
            continue
        if child.get("value") is not None:
            found[prefix + key] = child.get("value")
        found.update(_attributes(child, f"{prefix}{key}:"))
    return found


def _local(tag: object) -> str:
    return str(tag).rsplit("}", 1)[-1]
