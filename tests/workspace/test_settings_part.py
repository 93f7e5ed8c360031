"""A part of the settings file is taken out and put back, and nothing else of the file changes."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalkeeper.errors import UsageError
from goalkeeper.tomlfile import parse_toml
from goalkeeper.workspace.settings_part import part_text, with_part

KEYS = ("schedule", "schedule_for")
FILE = """\
# Our settings.
name = "Ours"  # the name

# Hours of the front line.
# Agreed in May.
[[schedule]]
id = "support"
tz = "UTC"
hours = { mon-fri = ["09:00-17:30"] }  # lunch is short

# From July on.
[[schedule.change]]
from = 2026-07-01
hours = "24x7"
# The end of the first.

[jobs]
refresh = "05:00"

[[schedule_for]]
channel = "phone"
schedule = "24x7"

[[sla]]
id = "standard"
first_reply = "4h"
# The end."""
HOURS = """\
# Hours of the front line.
# Agreed in May.
[[schedule]]
id = "support"
tz = "UTC"
hours = { mon-fri = ["09:00-17:30"] }  # lunch is short

# From July on.
[[schedule.change]]
from = 2026-07-01
hours = "24x7"

[[schedule_for]]
channel = "phone"
schedule = "24x7"
"""


def test_a_part_with_its_remarks() -> None:
    assert part_text(parse_toml(FILE, "f"), KEYS) == HOURS
    assert part_text(parse_toml(FILE, "f"), ("sla",)) == '[[sla]]\nid = "standard"\nfirst_reply = "4h"\n'
    assert part_text(parse_toml('name = "x"\n', "f"), KEYS) == "\n"


def test_another_text_in_its_place() -> None:
    made = with_part(parse_toml(FILE, "f"), KEYS, '[[schedule]]\nid = "new"\n')
    assert made == (
        '# Our settings.\nname = "Ours"  # the name\n\n[[schedule]]\nid = "new"\n\n# The end of the first.\n\n[jobs]\n'
        'refresh = "05:00"\n\n\n\n[[sla]]\nid = "standard"\nfirst_reply = "4h"\n# The end.\n'
    )


def test_a_part_that_was_not_there_comes_last() -> None:
    made = with_part(parse_toml('name = "x"\n', "f"), ("sla",), '[[sla]]\nid = "a"\n')
    assert made == 'name = "x"\n\n[[sla]]\nid = "a"\n'


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        (FILE, 'name = "y"', "`name` is set elsewhere"), (FILE, '[[sla]]\nid = "x"', "`sla` is set elsewhere"),
        (FILE, "[[schedule]", "not valid TOML"), ("schedule = [{ id = 'x' }]", "", "not written as tables"),
        (FILE, "schedule = []", "here:1: `schedule` is not written as tables"),
        (FILE, 'schedule = [{ id = "x" }]\n[[schedule_for]]\nschedule = "x"', "`schedule` is not written as tables"),
    ],
)  # fmt: skip
def test_what_is_no_such_part_is_refused(file: str, text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        with_part(parse_toml(file, "f"), KEYS, text)


REMARKS = st.sampled_from(["", "# a remark\n", "\n", "# one\n# two\n", "\n# apart\n\n"])
VALUES = st.sampled_from(
    ['"text"', '"""\n# no remark\n[no head]\n"""', "[\n  [1],\n  # in a list\n]", "{ a = [1] }", "7"]
)


@st.composite
def files(draw: st.DrawFn) -> str:
    parts = ['name = "x"\n']
    for number in range(draw(st.integers(0, 5))):
        head = draw(st.sampled_from(["[[schedule]]", "[[schedule_for]]", "[[sla]]", f"[other{number}]"]))
        parts += [draw(REMARKS), f"{head}\n", f"id = {draw(VALUES)}\n", draw(REMARKS)]
    return "".join(parts)


@given(files(), files())
def test_all_else_says_what_it_said(file: str, other: str) -> None:
    toml, new = parse_toml(file, "f"), part_text(parse_toml(other, "o"), KEYS)
    made = with_part(toml, KEYS, new)
    before, after = tomllib.loads(file), tomllib.loads(made)
    assert {key: each for key, each in after.items() if key not in KEYS} == {
        key: each for key, each in before.items() if key not in KEYS
    }
    assert {key: each for key, each in after.items() if key in KEYS} == {
        key: each for key, each in tomllib.loads(other).items() if key in KEYS
    }
    assert part_text(parse_toml(made, "m"), KEYS).strip() == new.strip()
    kept = [line for line in file.splitlines() if line.startswith("#")]
    assert len([line for line in with_part(toml, (), "").splitlines() if line.startswith("#")]) == len(kept)
