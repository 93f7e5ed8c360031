"""What every page shares: templates that escape, charts as markup, and a policy that lets in its own style sheet."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from goalkeeper.charts import ChartSpec, Table, to_svg, to_table
from goalkeeper.charts.canvas import allowed
from goalkeeper.charts.theme import chart_css, token_css
from goalkeeper.documents.words import tied_within

TEMPLATES = Path(__file__).with_name("templates")


def render(name: str, **facts: object) -> str:
    """A page from the template and the style sheet of its name, as text to be written as UTF-8."""
    css, digest = _style(name)
    return environment(TEMPLATES).get_template(f"{name}.html").render(css=css, digest=digest, **facts)


@cache
def _style(name: str) -> tuple[Markup, str]:
    """The style sheet and the hash by which the page's policy lets it in."""
    sheets = (TEMPLATES / f"{each}.css" for each in ("base", name))
    css = token_css() + chart_css() + "".join(sheet.read_text(encoding="utf-8") for sheet in sheets)
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return Markup(css), f"sha256-{digest}"


def _cleaned(value: object) -> object:
    """Words without characters HTML forbids; markup of our own as it is."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else allowed(value)


def drawn(chart: ChartSpec) -> Markup:
    """A chart as markup; the renderer escapes every word it is given."""
    return Markup(to_svg(chart))


def _kind_of(block: object) -> str:
    return type(block).__name__


def _table_of(chart: ChartSpec) -> Table:
    """The numbers of a chart, none of which breaks from its unit."""
    table = to_table(chart)
    return replace(table, rows=tuple(tuple(map(tied_within, row)) for row in table.rows))


@cache
def environment(*folders: Path) -> Environment:
    """The templates of some folders, the first that has one; they escape and know how charts and blocks are shown."""
    made = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        finalize=_cleaned,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(drawn=drawn, table_of=_table_of, kind_of=_kind_of)
    return made
