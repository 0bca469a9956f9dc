"""How Slack reaches the app: signed HTTP, or one of the app's Socket Mode connections.

Sources: docs.slack.dev, authentication/verifying-requests-from-slack, apis/events-api (three retries: nearly at once,
after one minute, after five), interactivity/handling-user-interaction, interactivity/implementing-slash-commands.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from tests.fakes.slack.workspace import Workspace

ACK_SECONDS = 3.0
RETRY_AFTER = (0.0, 60.0, 300.0)


@dataclass(frozen=True)
class Ack:
    """What the app answered in time: the HTTP body or the envelope's payload; `ok` is False if it did not."""

    ok: bool
    body: dict[str, Any] | None = None
    status: int = 200


class Door(Protocol):
    """One way into the app."""

    def knock(self, kind: str, payload: dict[str, Any], *, retry: int = 0, reason: str = "") -> Ack:
        """Deliver one `events_api`, `interactive` or `slash_commands` payload and wait for the answer."""


class HttpDoor:
    """The app's request URL, every request signed."""

    def __init__(self, workspace: Workspace, url: str) -> None:
        self._workspace, self._url = workspace, urlsplit(url)

    def knock(self, kind: str, payload: dict[str, Any], *, retry: int = 0, reason: str = "") -> Ack:
        if kind == "events_api":
            content_type, body = "application/json", json.dumps(payload)
        elif kind == "interactive":
            content_type, body = "application/x-www-form-urlencoded", urlencode({"payload": json.dumps(payload)})
        else:
            content_type, body = "application/x-www-form-urlencoded", urlencode(payload)
        headers = {"Content-Type": content_type, **signed(self._workspace, body)}
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason}
        connection = http.client.HTTPConnection(self._url.hostname or "", self._url.port, timeout=ACK_SECONDS)
        try:
            connection.request("POST", self._url.path, body.encode(), headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        except (TimeoutError, OSError, http.client.HTTPException):
            return Ack(ok=False, status=0)
        finally:
            connection.close()
        if answer.status != 200:
            return Ack(ok=False, status=answer.status)
        return Ack(ok=True, body=json.loads(text) if text.startswith("{") else None)


def signed(workspace: Workspace, body: str, *, at: float | None = None) -> dict[str, str]:
    """The two headers of a request that Slack signs."""
    stamp = str(int(workspace.clock() if at is None else at))
    base = f"v0:{stamp}:{body}".encode()
    seal = hmac.new(workspace.signing_secret.encode(), base, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={seal}"}


class EventQueue:
    """Delivers events and keeps those the app did not take, for redelivery."""

    def __init__(self, workspace: Workspace, door: Door) -> None:
        self._workspace, self._door = workspace, door
        self._again: list[tuple[float, int, dict[str, Any], str]] = []

    def deliver(self, payload: dict[str, Any]) -> Ack:
        return self._try(payload, 0, "")

    def redeliver_due(self) -> list[Ack]:
        """Everything whose time for another try has come, by the workspace's clock."""
        now = self._workspace.clock()
        due = [each for each in self._again if each[0] <= now]
        self._again = [each for each in self._again if each[0] > now]
        return [self._try(payload, retry, reason) for _, retry, payload, reason in due]

    def _try(self, payload: dict[str, Any], retry: int, reason: str) -> Ack:
        ack = self._door.knock("events_api", payload, retry=retry, reason=reason)
        if not ack.ok and retry < len(RETRY_AFTER):
            why = "http_timeout" if ack.status == 0 else "http_error"
            self._again.append((self._workspace.clock() + RETRY_AFTER[retry], retry + 1, payload, why))
        return ack
