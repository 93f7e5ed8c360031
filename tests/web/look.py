"""A real browser that was let in; whatever it complains of fails the test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from web.conftest import KEY

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

VIEWS = [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")]
LISTEN = "addEventListener('securitypolicyviolation', e => console.error('policy: ' + e.violatedDirective))"


@contextmanager
def looked_at(
    browser: Browser,
    address: str,
    width: int,
    scheme: str = "light",
    *,
    start: str = f"/enter?key={KEY}",
    expected: tuple[str, ...] = (),
    **how: Any,
) -> Iterator[Page]:
    """A page of a width and a colour scheme; complaints with none of the ``expected`` words in them fail at its end."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, base_url=address, **how  # type: ignore[arg-type]
    )  # fmt: skip
    context.add_init_script(LISTEN)
    page, said = context.new_page(), list[str]()
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(start)
    try:
        yield page
    finally:
        context.close()
    complaints = [words for words in said if not any(each in words for each in expected)]
    assert not complaints, complaints
