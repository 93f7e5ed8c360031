"""Finds the mapping for files: by its name, by its path, or by what the files look like."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping
from pathlib import Path

from goalkeeper.connectors.files import PlainFile, open_files
from goalkeeper.connectors.mapping import FileRule, Mapping, read_mapping
from goalkeeper.connectors.mapping.reads import unread
from goalkeeper.connectors.presets import presets
from goalkeeper.errors import SourceError, UnknownName

Fit = tuple[int, ...]  # compared from the left
_NONE: Fit = (0, 0, 0, 0)


def own_mappings(folder: Path) -> dict[str, Mapping]:
    """The mappings of a folder, by name; none where there is no folder."""
    found = (read_mapping(path) for path in sorted(folder.glob("*.toml")))
    return {mapping.name: mapping for mapping in found}


def names_file(mapping: str) -> bool:
    """Whether a mapping is named by its path."""
    return mapping.endswith(".toml") or "/" in mapping


def find_mapping(paths: list[Path], name: str, own: AnyMapping[str, Mapping]) -> Mapping:
    """The named mapping, or the one whose rules fit most of the files; a workspace's own win over ready ones."""
    known = {**presets(), **own}
    if names_file(name):
        return read_mapping(Path(name))
    if name:
        if name not in known:
            raise UnknownName("mapping", name, known, see="A path to a TOML file is valid too.")
        return known[name]
    with tempfile.TemporaryDirectory() as scratch:
        files = [
            file for number, path in enumerate(paths) for file in open_files(path, _folder(Path(scratch) / str(number)))
        ]
    return fitting(files, own, where=", ".join(path.name for path in paths[:5]))


def fitting(files: list[PlainFile], own: AnyMapping[str, Mapping], *, where: str = "") -> Mapping:
    """The mapping whose rules fit most of the opened files; SourceError where none fits, or several do alike."""
    known = {**presets(), **own}
    scores = {key: _fit(mapping, files) for key, mapping in known.items()}
    best = max(scores.values(), default=_NONE)
    if best == _NONE:
        raise SourceError(
            "no ready mapping knows this kind of file.",
            where=where,
            hint=_near_miss(known.values(), files) or "`goalkeeper map FILE` proposes one; load it with --mapping.",
        )
    top = [key for key, score in scores.items() if score == best]
    chosen = [key for key in top if key in own] or top
    if len(chosen) > 1:
        raise SourceError(
            f"{len(chosen)} mappings fit: {', '.join(chosen)}.",
            where=where,
            hint="Choose one with --mapping.",
        )
    return known[chosen[0]]


def _fit(mapping: Mapping, files: list[PlainFile]) -> Fit:
    """How well a mapping fits files: names and needed columns; then files of which it reads every column; then those
    that must be named so; then how many columns it needs, so that of two that fit the more special one is taken."""
    each = [max((_rule_fit(rule, file) for rule in mapping.files), default=_NONE) for file in files]
    return tuple(map(sum, zip(*each, strict=True)))


def _rule_fit(rule: FileRule, file: PlainFile) -> Fit:
    """The first number is 2 where the needed columns are there and the name fits too, 1 for the columns alone."""
    named = rule.fits_name(file.member)
    if not rule.needs or rule.missing(file.columns) or (rule.strict and not named):
        return _NONE
    return (2 if named else 1, int(not unread(rule, file.columns)), int(rule.strict), len(rule.needs))


def _near_miss(mappings: Iterable[Mapping], files: list[PlainFile]) -> str:
    """What a file that is named like a canonical table lacks to be one."""
    for rule in (rule for mapping in mappings for rule in mapping.files if rule.strict):
        for file in files:
            if rule.fits_name(file.member):
                lacking = ", ".join(rule.missing(file.columns))
                return f"{file.member} is named like the table {rule.tables[0].to}, but lacks {lacking}."
    return ""


def _folder(path: Path) -> Path:
    path.mkdir(parents=True)
    return path
