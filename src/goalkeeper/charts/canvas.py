"""One way to place shapes, two outputs: an SVG which follows the width of the page, and one of a fixed size.

A fluid drawing places points by percent of its width in an outer SVG without viewBox, and shapes with many
corners in stretched inner ones, so that text and strokes keep their size at every width. Room for labels
beside it is padding, set by class. A fixed drawing has the same geometry in pixels, its colours written in.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from itertools import groupby

from goalkeeper.charts.theme import FONT, TOKENS, Theme, look_of

UNIT_WIDTH = 1000
_REM = 16


class Mode(StrEnum):
    """How a drawing takes its width."""

    FLUID = "fluid"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class _Piece:
    stretched: bool
    markup: str


def allowed(words: str) -> str:
    """Text without the characters that XML and HTML forbid: controls, halves of pairs, noncharacters."""
    return "".join(c for c in words if c in "\t\n" or not _forbidden(c))


def _forbidden(c: str) -> bool:
    code = ord(c)
    return unicodedata.category(c) in ("Cc", "Cs") or 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE


def xml_text(words: str) -> str:
    """Text as it may stand in SVG."""
    return escape(allowed(words))


def gutter_of(words: Iterable[str]) -> int:
    """The room for labels of 12 px beside a chart, in half rems (at most 24)."""
    longest = max((len(text) for text in words), default=0)
    return min(24, round(longest * 0.84) + 2) if longest else 0


class Canvas:
    """Takes shapes by fraction of the width (0 to 1) and pixels from the top.

    ``whole`` places the corners of shapes by whole pixels where it is fluid, so that very many of them stay small.
    """

    def __init__(
        self,
        height: float,
        *,
        mode: Mode = Mode.FLUID,
        theme: Theme = Theme.LIGHT,
        width: float = 640,
        left: int = 0,
        right: int = 0,
        whole: bool = False,
    ) -> None:
        self.height, self.mode, self.theme = height, mode, theme
        self._fluid = mode is Mode.FLUID
        self._digits = 0 if whole and self._fluid else 1
        # A fixed drawing is cut at its edge: half a rem keeps round marks there whole.
        self.left, self.right = (left, right) if self._fluid else (max(1, left), max(1, right))
        self._start = 0.0 if self._fluid else self.left * _REM / 2
        self._span = UNIT_WIDTH if self._fluid else max(80.0, width - self._start - self.right * _REM / 2)
        self._pieces: list[_Piece] = []

    def _x(self, fraction: float) -> str:
        return f"{fraction * 100:.2f}%" if self._fluid else f"{self._start + fraction * self._span:.1f}"

    def _add(self, tag: str, names: str, facts: dict[str, str], inner: str = "", *, stretched: bool = False) -> None:
        look = {} if self._fluid else look_of(names, self.theme)
        given = {"class": names} if self._fluid and names else {}
        attributes = "".join(f' {key}="{value}"' for key, value in {**given, **facts, **look}.items())
        self._pieces.append(
            _Piece(stretched and self._fluid, f"<{tag}{attributes}" + (f">{inner}</{tag}>" if inner else "/>"))
        )

    def _points(self, points: Iterable[tuple[float, float]]) -> str:
        return " ".join(f"{self._start + x * self._span:.{self._digits}f},{y:.{self._digits}f}" for x, y in points)

    def area(self, names: str, points: Iterable[tuple[float, float]]) -> None:
        """A filled shape with these corners."""
        self._add("polygon", names, {"points": self._points(points)}, stretched=True)

    def path(self, names: str, points: Iterable[tuple[float, float]]) -> None:
        """An open line through these points."""
        self._add("polyline", names, {"points": self._points(points)}, stretched=True)

    def strokes(self, names: str, ends: Iterable[tuple[float, float, float]]) -> None:
        """Upright lines as one shape, each at x from y1 to y2."""
        if ends := list(ends):
            markup = "".join(f"M{self._points([(x, y1)])}V{y2:.{self._digits}f}" for x, y1, y2 in ends)
            self._add("path", names, {"d": markup}, stretched=True)

    def specks(self, names: str, places: Iterable[tuple[float, float]]) -> None:
        """Round marks as one shape: lines without length, whose look says how wide they are."""
        if places := list(places):
            markup = "".join(f"M{self._points([place])}h0" for place in places)
            self._add("path", names, {"d": markup}, stretched=True)

    def line(self, names: str, x1: float, y1: float, x2: float, y2: float) -> None:
        """A straight line."""
        self._add("line", names, {"x1": self._x(x1), "y1": f"{y1:.1f}", "x2": self._x(x2), "y2": f"{y2:.1f}"})

    def box(self, names: str, x1: float, y1: float, x2: float, y2: float) -> None:
        """An upright rectangle between two corners, never thinner than a pixel."""
        width = f"{(x2 - x1) * 100:.2f}%" if self._fluid else f"{max(1.0, (x2 - x1) * self._span):.1f}"
        place = {"x": self._x(x1), "y": f"{y1:.1f}"}
        self._add("rect", names, {**place, "width": width, "height": f"{max(1.0, y2 - y1):.1f}"})

    def dot(self, names: str, x: float, y: float, radius: float) -> None:
        """A round mark."""
        self._add("circle", names, {"cx": self._x(x), "cy": f"{y:.1f}", "r": f"{radius:g}"})

    def text(self, names: str, x: float, y: float, words: str, *, anchor: str = "start", shift: float = 0) -> None:
        """Words whose middle line is at ``y``, moved aside by ``shift`` pixels."""
        facts = {"x": self._x(x), "y": f"{y + 4:.1f}", "text-anchor": anchor}
        if shift:
            facts["dx"] = f"{shift:g}"
        self._add("text", names, facts, xml_text(words))

    def svg(self, label: str, kind: str) -> str:
        """The whole drawing, with the words that stand in its place for those who do not see it."""
        said = xml_text(label)
        parts: list[str] = []
        size = f'width="100%" height="{self.height:g}"'
        box = f'viewBox="0 0 {UNIT_WIDTH} {self.height:g}" preserveAspectRatio="none" {size}'
        for stretched, group in groupby(self._pieces, lambda piece: piece.stretched):
            markup = "".join(piece.markup for piece in group)
            parts.append(f"<svg {box}>{markup}</svg>" if stretched else markup)
        if self._fluid:
            names = " ".join(
                [
                    "chart",
                    kind,
                    *([f"l{self.left}"] if self.left else []),
                    *([f"r{self.right}"] if self.right else []),
                ]
            )
            head = f'<svg class="{names}" height="{self.height:g}" role="img" aria-label="{said}">'
        else:
            width = self._start + self._span + self.right * _REM / 2
            size = f'width="{width:g}" height="{self.height:g}" viewBox="0 0 {width:g} {self.height:g}"'
            ground = TOKENS["card"].of(self.theme)
            head = (
                f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{said}" '
                f"font-family='{FONT}'><title>{said}</title>"
                f'<rect width="100%" height="100%" fill="{ground}"/>'
            )
        return head + "".join(parts) + "</svg>"
