"""A part of the settings file, such as its schedules: taken out as text, and put back with all else left as it is."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import pairwise

from goalkeeper.errors import UsageError
from goalkeeper.tomlfile import TomlFile, parse_toml


def part_text(toml: TomlFile, keys: Collection[str]) -> str:
    """The tables of these top-level keys as they are written, remarks above and within them too; "" for none."""
    return "".join(f"{toml.text[start:end].strip()}\n\n" for start, end in _blocks(toml, keys)).strip("\n") + "\n"


def with_part(toml: TomlFile, keys: Collection[str], text: str) -> str:
    """The file's text with another text for these keys, where the first of them stood, else at the end.

    UsageError where the text has other keys, or none that `part_text` could take out again, or is no TOML.
    """
    sent = parse_toml(text, "here")
    for key in sent.data:
        if key not in keys:
            valid = " and ".join(f"[[{each}]]" for each in keys)
            raise UsageError(f"`{key}` is set elsewhere.", where="here", hint=f"Here stand {valid}.")
    list(_blocks(sent, keys))  # what could not be read again must not get into the file
    blocks = list(_blocks(toml, keys))
    place = blocks[0][0] if blocks else len(toml.text)
    before, after, at = "", "", 0
    for start, end in [*blocks, (len(toml.text), len(toml.text))]:
        piece = toml.text[at:start]
        before, after = (before + piece, after) if start <= place else (before, after + piece)
        at = end
    parts = [part for part in (before.rstrip(), text.strip(), after.strip("\n")) if part]
    return "\n\n".join(parts).rstrip() + "\n"


def _blocks(toml: TomlFile, keys: Collection[str]) -> Iterator[tuple[int, int]]:
    """From where to where the tables of the keys are written."""
    heads = {toml.spans[path].start: path[0] for path, each in toml.containers.items() if path and each.kind == "table"}
    for key in keys:
        if key in toml.data and key not in heads.values():
            hint = f"Write each as [[{key}]]; for none, leave it out."
            raise UsageError(f"`{key}` is not written as tables.", where=toml.where(key), hint=hint)
    starts = [*sorted(heads), len(toml.text)]
    for start, following in pairwise(starts):
        if heads[start] in keys:
            end = max(span.end for span in toml.spans.values() if start <= span.start < following)
            line_end = toml.text.find("\n", end)
            yield with_remarks(toml.text, start), len(toml.text) if line_end < 0 else line_end


def with_remarks(text: str, start: int) -> int:
    """Where the remarks begin that stand right above a place."""
    while start and text[text.rfind("\n", 0, start - 1) + 1 : start].lstrip().startswith("#"):
        start = text.rfind("\n", 0, start - 1) + 1
    return start
