"""Passwords: which are taken, and how they are kept and looked at."""

from __future__ import annotations

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from goalkeeper.errors import UsageError

SHORTEST, LONGEST = 12, 128
_COMMON = (
    "000000000000", "111111111111", "123123123123", "123456123456", "123456789012", "1234567890123",
    "12345678901234", "1234qwerasdf", "1q2w3e4r5t6y", "1qaz2wsx3edc", "abc123abc123", "abcdefghijkl",
    "abcdefghijklm", "admin1234567", "adminadmin12", "administrator", "asdfghjkl123", "baseball1234",
    "changeme1234", "changemechangeme", "correcthorsebatterystaple", "customerservice", "customersupport",
    "dragondragon", "football1234", "goalkeeper123", "goalkeeper1234", "goalkeepergoalkeeper", "helpdesk1234",
    "iloveyou1234", "letmein12345", "monkey123456", "mustang12345", "passw0rd1234", "password123!",
    "password1234", "password1234!", "password12345", "password123456", "passwordpassword", "princess1234",
    "qwerty123456", "qwerty1234567", "qwertyqwerty", "qwertyuiop12", "qwertyuiop123", "qwertyuiopas",
    "sunshine1234", "superman1234", "trustno1trustno1", "welcome12345", "welcome123456", "zxcvbnm12345",
)  # fmt: skip
COMMON = frozenset(_COMMON)
"""Those of twelve characters and more that stand at the head of every list of stolen ones."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP's; more would make sign-in an attack
_at_once = threading.BoundedSemaphore(2)


def hashed(password: str, *, of: tuple[str, ...] = ()) -> str:
    """What is kept of a password; UsageError for one that is easily guessed, such as a name it is ``of``."""
    plain = password.casefold()
    if not SHORTEST <= len(password) <= LONGEST:
        raise _refused(f"it has {len(password):,} characters.")
    if plain in COMMON or len(set(plain)) < 5 or any(len(name) > 3 and plain == name.casefold() for name in of):
        raise _refused("it is among the first that are tried.")
    with _at_once:
        return _hasher.hash(password)


def matches(kept: str, password: str) -> bool:
    """Whether it is the password; takes as long where none is ``kept``, so that nobody learns who is here."""
    if len(password) > LONGEST:
        password = ""
    with _at_once:
        try:
            return _hasher.verify(kept or _none(), password) and bool(kept)
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(kept: str) -> bool:
    """Whether it was kept in an easier way than today's."""
    return _hasher.check_needs_rehash(kept)


def _refused(why: str) -> UsageError:
    return UsageError(
        why, where="password", hint=f"Choose {SHORTEST} to {LONGEST} characters; four unrelated words are easy to keep."
    )


@cache
def _none() -> str:
    return _hasher.hash("nobody has this one")
