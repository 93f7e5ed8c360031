"""What a document says, read back from each of the forms in which it is written out."""

from __future__ import annotations

import io
import re

import html5lib
from pypdf import PdfReader

from goalkeeper.documents.document import Bullets, Document, Facts, Figure, Grid, Listing, words_of
from goalkeeper.documents.document_html import document_html
from goalkeeper.documents.document_markdown import document_markdown
from goalkeeper.documents.document_pdf import document_pdf

_ESCAPED = re.compile(r"\\([\\`*_\[\]<>|~&#$:.+=)-])")


def all_words(document: Document) -> list[str]:
    """Every text of it."""
    words = [document.company, document.kind, document.headline, *document.lede, *document.foot]
    for part in document.parts:
        words.append(part.title)
        for block in part.blocks:
            match block:
                case Bullets(items):
                    words += items
                case Facts():
                    words += [each for name, cell in block.told for each in (name, words_of(cell))]
                case Grid(caption, head, rows):
                    words += [caption, *head, *(words_of(cell) for row in rows for cell in row)]
                case Figure(chart):
                    words.append(chart.takeaway)
                case Listing(text):
                    words += text.splitlines()
                case _:
                    words.append(block.words)
    return [each for each in words if each.strip()]


def squeezed(text: str) -> str:
    """Text without white space, characters that no page may hold, and the hyphens of broken lines."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f\u00ad\ufffe]", "", text)


def tree_of(document: Document):
    """Its page as a tree; any parse error of the HTML standard is raised."""
    return html5lib.HTMLParser(strict=True).parse(document_html(document))


def html_words(document: Document) -> str:
    """The words of its page."""
    return "".join(tree_of(document).itertext())


def markdown_words(document: Document) -> str:
    """The words of its Markdown, once its escapes are taken back."""
    return _ESCAPED.sub(r"\1", document_markdown(document))


def pdf_words(document: Document) -> str:
    """The words on the pages of its PDF."""
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(document_pdf(document))).pages)


FORMS = {"html": html_words, "markdown": markdown_words, "pdf": pdf_words}
