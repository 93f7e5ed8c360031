"""The API for programs: what the pages tell and take, typed, under `/api/v1`."""

from goalkeeper.web.api.calls import Parts
from goalkeeper.web.api.routes import declare

__all__ = ["Parts", "declare"]
