"""One self-contained query of a metric, for a warehouse that has the tables already."""

from goalkeeper.measure.printed.compose import CANONICAL, FIVETRAN, TABLES, WarehouseQuestion, warehouse_query

__all__ = ["CANONICAL", "FIVETRAN", "TABLES", "WarehouseQuestion", "warehouse_query"]
