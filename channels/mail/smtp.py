"""SMTP: one kept connection, and what each answer of the server means for the message and for the channel."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, cast

from channels.base import Envelope, InDoubt
from channels.mail.account import MailAccount, read_smtp
from channels.tokens import NoToken, Tokens
from surveys.delivery import Deferred, Outcome, Refused, Sent

_TIMEOUT = 30.0
_REACHED_WITHIN = 6.0
_OK = 250
_GO_AHEAD = 354
_CLOSING = 421
_PERMANENT = 500
_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
# Answers to RCPT or DATA that speak of us, not of the recipient: policy, authentication, relaying.
_ABOUT_US = re.compile(r"relay|authenticat|not permitted|access denied|blocked|blacklist|spam|policy", re.IGNORECASE)
_MAILBOX_CODES = frozenset({550, 551, 552, 553})
# The subjects of enhanced codes (RFC 3463): 1 addressing, 2 mailbox; 7 is policy, the others are the server's own.
_ABOUT_MAILBOX = frozenset({"1", "2"})
# 5.1.7 and 5.1.8: the sender's address, not the recipient's.
_ABOUT_SENDER = frozenset({"5.1.7", "5.1.8"})
_FULL = re.compile(r"\b5\.2\.2\b|^552")
_AUTH_CODES = frozenset({530, 534, 535, 538})


class Trouble(Exception):
    """The server can't be used now; its words say why, without secrets."""


class _Telling:
    """An SMTP connection that says that it is there before it waits for its server."""

    def __init__(self, began: Callable[[smtplib.SMTP], None], *args: Any, **named: Any) -> None:
        self._began = began
        super().__init__(*args, **named)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        self._began(cast("smtplib.SMTP", self))
        # Nobody can be hung up on while there is no connection, so reaching the server takes no longer than this.
        line: socket.socket = super()._get_socket(host, port, min(timeout, _REACHED_WITHIN))  # type: ignore[misc] # smtplib's
        line.settimeout(timeout)
        return line


class _Plain(_Telling, smtplib.SMTP):
    pass


class _Encrypted(_Telling, smtplib.SMTP_SSL):
    pass


