"""The generator as a whole: same bytes, all files, refusals."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date
from pathlib import Path

import pytest

from goalkeeper.errors import UsageError
from goalkeeper.sample import Company, make_company


def digests(company: Company) -> dict[str, str]:
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in company.files.items()}


def test_same_seed_same_bytes_even_over_old_files(tmp_path: Path) -> None:
    first = digests(make_company(tmp_path / "a", tickets=150, seed=3))
    make_company(tmp_path / "b", tickets=400, seed=4)
    again = digests(make_company(tmp_path / "b", tickets=150, seed=3))
    assert first == again


def test_another_seed_is_another_company_of_the_same_size(tmp_path: Path) -> None:
    one = make_company(tmp_path / "a", tickets=150, seed=1)
    two = make_company(tmp_path / "b", tickets=150, seed=2)
    same = {name for name, digest in digests(one).items() if digests(two)[name] == digest}
    assert same == {
        "helpdesk/brands.json", "helpdesk/groups.json", "helpdesk/ticket_fields.json", "team/teams.csv",
        "workplace/accounts.csv", "workplace/training_requirements.csv",
    }  # fmt: skip
    assert one.truths["tickets"]["in_file"] == two.truths["tickets"]["in_file"] == 150


def test_names_every_file_it_writes(company: Company) -> None:
    there = {p.relative_to(company.folder).as_posix(): p for p in company.folder.rglob("*") if p.is_file()}
    assert there == company.files
    assert len(there) == 36
    assert json.loads((company.folder / "truths.json").read_text("utf-8")) == company.truths


def test_nothing_happens_after_the_last_day(tmp_path: Path) -> None:
    made = make_company(tmp_path, tickets=200, until=date(2024, 2, 29))
    assert made.truths["company"]["first_day"] == "2022-03-01"
    past = (
        "tickets.ndjson",
        "audits.ndjson",
        "orders.csv",
        "events.csv",
        "sessions.csv",
        "reviews.csv",
        "acquisitions.csv",
        "shop_visits.csv",
        "upsells.csv",
    )
    for name, path in made.files.items():
        if name.endswith(past):
            days = re.findall(r"(20\d\d-\d\d-\d\d)[T ]\d\d:\d\d", path.read_text("utf-8"))
            # A shop's local stamp of the last evening may already lie on the next day.
            assert "2024-02-10" < max(days) <= ("2024-03-01" if name == "shop/orders.csv" else "2024-02-29"), name


@pytest.mark.parametrize(
    ("tickets", "until", "words"),
    [(99, date(2026, 6, 30), "99 tickets"), (3_000_000, date(2026, 6, 30), "valid: 100 to 2000000"),
     (200, date(1999, 1, 1), "1999-01-01; valid: 2002-01-01")],
)  # fmt: skip
def test_refuses_what_it_cannot_make(tmp_path: Path, tickets: int, until: date, words: str) -> None:
    with pytest.raises(UsageError, match=re.escape(words)):
        make_company(tmp_path, tickets=tickets, until=until)
    assert not list(tmp_path.iterdir())
