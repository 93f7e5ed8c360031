"""Which encoding a text is in, and its copy in UTF-8."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import BinaryIO

import charset_normalizer

from goalkeeper.connectors.files.kinds import bom_encoding
from goalkeeper.connectors.files.plain import MiB

_SAMPLE = 8 * MiB
_WESTERN = frozenset("äöüßÄÖÜéèêëáàâãåæçíìîïñóòôõøœúùûÿÉÈÊÁÀÂÅÆÇÍÑÓÔØÚ€£§°²³µ½«»¿¡·–—‘’“”„…•™®©´¨ \xa0")
# The encoding, and a range of signs that its texts are full of (kana, Hangul) and texts misread by it are not.
_EAST_ASIAN = (("cp932", "\u3041\u30ff"), ("euc_jp", "\u3041\u30ff"), ("euc_kr", "\uac00\ud7a3"))
_C1_UNUSED = frozenset(b"\x81\x8d\x8f\x90\x9d")
_OTHER_SCRIPTS = frozenset((
    "cp1251", "koi8-r", "koi8-u", "iso8859-5", "cp866", "cp855", "mac-cyrillic", "ptcp154", "kz1048", "cp1253",
    "iso8859-7", "mac-greek", "cp869", "cp737", "cp1255", "iso8859-8", "cp862", "cp424", "cp1256", "iso8859-6",
    "cp864", "cp720", "tis-620", "iso8859-11", "cp874", "gb18030", "gb2312", "gbk", "big5", "big5hkscs",
    "cp950", "cp949", "johab", "euc_kr", "cp932", "shift_jis", "shift_jisx0213", "euc_jp", "hz", "iso2022_jp",
    "iso2022_kr",
))  # fmt: skip
_SIGN_IN_WORD = re.compile(r"[A-Za-z][¹³¿¡¼½¾£¥¢ŸŽ¯±][a-z]|[¿³¹][a-z]{2}")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")


def encoding_of(path: Path) -> tuple[str, str]:
    """The encoding of a text that is not plain UTF-8 throughout, and a note that says so.

    "utf-8" comes back for a text that is UTF-8 but for few bad bytes: those lines become rejects. Among
    one-byte encodings of Western text cp1252 is preferred, since it is latin-1 with the signs people type.
    """
    with path.open("rb") as stream:
        first = stream.read(4096)
        named = bom_encoding(first)
        if named is not None:
            return named, f"decoded from {named.removesuffix('-sig')}"
        sample = _lines_beyond_ascii(first, stream)
    if _mostly_utf8(sample):
        return "utf-8", "some lines hold bytes that are not UTF-8"
    guess = _guess(sample)
    return guess, f"decoded from {guess}"


def _lines_beyond_ascii(data: bytes, stream: BinaryIO) -> bytes:
    """The first lines that hold a byte beyond ASCII, wherever in the file they stand; about 64 KiB of them."""
    found: list[bytes] = []
    size, rest = 0, b""
    while data and size < 64 * 1024:
        *lines, rest = re.split(rb"[\r\n]+", rest + data)
        for line in lines:
            if not line.isascii() and size < 64 * 1024:
                found.append(line)
                size += len(line)
        data = stream.read(_SAMPLE)
    if not data and not rest.isascii():
        found.append(rest)
    return b"\n".join(found)


def _mostly_utf8(sample: bytes) -> bool:
    text = sample.decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    good = sum(char > "\x7f" and char != "\ufffd" for char in text)
    return good >= 5 * bad


def _guess(sample: bytes) -> str:
    beyond = _BEYOND_ASCII.findall(sample)
    if _western(beyond) and not _misfits(sample):
        return "latin-1" if _C1_UNUSED & set(b"".join(beyond)) else "cp1252"
    for encoding, script in _EAST_ASIAN:
        try:
            text = sample.decode(encoding)
        except UnicodeDecodeError:
            continue
        signs = [char for char in text if char > "\x7f"]
        if signs and sum(script[0] <= char <= script[1] for char in signs) >= 0.25 * len(signs):
            return encoding
    found = charset_normalizer.from_bytes(sample).best()
    guess = codecs.lookup(found.encoding).name if found is not None else "cp1252"
    if guess not in _OTHER_SCRIPTS and _usual(b"".join(beyond)) >= 0.75 and not _misfits(sample):
        return "cp1252"
    return guess


def _usual(beyond: bytes) -> float:
    """The share of bytes beyond ASCII that, as cp1252, are signs of Western text."""
    text = beyond.decode("cp1252", errors="replace")
    return sum(char in _WESTERN for char in text) / max(1, len(text))


def _misfits(sample: bytes) -> bool:
    """Whether signs stand inside words, as the letters of Central European texts do when misread as cp1252."""
    text = sample.decode("cp1252", errors="replace")
    return len(_SIGN_IN_WORD.findall(text)) > 0.02 * sum(char > "\x7f" for char in text)


def _western(beyond: list[bytes]) -> bool:
    """Whether the bytes beyond ASCII stand alone or in pairs, and most are signs of Western text.

    Scripts of other alphabets stand in long runs of such bytes.
    """
    total = sum(map(len, beyond))
    alone = sum(len(run) for run in beyond if len(run) <= 2)
    return total > 0 and alone >= 0.75 * total and _usual(b"".join(beyond)) >= 0.75


def to_utf8(path: Path, encoding: str, target: Path) -> int:
    """Write the text as UTF-8 and return how many characters could not be decoded (each became U+FFFD)."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    bad = 0
    with path.open("rb") as stream, target.open("wb") as out:
        while True:
            chunk = stream.read(4 * MiB)
            text = decoder.decode(chunk, final=not chunk)
            bad += text.count("\ufffd")
            out.write(text.encode("utf-8", errors="replace"))
            if not chunk:
                return bad
