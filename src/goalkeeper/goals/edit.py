"""Changes to a plan's text that leave every other character, comments too, as it is."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from goalkeeper.errors import UsageError
from goalkeeper.tomlfile import Path_, TomlFile, written, written_key


@dataclass(frozen=True, slots=True, order=True)
class TextEdit:
    """The characters from ``start`` up to ``end`` become ``text``."""

    start: int
    end: int
    text: str


def put(toml: TomlFile, table: Path_, key: str, value: object) -> TextEdit:
    """Sets a key of a table that is in the text: its value is replaced, or the key added after the last one."""
    if span := toml.spans.get((*table, key)):
        return TextEdit(span.start, span.end, written(value))
    return _add(toml, table, f"{written_key(key)} = {written(value)}")


def append(toml: TomlFile, table: Path_, key: str, value: object) -> TextEdit:
    """Adds a member to a table's list, which is made if it is not there."""
    path = (*table, key)
    if path in toml.containers:
        return _add(toml, path, written(value))
    if (*path, 0) not in toml.spans:
        return put(toml, table, key, [value])
    count = 1
    while (*path, count) in toml.spans:  # [[goal.must_not_get_worse]]: tables with headers of their own
        count += 1
    last = toml.containers[(*path, count - 1)].end
    header = ".".join(written_key(part) for part in path if isinstance(part, str))
    lines = [f"{written_key(name)} = {written(each)}" for name, each in dict(value).items()]  # type: ignore[call-overload]
    at = _line_end(toml.text, last)
    return TextEdit(at, at, "\n".join(["", "", f"[[{header}]]", *lines]))


def rename(toml: TomlFile, path: Path_, name: str) -> TextEdit | None:
    """Gives a key another name; None where it is not written as a plain last part of a key."""
    start, old = toml.spans[path].key, str(path[-1])
    return TextEdit(start, start + len(old), written_key(name)) if toml.text.startswith(old, start) else None


def replace(toml: TomlFile, path: Path_, value: object) -> TextEdit:
    """Gives a written path another value."""
    span = toml.spans[path]
    return TextEdit(span.start, span.end, written(value))


def take_out(toml: TomlFile, path: Path_) -> TextEdit:
    """Takes a key with its value and its line away; UsageError where others stand on the line."""
    span = toml.spans[path]
    start, end = toml.text.rfind("\n", 0, span.key) + 1, _line_end(toml.text, span.end)
    rest = toml.text[span.end : end].strip()
    if toml.text[start : span.key].strip() or (rest and not rest.startswith("#")):
        raise UsageError(
            f"`{path[-1]}` stands on a line with others.", where=toml.where(*path), hint="Change it as text."
        )
    return TextEdit(start, min(end + 1, len(toml.text)), "")


def apply(text: str, edits: Iterable[TextEdit]) -> str:
    """The text with all edits made; ValueError where two of them overlap."""
    ordered = sorted(edits)
    parts, at = [], 0
    for edit in ordered:
        if edit.start < at:
            raise ValueError("two edits overlap")
        parts += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*parts, text[at:]])


def write_back(path: Path, text: str) -> bytes:
    """Writes a file's new text with the line ends and the mark that it had, and gives its bytes.

    All of it is written, or UsageError and none.
    """
    beside = path.with_name(f".{path.name}.new")
    try:
        before = path.read_bytes() if path.exists() else b""
        encoding = "utf-8-sig" if before.startswith(b"\xef\xbb\xbf") else "utf-8"
        beside.write_text(text, encoding=encoding, newline="\r\n" if b"\r\n" in before else "\n")
        content = beside.read_bytes()
        if path.exists():
            beside.chmod(path.stat().st_mode)
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise UsageError(f"it cannot be written: {error.strerror}.", where=str(path)) from None
    return content


def _add(toml: TomlFile, path: Path_, text: str) -> TextEdit:
    """A new member after the last one of a table or list."""
    container = toml.containers[path]
    if container.kind == "table":
        at = _line_end(toml.text, container.end)
        return TextEdit(at, at, f"\n{text}")
    before = " " if container.is_empty and container.kind == "inline" else "" if container.is_empty else ", "
    return TextEdit(container.end, container.end, before + text)


def _line_end(text: str, at: int) -> int:
    """Where the line of an offset ends, a comment behind it included."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end
