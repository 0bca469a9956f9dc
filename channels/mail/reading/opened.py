"""A raw message taken apart: its headers in words, its text and HTML, whatever it claims about itself.

Nothing here raises on a malformed message: what can't be read is left out, and the raw message is kept elsewhere.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

_MOST_PARTS = 200
_DEEPEST = 20
# Beyond this nobody has typed: the rest is kept in the raw message only.
LONGEST_BODY = 2_000_000
_LONGEST_HEADER = 100_000
# Programs say Latin-1 and mean Windows-1252, as the WHATWG's encoding standard has it.
_MEANT = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """`headers` have lower-case names, decoded words, in order of appearance. `attachments`: (name, type, bytes)."""

    headers: tuple[tuple[str, str], ...]
    kind: str
    kind_words: str
    plain: str | None = None
    flowed: bool = False
    delsp: bool = False
    html: str | None = None
    parts: tuple[str, ...] = ()
    delivery_status: str = ""
    returned: tuple[tuple[str, str], ...] = ()
    attachments: tuple[tuple[str, str, bytes], ...] = field(default=(), repr=False)

    def all(self, name: str) -> tuple[str, ...]:
        """Every header of that name."""
        return tuple(value for key, value in self.headers if key == name)

    def first(self, name: str) -> str:
        """The first header of that name, "" if there is none."""
        return next((value for key, value in self.headers if key == name), "")

    @property
    def sender(self) -> tuple[str, str]:
        """(name, address in lower case) of `From`, each "" if it isn't there."""
        named = mailboxes([self.first("from")])
        return named[0] if named else ("", "")

    @property
    def written_at(self) -> datetime | None:
        """`Date`, in UTC; None where it says no time."""
        try:
            found = parsedate_to_datetime(self.first("date"))
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None


def mailboxes(values: Iterable[str]) -> list[tuple[str, str]]:
    """(name, address in lower case) of each mailbox that header values name, as far as they can be read."""
    found = []
    for value in values:
        # Comments in comments are read by a function that calls itself.
        shallow = value[:_LONGEST_HEADER] if value.count("(") < _DEEPEST else ""
        try:
            named = getaddresses([shallow])
        except (ValueError, IndexError, TypeError):
            continue
        found += [(name, address.strip().lower()) for name, address in named if "@" in address]
    return found


def open_mail(raw: bytes) -> Opened:
    """The message, as far as it can be read."""
    message = message_from_bytes(raw)
    found = _Parts()
    found.walk(message, 0)
    return Opened(
        headers=_headers(message),
        kind=message.get_content_type(),
        kind_words=str(message.get("content-type", "")),
        plain="\n".join(found.plain)[:LONGEST_BODY] if found.plain else None,
        flowed=found.flowed,
        delsp=found.delsp,
        html="\n".join(found.html)[:LONGEST_BODY] if found.html else None,
        parts=tuple(found.kinds),
        delivery_status="\n".join(found.status),
        returned=tuple(found.returned),
        attachments=tuple(found.attachments),
    )


