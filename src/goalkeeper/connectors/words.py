"""Headers and values as plain words, so that spellings compare."""

from __future__ import annotations

import re
import unicodedata


def plain_words(text: str) -> str:
    """A header or value as plain words: `createdAt`, `Created_at` and `CREATED AT` all give `created at`."""
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text)
    text = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode()
    return " ".join(re.findall(r"[a-z]+|\d+", text.lower()))
