"""A file's bytes and its text, or a plain word on why there are none."""

from __future__ import annotations

import codecs
from pathlib import Path

from surveys.source import Node, Problems

# The longest mark first: UTF-32's little-endian one begins like UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def bytes_of(path: Path, problems: Problems, *, most: int) -> bytes | None:
    """The file's bytes, at most `most` of them; None with a problem noted where it can't be read."""
    place = Node(value=None, file=str(path))
    try:
        if path.is_dir():
            problems.add(place, "is a folder; a file is needed here")
        elif not path.exists():
            problems.add(place, "there is no such file")
        elif not path.is_file():
            problems.add(place, "is not an ordinary file")
        elif (size := path.stat().st_size) > most:
            problems.add(place, f"is too big: {size:,} bytes, and at most {most:,} are read")
        else:
            return path.read_bytes()
    except (OSError, ValueError) as error:
        problems.add(place, f"can't be read: {getattr(error, 'strerror', None) or error}")
    return None


def text_of(raw: bytes, path: Path, problems: Problems, *, western: bool = False) -> str | None:
    """The text of the bytes: UTF-8, or UTF-16 or UTF-32 that says so by its mark or shows it by its zeros.

    `western`: bytes that are none of these are read as Windows-1252, with a warning; else they are a problem.
    """
    place = Node(value=None, file=str(path))
    mark, encoding = next(((mark, name) for mark, name in _MARKS if raw.startswith(mark)), (b"", "utf-8"))
    if not mark:
        encoding = _encoding_by_zeros(raw) or encoding
    try:
        text = raw[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            problems.add(place, f"begins as {encoding.upper()} text and does not go on so; save it as UTF-8")
            return None
        return _western(raw, path, error, problems, allowed=western)
    if "\0" in text:
        problems.add(place, "is not a text file")
        return None
    return text


def _western(raw: bytes, path: Path, error: UnicodeDecodeError, problems: Problems, *, allowed: bool) -> str | None:
    line = raw.count(b"\n", 0, error.start) + 1
    place = Node(value=None, file=str(path), line=line)
    if b"\0" in raw:
        problems.add(place, "is not a text file")
        return None
    if allowed:
        try:
            text = raw.decode("cp1252")
        except UnicodeDecodeError:
            pass
        else:
            problems.warn(place, "is not UTF-8; it was read as Windows-1252, so look at letters with accents")
            return text
    problems.add(place, f"is not UTF-8 text (byte {raw[error.start]:02x} on this line); save the file as UTF-8")
    return None


def _encoding_by_zeros(raw: bytes) -> str:
    """UTF-16 without its mark: about every other byte of western text is zero."""
    head = raw[:4000]
    half = len(head) // 2
    if half and head[1::2].count(0) > 0.6 * half and head[0::2].count(0) == 0:
        return "utf-16-le"
    if half and head[0::2].count(0) > 0.6 * half and head[1::2].count(0) == 0:
        return "utf-16-be"
    return ""
