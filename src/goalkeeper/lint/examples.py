"""The examples in a rule's docstring: read as plans with what own data shows, for the tests and the documents."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from goalkeeper.goals import Watched
from goalkeeper.goals.outlook import Weeks
from goalkeeper.goals.plan import JUDGED_WEEKS
from goalkeeper.lint.evidence import NOT_SEEN, NoData, Response, Workload
from goalkeeper.lint.rule import Rule
from goalkeeper.stats.estimate import Estimate, Result
from goalkeeper.stats.proportion import wilson

HEAD = """\
[plan]
name = "Support, Q1 2027"
quarter = "2027Q1"
stage = "50k-500k"
review = "monthly"

"""
"""What stands before an example that shows goals only."""

TODAY = date(2026, 12, 20)
_DATA = "# own data"
_SECTION = re.compile(r"^## (\w+)\n", re.MULTILINE)
_BLOCK = re.compile(r"^```toml\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Example:
    """A plan of a rule's docstring: whether it is a Bad one, its whole text, and the data that goes with it."""

    is_bad: bool
    text: str
    data: Mapping[str, Any]


def sections(about: str) -> Iterator[tuple[str, str]]:
    """The sections of a rule's docstring with their texts, in order."""
    parts = _SECTION.split(about)[1:]
    yield from zip(parts[::2], (text.strip("\n") for text in parts[1::2]), strict=True)


def examples(rule: Rule) -> Iterator[Example]:
    """The Bad and Good plans of a rule."""
    for title, text in sections(rule.about):
        if title not in ("Bad", "Good"):
            continue
        plan, *data = _BLOCK.findall(text)
        whole = plan if plan.startswith("[plan]") else HEAD + plan
        yield Example(title == "Bad", whole, tomllib.loads("".join(data)))


@dataclass(frozen=True)
class Given(NoData):
    """Own data as an example gives it: tables `seen`, one a metric, and `pull`, one a pair."""

    data: Mapping[str, Any] = field(default_factory=dict)

    def _seen(self, watched: Watched) -> Mapping[str, Any]:
        return next((each for each in self.data.get("seen", ()) if each["metric"] == watched.metric.key), {})

    def missing(self, watched: Watched) -> str:
        """The text of `missing`."""
        return str(self._seen(watched).get("missing", ""))

    def unknown(self, watched: Watched) -> Mapping[str, tuple[str, tuple[str, ...]]]:
        """By `where`: each split with the values that the data knows."""
        known = self._seen(watched).get("where", {})
        return {
            split: (value, tuple(known[split]))
            for split, values in watched.where.items()
            for value in values
            if split in known and value not in known[split]
        }

    def response(self, watched: Watched) -> Response | None:
        """By `response`: rate, low, high, number of invitations."""
        given = self._seen(watched).get("response")
        return Response(_estimate(given), "invitations") if given else None

    def recent(self, watched: Watched) -> Result:
        """By `recent`: value, low, high, rows."""
        given = self._seen(watched).get("recent")
        return _estimate(given) if given else NOT_SEEN

    def rows_coming(self, watched: Watched) -> float:
        """By the rows of `recent`."""
        return _estimate(self._seen(watched)["recent"]).n / watched.recent_weeks * JUDGED_WEEKS

    def weeks(self, watched: Watched) -> Weeks:
        """By `weekly`, shares, and `rows_a_week`."""
        seen = self._seen(watched)
        rows = seen.get("rows_a_week", 0)
        return Weeks(tuple(wilson(round(share * rows), rows) for share in seen.get("weekly", ())), TODAY)

    def pull(self, one: Watched, other: Watched, level: float) -> Result:
        """By `correlation`: value, low, high; and `weeks`."""
        for each in self.data.get("pull", ()):
            if {one.metric.key, other.metric.key} == set(each["metrics"]):
                return _estimate([*each["correlation"], each["weeks"]])
        return NOT_SEEN

    def workload(self, watched: Watched) -> Workload | None:
        """By `contacts_a_week` and `hours_a_week`."""
        seen = self._seen(watched)
        return Workload(seen["contacts_a_week"], seen["hours_a_week"]) if "hours_a_week" in seen else None

    def link(self, watched: Watched) -> Result:
        """By `link`: value, low, high, weeks."""
        given = self._seen(watched).get("link")
        return _estimate(given) if given else NOT_SEEN


def _estimate(given: list[float]) -> Estimate:
    value, low, high, n = given
    return Estimate(value, low, high, 0.95, int(n), "given")
