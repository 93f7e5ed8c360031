"""A table of the settings is changed in its text, and every other character stays."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalkeeper.errors import UsageError
from goalkeeper.web.settings.tables import added, changed, moved, without

TEXT = """\
# The front line.
[[schedule]]
id = "support"   # ours
tz = "UTC"
# late on Fridays
hours = { mon-thu = ["09:00-17:00"], fri = ["09:00-19:00"] }

[schedule.closed]
# as agreed
"2026-12-24" = "Eve"   # half of us

[[schedule.change]]
from = 2027-01-01
hours = "24x7"

# Nights.
[[schedule]]
id = "night"
tz = "UTC"
hours.mon = ["22:00-06:00"]
hours.tue = ["22:00-06:00"]

[[schedule_for]]   # by phone
channel = "phone"
schedule = "night"
"""


def read(text: str) -> Any:
    return tomllib.loads(text)


def test_a_value_is_put_where_it_stood() -> None:
    assert changed(TEXT, "schedule", 0, {"tz": "Europe/Berlin"}) == TEXT.replace(
        'tz = "UTC"\n# late', 'tz = "Europe/Berlin"\n# late'
    )
    text = changed(TEXT, "schedule", 1, {"hours": {"sat": ["10:00-12:00"]}, "holidays": ["DE"]})
    assert read(text)["schedule"][1] == {
        "id": "night", "tz": "UTC", "hours": {"sat": ["10:00-12:00"]}, "holidays": ["DE"],
    }  # fmt: skip
    assert text.startswith(TEXT[: TEXT.index("hours.mon")])
    assert text.endswith(TEXT[TEXT.index("\n[[schedule_for]]") :])


def test_tables_within_are_written_anew_and_their_neighbours_stay() -> None:
    text = changed(TEXT, "schedule", 0, {"change": [{"from": "2028-01-01", "hours": {}}, {"from": "2029-01-01"}]})
    assert read(text)["schedule"][0]["change"] == [{"from": "2028-01-01", "hours": {}}, {"from": "2029-01-01"}]
    assert '"2026-12-24" = "Eve"   # half of us' in text
    assert read(text)["schedule"][1:] == read(TEXT)["schedule"][1:]
    text = changed(TEXT, "schedule", 0, {"closed": None, "change": None})
    assert set(read(text)["schedule"][0]) == {"id", "tz", "hours"}
    assert "# Nights.\n[[schedule]]" in text


def test_a_table_within_is_changed_line_by_line() -> None:
    text = changed(TEXT, "schedule", 0, {"closed": {"2026-12-24": "Eve", "2026-12-31": "Sylvester"}})
    assert '# as agreed\n"2026-12-24" = "Eve"   # half of us\n2026-12-31 = "Sylvester"\n' in text
    text = changed(text, "schedule", 0, {"closed": {"2026-12-31": "none"}})
    assert '# as agreed\n2026-12-31 = "none"\n' in text


def test_one_is_taken_out_with_its_remarks_or_moved_with_them() -> None:
    text = without(TEXT, "schedule", 0)
    assert text == TEXT[TEXT.index("# Nights.") :]
    text = moved(TEXT, "schedule", 1, 0)
    assert [each["id"] for each in read(text)["schedule"]] == ["night", "support"]
    assert text.startswith('# Nights.\n[[schedule]]\nid = "night"')
    assert sorted(text.split()) == sorted(TEXT.split())
    assert moved(text, "schedule", 1, 0) == TEXT


def test_the_first_one_of_all() -> None:
    text = added("", "sla", {"id": "a", "first_reply": {"urgent": "1h"}, "team": None})
    assert text == '[[sla]]\nid = "a"\nfirst_reply = { urgent = "1h" }\n'
    assert read(added(text, "sla", {"id": "b"}))["sla"][1] == {"id": "b"}


def test_another_table_in_the_midst_is_told() -> None:
    text = '[[schedule]]\nid = "a"\n[state]\nurl = ""\n[[schedule.change]]\nfrom = 2026-01-01\n'
    with pytest.raises(UsageError, match="Change it as text"):
        without(text, "schedule", 0)


values = st.one_of(
    st.text(max_size=8), st.lists(st.text(max_size=8), min_size=1, max_size=3),
    st.dictionaries(st.text(max_size=5), st.text(max_size=8), min_size=1, max_size=3),
    st.lists(st.dictionaries(st.sampled_from("ab"), st.text(max_size=5), min_size=1), min_size=1, max_size=2),
    st.none(),
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["id", "tz", "hours", "closed", "change", "on"]), values), st.integers(0, 1))
def test_whatever_is_written_is_read_back_and_the_rest_is_as_before(wanted: dict[str, Any], number: int) -> None:
    before = read(TEXT)
    after = read(changed(TEXT, "schedule", number, wanted))
    expected = before["schedule"][number] | wanted
    before["schedule"][number] = {key: value for key, value in expected.items() if value is not None}
    assert after == before
