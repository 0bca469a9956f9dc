"""Who in the tenant has a mail address: asked of Microsoft Graph, some at once.

https://learn.microsoft.com/en-us/graph/json-batching
https://learn.microsoft.com/en-us/graph/api/user-list
https://learn.microsoft.com/en-us/graph/throttling
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import requests

from channels.tokens import NoToken, Tokens
from surveys.delivery import FoundAddress, NobodyThere

GRAPH = "https://graph.microsoft.com/v1.0"
# A batch holds twenty requests.
MOST_AT_ONCE = 20
PERMISSION = "User.ReadBasic.All"
_OK, _DENIED, _NOT_FOUND, _MANY = 200, 403, 404, 429
# Without the permission it is asked again after a while: it may have been given since.
_DENIED_PAUSE, _PAUSE = timedelta(hours=1), timedelta(seconds=30)


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What Graph said of some addresses; `found` lacks those that are to be asked about again.

    `trouble`: why not all were answered, "" if they were.
    """

    found: Mapping[str, FoundAddress | NobodyThere]
    trouble: str = ""


class People:
    """Asks for people's object ids. One thread at a time."""

    def __init__(self, tokens: Tokens, *, base: str = GRAPH, timeout: float = 20) -> None:
        self._tokens, self._base, self._timeout = tokens, base.rstrip("/"), timeout
        self._not_before: datetime | None = None
        self._trouble = ""

    def find(self, emails: Sequence[str], now: datetime) -> Said:
        """Who these are, twenty at most; while Graph has asked us to wait, nobody."""
        if self._not_before is not None and now < self._not_before:
            return Said(found={}, trouble=self._trouble)
        asked = list(emails)[:MOST_AT_ONCE]
        if not asked:
            return Said(found={})
        body = {
            "requests": [
                {"id": str(number), "method": "GET", "url": _question(email)} for number, email in enumerate(asked)
            ]
        }
        try:
            response = requests.post(
                f"{self._base}/$batch",
                data=json.dumps(body).encode(),
                headers={"Authorization": f"Bearer {self._tokens.token()}", "Content-Type": "application/json"},
                timeout=self._timeout,
                allow_redirects=False,
            )
            answer = response.json() if response.content else {}
        except NoToken as error:
            return self._wait(now, str(error), _DENIED_PAUSE)
        except (requests.exceptions.RequestException, ValueError):
            return self._wait(now, "Microsoft Graph can't be reached", _PAUSE)
        if response.status_code != _OK:
            return self._refused(response.status_code, response.headers, now)
        return self._read(asked, answer, now)

    def _read(self, asked: Sequence[str], answer: Any, now: datetime) -> Said:
        found: dict[str, FoundAddress | NobodyThere] = {}
        trouble = ""
        said = answer.get("responses") if isinstance(answer, dict) else None
        for each in said if isinstance(said, list) else ():
            number = str(each.get("id", ""))
            if not number.isdigit() or int(number) >= len(asked):
                continue
            status, email = each.get("status"), asked[int(number)]
            if status == _OK:
                found[email] = _person(each.get("body") or {}, email)
            elif status == _NOT_FOUND:
                found[email] = NobodyThere()
            else:
                trouble = self._refused(int(status or 0), each.get("headers") or {}, now).trouble
        return Said(found=found, trouble=trouble)

    def _refused(self, status: int, headers: Mapping[str, str], now: datetime) -> Said:
        if status == _DENIED:
            words = f"the app lacks the permission {PERMISSION} of Microsoft Graph, with an administrator's consent"
            return self._wait(now, words, _DENIED_PAUSE)
        waits = str(next((value for name, value in headers.items() if name.lower() == "retry-after"), ""))
        pause = timedelta(seconds=int(waits)) if waits.isdigit() else _PAUSE
        return self._wait(now, "Microsoft Graph asks us to wait" if status == _MANY else f"Graph said {status}", pause)

    def _wait(self, now: datetime, why: str, pause: timedelta) -> Said:
        until = now + pause
        if self._not_before is None or until > self._not_before:
            self._not_before = until
        self._trouble = why
        return Said(found={}, trouble=why)


def _question(email: str) -> str:
    said = email.replace("'", "''")
    wanted = quote(f"mail eq '{said}' or userPrincipalName eq '{said}'", safe="")
    return f"/users?$select=id,mail,userPrincipalName,accountEnabled&$top=2&$filter={wanted}"


def _person(body: Mapping[str, Any], email: str) -> FoundAddress | NobodyThere:
    """Whoever has it; of two, the one whose address it is rather than whose sign-in name."""
    people = [each for each in body.get("value") or () if each.get("id") and each.get("accountEnabled") is not False]
    people.sort(key=lambda each: str(each.get("mail") or "").lower() != email.lower())
    return FoundAddress(value=str(people[0]["id"])) if people else NobodyThere()
