"""The inbox of a mailbox of Microsoft 365: what arrived since the bookmark, by delta queries.

The bookmark is the link that Graph gave to go on with. Documentation:
https://learn.microsoft.com/en-us/graph/delta-query-messages and https://learn.microsoft.com/en-us/graph/api/message-delta
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import requests

from channels.mail.graph import troubles
from channels.mail.graph.client import GraphClient, GraphRefusal, Unreached, json_of
from channels.mail.mailbox import Arrival, Bookmark, Fetched, MailboxTrouble, Unfetchable
from channels.tokens import NoToken

# What people have read or moved since is not asked for: `created` is what has come.
_FIRST = "/mailFolders/inbox/messages/delta?changeType=created&$select=receivedDateTime,isRead"
_A_PAGE = "odata.maxpagesize=25"
_LOOK_AGAIN = 30.0
# As much of a message is kept as from any other mailbox: what people type stands at its head.
LARGEST_KEPT = 10 * 1024 * 1024
_PIECE = 1024 * 1024
_TRIES = 3
_OVER = 410
_NEEDED = "Mail.ReadWrite"
# An answer about one message that may be the same for ever; everything else is about the mailbox.
_ABOUT_ONE = frozenset({400, 413, 422, 500, 501})


class GraphInbox:
    """One mailbox's inbox; asked again and again, as Graph can call back public addresses only."""

    def __init__(self, client: GraphClient, *, look_again: float = _LOOK_AGAIN, largest: int = LARGEST_KEPT) -> None:
        self._client = client
        self._look_again = look_again
        self._largest = largest
        self._not_before = 0.0
        self._refused: dict[str, int] = {}
        self._read: set[str] = set()

    @property
    def account(self) -> str:
        """`graph:bot@example.org/inbox`: what its bookmark is stored under."""
        return f"graph:{self._client.mailbox.address}/inbox"

    def arrivals(self, place: str) -> Iterator[Arrival]:
        # A bookmark of another server, a test's say, means nothing here.
        link = place if place.startswith(self._client.mailbox.base) else ""
        # One message may be told of several times.
        told: set[str] = set()
        while True:
            page, link = self._page(link)
            for name in _arrived(page, self._read):
                if name in told:
                    continue
                told.add(name)
                found = self._fetched(name)
                if found is not None:
                    yield found
            following = page.get("@odata.nextLink")
            end = page.get("@odata.deltaLink")
            if isinstance(end, str):
                yield Bookmark(place=end)
                self._read.clear()
                return
            if not isinstance(following, str) or following == link:
                raise MailboxTrouble("Graph named no link to go on with")
            yield Bookmark(place=following)
            link = following

    def mark_read(self, fetched: Fetched) -> None:
        if fetched.mark in self._read:
            return
        body = json.dumps({"isRead": True}).encode()
        try:
            self._client.ask("PATCH", _message(fetched.mark), body=body, kind="application/json")
        except (Unreached, NoToken) as error:
            raise MailboxTrouble(str(error)) from None
        except GraphRefusal as refusal:
            # It may be gone, or not ours to mark; the bookmark is what counts. Being asked to wait is minded.
            self._rest_for(refusal)

    def wait(self, seconds: float, stopping: threading.Event) -> None:
        self._client.rest()
        stopping.wait(max(min(seconds, self._look_again), min(seconds, self._not_before - time.monotonic())))

    def check(self) -> str:
        try:
            self._client.ask("GET", "/mailFolders/inbox?$select=displayName")
        except (Unreached, NoToken) as error:
            return str(error)
        except GraphRefusal as refusal:
            return self._said(refusal)
        finally:
            self._client.rest()
        return ""

    def rest(self) -> None:
        self._client.rest()

    def hang_up(self) -> None:
        self._client.hang_up()

    def _page(self, link: str) -> tuple[dict[str, Any], str]:
        """A page of what arrived, and the link it came by; a link that is over makes it begin anew."""
        self._mind_the_wait()
        for each in (link, "") if link else ("",):
            try:
                return json_of(self._client.ask("GET", each or _FIRST, prefer=(_A_PAGE,))), each
            except (Unreached, NoToken) as error:
                raise MailboxTrouble(str(error)) from None
            except GraphRefusal as refusal:
                if refusal.status == _OVER and each:
                    continue
                self._rest_for(refusal)
                raise MailboxTrouble(self._said(refusal)) from None
        raise MailboxTrouble("Graph gives no list of the inbox")

    def _fetched(self, name: str) -> Fetched | Unfetchable | None:
        """The message as MIME; None if it is gone, or was moved out of the mailbox.

        Raises:
            MailboxTrouble: Graph did not hand it out, which it may do the next time.
        """
        self._mind_the_wait()
        try:
            answer = self._client.ask("GET", f"{_message(name)}/$value", stream=True)
            return self._kept(name, answer)
        except (Unreached, NoToken) as error:
            raise MailboxTrouble(str(error)) from None
        except GraphRefusal as refusal:
            if refusal.item_gone:
                return None
            self._rest_for(refusal)
            tried = self._refused[name] = self._refused.get(name, 0) + 1
            if refusal.status not in _ABOUT_ONE or tried < _TRIES:
                raise MailboxTrouble(self._said(refusal)) from None
            return Unfetchable(mark=name, reason=str(refusal))

    def _kept(self, name: str, answer: requests.Response) -> Fetched:
        kept, size = bytearray(), 0
        try:
            for piece in answer.iter_content(_PIECE):
                size += len(piece)
                kept += piece[: max(0, self._largest - len(kept))]
        except requests.exceptions.RequestException as error:
            raise MailboxTrouble(
                f"the connection was lost while a message was fetched ({type(error).__name__})"
            ) from None
        finally:
            answer.close()
        return Fetched(mark=name, content=bytes(kept), size=size)

    def _mind_the_wait(self) -> None:
        left = self._not_before - time.monotonic()
        if left > 0:
            raise MailboxTrouble(f"Graph asked to be left alone for another {int(left) + 1} seconds")

    def _rest_for(self, refusal: GraphRefusal) -> None:
        if refusal.wait:
            self._not_before = time.monotonic() + refusal.wait

    def _said(self, refusal: GraphRefusal) -> str:
        return troubles.said(refusal, self._client.mailbox.address, _NEEDED)


def _arrived(page: dict[str, Any], read: set[str]) -> list[str]:
    """The messages of a page that are there, the longest waiting first; those read already are noted in `read`."""
    found = []
    for each in page.get("value", ()):
        name = each.get("id") if isinstance(each, dict) else None
        if isinstance(name, str) and "@removed" not in each:
            found.append((str(each.get("receivedDateTime", "")), name))
            if each.get("isRead") is True:
                read.add(name)
    return [name for _, name in sorted(found, key=lambda one: one[0])]


def _message(name: str) -> str:
    return f"/messages/{quote(name, safe='')}"
