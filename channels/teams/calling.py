"""The calls of the Bot Connector that we need, and what each way of failing means for the message in hand.

https://learn.microsoft.com/en-us/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import local
from typing import Any
from urllib.parse import quote

import requests

from channels.base import InDoubt
from channels.teams.pace import Pace
from channels.teams.settings import TeamsSettings
from channels.tokens import NoToken, Tokens
from surveys.delivery import Deferred, Refused

_OK, _UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _TOO_LARGE, _MANY, _FAULT = 200, 401, 403, 404, 413, 429, 500
# To be tried again, says Microsoft, with growing pauses (rate-limit: error codes).
TO_TRY_AGAIN = frozenset({412, 429, 502, 504})
# Somebody can't be written to there: their next channel is tried.
_UNREACHABLE = {
    "ForbiddenOperationException": "the app is not installed for this person in Teams",
    "MessageWritesBlocked": "this person has blocked the app in Teams",
    "BotNotInConversationRoster": "the app is not installed for this person in Teams",
    "ConversationBlockedByUser": "this person has blocked the app in Teams",
    "ConversationNotFound": "Teams knows no such conversation",
    "BadSyntax": "Teams knows nobody of that id",
    "Unauthorized": "the app is not installed for this person in Teams",
}
_SOON, _LATER = timedelta(seconds=5), timedelta(minutes=5)
_LONGEST_WAIT = 3.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """The connector said yes."""

    data: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Failed:
    """It said no: an HTTP status (0 where it was never reached), its own code, and how long to wait if it says so."""

    status: int
    code: str = ""
    retry_after: float | None = None
    what: str = ""


class Connector:
    """Speaks for the bot. Any thread may call."""

    def __init__(
        self,
        settings: TeamsSettings,
        tokens: Tokens,
        *,
        timeout: float = 20,
        pace: Pace | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings, self._tokens, self._timeout, self._sleep = settings, tokens, timeout, sleep
        self._pace = pace or Pace()
        self._kept = local()

    def open_conversation(self, service_url: str, user: str) -> Answered | Failed:
        """The personal chat with that user (an Entra object id, or `29:…`): made if there is none."""
        body = {
            "isGroup": False,
            "bot": {"id": f"28:{self._settings.app_id}"},
            "members": [{"id": user}],
            "tenantId": self._settings.tenant,
            "channelData": {"tenant": {"id": self._settings.tenant}},
        }
        return self._call("POST", service_url, "v3/conversations", body)

    def post(self, service_url: str, conversation: str, activity: Mapping[str, Any]) -> Answered | Failed:
        """Post into a conversation.

        Raises:
            InDoubt: the connection was lost after the call may have left.
        """
        waited = self._wait_for_turn(conversation)
        if waited is not None:
            return waited
        return self._call("POST", service_url, f"v3/conversations/{quote(conversation, safe='')}/activities", activity)

    def put(self, service_url: str, conversation: str, message: str, activity: Mapping[str, Any]) -> Answered | Failed:
        """Put another activity in the place of one of ours.

        Raises:
            InDoubt: the connection was lost after the call may have left.
        """
        waited = self._wait_for_turn(conversation)
        if waited is not None:
            return waited
        path = f"v3/conversations/{quote(conversation, safe='')}/activities/{quote(message, safe='')}"
        return self._call("PUT", service_url, path, {**activity, "id": message})

    def close(self) -> None:
        """Give this thread's connections back."""
        session = getattr(self._kept, "session", None)
        if session is not None:
            session.close()
            del self._kept.session

    def _wait_for_turn(self, conversation: str) -> Failed | None:
        for _ in range(50):
            wait = self._pace.wait_for(conversation)
            if not wait:
                return None
            if wait > _LONGEST_WAIT:
                return Failed(status=_MANY, retry_after=wait, what="Teams takes no more in this conversation for now")
            self._sleep(wait)
        return Failed(status=_MANY, retry_after=1, what="Teams takes no more for now")

    def _call(self, verb: str, service_url: str, path: str, body: Mapping[str, Any]) -> Answered | Failed:
        # Asked again at each call: what is stored may be older than the settings.
        if not self._settings.allows(service_url):
            return Failed(status=0, code="not_allowed", what="its address is not one of Microsoft's")
        answer = self._once(verb, service_url, path, body, fresh=False)
        if isinstance(answer, Failed) and answer.status == _UNAUTHORIZED and not self._settings.is_test(service_url):
            # The token may have been withdrawn before its time.
            return self._once(verb, service_url, path, body, fresh=True)
        return answer

    def _once(
        self, verb: str, service_url: str, path: str, body: Mapping[str, Any], *, fresh: bool
    ) -> Answered | Failed:
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if not self._settings.is_test(service_url):
            try:
                headers["Authorization"] = f"Bearer {self._tokens.token(fresh=fresh)}"
            except NoToken as error:
                return Failed(status=_UNAUTHORIZED, code="no_token", what=str(error))
        try:
            response = self._session().request(
                verb,
                f"{service_url.rstrip('/')}/{path}",
                data=json.dumps(body).encode(),
                headers=headers,
                timeout=self._timeout,
                # A redirect would take our token to whoever it names.
                allow_redirects=False,
            )
        except requests.exceptions.ConnectTimeout:
            return Failed(status=0, code="unreachable", what="Teams can't be reached")
        except requests.exceptions.ConnectionError as error:
            if any(name in str(error) for name in ("NewConnectionError", "NameResolutionError", "Failed to resolve")):
                return Failed(status=0, code="unreachable", what="Teams can't be reached")
            raise InDoubt("the connection to Teams was lost") from error
        except requests.exceptions.RequestException as error:
            raise InDoubt("the connection to Teams was lost") from error
        return _read(response)

    def _session(self) -> requests.Session:
        # One for each thread: a session is not made to be shared.
        if not hasattr(self._kept, "session"):
            self._kept.session = requests.Session()
        session: requests.Session = self._kept.session
        return session


