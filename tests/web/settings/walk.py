"""The addresses of the pages of settings."""

from __future__ import annotations

OF_PEOPLE = tuple(f"/settings/{name}" for name in ("people", "tokens", "sessions", "password", "audit"))
FORMS = ("/settings/schedules/form", "/settings/schedules/which", "/settings/targets/form")
OF_ALL = ("/settings", "/settings/schedules", "/settings/targets", "/settings/privacy")
PAGES = (*OF_ALL, *FORMS, *OF_PEOPLE)
