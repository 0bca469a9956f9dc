"""A mail's bytes: headers that can't be broken out of, a text part and an HTML part, both quoted-printable."""

from __future__ import annotations

import binascii
from collections.abc import Mapping
from email.header import Header

from channels.mail.safety import check_headers, for_header

_LONGEST_HEADER = 700
_CRLF = b"\r\n"


def words_header(name: str, words: str) -> str:
    """A header of running words, encoded where they are not plain ASCII; never more than some lines of them."""
    safe = for_header(words)[:_LONGEST_HEADER]
    if safe.isascii():
        return safe
    return Header(safe, "utf-8", header_name=name).encode(linesep="\r\n")


def mailbox(name: str, address: str) -> str:
    """`Name <address>` for a header; `address` must have been checked."""
    safe = for_header(name)[:_LONGEST_HEADER]
    if not safe:
        return address
    if not safe.isascii():
        return f"{Header(safe, 'utf-8').encode(linesep=chr(13) + chr(10))} <{address}>"
    quoted = safe.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address}>'


def encoded(words: str) -> bytes:
    """Text as quoted-printable, its lines ended by CRLF; whole lines may be put one after the other."""
    body = words.replace("\r\n", "\n").replace("\n", "\r\n")
    if not body.endswith("\r\n"):
        body += "\r\n"
    return binascii.b2a_qp(body.encode(), istext=True)


def assemble(headers: Mapping[str, str], text: bytes, html: bytes, *, mark: str) -> bytes:
    """The whole message. `mark` tells this message's parts apart: letters and digits, the same for the same message.

    Raises:
        CannotBeSaid: a header would have become two.
    """
    # No quoted-printable line can hold "=_".
    boundary = f"=_{mark}"
    every = {
        **headers,
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative; boundary="{boundary}"',
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in every.items()).encode("ascii", "replace")
    part = b"--" + boundary.encode() + _CRLF
    kind = b'Content-Type: text/%b; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    content = b"".join(
        (head, _CRLF, part, kind % b"plain", text, _CRLF, part, kind % b"html", html, _CRLF, part[:-2], b"--", _CRLF)
    )
    check_headers(content, list(every))
    return content
