"""How a file becomes canonical tables: the mapping file, its expressions, and the SQL they compile to."""

from goalkeeper.connectors.mapping.model import EventLog, FileRule, Mapping, TableRule, Value
from goalkeeper.connectors.mapping.read import read_mapping

__all__ = ["EventLog", "FileRule", "Mapping", "TableRule", "Value", "read_mapping"]
