"""Finds the mapping for files: by its name, by its path, or by what the files look like."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping as AnyMapping
from pathlib import Path

from goalkeeper.connectors.files import PlainFile, open_files
from goalkeeper.connectors.mapping import Mapping, read_mapping
from goalkeeper.connectors.presets import presets
from goalkeeper.errors import SourceError, UnknownName


def own_mappings(folder: Path) -> dict[str, Mapping]:
    """The mappings of a folder, by name; none where there is no folder."""
    found = (read_mapping(path) for path in sorted(folder.glob("*.toml")))
    return {mapping.name: mapping for mapping in found}


def find_mapping(paths: list[Path], name: str, own: AnyMapping[str, Mapping]) -> Mapping:
    """The named mapping, or the one whose rules fit most of the files; a workspace's own win over ready ones."""
    known = {**presets(), **own}
    if name.endswith(".toml") or "/" in name:
        return read_mapping(Path(name))
    if name:
        if name not in known:
            raise UnknownName("mapping", name, known, see="A path to a TOML file is valid too.")
        return known[name]
    with tempfile.TemporaryDirectory() as scratch:
        files = [
            file for number, path in enumerate(paths) for file in open_files(path, _folder(Path(scratch) / str(number)))
        ]
    scores = {key: sum(_fits(mapping, file) for file in files) for key, mapping in known.items()}
    best = max(scores.values(), default=0)
    if not best:
        raise SourceError(
            "no ready mapping knows this kind of file.",
            where=", ".join(path.name for path in paths[:5]),
            hint="`goalkeeper map FILE` proposes one; load it with --mapping.",
        )
    top = [key for key, score in scores.items() if score == best]
    chosen = [key for key in top if key in own] or top
    if len(chosen) > 1:
        raise SourceError(
            f"{len(chosen)} mappings fit: {', '.join(chosen)}.",
            where=", ".join(path.name for path in paths[:5]),
            hint="Choose one with --mapping.",
        )
    return known[chosen[0]]


def _fits(mapping: Mapping, file: PlainFile) -> int:
    """2 where a rule's needed columns are there and its name fits too, 1 for the columns alone, else 0."""
    best = 0
    for rule in mapping.files:
        if rule.needs and not rule.missing(file.columns):
            best = max(best, 2 if rule.fits_name(file.member) else 1)
    return best


def _folder(path: Path) -> Path:
    path.mkdir(parents=True)
    return path
