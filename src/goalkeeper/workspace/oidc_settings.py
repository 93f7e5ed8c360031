"""The table `[oidc]`: whose sign-in is taken in place of a password, and who may come in by it."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.parse import urlsplit

from goalkeeper.errors import Finding
from goalkeeper.tomlfile import TomlFile

_TEXTS = ("issuer", "client_id", "title", "secret_file")
_LISTS = ("domains", "networks")


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """An OpenID provider: its ``issuer``, and as what it knows us.

    Whoever has a verified address of the ``domains`` comes in as a viewer; others must be invited. ``networks`` are
    those of our own that the provider may stand in.
    """

    issuer: str
    client_id: str
    title: str
    secret_file: str = ""
    domains: tuple[str, ...] = ()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()


def parse_oidc(toml: TomlFile, findings: list[Finding]) -> OidcSettings | None:
    """The table `[oidc]`, None where there is none; mistakes go to ``findings``."""
    if "oidc" not in toml.data:
        return None
    table, before = toml.data["oidc"], len(findings)
    if not isinstance(table, dict):
        findings.append(Finding(toml.where("oidc"), "it is no table.", "Write [oidc], issuer and client_id."))
        return None
    for key, value in table.items():
        where = toml.where("oidc", key)
        if key == "client_secret":
            findings.append(Finding(where, "a secret does not belong here.", "Put it into a file and name it as "
                                    "`secret_file`, or into GOALKEEPER_OIDC_SECRET."))  # fmt: skip
        elif key in _LISTS:
            if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
                findings.append(Finding(where, f"it is {value!r}.", "Write a list of texts."))
        elif key not in _TEXTS:
            findings.append(Finding(where, f"unknown key '{key}'.", f"Valid: {', '.join((*_TEXTS, *_LISTS))}."))
        elif not isinstance(value, str) or not value.strip():
            findings.append(Finding(where, f"it is {value!r}.", "Write a text."))
    for key in ("issuer", "client_id"):
        if key not in table:
            findings.append(Finding(toml.where("oidc"), f"`{key}` is missing.", "Your provider tells it."))
    if len(findings) > before:
        return None
    issuer = urlsplit(table["issuer"])
    if issuer.scheme not in ("https", "http") or not issuer.hostname or issuer.query or issuer.fragment:
        findings.append(Finding(toml.where("oidc", "issuer"), f"'{table['issuer']}' is no issuer.", "Write its https "
                                "address as the provider tells it."))  # fmt: skip
    networks = []
    for each in table.get("networks", ()):
        try:
            networks.append(ip_network(each))
        except ValueError:
            findings.append(Finding(toml.where("oidc", "networks"), f"'{each}' is no network.", "Write 10.0.0.0/8."))
    if issuer.scheme == "http" and not networks:
        findings.append(Finding(toml.where("oidc", "issuer"), "it is not https.", "Only a provider in one of "
                                "`networks` may do without."))  # fmt: skip
    domains = tuple(each.strip().casefold().removeprefix("@") for each in table.get("domains", ()))
    if any("." not in each for each in domains):
        findings.append(Finding(toml.where("oidc", "domains"), "one is no domain.", 'Write ["example.org"].'))
    title = table.get("title", issuer.hostname or "")
    return OidcSettings(
        table["issuer"], table["client_id"], title, table.get("secret_file", ""), domains, tuple(networks)
    )
