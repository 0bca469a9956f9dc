"""Microsoft's identity services for bots, on this machine: OpenID's description, rotating keys with endorsements.

[auth] https://learn.microsoft.com/en-us/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
"""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.fakes.teams.tenant import APP

ISSUER = "https://api.botframework.com"


class Identity:
    """A context manager; `host` is what GRAPH_TEST_HOST takes."""

    def __init__(self) -> None:
        self.keys: dict[str, rsa.RSAPrivateKey] = {}
        self.endorsements: dict[str, list[str]] = {}
        self.asked: list[str] = []
        self.down = False
        self.current = ""
        self.rotate("key-1")
        identity = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                identity.asked.append(self.path)
                found = None if identity.down else identity.page(self.path)
                body = json.dumps(found or {}).encode()
                self.send_response(200 if found else 503)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                return

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

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
