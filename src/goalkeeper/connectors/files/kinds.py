"""What a file is by its first bytes, never by its name alone."""

from __future__ import annotations

import codecs
import json
import re
from dataclasses import dataclass
from typing import Literal

from goalkeeper.errors import SourceError

Kind = Literal["text", "ndjson", "json", "parquet", "zip", "gzip", "xml"]

VALID = "Valid are CSV or TSV text, NDJSON, JSON, Parquet, XLSX and XES files, and any of them packed as .gz or .zip."


@dataclass(frozen=True, slots=True)
class Magic:
    """A file format known by its first bytes that holds no table we read."""

    start: bytes
    looks_like: str
    hint: str = ""


_EXCEL_HINT = "Open it in a spreadsheet program and save it as .xlsx or .csv."
_REPACK_HINT = "Unpack it, or pack it anew as .zip or .gz."
FOREIGN: tuple[Magic, ...] = (
    Magic(b"%PDF", "a PDF document", "Ask the source for a CSV export."),
    Magic(b"\x89PNG", "a PNG image"),
    Magic(b"\xff\xd8\xff", "a JPEG image"),
    Magic(b"GIF8", "a GIF image"),
    Magic(b"II*\0", "a TIFF image"),
    Magic(b"MM\0*", "a TIFF image"),
    Magic(b"RIFF", "a sound, video or WebP file"),
    Magic(b"ID3", "an MP3 sound file"),
    Magic(b"OggS", "an Ogg sound file"),
    Magic(b"\x7fELF", "a program"),
    Magic(b"\xcf\xfa\xed\xfe", "a program"),
    Magic(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an old Excel (.xls) or a password-protected Office file",
        _EXCEL_HINT,
    ),
    Magic(b"{\\rtf", "an RTF document", "Save it as plain CSV text."),
    Magic(b"SQLite format 3\0", "an SQLite database", "Export its tables as CSV."),
    Magic(b"Rar!", "a RAR archive", _REPACK_HINT),
    Magic(b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _REPACK_HINT),
    Magic(b"BZh", "a bzip2 archive", _REPACK_HINT),
    Magic(b"\xfd7zXZ\0", "an xz archive", _REPACK_HINT),
    Magic(b"\x28\xb5\x2f\xfd", "a Zstandard archive", _REPACK_HINT),
    Magic(b"ORC", "an ORC file", "Save it as Parquet or CSV."),
    Magic(b"Obj\x01", "an Avro file", "Save it as Parquet or CSV."),
    Magic(b"ARROW1", "an Arrow file", "Save it as Parquet or CSV."),
    Magic(b"PGDMP", "a PostgreSQL dump", "Export its tables as CSV."),
)

_BOMS: tuple[tuple[bytes, str], ...] = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def bom_encoding(first: bytes) -> str | None:
    """The encoding that a byte order mark names, or that UTF-16's zero bytes betray; None where neither is."""
    for mark, encoding in _BOMS:
        if first.startswith(mark):
            return encoding
    sample = first[:4096]
    even, odd = sample[0::2], sample[1::2]
    if len(sample) >= 8 and b"\0" in sample:
        if odd.count(0) > 0.7 * len(odd) and even.count(0) < 0.1 * len(even):
            return "utf-16-le"
        if even.count(0) > 0.7 * len(even) and odd.count(0) < 0.1 * len(odd):
            return "utf-16-be"
    return None


def kind_of(first: bytes, member: str) -> Kind:
    """The kind of a file from its first bytes; a `SourceError` says what a foreign one looks like."""
    if not first:
        raise SourceError(
            "the file is empty.", where=member, hint="Export it again; a header row is the least it needs."
        )
    if first.startswith(b"PAR1"):
        return "parquet"
    if first.startswith(b"PK\x03\x04"):
        return "zip"
    if first.startswith(b"PK\x05\x06"):
        raise SourceError("the zip archive holds no files.", where=member, hint="Pack the export anew.")
    if first.startswith(b"\x1f\x8b"):
        return "gzip"
    for magic in FOREIGN:
        if first.startswith(magic.start):
            raise foreign(member, magic.looks_like, magic.hint)
    if first.startswith(b"MZ") and b"\0" in first[:256]:
        raise foreign(member, "a Windows program")
    if first[257:262] == b"ustar":
        raise foreign(member, "a tar archive", _REPACK_HINT)
    return _text_kind(first, member)


def foreign(member: str, looks_like: str, hint: str = "") -> SourceError:
    """The error for a file that is no table."""
    return SourceError(f"this looks like {looks_like}, not a table. {VALID}", where=member, hint=hint)


def _text_kind(first: bytes, member: str) -> Kind:
    encoding = bom_encoding(first)
    if encoding is None and _binary(first):
        raise foreign(member, "binary data")
    text = first.decode(encoding or "utf-8", errors="replace").lstrip("\ufeff \t\r\n\v\f")
    if not text.strip("\0"):
        raise SourceError(
            "the file holds only blank space.",
            where=member,
            hint="Export it again; a header row is the least it needs.",
        )
    if text.startswith("<"):
        return _markup(text, member)
    suffix = member.lower().rsplit(".", 1)[-1]
    if suffix in ("ndjson", "jsonl"):
        return "ndjson"
    if text[0] in "{[" and _is_json(text):
        return "ndjson" if _json_lines(text) else "json"
    if suffix == "json":
        raise SourceError(
            f"the name ends in .json, but it begins with {text[:30]!r}.",
            where=member,
            hint="Valid is a JSON array of objects, one object holding such an array, or one object a line.",
        )
    return "text"


def _binary(first: bytes) -> bool:
    """Whether control bytes are more than strays; a text with some NUL bytes in it is still a text."""
    sample = first[:65536]
    control = sum(sample.count(byte) for byte in range(32) if byte not in (9, 10, 11, 12, 13, 27, 30, 31))
    if control > 0.3 * len(sample):
        return True
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return control > max(8, 0.02 * len(sample))
    return False


def _markup(text: str, member: str) -> Kind:
    lowered = text[:4096].lower()
    if "<log" in lowered or "<!doctype log" in lowered:
        return "xml"
    if "<html" in lowered or "<!doctype html" in lowered or "<table" in lowered:
        hint = "Some programs save web pages as .xls: open it as a spreadsheet and save it as .xlsx or .csv."
        raise foreign(member, "a web page (HTML)", hint)
    if lowered.startswith(("<?xml", "<!--")) or re.match(r"<[\w:]+[\s>/]", lowered):
        raise foreign(member, "an XML document that is no XES event log", "Of XML only XES is read.")
    return "text"


def _is_json(text: str) -> bool:
    """Whether a text that begins with a bracket goes on as JSON (a CSV header may begin with one, too)."""
    return re.match(r'\{\s*("|\}|$)|\[\s*([\[{"\]\d-]|true|false|null|$)', text) is not None


def _json_lines(text: str) -> bool:
    """Whether the first line is a whole JSON object and another one follows it."""
    first, _, rest = text.partition("\n")
    if not first.startswith("{") or not rest.lstrip().startswith("{"):
        return False
    try:
        return isinstance(json.loads(first), dict)
    except ValueError:
        return first.rstrip().endswith("}")
