"""The cookies by which a browser is known: behind TLS never sent in the clear, and set by nobody but us."""

from __future__ import annotations

from fastapi import Request, Response


def cookie_name(request: Request, name: str) -> str:
    """A cookie's name; behind TLS one that a browser takes from this very host alone, and only with Secure."""
    return f"__Host-{name}" if request.url.scheme == "https" else name


def cookie(request: Request, name: str) -> str:
    """What a request's cookie holds; empty where it has none."""
    return request.cookies.get(cookie_name(request, name), "")


def keep_cookie(answer: Response, request: Request, name: str, value: str, lasts_s: int) -> None:
    """Gives a browser a cookie; one that lasts 0 s takes it away."""
    answer.set_cookie(
        cookie_name(request, name), value, max_age=lasts_s, httponly=True, samesite="lax", path="/",
        secure=request.url.scheme == "https",
    )  # fmt: skip
