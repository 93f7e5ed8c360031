"""Text in the columns of a terminal: cleaned, cut, filled up and wrapped to a width."""

from __future__ import annotations

import textwrap
import unicodedata


def plain(words: str) -> str:
    """Text without control characters, which a terminal would obey."""
    return "".join(c if c.isprintable() else " " for c in words)


def width_of(words: str) -> int:
    """The columns a text takes in a terminal."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in words)


def cut(words: str, width: int) -> str:
    """The text in at most ``width`` columns; an ellipsis shows that some is missing."""
    words = plain(words)
    if width_of(words) <= width:
        return words
    kept, used = "", 0
    for c in words:
        used += width_of(c)
        if used > width - 1:
            break
        kept += c
    return (kept.rstrip() + "…")[: max(0, width)]


def padded(words: str, width: int, *, right: bool = False) -> str:
    """The text in exactly ``width`` columns."""
    words = cut(words, width)
    room = " " * (width - width_of(words))
    return room + words if right else words + room


def wrapped(words: str, width: int, indent: str = "", first: str | None = None) -> list[str]:
    """The text in lines of at most ``width`` columns."""
    lines = textwrap.wrap(
        plain(words),
        max(8, width),
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
    )
    return [cut(line, width) for line in lines]
