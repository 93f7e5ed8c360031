"""A file loaded again by a corrected mapping: all that was made of its rows is made again."""

from __future__ import annotations

from pathlib import Path

import goalkeeper as gk

FILE = "id,site,at,stars,kinder\n1,shop,2026-01-05,1,5\n2,shop,2026-01-06,2,4\n"
MAPPING = """
name = "stars"
title = "Stars"
[[file]]
match = ["stars.csv"]
[[file.table]]
to = "reviews"
columns.review_id = "id"
columns.platform = "site"
columns.published_at = "at"
columns.rating = "COLUMN"
columns.scale_max = { const = "5" }
"""


def test_datasets_follow_rows_that_keep_the_number_of_their_load(tmp_path: Path) -> None:
    (tmp_path / "stars.csv").write_text(FILE, encoding="utf-8")
    mapping = tmp_path / "stars.toml"
    with gk.open(gk.create(tmp_path / "desk", name="Desk")) as desk:
        ratings = []
        for column in ("stars", "kinder"):
            mapping.write_text(MAPPING.replace("COLUMN", column), encoding="utf-8")
            desk.load(tmp_path / "stars.csv", mapping=mapping)
            desk.refresh()
            ratings.append(desk.store.rows("SELECT rating FROM canon.reviews ORDER BY review_id"))
            assert desk.store.rows("SELECT stars FROM facts.reviews ORDER BY published_day") == ratings[-1]
        assert [[float(rating) for (rating,) in each] for each in ratings] == [[1, 2], [5, 4]]
        assert desk.store.one("SELECT count(DISTINCT _load_id) FROM canon.reviews") == 1
        desk.load(tmp_path / "stars.csv", mapping=mapping)
        made = desk.store.state("made reviews")
        desk.refresh()
        assert desk.store.state("made reviews") == made
