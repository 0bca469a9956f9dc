"""A mailbox by IMAP: what came since the bookmark, message by message, and waiting for more with IDLE.

The bookmark is `UIDVALIDITY/UID` of the last message dealt with: UIDs only ever grow (RFC 3501, 2.3.1.1), so it does
not matter what a person has read, flagged or moved in the meantime.
"""

from __future__ import annotations

import imaplib
import logging
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, IMAPClientError, LoginError, ProtocolError

from channels.mail.account import MailAccount
from channels.mail.mailbox import Arrival, Bookmark, Fetched, MailboxTrouble, Unfetchable
from channels.tokens import NoToken, Tokens

_TIMEOUT = 30.0
_REACHED_WITHIN = 6.0
# A message is fetched in pieces of this size, and kept up to that: what people type stands at its head.
_PIECE = 1024 * 1024
LARGEST_KEPT = 10 * 1024 * 1024
# Servers end an IDLE after 29 minutes at the earliest (RFC 2177), routers forget a silent line sooner; and so often the
# folder is looked at again in any case, should a notice have come at the wrong moment.
_IDLE_AGAIN = 60.0
_SLICE = 1.0
# Without IDLE the folder is looked at so often.
_LOOK_AGAIN = 30.0
_TRIES = 3
# Said of the server or the whole mailbox, not of one message (RFC 5530).
_NOT_NOW = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]")
_LOST = (OSError, imaplib.IMAP4.abort, ProtocolError)
_FAILED = (*_LOST, imaplib.IMAP4.error, IMAPClientError, NoToken, ValueError)

# It tells each command at this level, the sign-in among them.
logging.getLogger("imapclient").setLevel(logging.WARNING)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Place:
    validity: int
    uid: int

    def __str__(self) -> str:
        return f"{self.validity}/{self.uid}"


