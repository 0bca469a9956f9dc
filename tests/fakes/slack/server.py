"""The workspace over real HTTP on this machine: `/api/METHOD` and response URLs."""

from __future__ import annotations

import json
import time
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs

from tests.fakes.loopback import Loopback, body_of, cut, say
from tests.fakes.slack.api import Api, RateLimited, SlackError
from tests.fakes.slack.block_kit import MESSAGE, problems_of_blocks
from tests.fakes.slack.workspace import BOT_USER, Message, Workspace

RESPONSE_URL_SECONDS, RESPONSE_URL_USES = 1800, 5


class SlackServer(Loopback):
    """A context manager; `url` is what SLACK_API_URL takes."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.workspace, self.api = workspace, Api(workspace)
        workspace.root = self.root

    @property
    def root(self) -> str:
        return f"http://{self.host}"

    @property
    def url(self) -> str:
        return f"{self.root}/api/"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = body_of(handler)
        if handler.path.startswith("/api/"):
            self.answer_call(handler, handler.path.removeprefix("/api/"), body)
        else:
            self.answer_response_url(handler, handler.path, body)

    def answer_call(self, handler: BaseHTTPRequestHandler, method: str, body: bytes) -> None:
        """One Web API call: JSON or form; the token in the Authorization header or among the arguments."""
        arguments = _arguments(handler.headers.get("Content-Type", ""), body)
        token = handler.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        token = token or str(arguments.pop("token", ""))
        headers: dict[str, str] = {}
        try:
            answer: dict[str, Any] = self.api.call(method, token, arguments)
        except RateLimited as limited:
            say(handler, 429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(limited.seconds)})
            return
        except SlackError as error:
            answer = {"ok": False, "error": error.error, **error.more}
        self._dawdle(method)
        if self._is_cut(method):
            cut(handler)
            return
        if token == self.workspace.bot_token:
            headers["x-oauth-scopes"] = ",".join(sorted(self.workspace.scopes))
        say(handler, 200, answer, headers)

    def answer_response_url(self, handler: BaseHTTPRequestHandler, path: str, body: bytes) -> None:
        """docs: interactivity/handling-user-interaction, message responses: five times within thirty minutes."""
        workspace = self.workspace
        with workspace.lock:
            found = workspace.response_urls.get(path)
            if found is None:
                say(handler, 404, {"ok": False, "error": "not_found"}, {})
                return
            channel, ts, user, made, used = found
            if workspace.clock() - made > RESPONSE_URL_SECONDS:
                say(handler, 404, {"ok": False, "error": "expired_url"}, {})
                return
            if used >= RESPONSE_URL_USES:
                say(handler, 404, {"ok": False, "error": "used_url"}, {})
                return
            given = json.loads(body)
            problems = problems_of_blocks(given.get("blocks") or [], MESSAGE)
            if problems:
                say(handler, 400, {"ok": False, "error": "invalid_blocks", "errors": problems}, {})
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
        say(handler, 200, {"ok": True}, {})

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
