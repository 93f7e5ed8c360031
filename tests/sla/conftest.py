"""The desks of the tests of the ticket facts, with promises in their settings."""

from __future__ import annotations

from tickets.conftest import desks as desks
