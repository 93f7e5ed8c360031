"""Mail addresses within words: found as whole addresses, never inside another person's."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache

_ADDRESS = re.compile(r"[^\s<>]+@[^\s<>]+")


def address(text: str) -> str:
    """The mail address in a text such as ``Jana <jana@example.org>``, as `email_key` reads it; "" for none."""
    found = _ADDRESS.search(unicodedata.normalize("NFC", text).lower())
    return found[0] if found else ""


@cache
def mail_pattern(mail: str) -> re.Pattern[str]:
    """Finds an address in any case, plain or escaped as within JSON, but not inside a longer address."""
    forms = "|".join(re.escape(each) for each in spellings(mail))
    before = r"(?:(?<=\\[nrtbf])|(?<!\w)(?<!\w[.+\-%]))"  # \n within JSON ends in a letter
    return re.compile(rf"{before}(?:{forms})(?!\w|[.\-]\w)", re.IGNORECASE)


def spellings(text: str) -> list[str]:
    """A text as it is and as JSON escapes it, in plain letters too."""
    return list(dict.fromkeys([text, *(json.dumps(text, ensure_ascii=each)[1:-1] for each in (False, True))]))


def word_pattern(words: set[str]) -> re.Pattern[str] | None:
    """Finds any of some words between boundaries, plain or escaped; None without words."""
    forms = sorted({each for word in words if word for each in spellings(word)}, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, forms))})(?!\w)") if forms else None
