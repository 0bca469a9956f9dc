"""A person's own copy of all that is stored about them (UK GDPR, articles 15 and 20)."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.engine import Tx
from storage.person_record import PersonRecord, person_record

ABOUT_UNLINKED = (
    "What was said in an unlinked round is stored apart from whoever said it; nobody can tell which return it is."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonCopy:
    """The copy, and when it was made; `notes` say what can't be in it."""

    made_at: datetime
    notes: tuple[str, ...]
    stored: Mapping[str, Any]


def person_export(tx: Tx, participant_id: int, now: datetime) -> PersonCopy:
    """All that is stored about the person, in values that JSON knows (times aside).

    A mail as it came is text where it is UTF-8, else base64.

    Raises:
        LookupError: there is no such person.
    """
    record = person_record(tx, participant_id)
    if record is None:
        raise LookupError(f"there is no participant {participant_id}")
    notes = (ABOUT_UNLINKED,) if any(each.unlinked for each in record.invitations) else ()
    return PersonCopy(made_at=now, notes=notes, stored=_stored(record))


def _stored(record: PersonRecord) -> Mapping[str, Any]:
    return {
        "programme": record.programme,
        "person": record.person,
        "addresses": record.addresses,
        "chats": record.chats,
        "attendances": record.attendances,
        "opt_outs": record.opt_outs,
        "requests": record.requests,
        "invitations": record.invitations,
        "messages": record.messages,
        "mails": [_mail(each) for each in record.mails],
        "triage": record.triage,
    }


def _mail(row: Mapping[str, Any]) -> Mapping[str, Any]:
    content = bytes(row["content"])
    try:
        return {**row, "content": content.decode("utf-8")}
    except UnicodeDecodeError:
        return {**row, "content": base64.b64encode(content).decode("ascii"), "encoding": "base64"}
