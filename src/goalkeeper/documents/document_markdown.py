"""A document as Markdown with tables, in which no text of the data is markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from goalkeeper.charts import to_table
from goalkeeper.charts.canvas import allowed
from goalkeeper.documents.document import (
    Block,
    Bullets,
    Document,
    Facts,
    Figure,
    Grid,
    Heading,
    Listing,
    Paragraph,
    words_of,
)

_SIGNS = re.compile(r"([\\`*_\[\]<>|~&#$])|(?<=[a-z])(:)(?=//)|(?<=www)(\.)", re.IGNORECASE)
_AT_START = re.compile(r"^(?:([-+=])|(\d+)([.)])(?!\S))")


def document_markdown(document: Document) -> str:
    """The whole document; drawings are their takeaway and their numbers."""
    return "\n\n".join(_lines(document)) + "\n"


def text(words: str) -> str:
    """Words on one line, in which nothing is markup."""
    line = _SIGNS.sub(r"\\\g<0>", " ".join(allowed(words).split(" ")).replace("\n", " ").replace("\t", " ")).strip(" ")
    return _AT_START.sub(lambda found: f"{found[2] or ''}\\{found[1] or found[3]}", line)


def _lines(document: Document) -> Iterator[str]:
    yield f"# {text(document.headline)}"
    yield f"{text(document.company)}: {text(document.kind)}, {text(document.subject)}"
    if document.lede:
        yield _list(document.lede)
    for part in document.parts:
        yield f"## {text(part.title)}"
        for block in part.blocks:
            yield from _block(block)
    yield "---"
    yield from map(text, document.foot)


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading(words):
            yield f"### {text(words)}"
        case Paragraph(words):
            yield text(words)
        case Bullets(items):
            yield _list(items)
        case Facts():
            yield "\n".join(f"- **{text(name)}**: {text(words_of(cell))}" for name, cell in block.told)
        case Grid(caption, head, rows):
            yield f"*{text(caption)}*"
            yield _table(head, ([words_of(cell) for cell in row] for row in rows))
        case Figure(chart):
            table = to_table(chart)
            yield f"*{text(chart.takeaway)}*"
            if table.rows:
                yield _table(table.head, table.rows)
        case Listing(listed):
            # Longer than any run of backticks within, so that nothing in the text ends it.
            fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", listed)), default=0))
            yield f"{fence}toml\n{allowed(listed).rstrip()}\n{fence}"


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"- {text(item)}" for item in items)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = [text(cell) for cell in head]
    lines = [names, ["---"] * len(names), *([text(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
