"""A document as one HTML file: no script, nothing from elsewhere, good on phones and on paper."""

from __future__ import annotations

from markupsafe import Markup

from goalkeeper.charts import ChartSpec, to_svg, to_table
from goalkeeper.documents.document import Block, Document
from goalkeeper.documents.page import render


def document_html(document: Document) -> str:
    """The whole page as text, to be written as UTF-8; the same document gives the same bytes."""
    return render(
        "document",
        company=document.company,
        subject=f"{document.kind}, {document.subject}",
        document=document,
        kind_of=_kind_of,
        drawn=_drawn,
        table_of=to_table,
    )


def _kind_of(block: Block) -> str:
    return type(block).__name__


def _drawn(chart: ChartSpec) -> Markup:
    # The renderer escapes every word it is given, so its output is markup already.
    return Markup(to_svg(chart))
