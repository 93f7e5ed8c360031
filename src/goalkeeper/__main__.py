"""Lets `python -m goalkeeper` do what `goalkeeper` does."""

from goalkeeper.cli import main

main()
