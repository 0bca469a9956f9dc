"""An HTTP server on this machine for a fake: each request is handed on whole, and answered in one piece."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class Loopback:
    """A context manager; a fake derives from it and says what it answers."""

    def __init__(self) -> None:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # A body after headers is a second segment, which the client would delay to acknowledge.
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_GET(self) -> None:
                fake.answer(self)

            def do_POST(self) -> None:
                fake.answer(self)

            def do_PUT(self) -> None:
                fake.answer(self)

            def log_message(self, *_: object) -> None:
                return

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
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
        self._thread.join(timeout=5)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """One request."""
        raise NotImplementedError


def body_of(handler: BaseHTTPRequestHandler) -> bytes:
    """What came with the request."""
    return handler.rfile.read(int(handler.headers.get("Content-Length") or 0))


def say(handler: BaseHTTPRequestHandler, status: int, answer: Any, headers: Mapping[str, str] | None = None) -> None:
    """Answer with JSON."""
    body = json.dumps(answer).encode()
    handler.send_response(status)
    for name, value in (headers or {}).items():
        handler.send_header(name, value)
    handler.send_header("Content-Type", "application/json; charset=utf-8")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
    handler.wfile.flush()


def cut(handler: BaseHTTPRequestHandler) -> None:
    """The request was heard, and its answer is lost."""
    handler.close_connection = True
    handler.connection.close()
