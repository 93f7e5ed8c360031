"""The customers of all sources, each with the person and what any source knows of that person."""

from __future__ import annotations

from goalkeeper.datasets.dataset import Dataset
from goalkeeper.datasets.joins import PERSON
from goalkeeper.tickets.columns import FLAG, TEXT, Derived

CUSTOMER_COLUMNS = (
    *PERSON,
    Derived("customer", TEXT, "The source and its id of the customer"),
    Derived("person", TEXT, "The person, the same in all sources: the first of the person's customers"),
    Derived("is_internal", FLAG, "One of the company's own people"),
    Derived("left_out", TEXT, "Always NULL"),
)

# A person is called by the first of the keys, not by the number, which depends on the order of loads.
# What the row itself says stands; what it does not say, another row of the same person may.
_CUSTOMERS = """
SELECT c.source_id AS source, coalesce(c.segment, max(c.segment) OVER same) AS segment,
    coalesce(c.plan, max(c.plan) OVER same) AS plan, coalesce(c.country, max(c.country) OVER same) AS country,
    f.customer, min(f.customer) OVER same AS person, coalesce(bool_or(c.is_internal) OVER same, false) AS is_internal,
    NULL::VARCHAR AS left_out
FROM canon.customers c JOIN facts.persons f ON f.source = c.source_id AND f.customer_id = c.customer_id
WINDOW same AS (PARTITION BY f.person)
"""

CUSTOMERS = (
    Dataset(
        "customers",
        "customers",
        "facts.customers",
        CUSTOMER_COLUMNS,
        query=_CUSTOMERS,
        reads=("customers", "identity_links"),
    ),
)
