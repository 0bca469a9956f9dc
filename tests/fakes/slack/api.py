"""The Web API's methods that Soundings may call; each answers as its page under docs.slack.dev/reference/methods says."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.fakes.slack.block_kit import (
    HOME,
    LONGEST_MESSAGE_BLOCKS,
    MESSAGE,
    problems_of_blocks,
    problems_of_view,
    texts_of,
    view_is_too_large,
)
from tests.fakes.slack.rates import Rates
from tests.fakes.slack.workspace import (
    BOT,
    BOT_USER,
    MOST_PUSHED,
    TEAM,
    Message,
    View,
    Workspace,
    as_history,
    named,
    shown_view,
    with_ids,
)

Arguments = dict[str, Any]
Answer = dict[str, Any]
LONGEST_TEXT = 40_000


class SlackError(Exception):
    """`ok: false` with this `error`, and what stands beside it."""

    def __init__(self, error: str, **more: object) -> None:
        super().__init__(error)
        self.error, self.more = error, more


class RateLimited(Exception):
    """HTTP 429 with `Retry-After`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Api:
    """Answers calls against one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._rates = Rates()
        self.socket_url: Callable[[], str] | None = None

    def call(self, method: str, token: str, arguments: Arguments) -> Answer:
        """One call.

        Raises:
            SlackError: as Slack says no.
            RateLimited: as Slack says wait.
        """
        with self.workspace.lock:
            self.workspace.calls.append((method, arguments))
            found = _METHODS.get(method)
            if found is None:
                raise SlackError("unknown_method", req_method=method)
            needed, answer = found
            if self.workspace.lose_next.get(method, 0):
                self.workspace.lose_next[method] -= 1
                raise SlackError("internal_error")
            self._admit(method, token, needed)
            self._slow_down(method, str(arguments.get("channel", "")))
            return {"ok": True, **answer(self, arguments)}

    def _admit(self, method: str, token: str, needed: str) -> None:
        workspace = self.workspace
        if not token:
            raise SlackError("not_authed")
        if workspace.broken:
            raise SlackError(workspace.broken)
        if method == "apps.connections.open":
            if token != workspace.app_token:
                raise SlackError("not_allowed_token_type" if token == workspace.bot_token else "invalid_auth")
            return
        if token != workspace.bot_token:
            raise SlackError("not_allowed_token_type" if token == workspace.app_token else "invalid_auth")
        if needed and needed not in workspace.scopes:
            raise SlackError("missing_scope", needed=needed, provided=",".join(sorted(workspace.scopes)))

    def _slow_down(self, method: str, channel: str) -> None:
        workspace = self.workspace
        times, seconds = workspace.refuse_next.get(method, (0, 0))
        if times:
            workspace.refuse_next[method] = (times - 1, seconds)
            raise RateLimited(seconds)
        if workspace.limits:
            wait = self._rates.wait_for(method, channel, workspace.clock())
            if wait:
                raise RateLimited(wait)

    # -------------------------------------------------------------- methods

    def auth_test(self, _given: Arguments) -> Answer:
        return {"url": "https://people.example.org/", "team": "People", "user": "soundings", "team_id": TEAM} | {
            "user_id": BOT_USER,
            "bot_id": BOT,
            "is_enterprise_install": False,
        }

    def connections_open(self, _given: Arguments) -> Answer:
        if self.socket_url is None:
            raise SlackError("internal_error")
        return {"url": self.socket_url()}

    def look_up(self, given: Arguments) -> Answer:
        wanted = str(given.get("email", "")).lower()
        user = next((u for u in self.workspace.users.values() if u.email.lower() == wanted and u.active), None)
        if user is None:
            raise SlackError("users_not_found")
        return {"user": _user(user.id, self.workspace)}

    def user_info(self, given: Arguments) -> Answer:
        if given.get("user") not in self.workspace.users:
            raise SlackError("user_not_found")
        return {"user": _user(given["user"], self.workspace)}

    def open_conversation(self, given: Arguments) -> Answer:
        users = [each for each in str(given.get("users", "")).split(",") if each]
        if not users:
            raise SlackError("no_users_specified" if "channel" not in given else "channel_not_found")
        if any(each not in self.workspace.users for each in users):
            raise SlackError("user_not_found")
        if not self.workspace.users[users[0]].active:
            raise SlackError("user_disabled")
        return {"channel": {"id": self.workspace.direct(users[0]).id}}

    def post(self, given: Arguments) -> Answer:
        channel = self._where(str(given.get("channel", "")))
        message = Message(channel=channel, ts=self.workspace.stamp(), user=BOT_USER, **_content(given))
        message.metadata = _metadata(given)
        self.workspace.channels[channel].messages.append(message)
        return {"channel": channel, "ts": message.ts, "message": as_history(message, metadata=True)}

    def post_ephemeral(self, given: Arguments) -> Answer:
        channel, user = self._where(str(given.get("channel", ""))), str(given.get("user", ""))
        if user not in self.workspace.channels[channel].members:
            raise SlackError("user_not_in_channel")
        message = Message(channel=channel, ts=self.workspace.stamp(), user=BOT_USER, only_for=user, **_content(given))
        self.workspace.channels[channel].messages.append(message)
        return {"message_ts": message.ts}

    def update(self, given: Arguments) -> Answer:
        channel, ts = str(given.get("channel", "")), str(given.get("ts", ""))
        # A user's id, which chat.postMessage takes, is no conversation here.
        if channel not in self.workspace.channels:
            raise SlackError("channel_not_found")
        message = self.workspace.message(channel, ts)
        if message is None or message.only_for:
            raise SlackError("message_not_found")
        if message.user != BOT_USER:
            raise SlackError("cant_update_message")
        content = _content(given)
        # Text alone takes the blocks away.
        message.text, message.blocks, message.edited = content["text"], content["blocks"], True
        if "metadata" in given:
            message.metadata = _metadata(given)
        return {"channel": channel, "ts": ts, "text": message.text}

    def history(self, given: Arguments) -> Answer:
        held = self.workspace.channels.get(str(given.get("channel", "")))
        if held is None:
            raise SlackError("channel_not_found")
        # Each kind of conversation has a scope of its own (docs.slack.dev: reference/methods/conversations.history).
        if held.id.startswith("C") and "channels:history" not in self.workspace.scopes:
            raise SlackError("missing_scope", needed="channels:history")
        if BOT_USER not in held.members:
            raise SlackError("not_in_channel")
        oldest, latest = float(given.get("oldest") or 0), float(given.get("latest") or 1e12)
        inclusive = str(given.get("inclusive", "")).lower() in {"1", "true"}
        start = int(given.get("cursor") or 0)
        limit = min(int(given.get("limit") or 100), 999)
        found = [
            m for m in reversed(held.messages) if not m.only_for and _within(float(m.ts), oldest, latest, inclusive)
        ]
        part = found[start : start + limit]
        more = start + limit < len(found)
        wants = str(given.get("include_all_metadata", "")).lower() in {"1", "true"}
        return {
            "messages": [as_history(each, metadata=wants) for each in part],
            "has_more": more,
            "response_metadata": {"next_cursor": str(start + limit) if more else ""},
        }

    def open_view(self, given: Arguments) -> Answer:
        user, _ = self._triggered(given)
        payload = _view(given)
        view = self.workspace.keep_view(payload, user)
        return {"view": shown_view(view)}

    def push_view(self, given: Arguments) -> Answer:
        user, root = self._triggered(given)
        if root not in self.workspace.views:
            raise SlackError("not_found")
        if sum(1 for each in self.workspace.views.values() if each.root == root) >= MOST_PUSHED:
            raise SlackError("push_limit_reached")
        return {"view": shown_view(self.workspace.keep_view(_view(given), user, root=root))}

    def update_view(self, given: Arguments) -> Answer:
        view = self.workspace.views.get(str(given.get("view_id", "")))
        if view is None:
            raise SlackError("not_found")
        if given.get("hash") and given["hash"] != view.hash:
            raise SlackError("hash_conflict")
        view.payload, view.hash = _view(given), f"{self.workspace.stamp()}.{self.workspace.number():x}"
        return {"view": shown_view(view)}

    def publish(self, given: Arguments) -> Answer:
        user, payload = str(given.get("user_id", "")), _view(given)
        if user not in self.workspace.users:
            raise SlackError("invalid_arguments", response_metadata={"messages": ["[ERROR] invalid user_id"]})
        if payload["type"] != HOME:
            raise SlackError("invalid_arguments", response_metadata={"messages": ["[ERROR] a home view is needed"]})
        view_id = f"V0{self.workspace.number():08d}"
        self.workspace.homes[user] = View(
            id=view_id, user=user, payload=payload, hash=self.workspace.stamp(), root=view_id
        )
        return {"view": shown_view(self.workspace.homes[user])}

    # -------------------------------------------------------------- parts

    def _where(self, wanted: str) -> str:
        """The conversation to post in; a user's id means the direct message with them."""
        workspace = self.workspace
        if wanted in workspace.users:
            if not workspace.users[wanted].active:
                raise SlackError("is_inactive")
            if not workspace.messages_tab:
                raise SlackError("messages_tab_disabled")
            return workspace.direct(wanted).id
        held = workspace.channels.get(wanted)
        if held is None:
            # What a stranger's id answers: chat.postMessage knows neither.
            raise SlackError("user_not_found" if wanted.startswith(("U", "W")) else "channel_not_found")
        if held.archived:
            raise SlackError("is_archived")
        if BOT_USER not in held.members:
            raise SlackError("not_in_channel")
        if wanted.startswith("D") and not all(workspace.users[m].active for m in held.members - {BOT_USER}):
            raise SlackError("is_inactive")
        return wanted

    def _triggered(self, given: Arguments) -> tuple[str, str]:
        found = self.workspace.exchange(str(given.get("trigger_id", "")))
        if isinstance(found, str):
            raise SlackError(found)
        return found


