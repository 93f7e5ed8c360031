"""What a profile is: definitions of some of our metrics, over the peers' facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from goalkeeper.errors import UsageError
from goalkeeper.formulas import Formula
from goalkeeper.formulas.shapes import CALENDAR
from goalkeeper.metrics.metric import Metric
from goalkeeper.units import Unit


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment of a ticket: the column that holds it, what it is, and the type of event that it mostly is."""

    column: str
    words: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """How a peer defines one of our metrics, and where that is read.

    ``begins`` and ``ends`` are the moments between which a time runs, ``without`` what is taken out of it.
    """

    formula: Formula
    about: str
    source: str
    counts: str = "tickets"
    clock: str = CALENDAR
    statistic: str = ""
    unit: Unit | None = None
    bounds: tuple[float, float] | None = None
    variants: Mapping[str, Formula] = field(default_factory=dict)
    begins: Mark | None = None
    ends: Mark | None = None
    without: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A peer's definitions by metric; ``same`` are those like ours, ``apart`` those that we cannot tell, and why."""

    key: str
    name: str
    definitions: Mapping[str, Definition]
    same: Mapping[str, str] = field(default_factory=dict)
    apart: Mapping[str, str] = field(default_factory=dict)

    def metric(self, ours: Metric) -> Metric:
        """The metric as the peer defines it; UsageError where it has no such definition."""
        if ours.key in self.same:
            return replace(ours, profile=self.key)
        if ours.key not in self.definitions:
            why = self.apart.get(ours.key, "no definition of it is known")
            raise UsageError(
                f"{self.key} has no {ours.key}: {why}.",
                where="--profile",
                hint=f"It has {', '.join((*self.definitions, *self.same))}; leave --profile out for ours.",
            )
        its = self.definitions[ours.key]
        return replace(
            ours,
            formula=its.formula,
            about=its.about,
            unit=its.unit or ours.unit,
            bounds=its.bounds,
            statistic=its.statistic,
            clock=its.clock,
            counts=its.counts,
            variants=its.variants,
            profile=self.key,
            benchmarks=(),  # they were measured by other definitions
        )


@dataclass(frozen=True, slots=True)
class Own:
    """Our own definitions, as far as a profile is compared with them."""

    key: str
    marks: Mapping[str, tuple[Mark, Mark]]


OURS = Own(
    "goalkeeper",
    {
        "first_response_time": (
            Mark("first_response_from", "the customer's first message", "reply"),
            Mark("first_response_at", "the first public reply of a human after that", "reply"),
        ),
        "resolution_time": (
            Mark("created_at", "the first contact", "made"),
            Mark("solved_at", "the last solving", "status"),
        ),
    },
)
