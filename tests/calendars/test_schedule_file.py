from __future__ import annotations

import tomllib
from datetime import date

import pytest

from goalkeeper.calendars import ALWAYS, Span, parse_schedules
from goalkeeper.errors import Findings

WHOLE = """
[[schedule]]
id = "support"
tz = "Europe/Berlin"
hours = { mon-fri = ["09:00-12:30", "13:30-18:00"], sat = ["10:00-14:00"] }
holidays = ["DE-BE"]
closed = ["2025-12-24", 2025-12-27, "2025-12-29..2025-12-30"]
on = { "2025-12-31" = ["09:00-12:00"] }
breaks = { "2025-05-05" = ["10:00-11:30"] }
[[schedule.change]]
from = 2026-01-01
hours = { mon-fri = ["08:00-18:00"] }

[[schedule]]
id = "night"
tz = "UTC"
hours = { mon-sun = "22:00-06:00" }
closed = { "2025-12-24" = "Christmas Eve" }

[[schedule_for]]
channel = "phone"
schedule = "24x7"
"""


def findings(text: str) -> list[str]:
    with pytest.raises(Findings) as caught:
        parse_schedules(tomllib.loads(text), "goals.toml")
    return [str(finding) for finding in caught.value.findings]


def test_a_whole_file() -> None:
    schedules = parse_schedules(tomllib.loads(WHOLE), "goals.toml")
    support, night, always = schedules.schedules
    assert always == ALWAYS
    assert [hours.valid_from for hours in support.hours] == [date.min, date(2026, 1, 1)]
    assert support.hours[0].week[5] == (Span(600, 840),)
    assert [day.isoformat() for day, _ in support.closed] == ["2025-12-24", "2025-12-27", "2025-12-29", "2025-12-30"]
    assert support.on == ((date(2025, 12, 31), (Span(540, 720),)),)
    assert support.breaks == ((date(2025, 5, 5), (Span(600, 690),)),)
    assert night.closed == ((date(2025, 12, 24), "Christmas Eve"),)
    assert schedules.rules[0].when == (("channel", ("phone",)),)
    assert hash(support) != hash(night)


def test_without_schedules_the_clock_runs_always() -> None:
    schedules = parse_schedules({"plan": []}, "goals.toml")
    assert schedules.schedules == (ALWAYS,)
    assert schedules.key_for({}) == 0


GOOD = '[[schedule]]\nid = "s"\ntz = "UTC"\nhours = "24x7"\n'


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (GOOD.replace("UTC", "Europe/Berln"), "goals.toml [[schedule]] s tz: no time zone 'Europe/Berln'. Did you"),
        (GOOD.replace('tz = "UTC"', ""), "goals.toml [[schedule]] s tz: it has no tz. Write for example tz ="),
        (GOOD.replace('"s"', "5"), "goals.toml [[schedule]] 5 id: its id is 5, not a text."),
        (GOOD.replace('hours = "24x7"', ""), "goals.toml [[schedule]] s hours: it has no hours."),
        (GOOD.replace("hours =", "hour ="), "goals.toml [[schedule]] s: no key 'hour'. Did you mean 'hours'?"),
        (GOOD.replace('"s"', '"24x7"'), "the id '24x7' is taken."),
        (GOOD + GOOD, "goals.toml [[schedule]] s id: the id 's' is taken."),
        (GOOD + 'holidays = ["DE-XX"]', "goals.toml [[schedule]] s holidays: no part of DE 'XX'."),
        (GOOD + "holidays = [1]", "[1] is not a text or a list of texts."),
        (GOOD + 'closed = ["24.12.2025"]', "'24.12.2025' is not a date. A date is written"),
        (GOOD + "closed = [2025-12-24T00:00:00]", "is not a date."),
        (GOOD + 'closed = [["2025-12-24"]]', "['2025-12-24'] is not a date."),
        (GOOD + 'closed = ["2025-12-24..2024-12-26"]', "is a range of -362 days."),
        (GOOD + 'on = ["2025-12-24"]', "['2025-12-24'] is not a table."),
        (GOOD + 'on = { "2025-12-24" = ["9-5"] }', "s on.2025-12-24 hours: '9-5' is not a span of hours."),
        (GOOD + 'breaks = { "2025-02-30" = [] }', "s breaks.2025-02-30: '2025-02-30' is not a date."),
        (
            GOOD + 'closed = ["2025-12-24"]\non = { "2025-12-24" = ["09:00-12:00"] }',
            "2025-12-24 is both closed and has hours under `on`. Keep one.",
        ),
        (GOOD + '[[schedule.change]]\nhours = "24x7"', "[[schedule.change]] 1 from: None is not a date."),
        (GOOD + "[[schedule.change]]\nfrom = 2026-01-01", "2026-01-01 hours: None is not a week of hours."),
        (
            GOOD + '[[schedule.change]]\nfrom = 2026-01-01\nhours = "24x7"\n' * 2,
            "two changes are from 2026-01-01. Keep one.",
        ),
        (GOOD + '[schedule_for]\nchannel = "a"', "schedule_for is not a list of tables. Head each with"),
        ("schedule = [1]", "schedule is not a list of tables."),
        (GOOD + '[[schedule_for]]\nchannel = "a"\nschedule = "t"', "[[schedule_for]] 1 schedule: no schedule 't'."),
        (GOOD + '[[schedule_for]]\nschedule = "s"', "it does not say what it is for. Name one of brand, channel"),
        (GOOD + '[[schedule_for]]\nteam = []\nschedule = "s"', "it does not say what it is for."),
        (
            GOOD + '[[schedule_for]]\nteam = "x"\nchanel = "a"\nschedule = "s"',
            "no key 'chanel'. Did you mean 'channel'?",
        ),
    ],
)
def test_mistakes_are_told_with_their_place(text: str, found: str) -> None:
    told = findings(text)
    assert any(found in one for one in told), told


def test_all_mistakes_are_told_at_once() -> None:
    assert len(findings(GOOD.replace("UTC", "Nowhere") + 'holidays = ["??"]\nclosed = ["soon", "later"]')) == 4
