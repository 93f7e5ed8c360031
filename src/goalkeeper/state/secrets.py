"""Secrets that are given out once and kept as their digest: session ids, tokens, links."""

from __future__ import annotations

import hashlib
import secrets
import zlib

TOKEN = "gk_"


def new_secret() -> str:
    """256 bits that nobody guesses, as text for links and cookies."""
    return secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """What is kept of a secret. It has 256 random bits, so a plain SHA-256 tells nothing of it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_token() -> str:
    """A token: its mark, a secret, and a checksum by which a scanner knows a leaked one."""
    body = TOKEN + new_secret()
    return body + _checksum(body)


def is_token(text: str) -> bool:
    """Whether a text has the form of a token."""
    return text.startswith(TOKEN) and _checksum(text[:-8]) == text[-8:]


def _checksum(text: str) -> str:
    return f"{zlib.crc32(text.encode()):08x}"
