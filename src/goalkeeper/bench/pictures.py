"""`make pictures`: the pictures of the README, taken of the sample company's pages in Debian's Chromium."""

from __future__ import annotations

import argparse
from pathlib import Path

from goalkeeper.bench.company import KEY, sample_app, served

PICTURES = {"home.png": ("/", 1160), "metric.png": ("/metrics/csat", 900)}
"""Each picture's page and its height."""
CHROMIUM = "/usr/bin/chromium"


def main() -> None:
    """Writes the pictures into docs/images of the project."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("docs/images"))
    parser.add_argument("--tickets", type=int, default=60_000)
    given = parser.parse_args()
    with sample_app(given.tickets) as app, served(app) as place, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name, (page, height) in PICTURES.items():
            opened = browser.new_page(viewport={"width": 1280, "height": height}, base_url=place)
            opened.goto(f"/enter?key={KEY}")
            opened.goto(page)
            opened.screenshot(path=given.folder / name)
        browser.close()


if __name__ == "__main__":
    main()