class ImapMailbox:
    """One folder, over a connection that is kept while it holds."""

    def __init__(
        self,
        account: MailAccount,
        *,
        timeout: float = _TIMEOUT,
        tokens: Tokens | None = None,
        look_again: float = _LOOK_AGAIN,
        largest: int = LARGEST_KEPT,
    ) -> None:
        self._at = account
        self._timeout = timeout
        self._tokens = tokens
        self._look_again = look_again
        self._largest = largest
        self._client: IMAPClient | None = None
        self._hung_up = False

    @property
    def account(self) -> str:
        """`imap:user@host:port/folder`: what its bookmark is stored under."""
        return f"imap:{self._at.user}@{self._at.place}/{self._at.folder}"

    def check(self) -> str:
        self.rest()
        try:
            self._opened()
        except MailboxTrouble as trouble:
            return str(trouble)
        self.rest()
        return ""

    def arrivals(self, place: str) -> Iterator[Arrival]:
        client, folder = self._opened()
        validity = int(folder.get(b"UIDVALIDITY", 0))
        begin = _after(place, validity, int(folder.get(b"UIDNEXT", 0)))
        # `*` is the last message there is, even one before the bookmark.
        uids = sorted(uid for uid in self._done(client.search, ["UID", f"{begin + 1}:*"]) if uid > begin)
        for uid in uids:
            found = self._fetched(uid, validity)
            if found is not None:
                yield found
            yield Bookmark(place=str(_Place(validity=validity, uid=uid)))

    def mark_read(self, fetched: Fetched) -> None:
        client, uid = self._client, int(fetched.mark.rpartition("/")[2])
        if client is None:
            raise MailboxTrouble(f"{self._at.place} closed the connection")
        try:
            client.add_flags([uid], [b"\\Seen"], silent=True)
        except _LOST as error:
            raise self._lost(error) from None
        except (imaplib.IMAP4.error, IMAPClientError):
            # The folder may be ours to read only; the bookmark is what counts.
            return

    def wait(self, seconds: float, stopping: threading.Event) -> None:
        client = self._client
        if client is None or not self._knows_idle(client):
            stopping.wait(min(seconds, self._look_again))
            return
        try:
            client.idle()
            self._woken(client, min(seconds, _IDLE_AGAIN), stopping)
            client.idle_done()
        except (*_LOST, imaplib.IMAP4.error, IMAPClientError):
            # Servers end a line that rests when they please. The next look makes a new one, and tells if it can't;
            # not at once, should a server end each of them.
            self._drop()
            stopping.wait(_SLICE)

    def rest(self) -> None:
        client, self._client = self._client, None
        if client is None:
            return
        with suppress(*_FAILED):
            client.shutdown() if self._hung_up else client.logout()

    def hang_up(self) -> None:
        self._hung_up = True
        client = self._client
        if client is not None:
            # The line itself ends, encrypted or not; whoever waits for it wakes and closes it.
            with suppress(OSError):
                socket.socket.shutdown(client.socket(), socket.SHUT_RDWR)

    def _woken(self, client: IMAPClient, seconds: float, stopping: threading.Event) -> None:
        until = time.monotonic() + seconds
        while (now := time.monotonic()) < until and not (stopping.is_set() or self._hung_up):
            told = client.idle_check(timeout=_SLICE)
            if any(_says_more(each) for each in told):
                return
            if not told and time.monotonic() - now < _SLICE / 2:
                # A line that has ended can be read at once, and says nothing.
                return

    def _knows_idle(self, client: IMAPClient) -> bool:
        try:
            return bool(client.has_capability("IDLE"))
        except _FAILED:
            return False

    def _opened(self) -> tuple[IMAPClient, Mapping[bytes, Any]]:
        """The connection and what the server says of the folder; one that has ended is replaced once."""
        if self._client is not None:
            try:
                return self._client, self._client.select_folder(self._at.folder)
            except _LOST:
                self._drop()
            except (imaplib.IMAP4.error, IMAPClientError) as error:
                raise self._no_folder(error) from None
        client = self._connected()
        try:
            found = client.select_folder(self._at.folder)
        except _LOST as error:
            raise self._lost(error) from None
        except (imaplib.IMAP4.error, IMAPClientError) as error:
            raise self._no_folder(error) from None
        return client, found

    def _connected(self) -> IMAPClient:
        if self._hung_up:
            raise MailboxTrouble("the program is about to end")
        at = self._at
        client: IMAPClient | None = None
        try:
            client = IMAPClient(
                at.host,
                at.port,
                ssl=at.encrypted,
                ssl_context=at.tls() if at.encrypted else None,
                timeout=SocketTimeout(min(_REACHED_WITHIN, self._timeout), self._timeout),
            )
            self._client = client
            if not at.encrypted:
                self._encrypt(client)
            self._sign_in(client)
        except _FAILED as error:
            self._drop()
            raise MailboxTrouble(self._said(error)) from None
        return client

    def _encrypt(self, client: IMAPClient) -> None:
        if client.has_capability("STARTTLS"):
            client.starttls(self._at.tls())
        elif not self._at.loopback:
            raise ValueError("the server offers no encryption (STARTTLS), and no password leaves this machine without")

    def _sign_in(self, client: IMAPClient) -> None:
        at = self._at
        if at.oauth:
            if self._tokens is None:
                raise NoToken("nothing is set that gives a token to sign in with")
            client.oauth2_login(at.user, self._tokens.token())
        elif client.has_capability("AUTH=PLAIN"):
            # It takes every letter in a password, which LOGIN does not.
            client.plain_login(at.user, at.password)
        else:
            client.login(at.user, at.password)

    def _fetched(self, uid: int, validity: int) -> Fetched | Unfetchable | None:
        """The message; None if somebody has deleted it meanwhile.

        A server may refuse a message that is damaged on its side, or end the line over it, each time anew.

        Raises:
            MailboxTrouble: the mailbox can't be opened any more, or the server asks to be left alone for a while.
        """
        mark, reason = f"{self._at.folder}/{uid}", ""
        for _ in range(_TRIES):
            try:
                return self._in_pieces(self._still_open(validity), uid, mark)
            except _LOST as error:
                self._drop()
                reason = self._said(error)
            except (imaplib.IMAP4.error, IMAPClientError) as error:
                reason = self._words(error)
                if any(code in reason for code in _NOT_NOW):
                    raise MailboxTrouble(f"{self._at.place} does not hand out a message: {reason}") from None
        return Unfetchable(mark=mark, reason=reason)

    def _still_open(self, validity: int) -> IMAPClient:
        if self._client is not None:
            return self._client
        client, folder = self._opened()
        if int(folder.get(b"UIDVALIDITY", 0)) != validity:
            raise MailboxTrouble(f"the folder '{self._at.folder}' was made anew just now")
        return client

    def _in_pieces(self, client: IMAPClient, uid: int, mark: str) -> Fetched | None:
        sizes = client.fetch([uid], ["RFC822.SIZE"])
        if uid not in sizes:
            return None
        content = bytearray()
        while len(content) < self._largest:
            wanted = min(_PIECE, self._largest - len(content))
            told = client.fetch([uid], [f"BODY.PEEK[]<{len(content)}.{wanted}>"])
            piece = next((value for key, value in told.get(uid, {}).items() if key.startswith(b"BODY[]")), b"")
            if not piece and not content and int(sizes[uid][b"RFC822.SIZE"]):
                raise IMAPClientError("the server gave nothing of it")
            content += piece or b""
            if len(piece or b"") < wanted:
                # What the server has counted need not be what it writes out: this is all of it.
                return Fetched(mark=mark, content=bytes(content), size=len(content))
        return Fetched(mark=mark, content=bytes(content), size=int(sizes[uid][b"RFC822.SIZE"]))

    def _done(self, act: Any, *words: object) -> Any:
        try:
            return act(*words)
        except _LOST as error:
            raise self._lost(error) from None
        except (imaplib.IMAP4.error, IMAPClientError) as error:
            raise MailboxTrouble(f"{self._at.place}: {self._words(error)}") from None

    def _lost(self, error: Exception) -> MailboxTrouble:
        self._drop()
        return MailboxTrouble(self._said(error))

    def _no_folder(self, error: Exception) -> MailboxTrouble:
        return MailboxTrouble(f"{self._at.place} does not open the folder '{self._at.folder}': {self._words(error)}")

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with suppress(*_FAILED):
                client.shutdown()

    def _said(self, error: Exception) -> str:
        at = self._at
        if isinstance(error, NoToken):
            return str(error)
        if isinstance(error, LoginError):
            what = "token" if at.oauth else "user name and password"
            return f"{at.place} does not accept our {what}: {self._words(error)}"
        if isinstance(error, CapabilityError):
            return f"{at.place} offers no way to sign in"
        if isinstance(error, TimeoutError):
            return f"{at.place} did not answer within {self._timeout:g} seconds"
        if isinstance(error, ssl.SSLError):
            return f"{at.place}: no encrypted connection ({error.reason or 'TLS failed'})"
        if isinstance(error, OSError) and error.strerror:
            return f"{at.place} can't be reached: {error.strerror}"
        if isinstance(error, imaplib.IMAP4.abort):
            return f"{at.place} closed the connection"
        return f"{at.place}: {self._words(error)}"

    def _words(self, error: Exception) -> str:
        said = error.args[0] if error.args else ""
        words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        return self._at.hidden(" ".join(words.split())[:300]) or type(error).__name__


def _after(place: str, validity: int, following: int) -> int:
    """The UID after which reading goes on: 0 where the bookmark is of another life of the folder."""
    known, _, uid = place.partition("/")
    if known != str(validity) or not uid.isdigit():
        return 0
    # A folder that was put back from an old copy without a new UIDVALIDITY gives UIDs out a second time.
    return 0 if following and int(uid) >= following else int(uid)


def _says_more(told: object) -> bool:
    return isinstance(told, tuple) and len(told) > 1 and told[1] in (b"EXISTS", b"RECENT")
