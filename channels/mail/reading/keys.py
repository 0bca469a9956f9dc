"""By what a mail can be known to belong to an invitation, in the order of trust (platform facts: Mail, Correlate)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from channels.mail.reading.opened import Opened, mailboxes

_PLUS = re.compile(r"[^\s@+]+\+([A-Za-z0-9]{8,32})@[^\s@]+")
_IDS = re.compile(r"<[^<>\s]{3,250}>")
_REFERENCE = re.compile(
    r"\[END\]\W{0,6}(?:\w{2,20}\W{1,3})?([A-Z0-9]{4}-[A-Z0-9]{2})\b|\bReference:?\s+([A-Z0-9]{4}-[A-Z0-9]{2})\b"
)
_ARRIVED_AT = (
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "x-envelope-to",
    "x-delivered-to",
    "to",
    "cc",
    "x-forwarded-to",
    "resent-to",
)
_MOST = 60
# What the receiving server found (RFC 8601): a policy that failed outweighs what else passed.
_FAILED = re.compile(r"\bdmarc\s*=\s*fail\b", re.IGNORECASE)
_UNPROVEN = re.compile(r"\bspf\s*=\s*(?:hard)?fail\b", re.IGNORECASE)
_PROVEN = re.compile(r"\b(?:dkim|dmarc)\s*=\s*pass\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Keys:
    """`tokens` of plus-addresses, `message_ids` it answers, visible `references`, each without repetition."""

    tokens: tuple[str, ...] = ()
    message_ids: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    sender: str = ""
    # Why the sender may not be who `From` says, "" if nothing speaks against it.
    doubt: str = ""
    message_id: str = ""
    subject: str = ""


def keys_of(mail: Opened) -> Keys:
    """Everything the mail says of what it belongs to; for a bounce, what the mail it returns says too."""
    arrived = [value for name in _ARRIVED_AT for value in mail.all(name)]
    returned = dict(mail.returned)
    arrived += [returned.get("reply-to", "")]
    tokens = [match[1] for _, address in mailboxes(arrived) if (match := _PLUS.fullmatch(address))]
    said = [*mail.all("in-reply-to"), *reversed(mail.all("references"))]
    said += [returned.get("message-id", ""), returned.get("references", "")]
    ids = [each for value in said for each in reversed(_IDS.findall(value))]
    body = f"{mail.plain or ''}\n{re.sub(r'<[^>]{0,2000}>', ' ', mail.html or '') if not mail.plain else ''}"
    references = references_in(body)
    own = _IDS.search(mail.first("message-id"))
    return Keys(
        tokens=tuple(dict.fromkeys(tokens))[:_MOST],
        message_ids=tuple(dict.fromkeys(ids))[:_MOST],
        references=tuple(dict.fromkeys(references))[:_MOST],
        sender=mail.sender[1],
        doubt=_doubt(mail),
        message_id=own[0] if own else "",
        subject=mail.first("subject"),
    )


def references_in(words: str) -> list[str]:
    """Our references in a text, in order."""
    return [first or second for first, second in _REFERENCE.findall(words)]


def _doubt(mail: Opened) -> str:
    """Two authors, or a server that could not confirm the one: then nothing is recorded unseen."""
    authors = {address for _, address in mailboxes(mail.all("from"))}
    if len(authors) > 1:
        return "it names several senders"
    found = " ".join(mail.all("authentication-results"))
    if _FAILED.search(found) or (_UNPROVEN.search(found) and not _PROVEN.search(found)):
        return "the mail server could not confirm its sender"
    return ""
