"""Roles, and what each may do."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Permission(StrEnum):
    """What a page, or what is sent to it, needs; the first two need no role."""

    OPEN = "open"
    """Anybody, signed in or not."""
    IN = "in"
    """Whoever is signed in: their own name, password, sessions and tokens."""
    NUMBERS = "numbers"
    """Goals, metrics, plan check, review and manual."""
    TICKETS = "tickets"
    """Single tickets, with what customers wrote."""
    DATA = "data"
    """Sources, loads, and rows held back as they came."""
    LOAD = "load"
    """Bring files in, and try held rows again."""
    PLAN = "plan"
    """Write plans and agree to them."""
    SETTINGS = "settings"
    """Write working hours and promises, by which all numbers count."""
    FORGET = "forget"
    """Take a customer out for good."""
    PEOPLE = "people"
    """People, their roles and their tokens."""
    AUDIT = "audit"
    """The record of what people did."""


class Role(StrEnum):
    """What a person is here."""

    OWNER = "owner"
    ANALYST = "analyst"
    LEAD = "lead"
    AGENT = "agent"
    VIEWER = "viewer"


_ALL = frozenset(Permission)
ALLOWED: Mapping[Role, frozenset[Permission]] = {
    Role.OWNER: _ALL,
    Role.ANALYST: _ALL - {Permission.PEOPLE, Permission.AUDIT, Permission.FORGET},
    Role.LEAD: frozenset({Permission.OPEN, Permission.IN, Permission.NUMBERS, Permission.TICKETS, Permission.PLAN}),
    Role.AGENT: frozenset({Permission.OPEN, Permission.IN, Permission.NUMBERS}),
    Role.VIEWER: frozenset({Permission.OPEN, Permission.IN, Permission.NUMBERS}),
}
SCOPES = (Permission.NUMBERS, Permission.TICKETS, Permission.DATA, Permission.LOAD, Permission.PLAN)
"""What a token may be made for: never for people, nor for what they did."""
