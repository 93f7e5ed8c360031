"""The web app: one process owns a workspace and answers people's browsers and programs."""

from goalkeeper.web.app import create_app

__all__ = ["create_app"]
