"""A file that is open for long: whether it still stands where it was opened."""

from __future__ import annotations

from pathlib import Path

from goalkeeper.errors import FileGone


class OpenedFile:
    """The file at a path as it is now; ``what`` it holds is for the words. Without a path there is nothing to lose."""

    def __init__(self, path: Path | None, what: str) -> None:
        self._path, self._what = path, what
        self._opened = self._now()

    def require(self) -> None:
        """FileGone where the file that was opened is no longer there, or another one is in its place."""
        if self._now() != self._opened:
            raise FileGone(self._what)

    def _now(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat() if self._path else None
        except OSError:
            found = None
        return (found.st_dev, found.st_ino) if found else None
