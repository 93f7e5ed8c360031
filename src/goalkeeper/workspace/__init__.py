"""A workspace folder: its settings, its database, and everything one can do with it from Python."""

from goalkeeper.workspace.settings import SETTINGS_FILE, Settings, read_settings, settings_text
from goalkeeper.workspace.workspace import Workspace, create, known_metrics, open_workspace

__all__ = [
    "SETTINGS_FILE",
    "Settings",
    "Workspace",
    "create",
    "known_metrics",
    "open_workspace",
    "read_settings",
    "settings_text",
]
