"""The datasets that metrics count over, each declared once with the query that makes it."""

from __future__ import annotations

from goalkeeper.datasets.customers import CUSTOMERS
from goalkeeper.datasets.dataset import Dataset
from goalkeeper.datasets.peers import PEERS
from goalkeeper.datasets.people import PEOPLE
from goalkeeper.datasets.sales import SALES
from goalkeeper.datasets.saves import SAVES
from goalkeeper.datasets.selfservice import SELF_SERVICE
from goalkeeper.datasets.service import SERVICE
from goalkeeper.datasets.shop import SHOP
from goalkeeper.datasets.subscriptions import SUBSCRIPTIONS
from goalkeeper.datasets.voice import VOICE
from goalkeeper.datasets.work import WORK
from goalkeeper.errors import UnknownName

__all__ = ["DATASETS", "Dataset", "dataset"]

DATASETS: dict[str, Dataset] = {
    each.name: each
    for each in (
        *CUSTOMERS, *WORK, *SELF_SERVICE, *VOICE, *PEOPLE, *SERVICE, *SUBSCRIPTIONS, *SHOP, *SAVES, *SALES, *PEERS,
    )
}  # fmt: skip


def dataset(name: str) -> Dataset:
    """The dataset of that name; UnknownName if there is none."""
    if name not in DATASETS:
        raise UnknownName("dataset", name, DATASETS)
    return DATASETS[name]
