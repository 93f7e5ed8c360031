"""Notes on days: what happened then, told beside the metrics that it may have moved; kept in `notes.toml`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from goalkeeper.errors import Finding, Findings, UnknownName, UsageError
from goalkeeper.goals.edit import apply, put, take_out, write_back
from goalkeeper.tomlfile import Path_, TomlFile, parse_toml, read_toml, written

NOTES_FILE = "notes.toml"
LONGEST = 300
_FIRST = "# What happened on a day. A note without `metric` stands on the charts of all.\n"
_WRITING = threading.Lock()
Record = Callable[[], None]
"""Is called once a change is known to be sound and before it is written; where it raises, nothing is."""


@dataclass(frozen=True, slots=True)
class DayNote:
    """What happened on a day; ``metric`` is empty where it concerns all."""

    day: date
    words: str
    metric: str = ""


def notes(folder: Path, metrics: Collection[str]) -> tuple[DayNote, ...]:
    """All notes of a workspace, oldest first; Findings with file and line for every mistake in the file."""
    path = folder / NOTES_FILE
    if not path.exists():
        return ()
    toml = read_toml(path)
    findings = [Finding(toml.where(key), f"unknown key '{key}'.", "Valid: note.") for key in toml.data if key != "note"]
    found: list[DayNote] = []
    listed = toml.data.get("note", [])
    for place, each in enumerate(listed if isinstance(listed, list) else [None]):
        if not isinstance(each, dict) or set(each) - {"day", "words", "metric"}:
            findings.append(Finding(toml.where("note", place), "it is no note.", "Valid keys: day, words, metric."))
            continue
        day, words, metric = each.get("day"), each.get("words"), each.get("metric", "")
        if isinstance(day, datetime) or not isinstance(day, date):
            findings.append(Finding(toml.where("note", place, "day"), "it has no day.", "Write day = 2026-01-31."))
        elif not isinstance(words, str) or not words.strip():
            findings.append(Finding(toml.where("note", place, "words"), "it has no words.", "Say what happened."))
        elif metric and metric not in metrics:
            findings.append(
                Finding(toml.where("note", place, "metric"), f"unknown metric '{metric}'.", "Leave it out for all.")
            )
        else:
            found.append(DayNote(day, words, metric))
    if findings:
        raise Findings(findings)
    return tuple(sorted(found, key=lambda note: (note.day, note.metric)))


def notes_of(folder: Path, metrics: Collection[str], key: str, since: date, until: date) -> tuple[DayNote, ...]:
    """The notes on a metric's chart of the days from ``since`` up to and without ``until``."""
    return tuple(each for each in notes(folder, metrics) if each.metric in ("", key) and since <= each.day < until)


def add_note(folder: Path, metrics: Collection[str], note: DayNote, record: Record | None = None) -> bool:
    """Adds a note at the end of the file, what stands there left as it is; False where it stands there already."""
    note = _valid(note, metrics)
    path = folder / NOTES_FILE
    with _WRITING:
        if note in notes(folder, metrics):
            return False
        text = path.read_text(encoding="utf-8-sig") if path.exists() else _FIRST
        metric = f"metric = {written(note.metric)}\n" if note.metric else ""
        begun = text if not text or text.endswith("\n") else f"{text}\n"
        _write(path, f"{begun}\n[[note]]\nday = {written(note.day)}\n{metric}words = {written(note.words)}\n", record)
    return True


def change_note(
    folder: Path, metrics: Collection[str], old: DayNote, new: DayNote, record: Record | None = None
) -> None:
    """Writes a note anew in its place, remarks beside it left; UsageError where the old one is there no more."""
    new = _valid(new, metrics)
    with _WRITING:
        toml, path = _found(folder, metrics, old)
        for key, value in (("day", new.day), ("words", new.words), ("metric", new.metric)):
            if value == getattr(old, key):
                continue
            edit = put(toml, path, key, value) if value else take_out(toml, (*path, key))
            toml = parse_toml(apply(toml.text, [edit]), toml.name)
        _write(folder / NOTES_FILE, toml.text, record)


def remove_note(folder: Path, metrics: Collection[str], note: DayNote, record: Record | None = None) -> None:
    """Takes a note out of the file; UsageError where it is there no more."""
    with _WRITING:
        toml, path = _found(folder, metrics, note)
        if toml.containers[path].kind != "table":
            raise UsageError("the notes are written in one list.", where=toml.where(*path), hint="Change it as text.")
        start = toml.text.rfind("\n", 0, toml.spans[path].key) + 1
        end = toml.text.find("\n", toml.containers[path].end) + 1 or len(toml.text)
        before = toml.text[:start]
        above = before[:-1] if before.endswith("\n\n") else before  # without the empty line before it
        _write(folder / NOTES_FILE, above + toml.text[end:], record)


def _write(path: Path, text: str, record: Record | None) -> None:
    if record:
        record()
    write_back(path, text)


def _valid(note: DayNote, metrics: Collection[str]) -> DayNote:
    """A note with its words on one line; UsageError for none, or too many, or an unknown metric."""
    words = " ".join(note.words.split())
    if not 0 < len(words) <= LONGEST:
        raise UsageError(f"a note has 1 to {LONGEST} characters.", where="note", hint="Say what happened.")
    if note.metric and note.metric not in metrics:
        raise UnknownName("metric", note.metric, metrics)
    return replace(note, words=words)


def _found(folder: Path, metrics: Collection[str], note: DayNote) -> tuple[TomlFile, Path_]:
    """The file and the place of a note in it."""
    if note not in notes(folder, metrics):
        raise UsageError(
            "this note is there no more: somebody changed it.", where=str(note.day), hint="Look at the page again."
        )
    toml = read_toml(folder / NOTES_FILE)
    listed = [DayNote(each["day"], each["words"], each.get("metric", "")) for each in toml.data["note"]]
    return toml, ("note", listed.index(note))
