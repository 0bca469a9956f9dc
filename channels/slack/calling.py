"""One call of Slack's Web API, and what each way of failing means for the message in hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Any
from urllib.error import URLError

import requests
import urllib3
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError

from channels.base import InDoubt
from channels.slack.settings import SlackSettings
from surveys.delivery import Deferred, Refused

# The person can't be written to in Slack, whatever we say: their next channel is tried.
_UNREACHABLE = {
    "user_not_found": "Slack knows nobody of that id",
    "users_not_found": "Slack knows nobody of that address",
    "user_disabled": "the Slack account was closed",
    "is_inactive": "the Slack account was closed",
    "account_is_inactive": "the Slack account was closed",
    "cannot_dm_bot": "that id is a bot's",
    "user_not_visible": "the app may not see this person",
    "channel_not_found": "Slack knows no such conversation",
    "not_in_channel": "the app is not in that channel",
    "is_archived": "the channel is archived",
}
# The app itself is not let in: nothing gets through until somebody puts that right.
SHUT_OUT = {
    "invalid_auth": "Slack does not accept the token; copy SLACK_BOT_TOKEN anew from the app's page",
    "not_authed": "Slack got no token; set SLACK_BOT_TOKEN",
    "account_inactive": "the app was removed from the workspace; install it again",
    "token_revoked": "the token was revoked; install the app again and set SLACK_BOT_TOKEN",
    "token_expired": "the token has expired; install the app again and set SLACK_BOT_TOKEN",
    "not_allowed_token_type": "SLACK_BOT_TOKEN must be the bot's token, which begins with xoxb-",
    "missing_scope": "the app lacks a permission: install it again with the manifest under docs/slack.md",
    "messages_tab_disabled": "people can't get messages from the app: turn on its Messages tab (App Home)",
    "access_denied": "the workspace does not let the app in",
    "team_access_not_granted": "the app was not given this workspace",
    "ekm_access_denied": "the workspace's administrators have stopped the app",
    "org_login_required": "the workspace is being moved; try again later",
}
# Slack says itself that part of what was asked may have been done (docs.slack.dev: chat.postMessage, errors).
HALF_DONE = frozenset({"fatal_error", "internal_error"})
_LATER = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """Slack said yes."""

    data: dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Failed:
    """Slack said no, with this `error`; `retry_after` seconds where it said wait."""

    error: str
    retry_after: int = 0
    needed: str = ""


def call(client: WebClient, method: str, arguments: dict[str, Any], *, form: bool = False) -> Answered | Failed:
    """Call it once, with JSON, or as a form where the method only reads.

    Raises:
        InDoubt: the connection was lost after the call may have left.
    """
    try:
        # Methods that read take no JSON body (docs.slack.dev: web-api, POST bodies).
        answer = client.api_call(method, params=arguments) if form else client.api_call(method, json=arguments)
    except SlackApiError as error:
        response = error.response
        found = response.data if isinstance(response.data, dict) else {}
        return _failed(response.status_code, response.headers, found)
    except SlackRequestError as error:
        # Not an answer of Slack's own, such as a proxy's page.
        raise InDoubt("Slack answered with something that can't be read") from error
    except (URLError, OSError, HTTPException) as error:
        cause = error.reason if isinstance(error, URLError) else error
        if isinstance(cause, ConnectionRefusedError) or type(cause).__name__ == "gaierror":
            return Failed(error="unreachable")
        raise InDoubt("the connection to Slack was lost") from error
    data = answer.data
    return Answered(data=dict(data) if isinstance(data, dict) else {})


class Line:
    """One kept connection for many messages: without it each would be a TLS handshake of its own."""

    def __init__(self, settings: SlackSettings, timeout: int) -> None:
        self._base, self._timeout = settings.base_url.rstrip("/"), timeout
        self._headers = {
            "Authorization": f"Bearer {settings.token}",
            "Content-Type": "application/json; charset=utf-8",
        }
        self._pool: urllib3.PoolManager | None = None

    def call(self, method: str, content: bytes) -> Answered | Failed:
        """Call a method that writes, once, with JSON.

        Raises:
            InDoubt: the connection was lost after the call may have left.
        """
        try:
            response = self._open().request(
                "POST", f"{self._base}/{method}", body=content, headers=self._headers, timeout=self._timeout
            )
        except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError):
            return Failed(error="unreachable")
        except urllib3.exceptions.HTTPError as error:
            raise InDoubt("the connection to Slack was lost") from error
        try:
            data = json.loads(response.data)
        except ValueError as error:
            if response.status >= 500:  # noqa: PLR2004 - HTTP
                return Failed(error="server_error")
            raise InDoubt("Slack answered with something that can't be read") from error
        if not isinstance(data, dict):
            raise InDoubt("Slack answered with something that can't be read")
        if response.status == 200 and data.get("ok"):  # noqa: PLR2004 - HTTP
            return Answered(data=data)
        return _failed(response.status, response.headers, data)

    def close(self) -> None:
        """Give the connection back; the next call opens another."""
        if self._pool is not None:
            self._pool.clear()
            self._pool = None

    def _open(self) -> urllib3.PoolManager:
        if self._pool is None:
            # What the surroundings say of proxies is read once, not for each message.
            proxy = requests.utils.select_proxy(self._base, requests.utils.get_environ_proxies(self._base))
            how: dict[str, Any] = {"retries": False, "maxsize": 1}
            self._pool = urllib3.ProxyManager(proxy, **how) if proxy else urllib3.PoolManager(**how)
        return self._pool


def _failed(status: int, headers: Mapping[str, str], data: Mapping[str, Any]) -> Failed:
    if status == 429 or data.get("error") == "ratelimited":  # noqa: PLR2004 - HTTP
        waits = headers.get("Retry-After") or headers.get("retry-after")
        return Failed(error="ratelimited", retry_after=int(waits) if waits and waits.isdigit() else 30)
    if status >= 500:  # noqa: PLR2004 - HTTP
        return Failed(error="server_error")
    return Failed(error=str(data.get("error") or "unknown_error"), needed=str(data.get("needed") or ""))


def outcome_of(failed: Failed, now: datetime) -> Deferred | Refused:
    """What a failed call means for the message that it was to send."""
    if failed.error == "ratelimited":
        # A limit holds for the method in the whole workspace, so the others wait as well.
        until = now + timedelta(seconds=failed.retry_after)
        return Deferred(until=until, reason="Slack asks us to wait", whole_channel=True, asked=True)
    if failed.error in SHUT_OUT:
        reason = SHUT_OUT[failed.error] + (f" (it lacks {failed.needed})" if failed.needed else "")
        return Deferred(until=now + _LATER, reason=reason, lasting=True)
    if failed.error in _UNREACHABLE:
        return Refused(reason=_UNREACHABLE[failed.error], address_is_bad=True)
    if failed.error in {"server_error", "unreachable", "internal_error", "fatal_error", "service_unavailable"}:
        reason = "Slack can't be reached" if failed.error == "unreachable" else "Slack has a fault of its own"
        return Deferred(until=now + timedelta(seconds=30), reason=reason, whole_channel=True)
    return Refused(reason=f"Slack does not take the message ({failed.error})", address_is_bad=False)
