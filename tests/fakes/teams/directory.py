"""The people of a tenant as Microsoft Graph tells of them, with its sign-in, on this machine.

[batch] https://learn.microsoft.com/en-us/graph/json-batching: twenty requests at most
[throttling] https://learn.microsoft.com/en-us/graph/throttling: a batch is answered, a request in it may be told to wait
[filter] https://learn.microsoft.com/en-us/graph/filter-query-parameter: quotes within words are doubled
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fakes.graph_sign_in import CLIENT, SignIn
from tests.fakes.loopback import Loopback, body_of, say


@dataclass
class Directory:
    """The tenant's people by mail address, and what Graph lets us."""

    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    granted: bool = True
    slow: dict[str, int] = field(default_factory=dict)
    slow_all: int = 0
    batches: list[int] = field(default_factory=list)
    # The app in the tenant's catalogue, "" if it is not there; whom it was installed for, and whether that is allowed.
    catalog_id: str = ""
    may_install: bool = True
    installed: list[str] = field(default_factory=list)
    sign_in: SignIn = field(default_factory=SignIn)

    @property
    def host(self) -> str:
        return self.sign_in.host

    @property
    def url(self) -> str:
        return f"http://{self.host}/v1.0"

    def answer(self, authorization: str, body: dict[str, Any]) -> tuple[int, dict[str, Any], dict[str, str]]:
        if self.sign_in.refused(authorization):
            return 401, {"error": {"code": "InvalidAuthenticationToken"}}, {}
        if self.slow_all:
            return 429, {"error": {"code": "TooManyRequests"}}, {"Retry-After": str(self.slow_all)}
        asked = body["requests"]
        if not 0 < len(asked) <= 20 or len({each["id"] for each in asked}) != len(asked):
            return 400, {"error": {"code": "BadRequest"}}, {}
        self.batches.append(len(asked))
        return 200, {"responses": [self._one(each) for each in reversed(asked)]}, {}

    def _one(self, asked: dict[str, Any]) -> dict[str, Any]:
        if not self.granted:
            return {"id": asked["id"], "status": 403, "body": {"error": {"code": "Authorization_RequestDenied"}}}
        parts = urlsplit(asked["url"])
        (wanted,) = parse_qs(parts.query)["$filter"]
        found = re.fullmatch(r"mail eq '((?:[^']|'')*)' or userPrincipalName eq '((?:[^']|'')*)'", wanted)
        if parts.path != "/users" or found is None or found[1] != found[2]:
            return {"id": asked["id"], "status": 400, "body": {"error": {"code": "Request_UnsupportedQuery"}}}
        email = found[1].replace("''", "'").lower()
        if self.slow.get(email):
            return {"id": asked["id"], "status": 429, "headers": {"Retry-After": str(self.slow.pop(email))}}
        value = [each for each in self.people.values() if email in {each["mail"], each["userPrincipalName"]}]
        return {"id": asked["id"], "status": 200, "body": {"value": value}}

    def install(self, user: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """https://learn.microsoft.com/en-us/graph/api/userteamwork-post-installedapps"""
        bound = f"https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/{self.catalog_id}"
        if not self.may_install:
            return 403, {"error": {"code": "Forbidden"}}
        if body.get("teamsApp@odata.bind") != bound or user not in self.people:
            return 404, {"error": {"code": "NotFound"}}
        if user in self.installed:
            return 409, {"error": {"code": "Conflict"}}
        self.installed.append(user)
        return 201, {}

    def add(self, mail: str, upn: str = "", *, enabled: bool = True) -> str:
        made = f"00000000-0000-4000-8000-{len(self.people):012d}"
        self.people[made] = {"id": made, "mail": mail, "userPrincipalName": upn or mail, "accountEnabled": enabled}
        return made


class _Server(Loopback):
    """The sign-in, the catalogue, installations, and `$batch`."""

    def __init__(self, directory: Directory) -> None:
        super().__init__()
        self._directory = directory
        directory.sign_in.host = self.host

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        directory, path, given = self._directory, handler.path, body_of(handler)
        installing = re.fullmatch(r"/v1\.0/users/([^/]+)/teamwork/installedApps", path)
        tenant, _, page = path.removeprefix("/").partition("/")
        if path == "/v1.0/$batch":
            say(handler, *directory.answer(handler.headers.get("Authorization", ""), json.loads(given)))
        elif path.startswith("/v1.0/appCatalogs/teamsApps?"):
            wanted = parse_qs(urlsplit(path).query)["$filter"][0]
            known = directory.catalog_id and wanted == f"externalId eq '{CLIENT}'"
            say(handler, 200, {"value": [{"id": directory.catalog_id}] if known else []})
        elif installing is not None:
            say(handler, *directory.install(installing[1], json.loads(given)))
        elif handler.command == "POST":
            form = {name: values[-1] for name, values in parse_qs(given.decode()).items()}
            say(handler, *directory.sign_in.token(tenant, form))
        elif page.startswith("v2.0/.well-known/openid-configuration"):
            say(handler, *directory.sign_in.configuration(tenant))
        else:
            say(handler, 404, {})


@contextmanager
def running(directory: Directory) -> Iterator[Directory]:
    """Listening on loopback."""
    with _Server(directory):
        yield directory
