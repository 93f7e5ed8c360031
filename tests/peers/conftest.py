"""The desks of the tests of the ticket facts."""

from __future__ import annotations

from tickets.conftest import desks as desks
