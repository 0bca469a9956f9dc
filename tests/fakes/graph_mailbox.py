"""One mailbox as Graph shows it: drafts, what was sent, the inbox, and what has changed in it.

[create] https://learn.microsoft.com/en-us/graph/api/user-post-messages
[send]   https://learn.microsoft.com/en-us/graph/api/message-send
[ids]    https://learn.microsoft.com/en-us/graph/outlook-immutable-id
[delta]  https://learn.microsoft.com/en-us/graph/api/message-delta
[over]   https://learn.microsoft.com/en-us/graph/delta-query-overview
[purge]  https://learn.microsoft.com/en-us/graph/api/message-permanentdelete
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default


@dataclass
class Item:
    """One message. `moved` gives it another ordinary id; the immutable one stays [ids]."""

    content: bytes
    folder: str
    draft: bool = False
    read: bool = False
    received: str = "2024-12-02T09:00:00Z"
    immutable: str = field(default_factory=lambda: "AAkALgAA" + secrets.token_urlsafe(24) + "=")
    ordinary: str = field(default_factory=lambda: "AAMkAGM2" + secrets.token_urlsafe(24) + "=")

    def move(self, folder: str) -> None:
        self.folder = folder
        self.ordinary = "AAMkAGM2" + secrets.token_urlsafe(24) + "="

    @property
    def message(self) -> EmailMessage:
        parsed = BytesParser(policy=default).parsebytes(self.content)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def kind(self) -> str:
        return str(self.message["Soundings-Kind"])


@dataclass
class MailboxState:
    """Everything in it, and the inbox's changes in order: (`created`, `updated` or `removed`, immutable id)."""

    items: list[Item] = field(default_factory=list)
    changes: list[tuple[str, str]] = field(default_factory=list)
    # Delta tokens from before this number are over [over].
    oldest: int = 0

    def find(self, name: str) -> Item | None:
        return next((each for each in self.items if name in (each.immutable, each.ordinary)), None)

    def in_folder(self, folder: str) -> list[Item]:
        return [each for each in self.items if each.folder == folder]

    @property
    def sent(self) -> list[Item]:
        return self.in_folder("sentitems")

    @property
    def drafts(self) -> list[Item]:
        return [each for each in self.items if each.draft]

    def deliver(self, content: bytes) -> Item:
        """A mail arrives in the inbox."""
        item = Item(content=content, folder="inbox")
        self.items.append(item)
        self.changes.append(("created", item.immutable))
        return item

    def remove(self, item: Item) -> None:
        """Somebody deletes it."""
        self.items.remove(item)
        self.changes.append(("removed", item.immutable))

    def put_draft(self, content: bytes) -> Item:
        item = Item(content=content, folder="drafts", draft=True, read=True)
        self.items.append(item)
        return item

    def send(self, item: Item) -> None:
        """It is moved to Sent Items and is no draft any more [send]."""
        item.draft = False
        item.move("sentitems")

    def page(self, since: int, upto: int, kind: str) -> list[dict[str, object]]:
        """What changed from number `since` to `upto`; an item may stand there several times [over]."""
        found: list[dict[str, object]] = []
        for what, name in self.changes[since:upto]:
            item = self.find(name)
            if what == "removed" or item is None or item.folder != "inbox":
                found.append({"id": name, "@removed": {"reason": "deleted"}})
            elif not kind or kind == what:
                found.append({"id": name, "receivedDateTime": item.received, "isRead": item.read})
        return found
