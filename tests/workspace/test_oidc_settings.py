"""The table [oidc], and each mistake with its line."""

from __future__ import annotations

import pytest

from goalkeeper.errors import Findings
from goalkeeper.tomlfile import parse_toml
from goalkeeper.workspace.oidc_settings import OidcSettings
from goalkeeper.workspace.settings import parse_settings

GOOD = '[oidc]\nissuer = "https://login.example.org/realm"\nclient_id = "goalkeeper"\n'


def oidc(text: str) -> OidcSettings | None:
    return parse_settings(parse_toml(text, "goalkeeper.toml")).oidc


def test_what_it_says() -> None:
    assert oidc("") is None
    found = oidc(GOOD + 'domains = ["@Example.org"]\n')
    assert found == OidcSettings(
        "https://login.example.org/realm", "goalkeeper", "login.example.org", domains=("example.org",)
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("oidc = 3\n", "no table"), ('[oidc]\nissuer = "https://x.example"\n', "`client_id` is missing"),
        (GOOD + 'client_secret = "x"\n', "goalkeeper.toml:4.*does not belong here"), (GOOD + "colour = 1\n", "colour"),
        (GOOD + 'domains = "x"\n', "list of texts"), (GOOD + 'domains = ["x"]\n', "no domain"),
        (GOOD + 'networks = ["x"]\n', "no network"), (GOOD + 'title = ""\n', "Write a text"),
        (GOOD.replace("https", "http"), "not https"), (GOOD.replace("https:", "ftp:"), "no issuer"),
        (GOOD.replace("/realm", "/realm?x"), "no issuer"),
    ],
)  # fmt: skip
def test_mistakes(text: str, words: str) -> None:
    with pytest.raises(Findings, match=words):
        oidc(text)