def _within(ts: float, oldest: float, latest: float, inclusive: bool) -> bool:
    return oldest <= ts <= latest if inclusive else oldest < ts < latest


def _user(user_id: str, workspace: Workspace) -> Answer:
    user = workspace.users[user_id]
    profile = {"real_name": user.name, "display_name": user.name, "email": user.email}
    found = {"id": user.id, "team_id": TEAM, "name": user.name, "real_name": user.name, "deleted": not user.active}
    if "users:read.email" not in workspace.scopes:
        del profile["email"]
    return {**found, "tz": user.tz, "is_bot": False, "profile": profile}


def _parsed(value: object) -> object:
    """JSON bodies carry values, forms carry them as JSON text."""
    if isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _content(given: Arguments) -> dict[str, Any]:
    text, blocks = str(given.get("text") or ""), _parsed(given.get("blocks") or [])
    if not text and not blocks:
        raise SlackError("no_text")
    if len(text) > LONGEST_TEXT:
        raise SlackError("msg_too_long")
    problems = problems_of_blocks(blocks, MESSAGE)
    if problems:
        raise SlackError("invalid_blocks", errors=problems, response_metadata={"messages": problems})
    assert isinstance(blocks, list)
    if sum(len(each) for each in texts_of(blocks)) > LONGEST_MESSAGE_BLOCKS:
        raise SlackError("msg_blocks_too_long")
    # Slack names every block; ids stay while a message is edited with the same ones.
    return {"text": text, "blocks": with_ids(blocks)}


