"""Promises as a form: which tickets a policy is for, by which clock, and the targets by priority."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields as members

from goalkeeper.errors import Finding
from goalkeeper.schema.words import CHANNELS, PRIORITIES
from goalkeeper.sla import parse_policies
from goalkeeper.sla.policy import OTHER, PROMISES
from goalkeeper.sla.policy_file import CLOCKS, STATES
from goalkeeper.tomlfile import TomlFile
from goalkeeper.web.settings.fields import Column, Draft, Field, Rows, checks, text, texts
from goalkeeper.web.settings.hours_form import schedule_choices
from goalkeeper.workspace.settings import Settings

_PRIORITIES = (*reversed(PRIORITIES), OTHER)
_COLUMNS = tuple(Column(each, each.capitalize() if each != OTHER else "Any other") for each in _PRIORITIES)
_TELLS = {
    "first_reply": "From the ticket's beginning to the first answer of a person.",
    "next_reply": "From each later message of the customer to its answer.",
    "resolution": "Until it is solved; solved time does not count.",
    "requester_wait": "The time that the customer waits for the desk.",
    "agent_work": "The time in which the desk works on it.",
}


def policy_fields(settings: Settings) -> tuple[Field, ...]:
    """The fields of an [[sla]]."""
    return (
        text("id", "Name", hint="standard"),
        checks("channel", "Channels", CHANNELS, help="None ticked is all of them."),
        texts("brand", "Brands", hint="any",
              help="Several have commas between; one that holds a comma stands in quotes."),
        texts("team", "Teams", hint="any"),
        texts("type", "Types of ticket", hint="any"),
        text("from", "From", kind="date", help="The first day, in the workspace's zone; empty for always."),
        text("until", "Until", kind="date", help="The last day, itself included."),
        text("clock", "Clock", kind="select", default=CLOCKS[0],
             choices=[(each, f"{each} time") for each in CLOCKS]),
        text("schedule", "Working hours", kind="select", choices=schedule_choices(settings, "the ticket's own")),
        checks("pause", "Its clocks stand still while a ticket is", STATES),
        *(Field(each, each.replace("_", " ").capitalize(), _COLUMNS, _targets_shown, _targets_raw, _TELLS[each])
          for each in PROMISES),
    )  # fmt: skip


def policy_mistakes(toml: TomlFile, number: int, settings: Settings, draft: Draft) -> None:
    """Tells what is wrong in a policy beside its fields."""
    findings: list[Finding] = []
    parse_policies(_Paths(*(getattr(toml, each.name) for each in members(TomlFile))), settings.schedules, findings)
    ids = [each.get("id") for each in toml.data["sla"]]
    for finding in findings:
        place, _, rest = finding.where.removeprefix("sla.").partition(".")
        key, _, name = rest.partition(".")
        words = " ".join(filter(None, [finding.found, finding.valid, finding.next_step]))
        is_ours = place == str(number) or (key == "id" and ids[int(place)] == ids[number])  # both are called so
        if is_ours and key in draft.rows:
            draft.tell(key, 0, name or (OTHER if key in PROMISES else key), words)
        else:
            draft.tell("", 0, "", words)


class _Paths(TomlFile):
    """The file whose places are paths, not lines."""

    def where(self, *path: str | int) -> str:
        """A path with dots."""
        return ".".join(map(str, path))


def _targets_shown(raw: object) -> Rows:
    by_priority = raw if isinstance(raw, Mapping) else {} if raw is None else {OTHER: raw}
    return (tuple(str(by_priority.get(each, "")) for each in _PRIORITIES),)


def _targets_raw(rows: Rows) -> object:
    found = {priority: sent for priority, sent in zip(_PRIORITIES, rows[0], strict=True) if sent}
    return found[OTHER] if list(found) == [OTHER] else found or None
