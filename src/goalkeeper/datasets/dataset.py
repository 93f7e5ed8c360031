"""What a dataset is: the rows that metrics count over, and how they are made from the canonical tables."""

from __future__ import annotations

from dataclasses import dataclass

from goalkeeper.tickets.columns import NUMBER, Derived

__all__ = ["NUMBER", "Dataset"]
# Tables of people, who have rows in every workspace: mostly they only tell more of another table's rows.
PEOPLE = frozenset({"customers", "identity_links", "teams", "agents"})


@dataclass(frozen=True, slots=True)
class Dataset:
    """What may be counted: its SQL source, its columns, and what one row is called.

    ``query`` makes the table ``facts.<name>`` at a refresh, over the canonical tables it ``reads``; the ticket facts
    have none, they are computed on their own. A source may also be a query over such tables. Tables ``on_demand`` are
    made when somebody asks.
    """

    name: str
    rows: str
    source: str
    columns: tuple[Derived, ...]
    left_out: str = "left_out"
    query: str = ""
    reads: tuple[str, ...] = ()
    on_demand: bool = False

    @property
    def made_of(self) -> tuple[str, ...]:
        """The tables that it ``reads`` without whose rows it has none; one of them is enough."""
        return tuple(table for table in self.reads if table not in PEOPLE) or self.reads

    @property
    def splits(self) -> tuple[str, ...]:
        """The columns offered as dimensions."""
        return tuple(column.name for column in self.columns if column.splits)

    @property
    def names(self) -> tuple[str, ...]:
        """All its columns."""
        return tuple(column.name for column in self.columns)
