"""Microsoft's identity services for bots, on this machine: OpenID's description, rotating keys with endorsements.

[auth] https://learn.microsoft.com/en-us/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
"""

from __future__ import annotations

import time
from http.server import BaseHTTPRequestHandler
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.fakes.loopback import Loopback, say
from tests.fakes.teams.tenant import APP

ISSUER = "https://api.botframework.com"


class Identity(Loopback):
    """A context manager; `host` is what GRAPH_TEST_HOST takes."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: dict[str, rsa.RSAPrivateKey] = {}
        self.endorsements: dict[str, list[str]] = {}
        self.asked: list[str] = []
        self.down = False
        self.current = ""
        self.rotate("key-1")

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.asked.append(handler.path)
        found = None if self.down else self.page(handler.path)
        say(handler, 200 if found else 503, found or {})

    def rotate(self, kid: str, endorsements: tuple[str, ...] = ("msteams", "webchat")) -> None:
        """A new key, with which everything is signed from now on."""
        self.keys[kid] = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.endorsements[kid] = list(endorsements)
        self.current = kid

    def page(self, path: str) -> dict[str, Any] | None:
        if path == "/v1/.well-known/openidconfiguration":
            return {
                "issuer": ISSUER,
                "jwks_uri": f"http://{self.host}/v1/.well-known/keys",
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        if path == "/v1/.well-known/keys":
            return {"keys": [self._public(kid) for kid in self.keys]}
        return None

    def _public(self, kid: str) -> dict[str, Any]:
        found = jwt.algorithms.RSAAlgorithm.to_jwk(self.keys[kid].public_key(), as_dict=True)
        return {**found, "kid": kid, "use": "sig", "endorsements": self.endorsements[kid]}

    def token(
        self, service_url: str, *, kid: str = "", algorithm: str = "RS256", key: Any = None, **changed: Any
    ) -> str:
        """A token as the connector sends it; `changed` claims make it a wrong one (None takes one out)."""
        kid = kid or self.current
        now = int(time.time())
        claims: dict[str, Any] = {
            "serviceurl": service_url,
            "iss": ISSUER,
            "aud": APP,
            "nbf": now - 60,
            "exp": now + 3600,
            **changed,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        signed = self.keys.get(kid) if key is None else key
        return jwt.encode(claims, signed, algorithm=algorithm, headers={"kid": kid})
