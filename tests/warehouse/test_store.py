"""The store's own settings, which every connection to it must have."""

from __future__ import annotations

from pathlib import Path

from goalkeeper.warehouse import Store


def test_no_connection_gathers_chunks_between_operators(tmp_path: Path) -> None:
    ask = "SELECT current_setting('debug_enable_caching_operators')"
    with Store(tmp_path) as store:
        assert store.one(ask) is False
        assert store.con.cursor().execute(ask).fetchall() == [(False,)]
