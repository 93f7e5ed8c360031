"""Pieces of TOML and SQL text for a proposed mapping."""

from __future__ import annotations

import re

from sqlglot.dialects.duckdb import DuckDB

from goalkeeper.connectors.files import PlainFile

_KEYWORDS = frozenset(DuckDB.Tokenizer.KEYWORDS) | {"USER", "ORDER", "GROUP", "TABLE", "COLUMN", "LIMIT", "OFFSET"}


def comment(text: str) -> str:
    """One comment line; a file's own texts cannot break out of it."""
    return "# " + plain(text)


def plain(text: str, limit: int = 400) -> str:
    """A text without control characters, cut at `limit`."""
    flat = re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]+", " ", text)
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def identifier(file: PlainFile, name: str) -> str:
    """A column as a SQL identifier; a key inside a JSON object as a path."""
    if file.kind == "ndjson" and name not in file.columns:
        first = next((column for column in file.columns if name.startswith(column + ".")), None)
        if first is not None:
            return f"{_identifier(first)}.{_identifier(name[len(first) + 1 :])}"
    return _identifier(name)


def _identifier(name: str) -> str:
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) and name.upper() not in _KEYWORDS:
        return name
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A SQL text literal."""
    return "'" + text.replace("'", "''") + "'"


def slug(name: str) -> str:
    """A file's name as an id: lower case, no ending, hyphens for all signs."""
    stem = re.sub(r"(\.(csv|tsv|txt|gz|zip|ndjson|jsonl|json|parquet|xlsx|xes))+$", "", name.lower())
    return re.sub(r"[^a-z0-9]+", "-", stem).strip("-") or "my-source"


def glob(member: str) -> str:
    """A glob for the next export of the same kind: runs of four and more digits may differ."""
    safe = re.sub(r"[\[\]*?]", "?", member.rsplit("/", 1)[-1])
    return re.sub(r"\d{4,}([-_.]?\d+)*", "*", safe)
