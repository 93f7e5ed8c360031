"""Lists of tables such as [[schedule]] in a text: one made, changed, moved or taken out, all else left as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from goalkeeper.errors import UsageError
from goalkeeper.goals.edit import TextEdit, apply, put, take_out
from goalkeeper.tomlfile import Path_, TomlFile, parse_toml, written, written_key
from goalkeeper.workspace.settings_part import with_remarks

_AS_TEXT = "Change it as text."


def changed(text: str, key: str, number: int, values: Mapping[str, object]) -> str:
    """Gives keys of the n-th table [[key]] these values; None takes a key out, lists of tables get headers."""
    for name, value in values.items():
        toml, table = parse_toml(text, key), (key, number)
        path: Path_ = (*table, name)
        if value is not None and not _is_list_of_tables(value) and path in toml.spans and _is_on_one_line(toml, path):
            text = apply(text, [put(toml, table, name, value)])
            continue
        there = toml.containers.get(path)
        if isinstance(value, Mapping) and value and there and there.kind == "table":
            text = _with_lines(text, key, path, value)
            continue
        if name in toml.data[key][number]:
            text = _without(toml, path)
        if _is_list_of_tables(value):
            at = _block(parse_toml(text, key), table)[1]
            heads = [f"\n\n[[{key}.{written_key(name)}]]\n{_lines(each)}" for each in value]  # type: ignore[attr-defined]
            text = apply(text, [TextEdit(at, at, "".join(heads))])
        elif value is not None:
            text = apply(text, [put(parse_toml(text, key), table, name, value)])
    return text


def added(text: str, key: str, values: Mapping[str, object]) -> str:
    """One more table [[key]] after all that is there."""
    count = len(parse_toml(text, key).data.get(key, ()))
    parts = [text.strip(), f"[[{key}]]"]
    return changed("\n\n".join(filter(None, parts)) + "\n", key, count, values)


def without(text: str, key: str, number: int) -> str:
    """The text without the n-th table [[key]], and the remarks right above it."""
    start, end = _block(parse_toml(text, key), (key, number))
    return "\n\n".join(filter(None, [text[:start].strip(), text[end:].strip()])) + "\n"


def moved(text: str, key: str, number: int, to: int) -> str:
    """The n-th table [[key]] at another place among them; what stands between them stays."""
    toml = parse_toml(text, key)
    places = [_block(toml, (key, each)) for each in range(len(toml.data[key]))]
    pieces = [text[start:end] for start, end in places]
    pieces.insert(to, pieces.pop(number))
    return apply(text, [TextEdit(*place, piece) for place, piece in zip(places, pieces, strict=True)])


def _block(toml: TomlFile, table: Path_) -> tuple[int, int]:
    """From where to where a table is written, with the tables in it and the remarks above."""
    heads = sorted(
        (toml.spans[path].start, path) for path, each in toml.containers.items() if path and each.kind == "table"
    )
    ours = [position for position, (_, path) in enumerate(heads) if path[: len(table)] == table]
    if ours != list(range(ours[0], ours[-1] + 1)):
        raise UsageError("another table stands in the midst of it.", where=toml.where(*table), hint=_AS_TEXT)
    last = toml.containers[heads[ours[-1]][1]].end
    end = toml.text.find("\n", last)
    return with_remarks(toml.text, heads[ours[0]][0]), len(toml.text) if end < 0 else end


def _without(toml: TomlFile, path: Path_) -> str:
    """The text without a key, however it is written: on a line, with dots, or as tables of its own."""
    value: Any = toml.data
    for part in path:
        value = value[part]
    if isinstance(value, Mapping) and path not in toml.containers:  # key.name = …
        return apply(toml.text, [take_out(toml, (*path, name)) for name in value])
    if _is_on_one_line(toml, path):
        return apply(toml.text, [take_out(toml, path)])
    tables = [path] if isinstance(value, Mapping) else [(*path, number) for number in range(len(value))]
    edits = [TextEdit(*_block(toml, each), "") for each in tables]
    return apply(toml.text, edits).rstrip() + "\n"


def _with_lines(text: str, key: str, path: Path_, wanted: Mapping[str, object]) -> str:
    """The text with a table within the table, line by line."""
    toml = parse_toml(text, key)
    gone = [each[-1] for each in toml.spans if each[:-1] == path and each[-1] not in wanted]
    text = apply(text, [take_out(toml, (*path, name)) for name in gone])
    for name, value in wanted.items():
        toml = parse_toml(text, key)
        if (
            path in toml.containers
            and name in toml.data[key][path[1]][path[2]]
            and (toml.data[key][path[1]][path[2]][name] == value)
        ):
            continue
        text = apply(text, [put(toml, path, name, value)])
    return text


def _is_on_one_line(toml: TomlFile, path: Path_) -> bool:
    """Whether it is written as `key = value`."""
    is_dotted = path not in toml.containers and any(each[:-1] == path for each in toml.spans)
    heads = toml.containers.get(path) or toml.containers.get((*path, 0))
    return not is_dotted and (heads is None or heads.kind != "table")


def _is_list_of_tables(value: object) -> bool:
    return isinstance(value, Sequence) and bool(value) and all(isinstance(each, Mapping) for each in value)


def _lines(table: Mapping[str, object]) -> str:
    return "\n".join(f"{written_key(name)} = {written(each)}" for name, each in table.items())