class SmtpChannel:
    """Sends envelopes, one after the other, over a connection that is kept until it rests."""

    def __init__(self, account: MailAccount | str, *, timeout: float = _TIMEOUT, tokens: Tokens | None = None) -> None:
        self._account = read_smtp(account) if isinstance(account, str) else account
        self._timeout = timeout
        self._tokens = tokens
        self._connection: smtplib.SMTP | None = None
        self._last_begun: smtplib.SMTP | None = None
        self._hung_up = False

    @property
    def account(self) -> str:
        """`mail:user@host:port`: what the sender's row is called."""
        user = f"{self._account.user}@" if self._account.user else ""
        return f"mail:{user}{self._account.host}:{self._account.port}"

    def check(self) -> str:
        """Connect, encrypt and sign in, as a message would; "" if that works, else what is wrong."""
        self.rest()
        try:
            self._connect()
        except Trouble as trouble:
            return str(trouble)
        self.rest()
        return ""

    def send(self, envelope: Envelope, now: datetime) -> Outcome:
        """Send one message.

        Raises:
            InDoubt: the connection was lost after all of it had left.
        """
        try:
            connection = self._ready_for(envelope.return_path)
        except Trouble as trouble:
            self._drop()
            return Deferred(until=now, reason=str(trouble), whole_channel=True)
        try:
            return self._hand_over(connection, envelope, now)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Deferred(until=now, reason=self._said(error), whole_channel=True)
        except BaseException:
            # Cut short, by Ctrl-C say, perhaps in the middle of a message: a goodbye would be taken for a part of it.
            self._drop()
            raise

    def rest(self) -> None:
        """Say goodbye to the server."""
        connection, self._connection = self._connection, None
        if connection is not None and self._hung_up:
            connection.close()
        elif connection is not None:
            try:
                connection.quit()
            except (OSError, smtplib.SMTPException):
                connection.close()

    def hang_up(self) -> None:
        """End whatever waits for the server, from another thread; no further connection is made.

        A message that the server may have by then is in doubt.
        """
        self._hung_up = True
        line = None if self._last_begun is None else self._last_begun.sock
        if line is not None:
            # It wakes whoever waits for an answer; they close it. Encrypted or not, it is the line itself that ends.
            with suppress(OSError):
                socket.socket.shutdown(line, socket.SHUT_RDWR)

    def _begun(self, connection: smtplib.SMTP) -> None:
        self._last_begun = connection

    def _ready_for(self, return_path: str) -> smtplib.SMTP:
        """A connection that has taken MAIL FROM; one that had gone stale is replaced once."""
        kept = self._connection is not None
        for stale in (True, False) if kept else (False,):
            if self._connection is None:
                self._connection = self._connect()
            try:
                code, words = self._connection.mail(return_path)
            except (OSError, smtplib.SMTPException) as error:
                self._drop()
                if stale:
                    continue
                raise Trouble(self._said(error)) from None
            if code == _OK:
                return self._connection
            self._drop()
            if not (stale and code == _CLOSING):
                raise Trouble(f"the server did not take our sender address: {self._answer(code, words)}")
        raise Trouble("the server closes every connection")

    def _connect(self) -> smtplib.SMTP:
        account = self._account
        connection: smtplib.SMTP | None = None
        if self._hung_up:
            raise Trouble("the program is about to end")
        # The host's own name without asking the network for it, which can take as long as a message.
        helo = socket.gethostname()
        helo = helo if "." in helo else "[127.0.0.1]"
        try:
            if account.encrypted:
                context = account.tls()
                connection = _Encrypted(
                    self._begun, account.host, account.port, helo, timeout=self._timeout, context=context
                )
            else:
                connection = _Plain(self._begun, account.host, account.port, helo, timeout=self._timeout)
            connection.ehlo_or_helo_if_needed()
            if not account.encrypted:
                self._encrypt(connection)
            self._sign_in(connection)
        except (OSError, smtplib.SMTPException, Trouble, NoToken) as error:
            if connection is not None:
                connection.close()
            raise Trouble(self._said(error)) from None
        return connection

    def _encrypt(self, connection: smtplib.SMTP) -> None:
        if connection.has_extn("starttls"):
            connection.starttls(context=self._account.tls())
            connection.ehlo_or_helo_if_needed()
        elif not self._account.loopback:
            raise Trouble("the server offers no encryption (STARTTLS), and mail does not leave this machine without it")

    def _sign_in(self, connection: smtplib.SMTP) -> None:
        account = self._account
        if not account.oauth:
            if account.user:
                connection.login(account.user, account.password)
            return
        if self._tokens is None:
            raise NoToken("nothing is set that gives a token to sign in with")
        said = f"user={account.user}\x01auth=Bearer {self._tokens.token()}\x01\x01"
        # A server that refuses the token first says why, in a challenge that is answered with nothing.
        connection.auth("XOAUTH2", lambda challenge=None: said if challenge is None else "")

    def _hand_over(self, connection: smtplib.SMTP, envelope: Envelope, now: datetime) -> Outcome:
        for recipient in envelope.recipients:
            code, words = connection.rcpt(recipient)
            # 251: the server passes it on to another address.
            if code in (_OK, 251) or recipient != envelope.address:
                continue
            outcome = self._recipient_refused(code, words, now)
            if code == _CLOSING:
                self._drop()
            else:
                self._begin_anew(connection)
            return outcome
        code, words = connection.docmd("DATA")
        if code == _GO_AHEAD:
            connection.send(_with_dots(envelope.content))
            # From here on the server may have the message whatever we hear.
            try:
                code, words = connection.getreply()
            except (OSError, smtplib.SMTPException) as error:
                self._drop()
                raise InDoubt(self._said(error)) from None
            if code == _OK:
                return Sent(ref=envelope.ref)
        outcome = self._message_refused(code, words, now)
        if code == _CLOSING:
            self._drop()
        else:
            self._begin_anew(connection)
        return outcome

    def _recipient_refused(self, code: int, words: bytes, now: datetime) -> Outcome:
        reason = self._answer(code, words)
        if code < _PERMANENT:
            return Deferred(until=now, reason=reason, whole_channel=_concerns_server(code, reason))
        if _concerns_us(code, reason):
            return Deferred(until=now, reason=f"the server refuses to send for us: {reason}", whole_channel=True)
        # A full mailbox is somebody's still.
        return Refused(reason=reason, address_is_bad=not _FULL.search(reason))

    def _message_refused(self, code: int, words: bytes, now: datetime) -> Outcome:
        reason = self._answer(code, words)
        if code < _PERMANENT:
            return Deferred(until=now, reason=reason, whole_channel=_concerns_server(code, reason))
        if code in _AUTH_CODES:
            return Deferred(until=now, reason=f"the server refuses to send for us: {reason}", whole_channel=True)
        return Refused(reason=f"the message was refused: {reason}", address_is_bad=False)

    def _begin_anew(self, connection: smtplib.SMTP) -> None:
        try:
            connection.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _answer(self, code: int, words: bytes) -> str:
        said = " ".join(words.decode("utf-8", "replace").split())
        return self._account.hidden(f"{code} {said}"[:300])

    def _said(self, error: Exception) -> str:
        account = self._account
        place = account.place
        if isinstance(error, (Trouble, NoToken)):
            return str(error)
        if isinstance(error, smtplib.SMTPAuthenticationError):
            what = "token" if account.oauth else "user name and password"
            return f"{place} does not accept our {what} ({error.smtp_code})"
        if isinstance(error, smtplib.SMTPResponseException):
            words = error.smtp_error
            return self._answer(error.smtp_code, words if isinstance(words, bytes) else str(words).encode())
        if isinstance(error, smtplib.SMTPServerDisconnected):
            return f"{place} closed the connection"
        if isinstance(error, smtplib.SMTPNotSupportedError):
            return f"{place} offers no way to sign in" if account.user else f"{place} lacks what is needed"
        if isinstance(error, TimeoutError):
            return f"{place} did not answer within {self._timeout:g} seconds"
        if isinstance(error, ssl.SSLError):
            return f"{place}: no encrypted connection ({error.reason or 'TLS failed'})"
        if isinstance(error, OSError) and error.strerror:
            return f"{place} can't be reached: {error.strerror}"
        return account.hidden(f"{place}: {type(error).__name__}")


def _concerns_server(code: int, reason: str) -> bool:
    """A temporary answer that holds for every message: closing, or the server's own state (x.3.x)."""
    enhanced = _ENHANCED.search(reason)
    return code == _CLOSING or (enhanced is not None and enhanced[2] == "3")


def _concerns_us(code: int, reason: str) -> bool:
    """A permanent answer to a recipient that says nothing about the recipient's address."""
    if code in _AUTH_CODES:
        return True
    enhanced = _ENHANCED.search(reason)
    if enhanced is not None:
        return enhanced[2] not in _ABOUT_MAILBOX or enhanced[0] in _ABOUT_SENDER
    # RFC 5321: 550, 551, 552 and 553 speak of the mailbox; the others (554: no service) of the session.
    return code not in _MAILBOX_CODES or bool(_ABOUT_US.search(reason))


def _with_dots(content: bytes) -> bytes:
    """The message as it travels: a line that begins with a full stop gets a second one (RFC 5321, 4.5.2)."""
    body = content.replace(b"\r\n.", b"\r\n..")
    if body.startswith(b"."):
        body = b"." + body
    return body + (b"" if body.endswith(b"\r\n") else b"\r\n") + b".\r\n"
