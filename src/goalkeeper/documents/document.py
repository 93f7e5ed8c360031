"""A document of words, tables and drawings, apart from how it is written out: as a page, as Markdown, as PDF."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from goalkeeper.charts import ChartSpec


class Tone(StrEnum):
    """Whether a status is good news; words always stand beside the colour."""

    GOOD = "good"
    BAD = "bad"
    FLAT = "flat"


@dataclass(frozen=True, slots=True)
class Status:
    """A few words with a tone."""

    words: str
    tone: Tone


Cell = str | Status


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading within a part."""

    words: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; a ``quiet`` one is an explanation at the side."""

    words: str
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and what they are; pairs without a word are left out."""

    pairs: tuple[tuple[str, Cell], ...]

    @property
    def told(self) -> Iterator[tuple[str, Cell]]:
        """The pairs that say something."""
        return ((name, cell) for name, cell in self.pairs if words_of(cell))


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; ``caption`` says what it lists. A row of empty cells is one for people to fill in."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing with its takeaway."""

    chart: ChartSpec


@dataclass(frozen=True, slots=True)
class Listing:
    """Text that is shown letter by letter."""

    text: str


Block = Heading | Paragraph | Bullets | Facts | Grid | Figure | Listing


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a document under its title."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document, as of the moment ``made``: the same facts give the same bytes."""

    company: str
    kind: str
    subject: str
    headline: str
    lede: tuple[str, ...]
    parts: tuple[Part, ...]
    foot: tuple[str, ...]
    made: datetime


def words_of(cell: Cell) -> str:
    """The words of a cell."""
    return cell if isinstance(cell, str) else cell.words