def _metadata(given: Arguments) -> dict[str, Any] | None:
    metadata = _parsed(given.get("metadata"))
    if metadata is None:
        return None
    if not isinstance(metadata, Mapping) or not isinstance(metadata.get("event_type"), str):
        raise SlackError("invalid_metadata_format")
    if not isinstance(metadata.get("event_payload"), Mapping):
        raise SlackError("invalid_metadata_format")
    return dict(metadata)


def _view(given: Arguments) -> dict[str, Any]:
    view = _parsed(given.get("view"))
    if view_is_too_large(view):
        raise SlackError("view_too_large")
    problems = problems_of_view(view)
    if problems:
        raise SlackError("invalid_arguments", response_metadata={"messages": problems})
    assert isinstance(view, dict)
    return named(view)


_METHODS: Mapping[str, tuple[str, Callable[[Api, Arguments], Answer]]] = {
    "auth.test": ("", Api.auth_test),
    "apps.connections.open": ("", Api.connections_open),
    "users.lookupByEmail": ("users:read.email", Api.look_up),
    "users.info": ("users:read", Api.user_info),
    "conversations.open": ("im:write", Api.open_conversation),
    "conversations.history": ("im:history", Api.history),
    "chat.postMessage": ("chat:write", Api.post),
    "chat.postEphemeral": ("chat:write", Api.post_ephemeral),
    "chat.update": ("chat:write", Api.update),
    "views.open": ("", Api.open_view),
    "views.push": ("", Api.push_view),
    "views.update": ("", Api.update_view),
    "views.publish": ("", Api.publish),
}
