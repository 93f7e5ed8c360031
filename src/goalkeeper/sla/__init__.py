"""Promises: what a policy promises to a ticket, when it falls due, and whether it is kept; told from event times."""

from goalkeeper.sla.columns import PROMISE_COLUMNS
from goalkeeper.sla.policy import PROMISES, Policy
from goalkeeper.sla.policy_file import parse_policies
from goalkeeper.sla.refresh import promises_version, refresh_promises

__all__ = ["PROMISES", "PROMISE_COLUMNS", "Policy", "parse_policies", "promises_version", "refresh_promises"]
