"""What hangs on a mail: a Word questionnaire of ours is read like a reply, the rest is named for an organiser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from channels.mail.reading.asked import Asked
from channels.mail.reading.keys import references_in
from channels.mail.reading.opened import Opened
from channels.mail.reading.reply import understand_file
from channels.word.reading import NotRead, is_word, read_word

# Pictures in signatures, and what programs put beside a mail.
_QUIET = frozenset(
    {
        "image/png",
        "image/jpeg",
        "image/gif",
        "text/calendar",
        "application/ms-tnef",
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "text/vcard",
    }
)
_MACROS = (".xlsm", ".xltm", ".pptm", ".xlam", ".ppam")
_MOST_FILES = 20
_LAST_LINES = 50
_LONGEST_SHOWN = 20_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Attached:
    """`answers` and `leftover` of our own questionnaires; `kept` says of each other file what it is.

    `texts` are the words of files that hold text but are no questionnaire of ours.
    """

    answers: Mapping[int, str] = field(default_factory=dict)
    leftover: str = ""
    kept: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


def attached(mail: Opened, sent: Sequence[str], asked: Asked) -> Attached:
    """Read what hangs on a mail; the first questionnaire that answers a question counts."""
    answers: dict[int, str] = {}
    leftover: list[str] = []
    kept: list[str] = []
    texts: list[str] = []
    told = [each for each in mail.attachments if each[1] not in _QUIET]
    for name, kind, content in told[:_MOST_FILES]:
        called = name or kind
        if name.lower().endswith(_MACROS):
            kept.append(f"{called} (set aside: it may hold macros)")
        elif is_word(name, kind):
            found = read_word(content)
            if isinstance(found, NotRead):
                kept.append(f"{called} ({'set aside: ' if found.dangerous else ''}{found.why})")
                continue
            understood = understand_file(found.lines, sent, asked)
            if understood is None:
                kept.append(called)
                texts.append(_shown(called, "\n".join(found.lines)))
                continue
            answers = dict(understood.answers) | answers
            leftover += [understood.leftover] if understood.leftover else []
        else:
            kept.append(called)
            if kind == "text/plain":
                texts.append(_shown(called, content[: _LONGEST_SHOWN * 4].decode("utf-8", "replace")))
    if len(told) > _MOST_FILES:
        kept.append(f"and {len(told) - _MOST_FILES} more")
    return Attached(answers=answers, leftover="\n\n".join(leftover), kept=tuple(kept), texts=tuple(texts))


def references_in_files(mail: Opened) -> tuple[str, ...]:
    """The references of ours at the end of Word files: a file may come back in a mail of its own."""
    found: list[str] = []
    for name, kind, content in mail.attachments[:_MOST_FILES]:
        read = read_word(content) if is_word(name, kind) else None
        if not isinstance(read, NotRead | None):
            found += references_in("\n".join(read.lines[-_LAST_LINES:]))
    return tuple(dict.fromkeys(found))


def _shown(name: str, words: str) -> str:
    said = words.replace("\x00", "").replace("\r\n", "\n").strip()
    return f"[{name}]\n{said[:_LONGEST_SHOWN]}"
