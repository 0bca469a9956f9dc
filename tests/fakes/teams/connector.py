"""The Bot Connector over real HTTP on this machine.

[api]    https://learn.microsoft.com/en-us/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
[rates]  https://learn.microsoft.com/en-us/microsoftteams/platform/bots/how-to/rate-limit
[errors] https://learn.microsoft.com/en-us/microsoftteams/platform/bots/build-notification-capability
[create] https://learn.microsoft.com/en-us/microsoftteams/platform/bots/how-to/conversations/send-proactive-messages
[size]   https://learn.microsoft.com/en-us/microsoftteams/platform/bots/how-to/format-your-bot-messages
"""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import unquote

from tests.fakes.loopback import Loopback, body_of, cut, say
from tests.fakes.teams.cards import problems_of
from tests.fakes.teams.tenant import APP, TENANT, Post, Tenant

CARD = "application/vnd.microsoft.card.adaptive"
LARGEST_MESSAGE = 100 * 1024
Answer = tuple[int, dict[str, Any], dict[str, str]]


def _error(status: int, code: str) -> Answer:
    return status, {"error": {"code": code, "message": code}}, {}


class Connector(Loopback):
    """A context manager; `service_url` is what activities name. `admits`: the token's check, None for none asked."""

    def __init__(self, tenant: Tenant, *, admits: Callable[[str], bool] | None = None) -> None:
        super().__init__()
        self.tenant, self._admits = tenant, admits

    @property
    def service_url(self) -> str:
        return f"http://{self.host}/emea/"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        verb, path, body = handler.command, handler.path, body_of(handler)
        with self.tenant.lock:
            status, answer, headers = self._call(verb, path, body, handler.headers.get("Authorization", ""))
            lost = status < 300 and self.tenant.cut_next > 0 and path.endswith("/activities")
            self.tenant.cut_next -= int(lost)
        if lost:
            cut(handler)
        else:
            say(handler, status, answer, headers)

    def _call(self, verb: str, path: str, body: bytes, authorization: str) -> Answer:
        self.tenant.calls.append((verb, path))
        if self._admits is not None and not self._admits(authorization.removeprefix("Bearer ")):
            return 401, {"message": "Authorization has been denied for this request."}, {}
        if self.tenant.failures:
            status, code, headers = self.tenant.failures.popleft()
            return (*_error(status, code)[:2], headers)
        # Text counts as UTF-16 [size].
        if len(body.decode().encode("utf-16-le")) > 2 * LARGEST_MESSAGE:
            return _error(413, "MessageSizeTooBig")
        given = json.loads(body)
        parts = [unquote(part) for part in path.removeprefix("/emea").removeprefix("/").split("/")]
        if verb == "POST" and parts == ["v3", "conversations"]:
            return self._create(given)
        if parts[:2] != ["v3", "conversations"] or len(parts) < 4 or parts[3] != "activities":
            return _error(404, "ResourceNotFound")
        return self._say(verb, parts[2], parts[4] if len(parts) > 4 else "", given)

    def _create(self, given: dict[str, Any]) -> Answer:
        """A personal chat by object id or `29:` id, never by mail address; made once, the same ever after [create]."""
        members = given.get("members") or []
        tenant = given.get("tenantId") or ((given.get("channelData") or {}).get("tenant") or {}).get("id")
        if given.get("isGroup") or len(members) != 1 or (given.get("bot") or {}).get("id") != f"28:{APP}":
            return _error(400, "BadArgument")
        if tenant != TENANT:
            return _error(400, "BadArgument")
        user = self.tenant.user_of(str(members[0].get("id")))
        if user is None:
            return _error(400, "BadSyntax")
        if not user.has_app:
            return _error(403, "ForbiddenOperationException")
        return 201, {"id": user.conversation}, {}

    def _say(self, verb: str, conversation: str, message: str, given: dict[str, Any]) -> Answer:
        user = self.tenant.in_chat(conversation)
        if user is None and not conversation.startswith("19:"):
            return _error(404, "ConversationNotFound")
        if user is not None and not user.has_app:
            return _error(403, "ForbiddenOperationException")
        if user is not None and user.blocked:
            return _error(403, "MessageWritesBlocked")
        wait = self.tenant.wait_for(conversation) if self.tenant.limits else 0
        if wait:
            return (*_error(429, "TooManyRequests")[:2], {"Retry-After": str(int(wait) or 1)})
        if given.get("type") != "message":
            return _error(400, "BadArgument")
        for attachment in given.get("attachments", []):
            if attachment.get("contentType") != CARD:
                return _error(400, "BadSyntax")
            problems = problems_of(attachment["content"])
            if problems:
                return 400, {"error": {"code": "BadSyntax", "message": "; ".join(problems)}}, {}
        if not given.get("attachments") and not given.get("text"):
            return _error(400, "BadSyntax")
        if verb == "PUT":
            post = next((p for p in self.tenant.posts if (p.conversation, p.id) == (conversation, message)), None)
            if post is None:
                return _error(404, "ActivityNotFoundInConversation")
            post.activity, post.changed = given, post.changed + 1
            return 200, {"id": message}, {}
        post = Post(id=self.tenant.new_id(), conversation=conversation, activity=given)
        self.tenant.posts.append(post)
        return 201, {"id": post.id}, {}
