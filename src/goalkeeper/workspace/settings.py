"""The workspace's settings file: name, zone, schedules, promises, specialist teams, limits."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from goalkeeper.calendars import Schedules, find_zone, parse_schedules
from goalkeeper.errors import Finding, Findings, UsageError
from goalkeeper.schema.words import CHANNELS
from goalkeeper.sla import Policy, parse_policies
from goalkeeper.tickets import FactsSettings
from goalkeeper.tomlfile import TomlFile, read_toml
from goalkeeper.workspace.job_times import JobTime, parse_job_times
from goalkeeper.workspace.oidc_settings import OidcSettings, parse_oidc

SETTINGS_FILE = "goalkeeper.toml"
_MEMORY = re.compile(r"[0-9]+(\.[0-9]+)? ?([KMGT]i?B)")
_KEYS = {
    "name",
    "timezone",
    "specialist_teams",
    "memory_limit",
    "reopen_grace_minutes",
    "jobs",
    "oidc",
    "schedule",
    "schedule_for",
    "sla",
    "state",
}

TEMPLATE = """\
# The settings of this workspace. Times of day below are local to each schedule's zone.
name = {name}
timezone = "{timezone}"        # days, weeks and months begin at midnight here

# Teams that the front line passes hard cases to: a ticket that reaches one from elsewhere counts as escalated.
specialist_teams = []

# A customer's "thanks" takes a solved ticket back for a moment: reopenings sooner than this do not count.
reopen_grace_minutes = 0

# Working hours. Without any schedule the working clock runs around the clock.
# [[schedule]]
# id = "support"
# tz = "{timezone}"
# hours = {{ mon-fri = ["09:00-12:30", "13:30-18:00"], sat = ["10:00-14:00"] }}
# holidays = ["DE-BE"]                 # a country, or a country and its region
# closed = ["2026-12-24"]
#
# [[schedule_for]]
# channel = "phone"
# schedule = "24x7"
#
# [[sla]]                              # what customers are promised; the first policy that fits a ticket wins
# id = "standard"
# pause = ["pending", "on_hold"]       # states in which its clocks stand still
# first_reply = {{ urgent = "1h", other = "4h" }}
# resolution = "16h"                   # hours of working time
#
# [jobs]                               # what `goalkeeper serve` does by itself, at times of day in the zone above
# refresh = "05:00"
# evaluate = "20:00"
# report = {{ at = "07:00", every = "week" }}   # the reviews as PDF and page, into the folder reports
#
# [state]                              # people and what they did; without it a file state.db here
# url = "postgresql://goalkeeper@/goalkeeper"
#
# [oidc]                               # people sign in with your provider; needs goalkeeper[oidc]
# issuer = "https://login.example.org"
# client_id = "goalkeeper"
# secret_file = "oidc.secret"          # readable by you alone; or in GOALKEEPER_OIDC_SECRET
# domains = ["example.org"]            # whoever has a verified address there may look at numbers
"""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the settings file says."""

    name: str = "Goalkeeper"
    timezone: str = "UTC"
    specialist_teams: tuple[str, ...] = ()
    memory_limit: str = ""
    reopen_grace_minutes: int = 0
    schedules: Schedules = field(default_factory=Schedules)
    policies: tuple[Policy, ...] = ()
    jobs: tuple[JobTime, ...] = ()
    state_url: str = ""
    oidc: OidcSettings | None = None

    @property
    def has_hours(self) -> bool:
        """Whether working time is any other than all time."""
        return self.schedules != Schedules()

    @property
    def facts(self) -> FactsSettings:
        """The part that the ticket facts depend on."""
        return FactsSettings(self.timezone, self.schedules, self.specialist_teams, self.reopen_grace_minutes * 60)


def settings_text(name: str, timezone: str) -> str:
    """The settings file of a new workspace; UsageError for an unknown zone."""
    find_zone(timezone)
    return TEMPLATE.format(name=json.dumps(name, ensure_ascii=False), timezone=timezone)  # JSON's escapes are TOML's


def read_settings(path: Path) -> Settings:
    """Reads the settings file; Findings with file and line for every mistake."""
    return parse_settings(read_toml(path))


def parse_settings(toml: TomlFile) -> Settings:
    """The settings of a parsed file; Findings with file and line for every mistake."""
    findings = [
        Finding(toml.where(key), f"unknown key '{key}'.", f"Valid: {', '.join(sorted(_KEYS))}.")
        for key in toml.data
        if key not in _KEYS
    ]
    name = _text(toml, "name", "Goalkeeper", findings)
    timezone = _text(toml, "timezone", "UTC", findings)
    memory = _text(toml, "memory_limit", "", findings)
    if memory and not _MEMORY.fullmatch(memory):
        findings.append(Finding(toml.where("memory_limit"), f"it is {memory!r}.", "Write a size, such as '4 GB'."))
    try:
        find_zone(timezone, where=toml.where("timezone"))
    except UsageError as error:
        findings.append(Finding(error.where, error.message, error.hint))
    teams = toml.data.get("specialist_teams", [])
    if not isinstance(teams, list) or not all(isinstance(team, str) for team in teams):
        findings.append(Finding(toml.where("specialist_teams"), f"it is {teams!r}.", "Write a list of team names."))
        teams = []
    grace = toml.data.get("reopen_grace_minutes", 0)
    if not isinstance(grace, int) or isinstance(grace, bool) or grace < 0:
        findings.append(
            Finding(toml.where("reopen_grace_minutes"), f"it is {grace!r}.", "Write whole minutes, from 0.")
        )
        grace = 0
    schedules = Schedules()
    try:
        schedules = parse_schedules(toml.data, toml.name, CHANNELS)
    except Findings as error:
        findings += error.findings
    policies = parse_policies(toml, schedules, findings)
    jobs = parse_job_times(toml, findings)
    state = toml.data.get("state", {})
    if not isinstance(state, dict) or set(state) - {"url"} or not isinstance(state.get("url", ""), str):
        findings.append(
            Finding(toml.where("state"), "it holds something else than `url`.", "Write url = 'postgresql://…'.")
        )
        state = {}
    oidc = parse_oidc(toml, findings)
    if findings:
        raise Findings(findings)
    return Settings(name, timezone, tuple(teams), memory, grace, schedules, policies, jobs, state.get("url", ""), oidc)


def _text(toml: TomlFile, key: str, default: str, findings: list[Finding]) -> str:
    value = toml.data.get(key, default)
    if not isinstance(value, str):
        findings.append(Finding(toml.where(key), f"`{key}` is {value!r}.", "Write a text."))
        return default
    return value
