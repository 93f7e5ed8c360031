"""Notes on days: added one below the other, read back, and every mistake in the file told with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goalkeeper.errors import Findings, UnknownName, UsageError
from goalkeeper.reports.notes import NOTES_FILE, DayNote, add_note, change_note, notes, notes_of, remove_note

KEYS = ("csat", "backlog")
DAY = date(2026, 3, 2)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(words=st.text(min_size=1, max_size=200), metric=st.sampled_from(["", *KEYS]))
def test_any_words_come_back(tmp_path_factory: pytest.TempPathFactory, words: str, metric: str) -> None:
    folder = tmp_path_factory.mktemp("notes")
    plain = " ".join(words.split())
    if not plain or any("\ud800" <= c <= "\udfff" for c in words):
        return
    assert add_note(folder, KEYS, DayNote(DAY, words, metric))
    assert not add_note(folder, KEYS, DayNote(DAY, words, metric))
    assert notes(folder, KEYS) == (DayNote(DAY, plain, metric),)


def test_what_stands_in_the_file_stays(tmp_path: Path) -> None:
    path = tmp_path / NOTES_FILE
    path.write_text('# Ours.\n[[note]]\nday = 2026-03-05  # a Thursday\nwords = "outage"', encoding="utf-8")
    add_note(tmp_path, KEYS, DayNote(DAY, "new help centre", "csat"))
    assert path.read_text(encoding="utf-8").startswith("# Ours.\n[[note]]\nday = 2026-03-05  # a Thursday\n")
    assert [each.words for each in notes(tmp_path, KEYS)] == ["new help centre", "outage"]
    march = (date(2026, 3, 1), date(2026, 4, 1))
    assert [each.words for each in notes_of(tmp_path, KEYS, "backlog", *march)] == ["outage"]
    assert len(notes_of(tmp_path, KEYS, "csat", *march)) == 2
    assert notes_of(tmp_path, KEYS, "csat", date(2026, 3, 6), march[1]) == ()


def test_writers_lose_nothing(tmp_path: Path) -> None:
    threads = [Thread(target=add_note, args=(tmp_path, KEYS, DayNote(DAY, f"note {n}"))) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(notes(tmp_path, KEYS)) == 12


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[note]]\nwords = 'x'", "it has no day"),
        ("[[note]]\nday = 2026-03-02", "it has no words"),
        ("[[note]]\nday = 2026-03-02T10:00:00\nwords = 'x'", "it has no day"),
        ("[[note]]\nday = 2026-03-02\nwords = 'x'\nmetric = 'moon'", "unknown metric 'moon'"),
        ("[[note]]\nday = 2026-03-02\nwords = 'x'\nmood = 1", "it is no note"),
        ("note = 3", "it is no note"),
        ("notes = 3", "unknown key 'notes'"),
    ],
)
def test_mistakes_are_told(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / NOTES_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(Findings, match=words):
        notes(tmp_path, KEYS)


def test_no_note_without_words_or_of_nothing(tmp_path: Path) -> None:
    for words in ("  ", "x" * 301):
        with pytest.raises(UsageError, match="1 to 300"):
            add_note(tmp_path, KEYS, DayNote(DAY, words))
    with pytest.raises(UnknownName):
        add_note(tmp_path, KEYS, DayNote(DAY, "x", "moon"))
    assert not (tmp_path / NOTES_FILE).exists()


WRITTEN = """\
# Ours.
[[note]]
day = 2026-03-05  # a Thursday
words = "outage"

[[note]]
day = 2026-03-02
metric = "csat"
words = "new help centre"
# the end
"""
OUTAGE, CENTRE = DayNote(date(2026, 3, 5), "outage"), DayNote(DAY, "new help centre", "csat")


def test_a_note_is_changed_in_its_place(tmp_path: Path) -> None:
    path = tmp_path / NOTES_FILE
    path.write_text(WRITTEN, encoding="utf-8")
    change_note(tmp_path, KEYS, OUTAGE, DayNote(date(2026, 3, 6), "outage of\n mail", "backlog"))
    assert "day = 2026-03-06  # a Thursday" in path.read_text(encoding="utf-8")
    change_note(tmp_path, KEYS, CENTRE, DayNote(DAY, "new help centre"))
    changed = (DayNote(DAY, "new help centre"), DayNote(date(2026, 3, 6), "outage of mail", "backlog"))
    assert notes(tmp_path, KEYS) == changed
    assert path.read_text(encoding="utf-8").endswith("# the end\n")
    with pytest.raises(UsageError, match="there no more"):
        change_note(tmp_path, KEYS, OUTAGE, DayNote(DAY, "mine"))
    with pytest.raises(UsageError, match="1 to 300"):
        change_note(tmp_path, KEYS, changed[0], DayNote(DAY, " "))


def test_a_note_is_removed_and_the_rest_stays(tmp_path: Path) -> None:
    path = tmp_path / NOTES_FILE
    path.write_text(WRITTEN, encoding="utf-8")
    remove_note(tmp_path, KEYS, OUTAGE)
    assert notes(tmp_path, KEYS) == (CENTRE,)
    assert path.read_text(encoding="utf-8").startswith("# Ours.\n")
    with pytest.raises(UsageError, match="there no more"):
        remove_note(tmp_path, KEYS, OUTAGE)
    remove_note(tmp_path, KEYS, CENTRE)
    assert notes(tmp_path, KEYS) == ()
    assert "# the end" in path.read_text(encoding="utf-8")
    path.write_text('note = [{ day = 2026-03-02, words = "x" }]\n', encoding="utf-8")
    with pytest.raises(UsageError, match="in one list"):
        remove_note(tmp_path, KEYS, DayNote(DAY, "x"))


def test_who_comes_second_changes_nothing(tmp_path: Path) -> None:
    """Eight change the same note at once: seven are told, and no word of the first is lost."""
    add_note(tmp_path, KEYS, OUTAGE)
    told: list[UsageError] = []

    def change(number: int) -> None:
        try:
            change_note(tmp_path, KEYS, OUTAGE, DayNote(OUTAGE.day, f"outage {number}"))
        except UsageError as error:
            told.append(error)

    threads = [Thread(target=change, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 7
    assert len(notes(tmp_path, KEYS)) == 1
