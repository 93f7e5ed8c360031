"""How other programs define our metrics: named sets of definitions over the same tickets, and what they lack."""

from __future__ import annotations

from goalkeeper.errors import UnknownName
from goalkeeper.metrics.profiles.chatwoot import CHATWOOT
from goalkeeper.metrics.profiles.dbt_zendesk import DBT_ZENDESK
from goalkeeper.metrics.profiles.frappe import FRAPPE
from goalkeeper.metrics.profiles.freshdesk import FRESHDESK
from goalkeeper.metrics.profiles.intercom import INTERCOM
from goalkeeper.metrics.profiles.profile import OURS, Definition, Mark, Profile
from goalkeeper.metrics.profiles.zammad import ZAMMAD
from goalkeeper.metrics.profiles.zendesk import ZENDESK

__all__ = ["OURS", "PROFILES", "Definition", "Mark", "Profile", "profile"]

PROFILES: dict[str, Profile] = {
    each.key: each for each in (ZENDESK, DBT_ZENDESK, INTERCOM, FRESHDESK, CHATWOOT, ZAMMAD, FRAPPE)
}


def profile(key: str) -> Profile:
    """The profile of that key; UnknownName if there is none."""
    if key not in PROFILES:
        raise UnknownName("profile", key, (*PROFILES, OURS.key))
    return PROFILES[key]
