"""The quarterly review, the customer service manual and the scorecard, to read and to take away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from fastapi import Request

from goalkeeper.documents.as_json import review_json
from goalkeeper.documents.document import Document, Figure
from goalkeeper.documents.document_html import document_html
from goalkeeper.documents.document_markdown import document_markdown
from goalkeeper.documents.document_pdf import document_pdf
from goalkeeper.documents.manual import manual_document
from goalkeeper.documents.review import review_document
from goalkeeper.errors import UnknownName
from goalkeeper.goals.agreed import versions
from goalkeeper.reports.manual import manual
from goalkeeper.reports.review import review
from goalkeeper.state.roles import Permission
from goalkeeper.web.numbers import numbers_view
from goalkeeper.web.pages import File, Made, Pages, View
from goalkeeper.web.waiting import waiting
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
            return waiting("reviews", for_data=False)
        made = review(workspace, facts["chosen"], now=now())
        facts |= {"numbers": f"/reviews/numbers?{urlencode({'plan': facts['chosen']})}"}
        return _answer(review_document(made), request, "reviews", "review", facts, lambda: review_json(made))

    def review_numbers(workspace: Workspace, request: Request) -> Made:
        """The numbers of one of a review's drawings, counted from 1."""
        facts = _choice(workspace, request)
        document = review_document(review(workspace, facts["chosen"], now=now())) if facts else None
        parts = document.parts if document else ()
        figures = {str(place): each for place, each in enumerate(
            (block for part in parts for block in part.blocks if isinstance(block, Figure)), 1)}  # fmt: skip
        asked = request.query_params.get("figure", "1")
        if asked not in figures:
            raise UnknownName("figure", asked, figures, where="figure")
        back = ("Review", f"/reviews?{urlencode({'plan': facts['chosen']})}")
        return numbers_view(figures[asked].chart, request, name=f"Review, figure {asked}", back=back, place="reviews")

    def manuals(workspace: Workspace, request: Request) -> Made:
        facts = _choice(workspace, request)
        if not facts:
            return waiting("manual", for_data=False)
        document = manual_document(manual(workspace, facts["chosen"]))
        return _answer(
            document, request, "manual", "manual", facts | {"numbers": ""},
            lambda: {"plan": facts["chosen"], "markdown": document_markdown(document)},
        )  # fmt: skip

    pages.add("/reviews", reviews, Permission.NUMBERS)
    pages.add("/reviews/numbers", review_numbers, Permission.NUMBERS)
    pages.add("/manual", manuals, Permission.NUMBERS)


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