def _read(response: requests.Response) -> Answered | Failed:
    try:
        data = response.json() if response.content else {}
    except ValueError:
        data = {}
    found: Mapping[str, Any] = data if isinstance(data, dict) else {}
    if _OK <= response.status_code < 300:  # noqa: PLR2004 - HTTP
        return Answered(data=found)
    error = found.get("error")
    told: Mapping[str, Any] = error if isinstance(error, dict) else {}
    inner = told.get("innerHttpError")
    code = str(told.get("code") or (inner.get("code") if isinstance(inner, dict) else "") or "")
    waits = response.headers.get("Retry-After", "")
    return Failed(
        status=response.status_code,
        code=code,
        retry_after=float(waits) if waits.isdigit() else None,
    )


def outcome_of(failed: Failed, now: datetime) -> Deferred | Refused:
    """What a failed call means for the message that it was to send."""
    if failed.status in TO_TRY_AGAIN:
        if failed.retry_after is not None:
            until = now + timedelta(seconds=failed.retry_after)
            return Deferred(until=until, reason=failed.what or "Teams asks us to wait", whole_channel=True, asked=True)
        # Jitter: many of us would else come back together.
        until = now + _SOON * (1 + random.random())  # noqa: S311 - not for secrets
        return Deferred(until=until, reason="Teams asks us to try again", whole_channel=True)
    if failed.code == "unreachable" or failed.status >= _FAULT:
        return Deferred(until=now + timedelta(seconds=30), reason="Teams can't be reached", whole_channel=True)
    if failed.status == _UNAUTHORIZED:
        what = failed.what or "Teams does not accept our token; check TEAMS_APP_ID, TEAMS_APP_SECRET, TEAMS_TENANT_ID"
        return Deferred(until=now + _LATER, reason=what, lasting=True)
    if failed.status in {_FORBIDDEN, _NOT_FOUND} or failed.code in _UNREACHABLE:
        reason = _UNREACHABLE.get(
            failed.code, f"Teams lets us not write to this person ({failed.code or failed.status})"
        )
        return Refused(reason=reason, address_is_bad=True)
    if failed.status == _TOO_LARGE:
        return Refused(reason="the message is larger than Teams takes", address_is_bad=False)
    return Refused(
        reason=f"Teams does not take the message ({failed.code or failed.what or failed.status})", address_is_bad=False
    )
