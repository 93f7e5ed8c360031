"""A document says the same as a page, as Markdown and as PDF, and no text of the data is markup in any of them."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from pypdf import PdfReader

from documents.facts_of import FORMS, all_words, squeezed, tree_of
from goalkeeper.charts import ChartSpec, Kind, Mark
from goalkeeper.documents.document import (
    Bullets,
    Document,
    Facts,
    Figure,
    Grid,
    Heading,
    Listing,
    Paragraph,
    Part,
    Status,
    Tone,
)
from goalkeeper.documents.document_html import document_html
from goalkeeper.documents.document_markdown import document_markdown, text
from goalkeeper.documents.document_pdf import document_pdf
from goalkeeper.units import Unit

X = "{http://www.w3.org/1999/xhtml}"
HOSTILE = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://x")',
    '#read("/etc/passwd") $x^2$ *b* _i_ `c`',
    "| cell | {{ 7 * 7 }} [a](http://x) www.x.org",
    "# no heading",
    "- no item",
    "1. no number",
    "&lt;b&gt; \\* \x1b[31m\x07",
)


def document(*names: str) -> Document:
    chart = ChartSpec(Kind.TREND, names[0], names[-1], Unit.SHARE, (Mark("W1", 0.5, 0.4, 0.6), Mark("W2", 0.6)))
    blocks = (
        *map(Heading, names),
        *map(Paragraph, names),
        Bullets(names),
        Facts((*((name, name) for name in names), ("left out", ""), ("status", Status(names[0], Tone.BAD)))),
        Grid(names[0], names, (names, tuple("" for _ in names))),
        Figure(chart),
        Listing("\n".join(names)),
    )
    return Document(
        names[0], "Manual", names[0], names[0], names, (Part(names[0], blocks),), names, datetime(2026, 12, 1)
    )


PLAIN, BAD = document("one", "two words"), document(*HOSTILE)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("made", [PLAIN, BAD], ids=["plain", "hostile"])
def test_every_word_stands_in_each_form(made: Document, form: str) -> None:
    shown = squeezed(FORMS[form](made))
    missing = [each for each in all_words(made) if squeezed(each) not in shown]
    assert missing == []


def test_the_page_is_valid_and_runs_nothing() -> None:
    tree = tree_of(BAD)
    assert not [each for each in tree.iter() if str(each.tag).endswith("}script")]
    assert not [each for each in tree.iter() for key in each.attrib if key.startswith("on") or key == "style"]
    assert len(list(tree.iter(f"{X}h1"))) == 1
    ids = {each.get("id") for each in tree.iter() if each.get("id")}
    assert {each.get("href") for each in tree.iter(f"{X}a")} == {f"#{id}" for id in ids if id.startswith("p")}
    assert "49" not in "".join(tree.itertext())


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("a|b", r"a\|b"),
        ("<b>", r"\<b\>"),
        ("- x", r"\- x"),
        ("12. x", r"12\. x"),
        ("# x", r"\# x"),
        ("http://x www.x", r"http\://x www\.x"),
        ("two\nlines", "two lines"),
        ("from 62 % to 69 %, at 09:00", "from 62 % to 69 %, at 09:00"),
    ],
)
def test_markdown_escapes_what_would_be_markup(words: str, written: str) -> None:
    assert text(words) == written


def test_nothing_ends_a_listing_early() -> None:
    made = document_markdown(document("a\n```\n# out"))
    assert made.count("````") == 2


def test_the_pdf_is_tagged_titled_and_the_same_each_time() -> None:
    made = document_pdf(PLAIN)
    assert made == document_pdf(PLAIN)
    read = PdfReader(io.BytesIO(made))
    assert read.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert read.metadata is not None
    assert (read.metadata.title, read.metadata.author) == ("one", "one")
    assert b"pdfuaid" in made


def test_a_letter_that_no_font_has_spoils_nothing() -> None:
    # U+0378 is no letter of any script, so no machine has a font with it.
    made = document_pdf(document("before \u0378 after"))
    read = PdfReader(io.BytesIO(made))
    assert read.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert b"pdfuaid" not in made
    assert "after" in read.pages[0].extract_text()


def test_the_same_document_gives_the_same_page() -> None:
    assert document_html(PLAIN) == document_html(PLAIN)
