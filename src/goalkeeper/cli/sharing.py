"""manual: documents that a team shares."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from goalkeeper.cli.show import say, write

if TYPE_CHECKING:
    from goalkeeper.documents.document import Document


def manual(workspace: str, plan: str, version: int, html: Path | None, pdf: Path | None, markdown: Path | None) -> None:
    """Writes the manual of an agreed plan to the files named, or prints it as Markdown."""
    from goalkeeper.documents.manual import manual_document
    from goalkeeper.reports.manual import manual as build
    from goalkeeper.workspace import open_workspace

    with open_workspace(workspace) as opened:
        made = build(opened, plan, version)
    write_document(manual_document(made), html, pdf, markdown)


def write_document(document: Document, html: Path | None, pdf: Path | None, markdown: Path | None) -> None:
    """Writes a document to each file that is named; prints it as Markdown where none is."""
    from goalkeeper.documents.document_markdown import document_markdown

    if html:
        from goalkeeper.documents.document_html import document_html

        write(html, document_html(document))
    if markdown:
        write(markdown, document_markdown(document))
    if pdf:
        from goalkeeper.documents.document_pdf import document_pdf

        write(pdf, document_pdf(document))
    named = [path for path in (html, markdown, pdf) if path]
    if named:
        say(f"Wrote {', '.join(map(str, named))}.")
    else:
        say(document_markdown(document).rstrip())
