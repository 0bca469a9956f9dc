"""A mail as it came in, without a passage: in its subject, its texts, its attachments, whatever they are encoded in."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.header import Header
from email.message import Message
from email.parser import BytesParser

from channels.mail.reading.opened import header_words, part_bytes, part_words
from surveys.redaction import Passage

# Where a sentence may stand; addresses and what joins mails to one another are no words of a person.
_WORDED = frozenset({"subject", "thread-topic", "comments", "keywords", "content-description"})
_KEPT_HEADERS = ("From", "To", "Date", "Message-ID", "In-Reply-To", "References")
_TAG = re.compile(rb"<[^>]*>")
_LARGEST_MEMBER = 20 << 20
# What the library says of files that are damaged, have a password, or are packed in a way it does not know.
_NOT_READ = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error)


@dataclass(frozen=True, kw_only=True, slots=True)
class Blotted:
    """The mail without the passage, how often it stood there, and the names of attachments that were taken out."""

    content: bytes
    times: int
    taken_out: tuple[str, ...] = ()


def blot_mail(raw: bytes, passage: Passage, mark: str) -> Blotted | None:
    """The mail without the passage; None where it does not stand in it.

    A text has the mark in its place. An attachment that is no text is taken out whole where the passage stands in
    it: in a Word or Excel file or another zip, or in its bytes. A picture or a scan can't be read, and stays. Where a
    mail is so broken that the passage would still be in what is left, its words go altogether.
    """
    blotter = _Blotter(passage, mark)
    try:
        message = message_from_bytes(raw)
        blotter.walk(message, 0)
        content = message.as_bytes() if blotter.times else raw
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        blotter.times, content = max(blotter.times, 1), b""
    # What a reader of another kind would still find in the source itself.
    body = content.replace(b"\r\n", b"\n").partition(b"\n\n")[2]
    if not content or passage.found_in(body.decode("utf-8", "replace")):
        return Blotted(content=_bare(raw, mark), times=max(blotter.times, 1), taken_out=tuple(blotter.taken_out))
    if not blotter.times:
        return None
    return Blotted(content=content, times=blotter.times, taken_out=tuple(blotter.taken_out))


class _Blotter:
    """Goes through the parts of one mail and changes those that hold the passage."""

    def __init__(self, passage: Passage, mark: str) -> None:
        self._passage = passage
        self._mark = mark
        self.times = 0
        self.taken_out: list[str] = []

    def walk(self, part: Message, depth: int) -> None:
        self._headers(part)
        for name in ("preamble", "epilogue"):
            beside = getattr(part, name)
            if isinstance(beside, str):
                blotted, times = self._passage.blot(beside, self._mark)
                if times:
                    setattr(part, name, blotted)
                    self.times += times
        if part.is_multipart():
            for each in part.get_payload():
                if isinstance(each, Message):
                    self.walk(each, depth + 1)
        elif part.get_content_maintype() == "text":
            self._text(part)
        else:
            self._attachment(part)

    def _headers(self, part: Message) -> None:
        for name, value in list(part.items()):
            words = header_words(str(value))
            if name.lower() in _WORDED:
                blotted, times = self._passage.blot(words, self._mark)
                if times:
                    part.replace_header(name, Header(blotted, "utf-8").encode())
                    self.times += times
        # A file may be called what must not be said.
        named = header_words(part.get_filename() or "")
        if self._passage.found_in(re.sub(r"[_.\-]+", " ", named)):
            part.set_param("filename", self._mark, header="Content-Disposition")
            if part.get_param("name") is not None:
                part.set_param("name", self._mark)
            self.times += 1

    def _text(self, part: Message) -> None:
        words = part_words(part)
        blot = self._passage.blot_html if part.get_content_subtype() == "html" else self._passage.blot
        blotted, times = blot(words, self._mark)
        # Between tags, in an encoding within the encoding: what is left is searched as it is shown.
        shown = re.sub(r"<[^>]*>", "", blotted) if part.get_content_subtype() == "html" else blotted
        if self._passage.found_in(shown) or self._passage.found_in(re.sub(r"<[^>]*>", " ", blotted)):
            blotted, times = self._mark, max(times, 1)
        if times:
            self._put(part, blotted)
            self.times += times

    def _attachment(self, part: Message) -> None:
        content = part_bytes(part)
        if not any(self._passage.found_in(words) for words in _readings(content)):
            return
        self.times += 1
        self.taken_out.append(header_words(part.get_filename() or "") or part.get_content_type())
        for name in ("Content-Type", "Content-Disposition"):
            del part[name]
        part["Content-Type"] = "text/plain"
        self._put(part, self._mark)

    @staticmethod
    def _put(part: Message, words: str) -> None:
        del part["Content-Transfer-Encoding"]
        part.set_payload(words, "utf-8")


def _readings(content: bytes) -> list[str]:
    """What an attachment may say: its bytes as text, and the members of a zip (Word, Excel) without their tags."""
    found = [content.decode("utf-8", "replace"), content.decode("utf-16-le", "replace")]
    for inner in _members(content) if content.startswith(b"PK") else ():
        # A word may be spread over several runs, and two words may have nothing but tags between.
        found += [_TAG.sub(b"", inner).decode("utf-8", "replace"), _TAG.sub(b" ", inner).decode("utf-8", "replace")]
    return found


def _members(content: bytes) -> Iterator[bytes]:
    """What the members of a zip hold; one that is damaged or has a password hides none of the others."""
    try:
        packed = zipfile.ZipFile(io.BytesIO(content))
    except _NOT_READ:
        return
    with packed:
        for member in packed.infolist():
            if member.file_size <= _LARGEST_MEMBER:
                try:
                    inner = packed.read(member)
                except _NOT_READ:
                    continue
                yield inner


def _bare(raw: bytes, mark: str) -> bytes:
    """The mail with nothing but who wrote it, and when."""
    # The headers alone: parts within parts within parts can't be read.
    found = BytesParser().parsebytes(raw, headersonly=True)
    bare = Message()
    for name in _KEPT_HEADERS:
        if found[name]:
            bare[name] = re.sub(r"[\r\n]+", " ", str(found[name]))
    bare.set_payload(mark, "utf-8")
    return bare.as_bytes()
