"""GK901: what cannot be read of a plan file, or names what does not exist."""

from __future__ import annotations

from collections.abc import Iterator

from goalkeeper.errors import UnknownName
from goalkeeper.goals import Watched
from goalkeeper.goals.edit import TextEdit, replace
from goalkeeper.lint.rule import Checked, Fix, Found, Severity, rule
from goalkeeper.lint.sampling import all_watched
from goalkeeper.tomlfile import Path_, TomlFile


@rule("GK901", since="0.2", severity=Severity.ERROR, fix=Fix.SOMETIMES)
def a_file_that_cannot_be_read(checked: Checked) -> Iterator[Found]:
    """A key, a value, a metric or a segment of the file is not known.

    ## Why
    A misspelt name would be a goal that nobody measures. This rule cannot be allowed.

    ## Bad
    ```toml
    [[goal]]
    metric = "survey_respose_rate"
    to = 0.25
    owner = "team:support"
    because = "under 20 % nobody can tell which topics drive customers away"
    ```

    ## Good
    ```toml
    [[goal]]
    metric = "survey_response_rate"
    to = 0.25
    owner = "team:support"
    because = "under 20 % nobody can tell which topics drive customers away"
    ```

    ## Bad
    ```toml
    [[goal]]
    metric = "survey_response_rate"
    where = { channel = "e-mail" }
    to = 0.25
    owner = "team:support"
    because = "under 20 % nobody can tell which topics drive customers away"
    ```
    ```toml
    # own data
    [[seen]]
    metric = "survey_response_rate"
    where = { channel = ["email", "chat", "phone"] }
    ```

    ## Good
    ```toml
    [[goal]]
    metric = "survey_response_rate"
    where = { channel = "email" }
    to = 0.25
    owner = "team:support"
    because = "under 20 % nobody can tell which topics drive customers away"
    ```
    ```toml
    # own data
    [[seen]]
    metric = "survey_response_rate"
    where = { channel = ["email", "chat", "phone"] }
    ```

    ## Fix
    Writes the nearest valid name, where one is near.
    """
    for mistake in checked.mistakes:
        yield Found(mistake.path, mistake.found, mistake.valid, mistake.edits, at_value=mistake.at_value)
    document = checked.plan.document
    for path, watched in all_watched(checked.plan):
        for split, (value, known) in checked.evidence.unknown(watched).items():
            error = UnknownName(split, value, known)
            place = _place(document, (*path, "where", split), watched, value)
            if place is not None:
                edits = _edits(document, place, error.near)
                words = f"{error.message.removesuffix('.')} in the data."
                yield Found(place, words, error.hint, edits, at_value=True)


def _place(document: TomlFile, path: Path_, watched: Watched, value: str) -> Path_ | None:
    """Where the value is written; None for a segment that a counterweight has from its goal, which tells it itself."""
    if path not in document.spans:
        return None
    member = (*path, watched.where[str(path[-1])].index(value))
    return member if member in document.spans else path


def _edits(document: TomlFile, place: Path_, near: str) -> tuple[TextEdit, ...]:
    return (replace(document, place, near),) if near else ()


FILE = (a_file_that_cannot_be_read,)
