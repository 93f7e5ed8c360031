"""An OpenID provider: leads a browser there and says who came back, by code, PKCE, state and nonce."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from goalkeeper.errors import GoalkeeperError, UsageError
from goalkeeper.web.outgoing import Answered, NotReached, Outgoing
from goalkeeper.workspace.oidc_settings import OidcSettings

SECRET = "GOALKEEPER_OIDC_SECRET"
ALGORITHMS = ("RS256", "ES256")
KEPT_S, KEYS_KEPT_S = 3600.0, 60.0
"""How long what the provider says of itself is kept, and its keys where a token names one that is not among them."""
FAILED_S, STALE_S = 30.0, 86_400.0
"""How long it is not asked again after it did not answer, and how long what it said is used meanwhile."""
_LEEWAY_S = 60
_LONGEST = 4_000  # characters of a code or a token's part in an address
_METHODS = ("client_secret_basic", "client_secret_post")


class Refused(GoalkeeperError):
    """What came back from the provider proves nothing; the reason is for the log and names nobody."""


@dataclass(frozen=True, slots=True)
class _About:
    """What a provider says of itself."""

    until: float
    told: Mapping[str, Any]
    keys: KeySet
    keys_until: float


class Provider:
    """The provider of the settings. ``now`` is UTC without zone.

    All that belongs to one way there and back is derived from a secret that only the browser keeps.
    """

    def __init__(self, settings: OidcSettings, secret: str, now: Callable[[], datetime]) -> None:
        self.settings, self._secret, self._now = settings, secret, now
        self._outgoing = Outgoing(settings.networks)
        self._about: _About | None = None
        self._asking = threading.Lock()
        self._failure, self._again_from = "", 0.0

    def way_there(self, secret: str, back: str) -> str:
        """The address at the provider; ``back`` is ours, to which it leads back. NotReached where it is not there."""
        address, _ = self._client(back).create_authorization_url(
            self._known().told["authorization_endpoint"],
            state=derived(secret, "state"),
            nonce=derived(secret, "nonce"),
            code_verifier=derived(secret, "verifier"),
        )
        return str(address)

    def claims(self, asked: Mapping[str, str], secret: str, back: str) -> dict[str, Any]:
        """The claims of whoever came back with these parameters and the browser's secret.

        Refused where anything is not as it must be, NotReached where the provider does not answer.
        """
        if not secret or not hmac.compare_digest(asked.get("state", "").encode(), derived(secret, "state").encode()):
            raise Refused("the state is not that of this browser")
        if asked.get("iss", self.settings.issuer) != self.settings.issuer:
            raise Refused("another issuer")
        code = asked.get("code", "")
        if "error" in asked or not code or len(code) > _LONGEST:
            raise Refused("no code")
        about = self._known()
        try:
            token = self._client(back).fetch_token(
                about.told["token_endpoint"], grant_type="authorization_code", code=code,
                code_verifier=derived(secret, "verifier"),
            )  # fmt: skip
        except (OAuth2Error, ValueError) as error:
            raise Refused(f"no token: {type(error).__name__}") from None
        return self._checked(token, derived(secret, "nonce"))

    def _checked(self, token: Mapping[str, Any], nonce: str) -> dict[str, Any]:
        text, client = token.get("id_token"), self.settings.client_id
        if not isinstance(text, str):
            raise Refused("no ID token")
        try:
            try:
                found = self._decoded(text, self._known().keys)
            except InvalidKeyIdError:  # it may have new keys
                found = self._decoded(text, self._known(new_keys=True).keys)
            claims = CodeIDToken(
                found.claims, found.header,
                {"iss": {"essential": True, "value": self.settings.issuer}, "aud": {"essential": True, "value": client},
                 "sub": {"essential": True}, "nonce": {"essential": True, "value": nonce}},
                {"nonce": nonce, "client_id": client, "access_token": token.get("access_token")},
            )  # fmt: skip
            claims.validate(now=int(self._now().replace(tzinfo=UTC).timestamp()), leeway=_LEEWAY_S)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise Refused(f"the ID token: {type(error).__name__}") from None
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise Refused("no subject")
        return dict(claims)

    def _decoded(self, text: str, keys: KeySet) -> Any:
        """Its keys alone count, never one that the token brings along, and never another algorithm."""
        return jwt.decode(text, keys, registry=JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False))

    def _client(self, back: str) -> OAuth2Client:
        about = self._known().told
        offered = about.get("token_endpoint_auth_methods_supported", _METHODS[:1])
        method = next((each for each in _METHODS if each in offered), _METHODS[0]) if self._secret else "none"
        return OAuth2Client(
            _Session(self._outgoing), self.settings.client_id, self._secret or None, token_endpoint_auth_method=method,
            scope="openid email profile", redirect_uri=back, code_challenge_method="S256",
        )  # fmt: skip

    def _known(self, *, new_keys: bool = False) -> _About:
        """What is known of the provider, of before where it is not there now; no request waits for another's."""
        about, moment = self._about, time.monotonic()
        if about is None or (about.keys_until if new_keys else about.until) < moment:
            if self._asking.acquire(blocking=False):
                try:
                    self._ask(moment)
                finally:
                    self._asking.release()
            about = self._about
        if about is None or about.until + STALE_S < moment:
            raise NotReached(self._failure or "it is being asked")
        return about

    def _ask(self, moment: float) -> None:
        if self._failure and moment < self._again_from:
            return
        try:
            self._about, self._failure = self._asked(moment), ""
        except NotReached as error:
            self._failure, self._again_from = str(error), time.monotonic() + FAILED_S

    def _asked(self, moment: float) -> _About:
        told = self._outgoing.send("GET", get_well_known_url(self.settings.issuer, external=True)).json()
        endpoints = [told.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        if told.get("issuer") != self.settings.issuer or not all(isinstance(each, str) for each in endpoints):
            raise NotReached("it does not say what an issuer of this address must")
        if self.settings.issuer.startswith("https:") and not all(str(each).startswith("https:") for each in endpoints):
            raise NotReached("one of its addresses is not https")
        try:
            # Keys of their own kind alone: none that a token could be signed with by whoever knows the public one.
            listed = self._outgoing.send("GET", told["jwks_uri"]).json()["keys"]
            keys = KeySet.import_key_set({"keys": [each for each in listed if each.get("kty") in ("RSA", "EC")]})
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise NotReached(f"its keys cannot be read: {type(error).__name__}") from None
        return _About(moment + KEPT_S, told, keys, moment + KEYS_KEPT_S)


class _Session:
    """Sends what Authlib's client wants sent, to addresses that were looked at."""

    def __init__(self, outgoing: Outgoing) -> None:
        self._outgoing = outgoing

    def post(self, url: str, data: Mapping[str, str], headers: Mapping[str, str], auth: ClientAuth) -> _Answer:
        """The answer to a form."""
        url, sent, body = auth.prepare("POST", url, dict(headers), urlencode(data))
        return _Answer(self._outgoing.send("POST", url, headers=sent, body=body.encode()))


class _Answer:
    """An answer as Authlib's client reads it."""

    def __init__(self, answered: Answered) -> None:
        self._answered, self.status_code = answered, answered.status

    def raise_for_status(self) -> None:
        """NotReached where it failed."""
        if self.status_code >= 400:
            raise NotReached(f"it answered {self.status_code}")

    def json(self) -> object:
        """Its content as an object, that of a refusal too."""
        return Answered(200, self._answered.content).json()


def derived(secret: str, what: str) -> str:
    """A part that fits nothing but this secret: 43 characters as PKCE wants them."""
    digest = hmac.new(secret.encode(), what.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def secret_of(folder: Path, settings: OidcSettings) -> str:
    """What we prove ourselves with to the provider; empty for a public client.

    UsageError for a file that is not there or that others may read.
    """
    if os.environ.get(SECRET):
        return os.environ[SECRET]
    if not settings.secret_file:
        return ""
    path = folder / settings.secret_file
    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise UsageError("others may read it.", where=str(path), hint="chmod 600 it.")
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise UsageError(f"the secret cannot be read: {why}.", where=str(path), hint=f"Or set {SECRET}.") from None
