"""The colours of every page, and how each mark of a chart looks, declared once for CSS and fixed SVG."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Theme(StrEnum):
    """Which of a token's two colours a fixed drawing takes; fluid drawings follow the reader's setting."""

    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Token:
    """One colour by its role."""

    light: str
    dark: str

    def of(self, theme: Theme) -> str:
        """The colour in one theme, as #rrggbb."""
        return self.light if theme is Theme.LIGHT else self.dark


TOKENS: Mapping[str, Token] = {
    "paper": Token("#f7f6f2", "#11161a"),
    "card": Token("#ffffff", "#181f25"),
    "sunk": Token("#efede7", "#0c1013"),
    "ink": Token("#16202a", "#e9edf0"),
    "ink2": Token("#46525e", "#b7c0c8"),
    "ink3": Token("#5f6b77", "#95a1ac"),
    "rule": Token("#e2dfd7", "#2a343c"),
    "rule2": Token("#858e97", "#66737e"),
    "link": Token("#0a5796", "#7cbcf5"),
    "blue": Token("#0b62a8", "#63aef0"),
    "goal": Token("#8f4e00", "#f0b45e"),
    "peer": Token("#7c858f", "#7f8b96"),
    "good": Token("#00664c", "#58cfa6"),
    "warn": Token("#8f4e00", "#f0b45e"),
    "bad": Token("#a5300c", "#ff9470"),
    "flat": Token("#4d5863", "#a9b4bd"),
    "good-tint": Token("#e2f1eb", "#12322a"),
    "warn-tint": Token("#faecd8", "#3a2a10"),
    "bad-tint": Token("#fbe6de", "#41200f"),
    "flat-tint": Token("#eceef0", "#27313a"),
}

# Values that are names of tokens become colours; everything else is taken as it stands.
MARKS: Mapping[str, Mapping[str, str]] = {
    "grid": {"stroke": "rule", "stroke-width": "1"},
    "rail": {"stroke": "rule", "stroke-width": "2"},
    "band": {"fill": "blue", "fill-opacity": ".15"},
    "bench": {"fill": "peer", "fill-opacity": ".17"},
    "edge": {"stroke": "peer", "stroke-width": "1.25"},
    "line": {"fill": "none", "stroke": "blue", "stroke-width": "2", "stroke-linejoin": "round"},
    "whisk": {"stroke": "blue", "stroke-width": "5", "stroke-opacity": ".36", "stroke-linecap": "round"},
    "reach": {"stroke": "ink2", "stroke-width": "1.5"},
    "bar": {"fill": "blue", "fill-opacity": ".5"},
    "dot": {"fill": "blue", "stroke": "card", "stroke-width": "1.5"},
    "weak": {"fill": "card", "stroke": "ink3", "stroke-width": "1.5"},
    "speck": {"stroke": "blue", "stroke-width": "4", "stroke-linecap": "round"},
    "ring": {"stroke": "ink3", "stroke-width": "5.5", "stroke-linecap": "round"},
    "hole": {"stroke": "card", "stroke-width": "2.5", "stroke-linecap": "round"},
    "target": {"stroke": "goal", "stroke-width": "1.75", "stroke-dasharray": "7 4"},
    "pace": {"fill": "none", "stroke": "goal", "stroke-width": "1.5", "stroke-dasharray": "7 4"},
    "flag": {"fill": "goal", "stroke": "card", "stroke-width": "1.5"},
    "fan": {"fill": "blue", "fill-opacity": ".1"},
    "ahead": {"fill": "none", "stroke": "blue", "stroke-width": "1.75", "stroke-dasharray": "2 3"},
    "limit": {"fill": "none", "stroke": "ink3", "stroke-width": "1.25", "stroke-dasharray": "1 4"},
    "signal": {"fill": "bad", "stroke": "card", "stroke-width": "1.5"},
    "note": {"stroke": "rule2", "stroke-width": "1", "stroke-dasharray": "2 3"},
    "ax": {"fill": "ink3", "font-size": "12px"},
    "row": {"fill": "ink", "font-size": "12px"},
    "now": {"fill": "blue", "font-size": "12px", "font-weight": "600"},
    "goalt": {"fill": "goal", "font-size": "12px", "font-weight": "600"},
}

FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif'

# In forced colours the browser leaves SVG shapes as they are, so each mark takes a system colour.
_FORCED = (
    ".chart .line,.chart .whisk,.chart .reach,.chart .speck,.chart .ring{stroke:CanvasText}.chart .hole{stroke:Canvas}"
    ".chart .dot,.chart .bar{fill:CanvasText;stroke:Canvas}.chart .weak{fill:Canvas;stroke:CanvasText}"
    ".chart .target,.chart .pace{stroke:Highlight}.chart .flag{fill:Highlight}.chart .signal{fill:Mark}"
    ".chart .limit{stroke:GrayText}.chart .ahead{stroke:CanvasText}"
    ".chart .grid,.chart .rail,.chart .edge,.chart .note{stroke:GrayText}"
    ".chart .band,.chart .bench,.chart .fan{fill:GrayText}.chart text{fill:CanvasText}"
)


def token_css() -> str:
    """The colours as custom properties: light by default and on paper, dark where the reader wants it."""
    light, dark = (";".join(f"--{name}:{token.of(theme)}" for name, token in TOKENS.items()) for theme in Theme)
    dark_rule = f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"
    return f":root{{color-scheme:light dark;{light}}}\n{dark_rule}\n"


def chart_css() -> str:
    """The rules fluid drawings need, made from the same table that colours fixed drawings."""
    rules = [
        ".chart{display:block;width:100%;box-sizing:border-box;overflow:visible}",
        ".chart *{vector-effect:non-scaling-stroke}",
        ".chart text{font-family:inherit;font-variant-numeric:tabular-nums}",
    ]
    for name, look in MARKS.items():
        body = ";".join(f"{key}:{f'var(--{value})' if value in TOKENS else value}" for key, value in look.items())
        rules.append(f".chart .{name}{{{body}}}")
    rules += [f".chart.l{step}{{padding-left:{step / 2:g}rem}}" for step in range(1, 25)]
    rules += [f".chart.r{step}{{padding-right:{step / 2:g}rem}}" for step in range(1, 25)]
    rules.append("@container (max-width:36rem){.chart .odd{display:none}}")
    rules.append("@container (max-width:25rem){.chart .even{display:none}}")
    rules.append(f"@media (forced-colors:active){{{_FORCED}}}")
    return "\n".join(rules) + "\n"


def look_of(names: str, theme: Theme) -> dict[str, str]:
    """The attributes a fixed drawing gives a mark of these classes."""
    look = MARKS.get(names.split()[0], {}) if names else {}
    return {key: TOKENS[value].of(theme) if value in TOKENS else value for key, value in look.items()}
