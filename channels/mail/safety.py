"""Names, topics and answers stay text, whatever stands in them.

On Python 3.11 a display name or subject such as `=?utf-8?q?x=0ABcc:_evil@x?=` becomes a real Bcc line, even under
`policy.SMTP`: so encoded words are decoded first, control characters refused, and what was built is read again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from email.errors import HeaderParseError
from email.header import decode_header

from channels.base import CannotBeSaid

_ENCODED = re.compile(r"=\?[^?\s]*\?[bBqQ]\?[^?]*\?=")
_MARKS = re.compile(r"\[(?=\s*(?:Q\s*\d|END\b))", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\]{1,255}")
_ROUNDS = 5


def one_line(words: str) -> str:
    """The words on one line, without control and direction-changing characters."""
    if words.isascii() and words.isprintable():
        return " ".join(words.split())
    kept = ["" if unicodedata.category(sign) == "Cf" else " " if _is_control(sign) else sign for sign in words]
    return " ".join("".join(kept).split())


def for_header(words: str) -> str:
    """Words fit for a header: encoded words are taken for what they say, and none is left."""
    line = one_line(words)
    for _ in range(_ROUNDS):
        if not _ENCODED.search(line):
            break
        line = one_line(_decoded(line))
    return line.replace("=?", "= ?")


def for_body(words: str) -> str:
    """A name or an answer to be put into a text: on one line, and never one of the marks that replies are read by."""
    return _MARKS.sub("(", one_line(words))


def mark_free(words: str) -> str:
    """The organiser's own running text: its lines stay, the marks of the layout don't begin in it."""
    return _MARKS.sub("(", words.replace("\r\n", "\n").replace("\r", "\n"))


def address_of(written: str) -> str:
    """An address that can stand in an envelope.

    Raises:
        CannotBeSaid: it holds what no plain address holds.
    """
    address = written.strip()
    local, _, domain = address.rpartition("@")
    if not domain.isascii():
        try:
            address = f"{local}@{domain.encode('idna').decode('ascii')}"
        except UnicodeError:
            raise CannotBeSaid("the address's domain is not one that mail can be sent to") from None
    if not address.isascii() or not _ADDRESS.fullmatch(address) or not address.isprintable():
        raise CannotBeSaid("the address is not one that mail can be sent to")
    return address


def check_headers(content: bytes, expected: Sequence[str]) -> None:
    """Read what was built again: the headers must be those that were meant, each once.

    Raises:
        CannotBeSaid: something in a name or a subject has made a header of its own.
    """
    head, _, _ = content.partition(b"\r\n\r\n")
    names = [line.split(b":", 1)[0].decode("ascii", "replace").lower() for line in _unfolded(head)]
    if sorted(names) != sorted(name.lower() for name in expected):
        raise CannotBeSaid("a name or a subject would change the message's headers")


def _unfolded(head: bytes) -> list[bytes]:
    return [line for line in re.split(rb"\r\n|\r|\n", head) if line and line[:1] not in (b" ", b"\t")]


def _decoded(line: str) -> str:
    try:
        parts = decode_header(line)
        return "".join(
            part if isinstance(part, str) else part.decode(charset or "ascii", "replace") for part, charset in parts
        )
    except (HeaderParseError, LookupError, ValueError):
        return line.replace("=?", "= ?")


def _is_control(sign: str) -> bool:
    # Cf holds the marks that turn the direction of writing, Zl and Zp line ends that some programs obey.
    return unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp", "Cs")
