"""A sign-in server on this machine whose tokens the real mail servers take.

It checks what Microsoft's does of client credentials:
https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs

TENANT, CLIENT, SECRET = "11111111-2222-3333-4444-555555555555", "soundings-app", "app-secret"
SCOPE = "https://outlook.office365.com/.default"


class SignInServer:
    """Gives `token` to the app that knows its secret and asks for mail."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.given = 0
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._http.sign_in = self  # type: ignore[attr-defined]  # what the handler answers with

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._http.server_address[1]}"

    @property
    def settings(self) -> dict[str, str]:
        return {
            "GRAPH_TENANT_ID": TENANT,
            "GRAPH_CLIENT_ID": CLIENT,
            "GRAPH_CLIENT_SECRET": SECRET,
            "GRAPH_TEST_HOST": self.host,
        }

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        mine = f"https://{self._sign_in.host}/{TENANT}"
        self._answer(
            200,
            {
                "issuer": f"{mine}/v2.0",
                "authorization_endpoint": f"{mine}/oauth2/v2.0/authorize",
                "token_endpoint": f"{mine}/oauth2/v2.0/token",
            },
        )

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        wanted = {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": SECRET}
        if not self.path.startswith(f"/{TENANT}/oauth2/v2.0/token") or any(form.get(k) != v for k, v in wanted.items()):
            self._answer(401, {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret."})
        elif SCOPE not in form.get("scope", "").split():
            self._answer(400, {"error": "invalid_scope", "error_description": "AADSTS70011: The scope is not valid."})
        else:
            self._sign_in.given += 1
            self._answer(200, {"token_type": "Bearer", "expires_in": 3599, "access_token": self._sign_in.token})

    @property
    def _sign_in(self) -> SignInServer:
        return self.server.sign_in  # type: ignore[attr-defined,no-any-return]

    def _answer(self, status: int, told: dict[str, object]) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass
