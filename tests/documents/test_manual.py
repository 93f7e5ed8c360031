"""The manual's words, from settings and agreed versions to each of its forms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from documents.facts_of import FORMS, all_words, squeezed
from goalkeeper.calendars import Span, WeeklyHours, always_open
from goalkeeper.documents.manual import manual_document, week_words
from goalkeeper.reports.manual import manual
from goalkeeper.workspace import Workspace, create, open_workspace
from goals.agreed_plans import agree_on
from goals.plans import PLAN
from reports.test_manual import SETTINGS

NAME = '<b>Billing</b> | =1+1 | `x` #read(\\"/etc/passwd\\")'


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with open_workspace(create(tmp_path / "desk", text=SETTINGS)) as opened:
        yield opened


def test_what_a_reader_looks_for(workspace: Workspace) -> None:
    agree_on(workspace.store, PLAN)
    agree_on(workspace.store, PLAN.replace("to = 0.75", "to = 0.70"))
    words = all_words(manual_document(manual(workspace)))
    days = "Version 2, agreed on 21 December 2026, for 1 January to 31 March 2027."
    assert {days, "from 65 % to 70 %", "team billing", "at least 82\N{NO-BREAK SPACE}%"} <= set(words)
    assert (
        "65\N{NO-BREAK SPACE}% (63\N{EN DASH}67\N{NO-BREAK SPACE}%), measured 21 September to 20 December 2026" in words
    )
    assert {"any other", "urgent", "first reply", "1\N{NO-BREAK SPACE}h", "4\N{NO-BREAK SPACE}h"} <= set(words)
    assert {"Mon to Fri 08:00-18:00", "From 1 February 2027", "Mon to Sat 08:00-18:00"} <= set(words)
    assert {"New Year's Day", "its own hours", "10:00-12:00", "tier 2"} <= set(words)
    assert "The plan is reviewed monthly." in words
    assert {"from 65 % to 75 %", "Version 1, 21 December 2026", "The first version."} <= set(words)


@pytest.mark.parametrize("form", FORMS)
def test_each_form_tells_the_same_of_goals_with_hostile_names(workspace: Workspace, form: str) -> None:
    agree_on(workspace.store, PLAN.replace("Billing questions solved the first time", NAME))
    made = manual_document(manual(workspace))
    shown = squeezed(FORMS[form](made))
    assert [each for each in all_words(made) if squeezed(each) not in shown] == []
    assert squeezed(NAME.replace("\\", "")) in shown


@pytest.mark.parametrize(
    ("week", "words"),
    [
        (always_open(), "Mon to Sun all day"),
        (((),) * 7, "closed"),
        (((Span(540, 1020),),) * 3 + ((),) + ((Span(540, 1020),),) + ((Span(1320, 1800),),) + ((),),
         "Mon to Wed 09:00-17:00; Fri 09:00-17:00; Sat 22:00-06:00"),
    ],
)  # fmt: skip
def test_weeks_in_words(week, words: str) -> None:
    assert week_words(WeeklyHours(date.min, week)) == words
