"""Replies as bytes: headers and parts as each mail program writes them."""

import base64
import quopri
from dataclasses import dataclass

from tests.mail.letters import Ours


@dataclass(frozen=True, kw_only=True)
class Person:
    """Whoever replies."""

    name: str = "Jane Whitlock"
    address: str = "jane.whitlock@hillside.example.org"


def part(kind: str, words: str, charset: str = "utf-8", how: str = "quoted-printable", extra: str = "") -> bytes:
    """One part of a message with its headers."""
    content = (
        words.replace("\r\n", "\n")
        .replace("\n", "\r\n")
        .encode(charset, "xmlcharrefreplace" if kind == "text/html" else "replace")
    )
    if how == "base64":
        body = base64.encodebytes(content).replace(b"\n", b"\r\n")
    elif how == "quoted-printable":
        body = quopri.encodestring(content.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    else:
        body = content
    head = f'Content-Type: {kind}; charset="{charset}"{extra}\r\nContent-Transfer-Encoding: {how}\r\n'
    return head.encode() + b"\r\n" + body


def message(
    ours: Ours,
    parts: list[bytes],
    *,
    person: Person | None = None,
    boundary: str = "_000_reply_",
    subtype: str = "alternative",
    subject: str = "",
    headers: tuple[str, ...] = (),
    threaded: bool = True,
    to: str = "",
) -> bytes:
    """A reply to our mail; one part stands alone, more are a multipart."""
    who = person or Person()
    head = [
        f"From: {who.name} <{who.address}>",
        f"To: {to or ours.reply_to}",
        f"Subject: {subject or 'Re: ' + ours.subject}",
        "Date: Tue, 26 Nov 2024 14:12:07 +0000",
        "Message-ID: <reply-of-jane@hillside.example.org>",
    ]
    if threaded:
        head += [f"In-Reply-To: {ours.message_id}", f"References: {ours.message_id}"]
    head += [*headers, "MIME-Version: 1.0"]
    if len(parts) == 1:
        return "\r\n".join(head).encode() + b"\r\n" + parts[0]
    head.append(f'Content-Type: multipart/{subtype}; boundary="{boundary}"')
    mark = b"--" + boundary.encode()
    body = b"".join(mark + b"\r\n" + each.rstrip(b"\r\n") + b"\r\n" for each in parts)
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body + mark + b"--\r\n"