class _Parts:
    """Gathers what is shown to a reader: the parts in order, of several forms of one part each form once."""

    def __init__(self) -> None:
        self.plain: list[str] = []
        self.html: list[str] = []
        self.kinds: list[str] = []
        self.status: list[str] = []
        self.returned: list[tuple[str, str]] = []
        self.attachments: list[tuple[str, str, bytes]] = []
        self.flowed = False
        self.delsp = False

    def walk(self, part: Message, depth: int) -> None:
        kind = part.get_content_type()
        self.kinds.append(kind)
        if len(self.kinds) > _MOST_PARTS or depth > _DEEPEST:
            return
        if kind in {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers"}:
            self._returned(part)
            return
        if kind == "message/delivery-status":
            self.status.append(_as_source(part))
            return
        if part.is_multipart():
            for each in part.get_payload():
                if isinstance(each, Message):
                    self.walk(each, depth + 1)
            return
        self._leaf(part, kind)

    def _leaf(self, part: Message, kind: str) -> None:
        name = _filename(part)
        attached = "attachment" in str(part.get("content-disposition", "")).lower() or bool(name)
        if attached or kind not in {"text/plain", "text/html"}:
            if kind.startswith("text/") and kind not in {"text/plain", "text/html"} and not name:
                return
            self.attachments.append((name, kind, part_bytes(part)))
            return
        words = _words(part, part_bytes(part)[:LONGEST_BODY])
        if kind == "text/html":
            self.html.append(words)
            return
        self.plain.append(words)
        self.flowed = self.flowed or _parameter(part, "format") == "flowed"
        self.delsp = self.delsp or _parameter(part, "delsp") == "yes"

    def _returned(self, part: Message) -> None:
        inner = part.get_payload()
        if isinstance(inner, list) and inner and isinstance(inner[0], Message):
            self.returned += _headers(inner[0])
        else:
            self.returned += _headers(message_from_bytes(part_bytes(part)))


def _headers(message: Message) -> tuple[tuple[str, str], ...]:
    return tuple((str(name).lower(), header_words(value)) for name, value in _raw_items(message))


def _raw_items(message: Message) -> Iterator[tuple[str, str]]:
    for name, value in message.raw_items():
        yield str(name), _eight_bits(str(value))


def _eight_bits(value: str) -> str:
    """A header's words that were sent as they are, without any encoding: in UTF-8 as a rule."""
    if value.isascii():
        return value
    return _text(value.encode("utf-8", "surrogateescape"), "utf-8")


def header_words(value: str) -> str:
    """A header's value decoded, on one line; as it stands where that can't be."""
    unfolded = re.sub(r"[\r\n]+[ \t]*", " ", value)
    if "=?" not in unfolded:
        return unfolded.strip()
    try:
        return "".join(
            part if isinstance(part, str) else _text(part, charset or "ascii")
            for part, charset in decode_header(unfolded)
        ).strip()
    except (HeaderParseError, ValueError):
        return unfolded.strip()


def _parameter(part: Message, name: str) -> str:
    found = part.get_param(name)
    return found.lower() if isinstance(found, str) else ""


def _filename(part: Message) -> str:
    try:
        return header_words(part.get_filename() or "")
    except (LookupError, ValueError, TypeError):
        return "unnamed"


def part_bytes(part: Message) -> bytes:
    """What a part holds once its transfer encoding is undone."""
    try:
        found = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        found = None
    if isinstance(found, bytes):
        return found
    return str(part.get_payload()).encode("utf-8", "replace")


def _as_source(part: Message) -> str:
    inner = part.get_payload()
    if isinstance(inner, list):
        return "\n\n".join(
            "\n".join(f"{name}: {header_words(value)}" for name, value in _raw_items(each))
            for each in inner
            if isinstance(each, Message)
        )
    return _text(part_bytes(part), "utf-8")


def part_words(part: Message) -> str:
    """The words of a text part."""
    return _words(part, part_bytes(part))


def _words(part: Message, content: bytes) -> str:
    charset = _parameter(part, "charset") or "us-ascii"
    return _text(content, charset).replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def _text(content: bytes, charset: str) -> str:
    """Decoded as it says; where that can't be, as what it looks like."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    name = charset.strip().strip("\"'").lower()
    if name.startswith("utf-16") and content[:200].count(0) == 0:
        # Said, but not done: no plain text is UTF-16 without a single zero byte.
        name = "utf-8"
    if name in {"utf-16", "utf16"}:
        name = "utf-16-be" if content[:1] == b"\x00" else "utf-16-le"
    for each in ("utf-8", name) if name in _MEANT else (name, "utf-8"):
        try:
            return content.decode(_MEANT.get(each, each))
        except (LookupError, ValueError):
            continue
    return content.decode("cp1252", "replace")
