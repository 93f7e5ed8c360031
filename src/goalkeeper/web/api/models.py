"""What the API answers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Item = TypeVar("Item")
Moment = Annotated[datetime, AfterValidator(lambda moment: moment.replace(tzinfo=UTC))]
"""A moment that is kept as UTC without zone."""


class Problem(BaseModel):
    """What is wrong, and what to do; sent as `application/problem+json`."""

    type: str
    title: str
    status: int
    detail: str
    next_step: str


class Listed(BaseModel, Generic[Item]):
    """A part of a list: ``next`` is the offset of the part that follows, null at the end."""

    items: list[Item]
    total: int
    next: int | None


class MetricOut(BaseModel):
    """A metric: ``unit`` is that of its numbers, ``better`` the direction."""

    key: str
    name: str
    asks: str
    about: str
    group: str
    unit: str
    better: str
    definition_version: str
    variants: list[str]
    splits: list[str]


class PeriodOut(BaseModel):
    """Local days; ``until`` is the day after the last one."""

    label: str
    since: date
    until: date


class NoEstimateOut(BaseModel):
    """Why there is no number."""

    reason: str
    have: int | None
    need: int | None
    words: str


class CellOut(BaseModel):
    """One number in the metric's unit with its interval, or why there is none."""

    metric: str
    variant: str | None
    statistic: str
    period: PeriodOut
    by: dict[str, str | None]
    value: float | None
    low: float | None
    high: float | None
    method: str | None
    note: str | None
    no_estimate: NoEstimateOut | None
    level: float
    n: int
    unit: str
    currency: str | None
    clock: str | None
    definition_version: str
    pending: int
    left_out: dict[str, int]
    so_far: bool


class HeldOut(BaseModel):
    """Rows held back for one reason from one file."""

    source_id: str
    file: str
    table: str
    code: str
    reason: str
    found: str | None
    rows: int


class ReplayedOut(BaseModel):
    """What a replay released, and what it still holds."""

    released: int
    still_held: int


class GoalOut(BaseModel):
    """A goal, with its last evaluation in the metric's unit."""

    plan: str
    version: int
    id: str
    name: str
    metric: str
    owners: list[str]
    shape: str
    to: float | None
    begins: date
    due: date | None
    refused: str | None
    evaluation: dict[str, Any] | None


class FindingOut(BaseModel):
    """A rule that a plan breaks, or one that its plan allows ``because`` of something."""

    code: str
    severity: str
    where: str
    line: int
    found: str
    valid: str
    next_step: str
    is_fixable: bool
    because: str | None = None


class CheckOut(BaseModel):
    """What the check of a plan finds; ``not_run`` are the rules that lack something, by what they lack."""

    plan: str
    findings: list[FindingOut]
    allowed: list[FindingOut]
    not_run: dict[str, list[str]]


class PlanOut(BaseModel):
    """A plan and what its check finds; ``problem`` where it cannot be read."""

    file: str
    problem: str | None
    check: CheckOut | None


class PlanTextOut(PlanOut):
    """A plan file with its text; ``mark`` tells it from every other content of the file."""

    text: str
    mark: str


class Sent(BaseModel):
    """What is sent; nothing but its fields is taken."""

    model_config = ConfigDict(extra="forbid")


class PlanIn(Sent):
    """A plan's text."""

    text: str = Field(max_length=500_000)


class PlanMark(Sent):
    """Which content of a plan file is meant."""

    mark: str = Field(max_length=64)


class PlanWritten(PlanIn):
    """A plan's new text, and the mark of the one that was read; empty for a new file."""

    mark: str = Field("", max_length=64)


class AgreedOut(BaseModel):
    """An agreed version of a plan; ``is_new`` is false where the one before says the same."""

    plan: str
    version: int
    agreed_at: Moment
    is_new: bool
    hash: str


class LoadedFileOut(BaseModel):
    """What became of one file's rows; ``reasons`` are those for which rows are held back."""

    name: str
    mapping: str
    rows: int
    loaded: int
    unchanged: int
    held: int
    passed_over: int
    tables: dict[str, int]
    reasons: dict[str, int]
    warnings: dict[str, int]
    already: bool
    again: bool


class LoadOut(BaseModel):
    """What a load did: rows that are new or newer, and rows held back."""

    source: str
    loaded: int
    held: int
    skipped: list[str]
    files: list[LoadedFileOut]


class JobIn(Sent):
    """Which job, and for a replay of which source."""

    job: str = Field(max_length=40)
    source: str = Field("", max_length=200)


class RunOut(BaseModel):
    """One run of a job; moments are UTC."""

    number: int
    job: str
    key: str
    due: Moment | None
    began: Moment
    ended: Moment | None
    state: str
    said: str
    is_late: bool
