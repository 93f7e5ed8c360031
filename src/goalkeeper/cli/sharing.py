"""manual, review: documents that a team shares."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from goalkeeper.cli.opening import workspace_for
from goalkeeper.cli.show import say, say_json, write
from goalkeeper.errors import UsageError

if TYPE_CHECKING:
    from goalkeeper.documents.document import Document


def manual(workspace: str, plan: str, version: int, html: Path | None, pdf: Path | None, markdown: Path | None) -> None:
    """Writes the manual of an agreed plan to the files named, or prints it as Markdown."""
    from goalkeeper.documents.manual import manual_document
    from goalkeeper.reports.manual import manual as build

    with workspace_for(workspace) as opened:
        made = build(opened, plan, version)
    write_document(manual_document(made), html, pdf, markdown)


def review(
    workspace: str, plan: str, quarter: str, html: Path | None, pdf: Path | None, markdown: Path | None, json: bool
) -> None:
    """Writes the review of an agreed plan to the files named, or prints it as Markdown or JSON."""
    from goalkeeper.documents.as_json import review_json
    from goalkeeper.documents.review import review_document
    from goalkeeper.reports.review import review as build

    with workspace_for(workspace) as opened:
        made = build(opened, plan, quarter_option(quarter))
    if json:
        say_json(review_json(made))
    else:
        write_document(review_document(made), html, pdf, markdown)


def quarter_option(text: str) -> date | None:
    """The first day of the quarter that an option names; None where it is not given."""
    if not text:
        return None
    found = re.fullmatch(r"(\d{4})-?Q([1-4])", text.strip(), re.IGNORECASE)
    if not found or int(found[1]) < 1:
        raise UsageError(f"'{text}' is no quarter.", where="--quarter", hint="Write it as 2027Q1.")
    return date(int(found[1]), 3 * int(found[2]) - 2, 1)


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
