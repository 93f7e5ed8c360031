"""One small sample company for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from goalkeeper.sample import Company, make_company
from sample.naive import NaiveDesk, read_desk


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return make_company(tmp_path_factory.mktemp("company"), tickets=2500)


@pytest.fixture(scope="session")
def desk(company: Company) -> NaiveDesk:
    return read_desk(Path(company.folder))
