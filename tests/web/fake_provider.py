"""An OpenID provider that really runs on loopback, keeps every rule, and can be told to break one."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from starlette.responses import JSONResponse, RedirectResponse

from web.conftest import served

CLIENT, SECRET = "goalkeeper", "a-secret-between-us-and-the-provider"
Changes = Callable[[dict[str, Any]], None]


def _keeps(_: dict[str, Any]) -> None: ...


@dataclass
class FakeProvider:
    """Signs somebody in at once. ``claims`` are those of who is there; the rest breaks a rule where it is changed."""

    moment: Callable[[], float]
    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    signed: Callable[[FakeProvider, dict[str, Any]], str] | None = None
    change_claims: Changes = _keeps
    change_metadata: Changes = _keeps
    change_answer: Changes = _keeps
    key: Any = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "first", "alg": "RS256", "use": "sig"}))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def metadata(self) -> dict[str, Any]:
        """What it says of itself."""
        told = {
            "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }  # fmt: skip
        self.change_metadata(told)
        return told

    def id_token(self, nonce: str, access_token: str) -> str:
        """The ID token of who is there."""
        half = hashlib.sha256(access_token.encode()).digest()[:16]
        claims = {
            "iss": self.issuer, "aud": CLIENT, "iat": int(self.moment()), "exp": int(self.moment()) + 300,
            "nonce": nonce, "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(), **self.claims,
        }  # fmt: skip
        self.change_claims(claims)
        if self.signed:
            return self.signed(self, claims)
        algorithm = "ES256" if isinstance(self.key, ECKey) else "RS256"
        return jwt.encode({"alg": algorithm, "kid": self.key.kid}, claims, self.key, algorithms=[algorithm])

    def app(self) -> FastAPI:
        """Its addresses."""
        app = FastAPI(openapi_url=None)

        @app.get("/.well-known/openid-configuration")
        def configuration() -> dict[str, Any]:
            self.asked.append("configuration")
            return self.metadata()

        @app.get("/keys")
        def keys() -> dict[str, Any]:
            self.asked.append("keys")
            return {"keys": [self.key.as_dict(private=False)]}

        @app.get("/authorize")
        def authorize(request: Request) -> Response:
            asked = dict(request.query_params)
            wanted = {"client_id": CLIENT, "response_type": "code", "code_challenge_method": "S256"}
            if any(asked.get(name) != value for name, value in wanted.items()) or "openid" not in asked["scope"]:
                return JSONResponse({"error": "invalid_request"}, 400)
            code = secrets.token_urlsafe(16)
            self.codes[code] = asked
            return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")

        @app.post("/token")
        async def token(request: Request) -> Response:
            self.asked.append("token")
            form = {name: str(value) for name, value in (await request.form()).items()}
            told = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
            if request.headers.get("authorization") != f"Basic {told}":
                return JSONResponse({"error": "invalid_client"}, 401)
            asked = self.codes.pop(form.get("code", ""), None)  # once
            verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
            if asked is None or (asked["code_challenge"], asked["redirect_uri"]) != (challenge, form["redirect_uri"]):
                return JSONResponse({"error": "invalid_grant"}, 400)
            access_token = secrets.token_urlsafe(16)
            answer = {
                "access_token": access_token, "token_type": "Bearer", "expires_in": 300,
                "id_token": self.id_token(asked["nonce"], access_token),
            }  # fmt: skip
            self.change_answer(answer)
            return JSONResponse(answer)

        return app


@contextmanager
def running(moment: Callable[[], float] = time.time) -> Iterator[FakeProvider]:
    """A provider that answers on loopback."""
    provider = FakeProvider(moment)
    with served(provider.app()) as address:
        provider.issuer = address
        yield provider
