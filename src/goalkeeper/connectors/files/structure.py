"""Count a delimited text's records by its quotes alone, to check that a reader lost none."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from goalkeeper.connectors.files.plain import MiB

_CHUNK = 4 * MiB


def count_records(path: Path, quote: str, newline: bytes) -> tuple[int, bool]:
    """How many records stand in the text, and whether every line end outside quotes is of one sort.

    A line end counts when the quotes before it are even in number; blank lines are no records. The count is
    right for texts whose quotes pair up, as any reader's must then be; where quotes are broken the two differ.
    """
    quotes, records, pending = 0, 0, False
    crlf = plain = 0
    last = b"\n"
    with path.open("rb", buffering=0) as stream:
        mark = stream.read(3)
        carried = b"" if mark == b"\xef\xbb\xbf" else mark
        while chunk := carried + stream.read(_CHUNK):
            carried = b""
            data = np.frombuffer(chunk, dtype=np.uint8)
            at_quotes = np.flatnonzero(data == ord(quote))
            ends = np.flatnonzero(data == newline[0])
            outside = (np.searchsorted(at_quotes, ends) + quotes) % 2 == 0
            ends = ends[outside]
            quotes += len(at_quotes)
            before = np.where(ends > 0, data[np.maximum(ends - 1, 0)], last[0])
            returned = (before == 13) & (newline == b"\n")
            crlf += int(returned.sum())
            plain += len(ends) - int(returned.sum())
            lengths = np.diff(ends, prepend=-1) - 1 - returned
            blank = lengths <= 0
            if len(ends) and pending:
                blank[0] = False
            records += len(ends) - int(blank.sum())
            tail = chunk[int(ends[-1]) + 1 :] if len(ends) else chunk
            pending = bool(tail.strip(b"\r")) or (pending and not len(ends))
            last = chunk[-1:]
    return records + pending, crlf == 0 or plain == 0
