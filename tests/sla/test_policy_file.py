"""The [[sla]] tables of a settings file, and each mistake with its line."""

from __future__ import annotations

from datetime import date

import pytest

from goalkeeper.errors import Findings
from goalkeeper.sla import Policy
from goalkeeper.tomlfile import parse_toml
from goalkeeper.workspace.settings import parse_settings

HEAD = """[[schedule]]
id = "support"
tz = "Europe/Berlin"
hours = { mon-fri = ["09:00-17:00"] }
[[schedule]]
id = "never"
tz = "Europe/Berlin"
hours = {}
[[sla]]
"""


def policies(text: str) -> tuple[Policy, ...]:
    return parse_settings(parse_toml(HEAD + text, "goalkeeper.toml")).policies


def mistakes(text: str) -> list[str]:
    with pytest.raises(Findings) as caught:
        policies(text)
    return [str(finding) for finding in caught.value.findings]


def test_everything_that_can_be_said() -> None:
    (policy,) = policies(
        'id = "a"\nfrom = 2026-01-01\nuntil = "2026-06-30"\nchannel = "chat"\nteam = ["x", "y"]\nschedule = "support"\n'
        'pause = "on_hold"\nfirst_reply = { urgent = "90s", other = "1h" }\nresolution = "1h30m"\n'
    )
    assert policy == Policy(
        "a",
        {"first_reply": {"urgent": 90, "other": 3600}, "resolution": {"other": 5400}},
        (("channel", ("chat",)), ("team", ("x", "y"))),
        date(2026, 1, 1),
        date(2026, 6, 30),
        True,
        "support",
        ("on_hold",),
    )


def test_days_on_the_calendar() -> None:
    (policy,) = policies('id = "a"\nclock = "calendar"\nresolution = "2 days"')
    assert policy.targets == {"resolution": {"other": 172_800}}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('id = "a"\nfirst_replay = "1h"', 11, "no key 'first_replay'. Did you mean 'first_reply'?"),
        ('id = "a"', 10, "it promises nothing."),
        ('first_reply = "1h"', 9, "it has no id."),
        ('id = "a"\nfirst_reply = 4', 11, "it is 4, not a duration."),
        ('id = "a"\nfirst_reply = "4"', 11, "'4' is not a duration."),
        ('id = "a"\nfirst_reply = "0h"', 11, "'0h' is no target."),
        ('id = "a"\nfirst_reply = "1.5s"', 11, "'1.5s' is no target."),
        ('id = "a"\nfirst_reply = "2 days"', 11, "'2 days' has no one length in working time."),
        ('id = "a"\nfirst_reply = { hihg = "4h" }', 11, "no priority 'hihg'. Did you mean 'high'?"),
        ('id = "a"\nfirst_reply = "4h"\nchannel = "mail"', 12, "no channel 'mail'. Did you mean 'email'?"),
        ('id = "a"\nfirst_reply = "4h"\nteam = 3', 12, "it is 3, not a text or a list of texts."),
        ('id = "a"\nfirst_reply = "4h"\npause = ["solved"]', 12, "no pause 'solved'."),
        ('id = "a"\nfirst_reply = "4h"\nclock = "business"', 12, "no clock 'business'. Valid: calendar, working."),
        ('id = "a"\nfirst_reply = "4h"\nschedule = "suport"', 12, "no schedule 'suport'. Did you mean 'support'?"),
        ('id = "a"\nfirst_reply = "4h"\nschedule = "never"', 12, "schedule 'never' has too little working time"),
        ('id = "a"\nfirst_reply = "4h"\nclock = "calendar"\nschedule = "support"', 13, "the calendar clock has no"),
        ('id = "a"\nfirst_reply = "4h"\nfrom = "June"', 12, "'June' is not a day."),
        ('id = "a"\nfirst_reply = "4h"\nfrom = 2026-02-01\nuntil = 2026-01-01', 13, "it ends on 2026-01-01, before"),
        ('id = "a"\nfirst_reply = "4h"\n[[sla]]\nid = "a"\nfirst_reply = "4h"', 13, "the id 'a' is taken."),
    ],
)
def test_mistakes(text: str, line: int, words: str) -> None:
    (told,) = mistakes(text)
    assert told.startswith(f"goalkeeper.toml:{line}: {words}")


def test_it_is_a_list_of_tables() -> None:
    with pytest.raises(Findings, match="sla is not a list of tables"):
        parse_settings(parse_toml("sla = 3", "goalkeeper.toml"))
