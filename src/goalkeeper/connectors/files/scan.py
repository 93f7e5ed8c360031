"""One cheap pass over a file's bytes: its hash, its line ends, and what would trouble a reader."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from goalkeeper.connectors.files.plain import Bytes, MiB

Progress = Callable[[int, int], None]
CHUNK = 4 * MiB


@dataclass
class _Tally:
    lf: int = 0
    cr: int = 0
    crlf: int = 0
    size: int = 0
    quotes: bool = False
    nul: bool = False
    utf8: bool = True
    long_line: bool = False
    last: bytes = b""
    decoder: codecs.IncrementalDecoder = field(default_factory=lambda: codecs.getincrementaldecoder("utf-8")())
    partial: bool = False

    def add(self, chunk: bytes) -> None:
        lines = chunk.count(b"\n")
        self.lf += lines
        if b"\r" in chunk:
            returns = chunk.count(b"\r")
            self.cr += returns
            lines += returns
            self.crlf += chunk.count(b"\r\n")
        if self.last == b"\r" and chunk.startswith(b"\n"):
            self.crlf += 1
        # A line of twice the chunk's size fills one whole chunk; shorter ones are within every reader's bounds.
        self.long_line = self.long_line or (lines == 0 and len(chunk) == CHUNK)
        self.quotes = self.quotes or b'"' in chunk
        self.nul = self.nul or b"\0" in chunk
        self._check_utf8(chunk)
        self.size += len(chunk)
        self.last = chunk[-1:]

    def _check_utf8(self, chunk: bytes) -> None:
        if not self.utf8 or (not self.partial and chunk.isascii()):
            return
        try:
            self.decoder.decode(chunk)
            self.partial = bool(self.decoder.getstate()[0])
        except UnicodeDecodeError:
            self.utf8 = False

    def result(self, digest: str) -> Bytes:
        only_cr = self.lf == 0 and self.cr > 0
        mixed = not only_cr and self.cr > 0 and not self.cr == self.crlf == self.lf
        newline = b"\r" if only_cr or self.cr - self.crlf > self.lf else b"\n"
        return Bytes(
            sha256=digest,
            size=self.size,
            breaks=self.cr if only_cr else self.lf,
            newline=newline,
            mixed_ends=mixed,
            open_end=self.size > 0 and self.last != newline,
            quotes=self.quotes,
            nul=self.nul,
            utf8=self.utf8 and not self.partial,
            long_line=self.long_line,
        )


def scan(path: Path, progress: Progress | None = None) -> Bytes:
    """The facts of a file's bytes, read once in large chunks; hashing runs beside the counting."""
    digest = hashlib.sha256()
    tally = _Tally()
    total = path.stat().st_size
    with path.open("rb", buffering=0) as stream, ThreadPoolExecutor(1) as beside:
        chunk = stream.read(CHUNK)
        while chunk:
            hashed = beside.submit(digest.update, chunk)
            ahead = stream.read(CHUNK)  # while it waits for the file the hashing begins: counting would not let it
            tally.add(chunk)
            hashed.result()
            if progress is not None:
                progress(tally.size, total)
            chunk = ahead
    return tally.result(digest.hexdigest())


def head(path: Path, size: int = 256 * 1024) -> bytes:
    """The first bytes of a file."""
    with path.open("rb") as stream:
        return stream.read(size)
