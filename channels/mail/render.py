"""Each kind of mail: its words, its layout, its headers (design: Mail layout; platform facts: Mail)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections import OrderedDict
from dataclasses import dataclass
from email.utils import format_datetime
from urllib.parse import urlsplit

from channels.base import AnyLetter, CannotBeSaid, DigestLetter, Envelope, Letter, NewsLetter, NotReady, PostLetter
from channels.mail import bodies, mime
from channels.mail.bodies import Fixed
from channels.mail.digest import digest_body
from channels.mail.safety import address_of
from surveys.delivery import ASKED_FOR, LineKind

_REMEMBERED = 256
# Mails that nobody need answer ask for no automatic answer. Invitations and reminders must not: an out-of-office
# reply tells us when to come back, and each of these headers alone silences it (platform facts: Mail).
_SILENT = frozenset({LineKind.RECEIPT, LineKind.THANKS, LineKind.NOTICE, LineKind.CANCELLATION, *ASKED_FOR})
_SILENCE = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "OOF, AutoReply"}
# What everyone in a round gets unasked.
_BULK = frozenset({LineKind.INVITATION, LineKind.DELEGATE, LineKind.REMINDER, LineKind.NOTICE, LineKind.THANKS})
_SAID_KIND = {
    LineKind.DELEGATE: "invitation",
    LineKind.CANCELLATION: "notice",
    LineKind.COPY: "receipt",
    LineKind.ERASURE: "notice",
}
# A copy goes to whoever helps the person, but never of what the person has said, or to a delegate's.
_COPIED = frozenset({LineKind.INVITATION, LineKind.REMINDER, LineKind.NOTICE, LineKind.CANCELLATION})


@dataclass(frozen=True, kw_only=True, slots=True)
class MailSettings:
    """How our mails are addressed.

    `from_address` "" leaves it to each programme's sender; `bounce_address` "" means that bounces come where replies
    go. `secret` makes the Message-IDs; it stands in none of them. `replies_read`: whoever replies is heard, and mails
    may say so.
    """

    from_address: str
    from_name: str = ""
    reply_to: str = ""
    plus_addressing: bool = True
    bounce_address: str = ""
    public_url: str
    secret: str
    replies_read: bool = True

    def __repr__(self) -> str:
        return f"MailSettings(from_address={self.from_address!r})"


class MailRenderer:
    """Makes mails of letters. What is the same for many people of a round is built once and kept."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings
        # Without an address of our own the site's name stands behind Message-IDs; it never changes for a ledger key.
        sender = settings.from_address or f"x@{urlsplit(settings.public_url).hostname or 'localhost'}"
        self._domain = address_of(sender).rpartition("@")[2].lower()
        self._fixed: OrderedDict[tuple[str, str, frozenset[str]], Fixed] = OrderedDict()

    def message_id(self, key: str) -> str:
        """The Message-ID of that ledger key: the same for every try, so that a mail sent twice is known as one."""
        digest = hmac.new(self._settings.secret.encode(), f"message|{key}".encode(), hashlib.sha256).digest()
        return f"<{base64.b32encode(digest)[:32].decode().lower()}@{self._domain}>"

    def compose(self, letter: AnyLetter) -> Envelope:
        """The mail for a letter.

        Raises:
            CannotBeSaid: an address or a header can't be built safely.
            NotReady: nobody is named to send it.
        """
        if isinstance(letter, DigestLetter):
            return self._digest(letter)
        if isinstance(letter, NewsLetter | PostLetter):
            raise CannotBeSaid("that goes by chat; the digest tells of it by mail")
        settings = self._settings
        body = bodies.body_of(letter, self._fixed_of(letter), settings.public_url, replies_read=settings.replies_read)
        address = address_of(letter.address)
        copies = [address_of(each) for each in letter.cc] if letter.kind in _COPIED else []
        ref = self.message_id(letter.key)
        headers = self._headers(letter, body.subject, address, copies, ref)
        content = mime.assemble(headers, body.text, body.html, mark=ref[1:33])
        kept = body.kept
        for link in filter(None, (letter.form, letter.confirm)):
            kept = kept.replace(link.rstrip("/").rpartition("/")[2], "[link]")
        return Envelope(
            ref=ref,
            kind=letter.kind,
            address=address,
            recipients=(address, *copies),
            return_path=self._return_path(letter),
            subject=body.subject,
            body=kept,
            content=content,
        )

    def _digest(self, letter: DigestLetter) -> Envelope:
        """The organisers' digest: nobody's names are kept of it, and a bounce of it belongs to no invitation."""
        settings = self._settings
        body = digest_body(letter)
        name, sender = self._sender(letter)
        address, ref = address_of(letter.address), self.message_id(letter.key)
        headers = {
            "From": mime.mailbox(name, address_of(sender)),
            "To": address,
            "Reply-To": address_of(settings.reply_to) if settings.reply_to else "",
            "Subject": mime.words_header("Subject", body.subject),
            "Date": format_datetime(letter.written_at),
            "Message-ID": ref,
            "References": ref,
            "Soundings-Kind": str(letter.kind),
            **_SILENCE,
        }
        content = mime.assemble(
            {key: value for key, value in headers.items() if value}, body.text, body.html, mark=ref[1:33]
        )
        return Envelope(
            ref=ref,
            kind=letter.kind,
            address=address,
            recipients=(address,),
            return_path=address_of(settings.bounce_address or settings.reply_to or sender),
            subject=body.subject,
            body=body.kept,
            content=content,
        )

    def _headers(self, letter: Letter, subject: str, address: str, copies: list[str], ref: str) -> dict[str, str]:
        name, sender = self._sender(letter)
        thread = self.message_id(letter.thread_key) if letter.thread_key and letter.thread_key != letter.key else ""
        headers = {
            "From": mime.mailbox(name, address_of(sender)),
            "To": mime.mailbox(letter.name, address),
            "Cc": ", ".join(copies),
            "Reply-To": self._reply_to(letter.mail_token),
            "Subject": mime.words_header("Subject", subject),
            "Date": format_datetime(letter.written_at),
            "Message-ID": ref,
            "In-Reply-To": thread,
            # Outlook may give a mail another Message-ID, but it leaves References alone.
            "References": f"{thread} {ref}".strip(),
            "Soundings-Kind": _SAID_KIND.get(letter.kind, str(letter.kind)),
        }
        if letter.kind in _SILENT:
            headers |= _SILENCE
        if letter.in_bulk and letter.form and letter.kind in _BULK:
            # It silences automatic replies, so only where mail programs would else sort us out (RFC 8058).
            headers |= {
                "List-Unsubscribe": f"<{letter.form}/stop>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            }
        return {key: value for key, value in headers.items() if value}

    def _reply_to(self, token: str) -> str:
        written = self._settings.reply_to or ""
        if not written:
            return ""
        return _with_token(address_of(written), token) if self._settings.plus_addressing else address_of(written)

    def _return_path(self, letter: Letter) -> str:
        settings = self._settings
        ours = settings.bounce_address or settings.reply_to
        if not ours:
            return address_of(self._sender(letter)[1])
        # Only a mailbox of ours is known to take `name+word`.
        return _with_token(address_of(ours), letter.mail_token) if settings.plus_addressing else address_of(ours)

    def _sender(self, letter: Letter | DigestLetter) -> tuple[str, str]:
        if letter.sender is not None:
            return letter.sender.name, letter.sender.email
        if not self._settings.from_address:
            raise NotReady("no mail can be sent without a sender: set MAIL_FROM, or the programme's sender")
        return self._settings.from_name, self._settings.from_address

    def _fixed_of(self, letter: Letter) -> Fixed:
        key = (letter.instrument_ref, letter.language, letter.perspectives)
        known = self._fixed.get(key)
        if known is None:
            known = self._fixed[key] = bodies.fixed_of(letter)
            while len(self._fixed) > _REMEMBERED:
                self._fixed.popitem(last=False)
        return known


def _with_token(address: str, token: str) -> str:
    local, _, domain = address.rpartition("@")
    if not token.isalnum():
        raise CannotBeSaid("the invitation has no token that an address can carry")
    return f"{local}+{token}@{domain}"
