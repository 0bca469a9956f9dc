"""Asks Microsoft Graph about one mailbox: tokens, time-outs, and its errors in words.

Documentation: https://learn.microsoft.com/en-us/graph/api/resources/message and, for the errors,
https://learn.microsoft.com/en-us/graph/errors
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlsplit

import requests

from channels.tokens import Tokens

GRAPH = "https://graph.microsoft.com/v1.0"
_REACHED_WITHIN = 6.0
_LONGEST_SAID = 200
_LONGEST_PAUSE = 3600
_GONE = frozenset({404, 410})
_NO_ITEM = frozenset({"erroritemnotfound", "itemnotfound"})
UNAUTHORISED = 401
# An id that stays the same when the message is moved: https://learn.microsoft.com/en-us/graph/outlook-immutable-id
_SAME_ID = 'IdType="ImmutableId"'


@dataclass(frozen=True, kw_only=True, slots=True)
class GraphMailbox:
    """The mailbox, and where Graph is: another base than Microsoft's is for tests on this machine."""

    address: str
    base: str = GRAPH

    @property
    def path(self) -> str:
        return f"/users/{quote(self.address, safe='@')}"


class GraphRefusal(Exception):
    """Graph has answered, with an error: its status, its code, and its words on one line.

    `wait` is how many seconds it asks to be left alone, 0 if it named none; `item_gone`: the message is not there.
    """

    def __init__(self, status: int, code: str, words: str, wait: int = 0) -> None:
        self.status = status
        self.code = code
        self.wait = wait
        # Not every 404 is about the message: a mailbox that is gone is told with one too.
        self.item_gone = status in _GONE and code.lower() in _NO_ITEM
        super().__init__(f"{status} {code}: {words}" if code or words else str(status))


class Unreached(Exception):
    """There was no answer. `heard`: the request may have arrived all the same."""

    def __init__(self, words: str, *, heard: bool) -> None:
        self.heard = heard
        super().__init__(words)


class GraphClient:
    """One kept connection to Graph, used by one thread at a time, except `hang_up`."""

    def __init__(self, mailbox: GraphMailbox, tokens: Tokens, *, timeout: float = 30.0) -> None:
        self.mailbox = mailbox
        self._tokens = tokens
        self._timeout = timeout
        self._session: requests.Session | None = None
        self._hung_up = False

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        kind: str = "",
        prefer: tuple[str, ...] = (),
        stream: bool = False,
    ) -> requests.Response:
        """One request about the mailbox, answered with a 2xx; a token that is not taken is renewed once.

        `path` is below the mailbox, or a whole link that Graph gave.

        Raises:
            GraphRefusal: it answered with an error.
            Unreached: it did not answer, or the program is about to end.
            NoToken: there is no token to ask with.
        """
        if self._hung_up:
            raise Unreached("the program is about to end", heard=False)
        for fresh in (False, True):
            headers = {"Authorization": f"Bearer {self._tokens.token(fresh=fresh)}"}
            headers["Prefer"] = ", ".join((_SAME_ID, *prefer))
            if kind:
                headers["Content-Type"] = kind
            answer = self._sent(method, self._whole(path), headers, body, stream=stream)
            if answer.status_code != UNAUTHORISED or fresh:
                break
            answer.close()
        if not answer.ok or answer.is_redirect:
            refusal = _refusal(answer)
            answer.close()
            raise refusal
        return answer

    def rest(self) -> None:
        """Give the connection back."""
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def hang_up(self) -> None:
        """No further request is made; one under way ends by its time-out."""
        self._hung_up = True

    def _whole(self, path: str) -> str:
        if not path.startswith("https:") and not path.startswith("http:"):
            return f"{self.mailbox.base}{self.mailbox.path}{path}"
        # The token goes along: never to another server than the one it is for.
        ours, theirs = urlsplit(self.mailbox.base), urlsplit(path)
        if (theirs.scheme, theirs.netloc) != (ours.scheme, ours.netloc):
            raise Unreached("the link to go on with leads to another server than Graph", heard=False)
        return path

    def _sent(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, *, stream: bool
    ) -> requests.Response:
        if self._session is None:
            self._session = requests.Session()
        host = urlsplit(url).netloc
        try:
            return self._session.request(
                method,
                url,
                data=body,
                headers=dict(headers),
                timeout=(_REACHED_WITHIN, self._timeout),
                allow_redirects=False,
                stream=stream,
            )
        except requests.exceptions.ConnectTimeout:
            raise Unreached(f"{host} did not answer within {_REACHED_WITHIN:g} seconds", heard=False) from None
        except requests.exceptions.SSLError:
            raise Unreached(f"{host}: no encrypted connection", heard=False) from None
        except requests.exceptions.Timeout:
            raise Unreached(f"{host} did not answer within {self._timeout:g} seconds", heard=True) from None
        except requests.exceptions.ConnectionError as error:
            raise Unreached(f"{host} can't be reached, or closed the connection", heard=_was_up(error)) from None
        except requests.exceptions.RequestException as error:
            raise Unreached(f"{host}: {type(error).__name__}", heard=True) from None


def json_of(answer: requests.Response) -> dict[str, Any]:
    """The answer's JSON object.

    Raises:
        GraphRefusal: it is none.
    """
    try:
        found = answer.json()
    except (ValueError, requests.exceptions.RequestException):
        found = None
    if not isinstance(found, dict):
        raise GraphRefusal(answer.status_code, "", "the answer is not in JSON")
    return found


def _was_up(error: requests.exceptions.ConnectionError) -> bool:
    """Whether there was a connection that the request may have gone over; if the line can't say, there was."""
    from urllib3.exceptions import NewConnectionError  # noqa: PLC0415 - requests brings it along

    cause = error.args[0] if error.args else None
    return not isinstance(getattr(cause, "reason", None), NewConnectionError)


def _refusal(answer: requests.Response) -> GraphRefusal:
    code, words = "", ""
    try:
        told = answer.json().get("error", {})
        code, words = str(told.get("code", "")), " ".join(str(told.get("message", "")).split())
    except (ValueError, AttributeError, requests.exceptions.RequestException):
        words = answer.reason or ""
    return GraphRefusal(answer.status_code, code[:80], words[:_LONGEST_SAID], _wait(answer.headers.get("Retry-After")))


def _wait(said: str | None) -> int:
    """Seconds to wait, from a number or a date (RFC 9110, 10.2.3); an hour at most."""
    if not said:
        return 0
    if said.strip().isdigit():
        return min(int(said), _LONGEST_PAUSE)
    try:
        seconds = (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError):
        return 0
    return max(0, min(int(seconds) + 1, _LONGEST_PAUSE))
