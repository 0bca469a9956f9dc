"""Socket Mode: a real WebSocket server; an envelope goes to one of the app's connections and waits for its answer.

Source: docs.slack.dev, apis/events-api/using-socket-mode.
"""

from __future__ import annotations

import itertools
import json
import secrets
import threading
from typing import Any, Self

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from tests.fakes.slack.delivering import ACK_SECONDS, Ack
from tests.fakes.slack.workspace import APP, Workspace

MOST_CONNECTIONS = 10


class SocketDoor:
    """A context manager; give `url` to the Api, and knock when `connected`."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._tickets: set[str] = set()
        self._connections: list[ServerConnection] = []
        self._answers: dict[str, tuple[threading.Event, list[Any]]] = {}
        self._turn = itertools.count()
        self._lock = threading.Lock()
        self.connected = threading.Event()
        self._server: Server = serve(self._handle, "127.0.0.1", 0)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def url(self) -> str:
        """A WebSocket address that opens once, as `apps.connections.open` gives it."""
        ticket = secrets.token_hex(8)
        self._tickets.add(ticket)
        return f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}/link/?ticket={ticket}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join(timeout=5)

    def drop(self) -> None:
        """Close every connection, as Slack does every few hours after a `disconnect` message."""
        with self._lock:
            connections = list(self._connections)
        for each in connections:
            each.send(json.dumps({"type": "disconnect", "reason": "refresh_requested"}))
            each.close()

    def knock(self, kind: str, payload: dict[str, Any], *, retry: int = 0, reason: str = "") -> Ack:
        """One envelope to one of the connections, in turn."""
        envelope_id = secrets.token_hex(16)
        answered, answers = threading.Event(), []
        self._answers[envelope_id] = (answered, answers)
        envelope = {"envelope_id": envelope_id, "type": kind, "payload": payload, "accepts_response_payload": True}
        if kind == "events_api":
            envelope |= {"retry_attempt": retry, "retry_reason": reason, "accepts_response_payload": False}
        with self._lock:
            if not self._connections:
                return Ack(ok=False, status=0)
            connection = self._connections[next(self._turn) % len(self._connections)]
        try:
            connection.send(json.dumps(envelope))
        except ConnectionClosed:
            return Ack(ok=False, status=0)
        if not answered.wait(ACK_SECONDS):
            return Ack(ok=False, status=0)
        return Ack(ok=True, body=answers[0] or None)

    def _handle(self, connection: ServerConnection) -> None:
        ticket = str(connection.request.path if connection.request else "").rpartition("=")[2]
        if ticket not in self._tickets or len(self._connections) >= MOST_CONNECTIONS:
            connection.close(1008, "too_many_websockets")
            return
        self._tickets.discard(ticket)
        connection.send(json.dumps({"type": "hello", "num_connections": 1, "connection_info": {"app_id": APP}}))
        with self._lock:
            self._connections.append(connection)
        self.connected.set()
        try:
            for message in connection:
                self._heard(json.loads(message))
        except ConnectionClosed:
            pass
        finally:
            with self._lock:
                self._connections.remove(connection)

    def _heard(self, message: dict[str, Any]) -> None:
        waiting = self._answers.pop(str(message.get("envelope_id", "")), None)
        if waiting is not None:
            waiting[1].append(message.get("payload"))
            waiting[0].set()
