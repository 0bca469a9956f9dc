"""The workspace over real HTTP on this machine: `/api/METHOD` and response URLs."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs

from tests.fakes.slack.api import Api, RateLimited, SlackError
from tests.fakes.slack.block_kit import MESSAGE, problems_of_blocks
from tests.fakes.slack.workspace import BOT_USER, Message, Workspace

RESPONSE_URL_SECONDS, RESPONSE_URL_USES = 1800, 5


class SlackServer:
    """A context manager; `url` is what SLACK_API_URL takes."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace, self.api = workspace, Api(workspace)
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # A body after headers is a second segment, which the client would delay to acknowledge.
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if self.path.startswith("/api/"):
                    server.answer_call(self, self.path.removeprefix("/api/"), body)
                else:
                    server.answer_response_url(self, self.path, body)

            def log_message(self, *_: object) -> None:
                return

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    @property
    def url(self) -> str:
        return f"{self.root}/api/"

    def __enter__(self) -> Self:
        self._thread.start()
        self.workspace.root = self.root
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(timeout=5)

    def answer_call(self, handler: BaseHTTPRequestHandler, method: str, body: bytes) -> None:
        """One Web API call: JSON or form; the token in the Authorization header or among the arguments."""
        arguments = _arguments(handler.headers.get("Content-Type", ""), body)
        token = handler.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        token = token or str(arguments.pop("token", ""))
        headers: dict[str, str] = {}
        try:
            answer: dict[str, Any] = self.api.call(method, token, arguments)
        except RateLimited as limited:
            _send(handler, 429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(limited.seconds)})
            return
        except SlackError as error:
            answer = {"ok": False, "error": error.error, **error.more}
        self._dawdle(method)
        if self._is_cut(method):
            handler.close_connection = True
            handler.connection.close()
            return
        if token == self.workspace.bot_token:
            headers["x-oauth-scopes"] = ",".join(sorted(self.workspace.scopes))
        _send(handler, 200, answer, headers)

    def answer_response_url(self, handler: BaseHTTPRequestHandler, path: str, body: bytes) -> None:
        """docs: interactivity/handling-user-interaction, message responses: five times within thirty minutes."""
        workspace = self.workspace
        with workspace.lock:
            found = workspace.response_urls.get(path)
            if found is None:
                _send(handler, 404, {"ok": False, "error": "not_found"}, {})
                return
            channel, ts, user, made, used = found
            if workspace.clock() - made > RESPONSE_URL_SECONDS:
                _send(handler, 404, {"ok": False, "error": "expired_url"}, {})
                return
            if used >= RESPONSE_URL_USES:
                _send(handler, 404, {"ok": False, "error": "used_url"}, {})
                return
            given = json.loads(body)
            problems = problems_of_blocks(given.get("blocks") or [], MESSAGE)
            if problems:
                _send(handler, 400, {"ok": False, "error": "invalid_blocks", "errors": problems}, {})
                return
            workspace.response_urls[path] = (channel, ts, user, made, used + 1)
            standing = workspace.message(channel, ts)
            if given.get("delete_original") and standing is not None:
                workspace.channels[channel].messages.remove(standing)
            elif given.get("replace_original") and standing is not None:
                standing.text, standing.blocks = given.get("text", ""), given.get("blocks") or []
            else:
                only = "" if given.get("response_type") == "in_channel" else user
                workspace.channels[channel].messages.append(
                    Message(
                        channel=channel,
                        ts=workspace.stamp(),
                        user=BOT_USER,
                        text=given.get("text", ""),
                        blocks=given.get("blocks") or [],
                        only_for=only,
                    )
                )
        _send(handler, 200, {"ok": True}, {})

    def _dawdle(self, method: str) -> None:
        with self.workspace.lock:
            left, seconds = self.workspace.slow_next.get(method, (0, 0.0))
            self.workspace.slow_next[method] = (max(0, left - 1), seconds)
        if left:
            time.sleep(seconds)

    def _is_cut(self, method: str) -> bool:
        with self.workspace.lock:
            left = self.workspace.cut_next.get(method, 0)
            self.workspace.cut_next[method] = max(0, left - 1)
            return left > 0


def _arguments(content_type: str, body: bytes) -> dict[str, Any]:
    if content_type.startswith("application/json"):
        return dict(json.loads(body or b"{}"))
    return {name: values[-1] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}


def _send(handler: BaseHTTPRequestHandler, status: int, answer: dict[str, Any], headers: dict[str, str]) -> None:
    body = json.dumps(answer).encode()
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Type", "application/json; charset=utf-8")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
    handler.wfile.flush()
