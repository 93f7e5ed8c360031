"""A document as a tagged PDF (PDF/UA-1), set by Typst; every text of the data goes in as data and stays text."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC
from typing import Any

from goalkeeper.charts import to_svg
from goalkeeper.charts.canvas import Mode, allowed
from goalkeeper.charts.theme import TOKENS
from goalkeeper.documents.document import Block, Document, Facts, Figure, Grid, Status
from goalkeeper.documents.page import TEMPLATES


def document_pdf(document: Document) -> bytes:
    """The whole file; the same document gives the same bytes on one machine.

    The letters are those that Typst brings; fonts of the machine are asked only for scripts that those lack. PDF/UA
    refuses a letter that no font has: then it is a box, in a file that is tagged but does not claim to be PDF/UA.
    """
    import typst  # here, since only this needs it and it is large

    facts = {"d": json.dumps(_cleaned(_told(document)), ensure_ascii=False)}
    compiler = typst.Compiler(TEMPLATES / "document.typ", root=TEMPLATES, sys_inputs=facts)
    moment = round(document.made.replace(tzinfo=UTC).timestamp())
    try:
        made = compiler.compile(format="pdf", pdf_standards=["ua-1"], timestamp=moment)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        made = compiler.compile(format="pdf", timestamp=moment)
    assert isinstance(made, bytes)
    return made


def _told(document: Document) -> dict[str, Any]:
    return {
        "company": document.company,
        "kind": document.kind,
        "subject": document.subject,
        "headline": document.headline,
        "lede": document.lede,
        "foot": document.foot,
        "made": [document.made.year, document.made.month, document.made.day],
        "colours": {name: token.light for name, token in TOKENS.items()},
        "parts": [{"title": part.title, "blocks": [_block(each) for each in part.blocks]} for part in document.parts],
    }


def _block(block: Block) -> dict[str, Any]:
    kind = {"kind": type(block).__name__}
    match block:
        case Figure(chart):
            return kind | {"svg": to_svg(chart, Mode.FIXED), "takeaway": chart.takeaway}
        case Grid(caption, head, rows):
            return kind | {"caption": caption, "head": head, "rows": [[_cell(cell) for cell in row] for row in rows]}
        case Facts():
            return kind | {"pairs": [[name, _cell(cell)] for name, cell in block.told]}
        case _:
            return kind | asdict(block)


def _cell(cell: str | Status) -> dict[str, str]:
    return {"words": cell, "tone": ""} if isinstance(cell, str) else {"words": cell.words, "tone": cell.tone.value}


def _cleaned(value: Any) -> Any:
    """All texts without the characters that XML forbids, which no font has either."""
    if isinstance(value, str):
        return allowed(value)
    if isinstance(value, dict):
        return {name: _cleaned(each) for name, each in value.items()}
    return [_cleaned(each) for each in value] if isinstance(value, list | tuple) else value
