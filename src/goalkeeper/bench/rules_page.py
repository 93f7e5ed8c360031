"""The document of the plan check, from its rules: what each finds, why, and plans that prove it."""

from __future__ import annotations

from goalkeeper.lint import RULES, Rule
from goalkeeper.lint.examples import HEAD

_HEAD = """\
# The rules of the plan check

`goalkeeper check PLAN` looks a plan over; `goalkeeper check --explain GK202` prints one rule. Rules that need own data
run with `--workspace`. A goal or a plan may break a rule with `allow = [{ rule = "GK201", because = "…" }]`, or with
`allow = ["GK201"]` where its `because` says why.

The examples below are the tests of the rules. Those that show goals only stand under this head:

"""


def rules_page() -> str:
    """docs/rules.md: an index, then each rule."""
    rows = ["| code | finds | severity | fix | needs |", "|---|---|---|---|---|"]
    for rule in RULES.values():
        needs = ", ".join(rule.needs)
        rows.append(f"| [{rule.code}](#{rule.code.lower()}) | {rule.title} | {rule.severity} | {rule.fix} | {needs} |")
    head = f"{_HEAD}```toml\n{HEAD.strip()}\n```"
    return "\n\n".join([head, "\n".join(rows), *map(_section, RULES.values())]) + "\n"


def _section(rule: Rule) -> str:
    title, _, rest = rule.about.partition("\n")
    facts = f"*Allow {rule.name}. Since {rule.since}.*"
    return "\n\n".join([f"## {rule.code}", f"**{title}**", rest.strip().replace("## ", "### "), facts])
