"""The desks of the facts' tests."""

from tickets.conftest import desks

__all__ = ["desks"]
