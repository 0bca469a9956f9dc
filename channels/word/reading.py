"""The words of a Word file, read as what it is: XML in a zip that anybody may have made.

Only the main part is read, as a stream and within bounds; a document type, macros and a password end it.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass, field
from io import BytesIO
from xml.parsers import expat

_LARGEST_FILE = 25 * 1024 * 1024
_LARGEST_PART = 20 * 1024 * 1024
_MOST_ENTRIES = 5_000
_MOST_LINES = 20_000
_LONGEST = 2_000_000
_DEEPEST = 200
_AT_ONCE = 65_536
_MAIN = "word/document.xml"
_TYPES = "[Content_Types].xml"
_MAIN_TYPE = re.compile(rb'PartName="/([^"]+)"[^>]*document\.main\+xml|document\.main\+xml"[^>]*PartName="/([^"]+)"')
_WORD = frozenset(
    {
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    }
)
# What was deleted or moved away, the second form of a drawing, and what only tells how something looks.
_UNSAID = frozenset({"del", "moveFrom", "Fallback", "instrText", "delText", "pPrChange", "rPrChange", "sectPrChange"})
_SAYING = {"br": "\n", "cr": "\n", "tab": " ", "noBreakHyphen": "-"}
_OFF = frozenset({"0", "false", "off", "none"})


@dataclass(frozen=True, slots=True)
class WordText:
    """The file's lines as a reader sees them, insertions accepted and deletions gone."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotRead:
    """Nothing of it was read, and why. `dangerous`: it is not to be opened without care."""

    why: str
    dangerous: bool = False


class _Unfit(Exception):
    """The part can't be what a person has written."""


def is_word(name: str, kind: str) -> bool:
    """Whether an attachment calls itself a Word file, with macros or without."""
    return (
        name.lower().endswith((".docx", ".docm", ".dotx", ".dotm"))
        or "wordprocessingml" in kind
        or ("ms-word" in kind and "macroenabled" in kind.lower())
    )


def read_word(content: bytes) -> WordText | NotRead:
    """The text of a Word file, or why there is none; never more work than its bounds allow."""
    if len(content) > _LARGEST_FILE:
        return NotRead("it is too large")
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return NotRead("it is of the old format, or has a password")
    # Before the directory is read: a small file may list half a million parts.
    if content.count(b"PK\x01\x02") > _MOST_ENTRIES:
        return NotRead("it holds too many parts", dangerous=True)
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            names = packed.namelist()
            types = _part(packed, _TYPES) if _TYPES in names else b""
            if any(name.lower().endswith("vbaproject.bin") for name in names) or b"macroenabled" in types.lower():
                return NotRead("it holds macros", dangerous=True)
            main = _MAIN_TYPE.search(types)
            name = (main[1] or main[2]).decode("utf-8", "replace") if main else _MAIN
            if name not in names:
                return NotRead("it is no Word file")
            return WordText(_lines(packed, name))
    except _Unfit as unfit:
        return NotRead(str(unfit), dangerous=True)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error):
        return NotRead("it is damaged, or has a password")
    except expat.ExpatError:
        return NotRead("it is damaged")


def _part(packed: zipfile.ZipFile, name: str) -> bytes:
    with packed.open(name) as part:
        found = part.read(_AT_ONCE * 16 + 1)
    if len(found) > _AT_ONCE * 16:
        raise _Unfit("it unpacks to far more than it says")
    return found


def _lines(packed: zipfile.ZipFile, name: str) -> tuple[str, ...]:
    reader = _Reader()
    size = 0
    with packed.open(name) as part:
        while chunk := part.read(_AT_ONCE):
            size += len(chunk)
            if size > _LARGEST_PART:
                raise _Unfit("it unpacks to far more than it says")
            reader.feed(chunk)
    reader.feed(b"", final=True)
    return tuple(reader.lines)


@dataclass(slots=True)
class _Paragraph:
    words: list[str] = field(default_factory=list)
    listed: bool = False


class _Reader:
    """A state for each thing that decides whether words are shown."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._paragraphs: list[_Paragraph] = []
        self._path: list[str] = []
        self._unsaid = 0
        # For each content control whether it still shows its own hint instead of an answer.
        self._hints: list[bool] = []
        self._hidden = False
        self._length = 0
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._said
        self._parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, chunk: bytes, *, final: bool = False) -> None:
        self._parser.Parse(chunk, final)

    def _doctype(self, *_declared: object) -> None:
        raise _Unfit("it declares a document type, which no Word file does")

    def _start(self, name: str, given: dict[str, str]) -> None:
        space, _, tag = name.rpartition(" ")
        ours = space in _WORD
        self._path.append(tag if ours or tag == "Fallback" else "")
        if len(self._path) > _DEEPEST:
            raise _Unfit("it is nested too deeply")
        if tag in _UNSAID and (ours or tag == "Fallback"):
            self._unsaid += 1
        if not ours or self._unsaid:
            return
        if tag in _SAYING and self._path[-2:-1] == ["r"]:
            self._add(_SAYING[tag])
        elif tag == "p":
            self._paragraphs.append(_Paragraph())
        elif tag == "sdt":
            self._hints.append(False)
        else:
            self._look(tag, given)

    def _look(self, tag: str, given: dict[str, str]) -> None:
        """What tells whether, and how, the words that follow are shown."""
        if tag == "r":
            self._hidden = False
        elif tag == "showingPlcHdr" and self._hints:
            self._hints[-1] = _is_on(given)
        elif tag in {"strike", "dstrike", "vanish"} and self._path[-3:-1] == ["r", "rPr"]:
            self._hidden = self._hidden or _is_on(given)
        elif tag == "numPr" and self._paragraphs and self._path[-2:-1] == ["pPr"]:
            self._paragraphs[-1].listed = True

    def _end(self, name: str) -> None:
        space, _, tag = name.rpartition(" ")
        self._path.pop()
        if tag in _UNSAID and (space in _WORD or tag == "Fallback"):
            self._unsaid -= 1
            return
        if space not in _WORD or self._unsaid:
            return
        if tag == "p" and self._paragraphs:
            self._close(self._paragraphs.pop())
        elif tag == "sdt" and self._hints:
            self._hints.pop()

    def _said(self, words: str) -> None:
        if self._path and self._path[-1] == "t" and not self._unsaid:
            self._add(words)

    def _add(self, words: str) -> None:
        if not self._paragraphs or self._hidden or any(self._hints):
            return
        self._length += len(words)
        if self._length > _LONGEST:
            raise _Unfit("it is too long")
        self._paragraphs[-1].words.append(words)

    def _close(self, paragraph: _Paragraph) -> None:
        text = "".join(paragraph.words).replace("\u00a0", " ")
        found = [line.strip() for line in text.split("\n")]
        if paragraph.listed and found[0]:
            found[0] = f"- {found[0]}"
        self.lines += found
        if len(self.lines) > _MOST_LINES:
            raise _Unfit("it has too many lines")


def _is_on(given: dict[str, str]) -> bool:
    value = next((value for name, value in given.items() if name.rpartition(" ")[2] == "val"), "")
    return value.lower() not in _OFF
