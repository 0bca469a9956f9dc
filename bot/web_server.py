"""The HTTP server: waitress, with an end that lets every answer out first."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from waitress import wasyncore
from waitress.server import BaseWSGIServer, MultiSocketServer, create_server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

THREADS = 8
# Above the form's own limit, so that the form's page says what happened and not the server's bare line.
LARGEST_BODY = 64 * 1024 * 1024
LOOK_EVERY_SECONDS = 0.25
LAST_ANSWERS_SECONDS = 5


class WebServer:
    """One listening server; it is bound when it is made, and serves while `run` does.

    Raises:
        OSError: host and port can't be listened on.
    """

    def __init__(self, app: WSGIApplication, host: str, port: int) -> None:
        # waitress keeps its listening sockets, its connections and its own wake-up call in here.
        self._sockets: dict[int, Any] = {}
        self._server: MultiSocketServer | BaseWSGIServer = create_server(
            app,
            map=self._sockets,
            host=host,
            port=port,
            threads=THREADS,
            ident="",
            max_request_body_size=LARGEST_BODY,
            clear_untrusted_proxy_headers=True,
        )

    @property
    def port(self) -> int:
        """The port that is listened on, also where 0 was asked for."""
        port: int = next(int(each.effective_port) for each in self._listening())
        return port

    def run(self, stopping: threading.Event) -> None:
        """Serve until `stopping` is set; then take no new connection, finish the requests in hand, and end."""
        while not stopping.is_set():
            wasyncore.loop(timeout=LOOK_EVERY_SECONDS, map=self._sockets, count=1, use_poll=True)
        self._stop_listening()
        # Threads hand their answers to this loop, so it must go round until the last one is out.
        until = time.monotonic() + LAST_ANSWERS_SECONDS
        while time.monotonic() < until and self._busy():
            wasyncore.loop(timeout=0.05, map=self._sockets, count=1, use_poll=True)
        self._server.task_dispatcher.shutdown(timeout=1)
        wasyncore.close_all(self._sockets)

    def _stop_listening(self) -> None:
        for each in self._listening():
            each.del_channel(self._sockets)
            each.socket.close()

    def _listening(self) -> list[Any]:
        return [each for each in self._sockets.values() if isinstance(each, BaseWSGIServer)]

    def _busy(self) -> bool:
        return any(
            getattr(each, "requests", None) or getattr(each, "total_outbufs_len", 0)
            for each in list(self._sockets.values())
        )
