"""What went wrong on our side, in words: a full disk, a database that is gone, or a mistake of ours."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
from sqlalchemy.exc import DBAPIError

from goalkeeper.errors import FileGone, UsageError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True, slots=True)
class Failure:
    """A status of HTTP, a title, what is wrong and what to do. None of it names what was asked."""

    status: int
    title: str
    words: str
    next_step: str


OURS = Failure(500, "This page failed", "Something went wrong on our side. Nothing was changed.", "Try it again.")
FULL = Failure(
    507, "The disk is full", "There is no room left to write to. Nothing was changed, and what was there is kept.",
    "Make room on the disk of the workspace, then send it again.",
)  # fmt: skip
_STATE = Failure(
    503, "Not to be reached", "The database of people and sessions does not answer. Nothing was changed.",
    "Whoever runs Goalkeeper brings it up again; then try it again.",
)  # fmt: skip


def words_of(error: UsageError | DBAPIError) -> tuple[int, str]:
    """Status and words for a page that shows again what was written."""
    if isinstance(error, UsageError):
        return 422, str(error)
    found = failure_of(error)
    return found.status, f"{found.words} {found.next_step}"


def failure_of(error: BaseException) -> Failure:
    """What to tell of an error that no page expects."""
    for each in _causes(error):
        if isinstance(each, FileGone):
            return Failure(
                503, "Its file is gone",
                f"The file of {each.what} was taken away or replaced while it was open. Nothing is written until it is "
                "back.", "Whoever runs Goalkeeper puts it back and starts `goalkeeper serve` again.",
            )  # fmt: skip
        if _is_full(each):
            return FULL
    return _STATE if any(isinstance(each, DBAPIError) for each in _causes(error)) else OURS


def _is_full(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in _FULL
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL
    said = str(error) if isinstance(error, duckdb.Error) or type(error).__module__.startswith("psycopg") else ""
    return "No space left on device" in said


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        seen.append(error)
        yield error
        original = getattr(error, "orig", None)
        error = original if isinstance(original, BaseException) else error.__cause__ or error.__context__
