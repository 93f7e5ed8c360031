"""Ready mappings for exports that many companies have: a TOML file each beside this one, and one made of the model."""

from __future__ import annotations

from functools import cache
from importlib import resources

from goalkeeper.connectors.mapping import Mapping, read_mapping
from goalkeeper.connectors.presets.canonical import NAME, canonical_text
from goalkeeper.errors import UnknownName


@cache
def presets() -> dict[str, Mapping]:
    """All ready mappings by name, sorted."""
    files = (entry for entry in resources.files(__name__).iterdir() if entry.name.endswith(".toml"))
    found = [read_mapping(entry.read_text(encoding="utf-8"), entry.name) for entry in files]
    found.append(read_mapping(canonical_text(), NAME))
    return {mapping.name: mapping for mapping in sorted(found, key=lambda mapping: mapping.name)}


def preset(name: str) -> Mapping:
    """The ready mapping of that name; UnknownName if there is none."""
    try:
        return presets()[name]
    except KeyError:
        raise UnknownName("preset", name, presets()) from None
