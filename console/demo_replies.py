"""What a person's mail program, or a mail server, would send in answer to one of the demo's mails."""

from __future__ import annotations

import textwrap
from datetime import date, datetime, tzinfo
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from console.mailbox import MailboxMessage
from surveys.moment_words import say_day

_OURS = "people.test"
_NARROW = 76
_REPORT = """\
From: Mail Delivery System <MAILER-DAEMON@{host}>
To: {to}
Date: {date}
Message-ID: {id}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type="delivery-status"; boundary="=_report"

--=_report
Content-Type: text/plain; charset="utf-8"

{told}

--=_report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.{host}

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 No such user here

--=_report
Content-Type: text/rfc822-headers; charset="utf-8"
Content-Transfer-Encoding: 8bit

{returned}

--=_report--
"""


def quoted(message: MailboxMessage, zone: tzinfo) -> str:
    """What stands in the window for a reply when it opens: room for words, then the mail with `>` before each line."""
    local = message.received_at.astimezone(zone)
    lines = [f"> {line}".rstrip() for line in message.text.rstrip().split("\n")]
    wrote = f"On {say_day(local.date(), year=True)}, at {local:%H:%M}, {message.header('From')} wrote:"
    return "\n".join(["", "", wrote, "", *lines, ""])


def reply_mail(message: MailboxMessage, *, sender: str, name: str, words: str, at: datetime) -> EmailMessage:
    """A person's reply, as most programs write it."""
    mail = _from(sender=sender, name=name, at=at)
    mail["To"] = message.header("Reply-To") or message.header("From")
    mail["Subject"] = f"Re: {_subject(message)}"
    mail["In-Reply-To"] = message.header("Message-ID")
    mail["References"] = f"{message.header('References')} {message.header('Message-ID')}".strip()
    mail.set_content(words.replace("\r\n", "\n"), cte="quoted-printable")
    return mail


def away_mail(message: MailboxMessage, *, sender: str, name: str, back: date, at: datetime) -> EmailMessage:
    """An out-of-office reply with a day of return; it goes to where undeliverable mail goes, as most of them do."""
    mail = _from(sender=sender, name=name, at=at)
    mail["To"] = message.sender
    mail["Subject"] = f"Automatic reply: {_subject(message)}"
    mail["In-Reply-To"] = message.header("Message-ID")
    mail["Auto-Submitted"] = "auto-replied"
    mail.set_content(
        f"Thank you for your mail. I am out of the office and will be back on {say_day(back, year=True)}.\n\n{name}\n"
    )
    return mail


def bounce_mail(message: MailboxMessage, *, at: datetime) -> EmailMessage:
    """A mail server's report that the address does not exist (RFC 3464)."""
    told = f"<{message.recipient}>: host mx.{_OURS} said: 550 5.1.1 No such user here"
    written = _REPORT.format(
        to=message.sender,
        date=format_datetime(at),
        id=make_msgid(domain=_OURS),
        host=_OURS,
        told="\n".join(textwrap.wrap(f"Your message could not be delivered. {told}", _NARROW)),
        recipient=message.recipient,
        returned="\n".join(f"{name}: {' '.join(value.split())}" for name, value in message.headers),
    )
    return message_from_bytes(written.encode(), policy=SMTP)


def _from(*, sender: str, name: str, at: datetime) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(display_name=name, addr_spec=sender)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = make_msgid(domain=_OURS)
    return mail


def _subject(message: MailboxMessage) -> str:
    return " ".join(message.subject.split()).removeprefix("Re: ")
