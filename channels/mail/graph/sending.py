"""Sends through Graph: the mail is laid down as a draft, its name is stored, and then it is told to go.

What is in doubt is looked up by that name: still a draft means not sent (platform facts: Mail).
"""

from __future__ import annotations

import base64
from datetime import datetime
from urllib.parse import quote

from channels.base import AnyLetter, Doubt, Drafted, Envelope, InDoubt
from channels.mail.graph import troubles
from channels.mail.graph.client import GraphClient, GraphRefusal, Unreached, json_of
from channels.mail.render import MailRenderer, MailSettings
from channels.tokens import NoToken
from surveys.delivery import Deferred, LookedUp, NotSent, Outcome, Refused, Sent, Unknown, WentOut

# What Graph takes in one request: https://learn.microsoft.com/en-us/graph/api/user-post-messages
MOST_BYTES = 4 * 1024 * 1024
_NOT_FOUND = 404
# It may have been done all the same.
_MAYBE = frozenset({500, 502, 504})
_UNAVAILABLE = 503


class GraphMailChannel:
    """Composes mails and sends them from one mailbox of Microsoft 365, one open attempt at a time."""

    name = "mail"
    max_open = 1

    def __init__(self, settings: MailSettings, client: GraphClient) -> None:
        self._renderer = MailRenderer(settings)
        self._client = client
        self._left_behind: list[str] = []

    @property
    def account(self) -> str:
        """`mail:graph:bot@example.org`: what the sender's row is called."""
        return f"mail:graph:{self._client.mailbox.address}"

    def ref(self, key: str) -> str:
        return self._renderer.message_id(key)

    def compose(self, letter: AnyLetter) -> Envelope:
        return self._renderer.compose(letter)

    def draft(self, envelope: Envelope, now: datetime) -> Drafted | Outcome:
        """Lay the mail down as a draft: nothing has gone, whatever happens here."""
        written = base64.b64encode(envelope.content)
        if len(written) > MOST_BYTES:
            return Refused(reason="the mail is larger than Microsoft 365 takes (4 MB)", address_is_bad=False)
        try:
            answer = self._client.ask("POST", "/messages", body=written, kind="text/plain")
            name = json_of(answer).get("id")
        except (Unreached, NoToken) as error:
            return Deferred(until=now, reason=str(error), whole_channel=True)
        except GraphRefusal as refusal:
            return troubles.of_draft(refusal, envelope, self._client.mailbox.address, now)
        if not isinstance(name, str) or not name:
            return Deferred(until=now, reason="Graph named no draft", whole_channel=True)
        self._tidy()
        return Drafted(draft=name)

    def send(self, envelope: Envelope, now: datetime) -> Outcome:
        """Tell the draft to go. One that does not is left as it is: it shows so, until that is stored.

        Raises:
            InDoubt: Graph did not say whether it does; the draft can be looked up.
        """
        try:
            self._client.ask("POST", f"{_message(envelope.draft)}/send")
        except NoToken as error:
            return Deferred(until=now, reason=str(error), whole_channel=True)
        except Unreached as error:
            if error.heard:
                raise InDoubt(str(error)) from None
            return Deferred(until=now, reason=str(error), whole_channel=True)
        except GraphRefusal as refusal:
            unsaid = refusal.status == _UNAVAILABLE and not refusal.wait
            if unsaid or refusal.status == _NOT_FOUND or refusal.status in _MAYBE:
                raise InDoubt(str(refusal)) from None
            return troubles.of_sending(refusal, envelope, self._client.mailbox.address, now)
        return Sent(ref=envelope.ref)

    def look_up(self, doubt: Doubt) -> LookedUp:
        """Still a draft among the drafts: not sent. Gone, elsewhere, or no draft any more: it went, or is on its way.

        What is sent faster than Exchange lets it out waits in the outbox for a while.
        """
        if not doubt.draft:
            # The draft's name is stored before it is told to go.
            return NotSent()
        try:
            found = json_of(self._client.ask("GET", f"{_message(doubt.draft)}?$select=isDraft,parentFolderId"))
            drafts = json_of(self._client.ask("GET", "/mailFolders/drafts?$select=id"))
        except (Unreached, NoToken) as error:
            return Unknown(reason=str(error))
        except GraphRefusal as refusal:
            return WentOut() if refusal.item_gone else Unknown(reason=str(refusal))
        finally:
            self._client.rest()
        still = found.get("isDraft") is True and found.get("parentFolderId") == drafts.get("id")
        return NotSent() if still else WentOut()

    def discard(self, doubt: Doubt) -> None:
        """Delete the draft, so that nobody sends it by hand or too late."""
        if doubt.draft:
            self._left_behind.append(doubt.draft)
            self._tidy()

    def rest(self) -> None:
        self._client.rest()

    def hang_up(self) -> None:
        self._client.hang_up()

    def _tidy(self) -> None:
        """Delete what is left behind; what can't be deleted now is tried again after the next draft."""
        self._left_behind = [draft for draft in self._left_behind if not self._deleted(draft)]

    def _deleted(self, draft: str) -> bool:
        # For good where that is to be had; else into the deleted items.
        for method, path in (("POST", f"{_message(draft)}/permanentDelete"), ("DELETE", _message(draft))):
            try:
                self._client.ask(method, path)
            except (Unreached, NoToken):
                return False
            except GraphRefusal as refusal:
                if refusal.wait:
                    return False
                if not refusal.item_gone:
                    continue
            return True
        return False


def _message(name: str) -> str:
    return f"/messages/{quote(name, safe='')}"
