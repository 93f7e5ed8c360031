"""The quarterly review, the customer service manual and the scorecard, to read and to take away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from fastapi import Request

from goalkeeper.documents.as_json import review_json
from goalkeeper.documents.document import Document
from goalkeeper.documents.document_html import document_html
from goalkeeper.documents.document_markdown import document_markdown
from goalkeeper.documents.document_pdf import document_pdf
from goalkeeper.documents.manual import manual_document
from goalkeeper.documents.review import review_document
from goalkeeper.errors import UnknownName
from goalkeeper.goals.agreed import versions
from goalkeeper.reports.manual import manual
from goalkeeper.reports.review import review
from goalkeeper.web.pages import File, Made, Pages, View
from goalkeeper.workspace import Workspace


def _page(document: Document) -> bytes:
    return document_html(document).encode()


def _markdown(document: Document) -> bytes:
    return document_markdown(document).encode()


FORMS: Mapping[str, tuple[str, Callable[[Document], bytes]]] = {
    "html": ("text/html; charset=utf-8", _page),
    "md": ("text/markdown; charset=utf-8", _markdown),
    "pdf": ("application/pdf", document_pdf),
}


def declare(pages: Pages, *, now: Callable[[], datetime]) -> None:
    """Declares the pages of documents."""

    def reviews(workspace: Workspace, request: Request) -> Made:
        facts = _choice(workspace, request)
        if not facts:
            return _none("Reviews", "A review looks back on an agreed plan, and none is agreed yet.", "reviews")
        made = review(workspace, facts["chosen"], now=now())
        return _answer(review_document(made), request, "reviews", "review", facts, lambda: review_json(made))

    def manuals(workspace: Workspace, request: Request) -> Made:
        facts = _choice(workspace, request)
        if not facts:
            return _none("Manual", "The manual tells of an agreed plan, and none is agreed yet.", "manual")
        document = manual_document(manual(workspace, facts["chosen"]))
        return _answer(
            document, request, "manual", "manual", facts,
            lambda: {"plan": facts["chosen"], "markdown": document_markdown(document)},
        )  # fmt: skip

    pages.add("/reviews", reviews)
    pages.add("/manual", manuals)


def _choice(workspace: Workspace, request: Request) -> dict[str, Any]:
    """The agreed plans, the latest first, and the chosen one; empty where there is none."""
    names = list(dict.fromkeys(each.name for each in reversed(versions(workspace.store))))
    return {"names": names, "chosen": request.query_params.get("plan", "") or names[0]} if names else {}


def _answer(
    document: Document, request: Request, place: str, name: str, facts: Mapping[str, object], json: Callable[[], object]
) -> Made:
    form = request.query_params.get("as", "")
    if form:
        if form not in FORMS:
            raise UnknownName("form", form, FORMS)
        media_type, write = FORMS[form]
        return File(f"{name}.{form}", media_type, write(document))
    return View("document_page.html", document.kind, {"document": document, **facts}, json, place=place)


def _none(title: str, words: str, place: str) -> View:
    facts = {"words": words, "next_step": "Write a plan with `goalkeeper plan new`, then agree it.", "is_inside": True}
    return View("wrong.html", title, facts, lambda: {"none": words}, place=place)
