"""A document as one HTML file: no script, nothing from elsewhere, good on phones and on paper."""

from __future__ import annotations

from goalkeeper.documents.document import Document
from goalkeeper.documents.page import render


def document_html(document: Document) -> str:
    """The whole page as text, to be written as UTF-8; the same document gives the same bytes."""
    return render(
        "document",
        company=document.company,
        subject=f"{document.kind}, {document.subject}",
        document=document,
    )
