"""Responses and their answers with all revisions; returns that belong to nobody."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    and_,
    bindparam,
    exists,
    func,
    insert,
    select,
    update,
)

from storage.asked import Asked
from storage.engine import Tx
from storage.tables.answers import answers as answer_rows
from storage.tables.answers import received_events, responses
from storage.tables.answers import voices as voice_rows
from storage.tables.base import UtcTime
from surveys.answer_values import AnswerKey, AnswerValue

# (item, row, voice): voice is the perspective answered for, "" for the return itself.
VoicedKey = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredAnswer:
    """The latest revision of one answer; value None means taken back. `typed_by`: "" for the person's own hand."""

    id: int
    revision: int
    value: AnswerValue | None
    raw: str
    typed_by: str = ""


_latest = answer_rows.alias("latest")
_CURRENT = select(
    answer_rows.c.id,
    answer_rows.c.item,
    answer_rows.c.row,
    answer_rows.c.voice,
    answer_rows.c.revision,
    answer_rows.c.value,
    answer_rows.c.raw,
    answer_rows.c.typed_by,
).where(
    answer_rows.c.response_id == bindparam("response"),
    ~exists().where(
        and_(
            _latest.c.response_id == answer_rows.c.response_id,
            _latest.c.item == answer_rows.c.item,
            _latest.c.row == answer_rows.c.row,
            _latest.c.voice == answer_rows.c.voice,
            _latest.c.revision > answer_rows.c.revision,
        )
    ),
)


def current_answers(tx: Tx, response_id: int) -> dict[VoicedKey, StoredAnswer]:
    """The latest revision of each answer; those taken back too, with value None."""
    return {
        (row.item, row.row, row.voice): StoredAnswer(
            id=row.id, revision=row.revision, value=row.value, raw=row.raw, typed_by=row.typed_by
        )
        for row in tx.execute(_CURRENT, {"response": response_id})
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class NewRevision:
    """An answer to be written as the next revision of its question."""

    item: str
    row: str
    voice: str
    revision: int
    value: AnswerValue | None
    raw: str


_ADD_ANSWER = insert(answer_rows)


def add_answers(
    tx: Tx, response_id: int, revisions: Sequence[NewRevision], *, channel: str, typed_by: str, now: datetime
) -> None:
    """Append revisions; nothing already written is touched."""
    if revisions:
        tx.execute(
            _ADD_ANSWER,
            [
                {
                    "response_id": response_id,
                    "item": each.item,
                    "row": each.row,
                    "voice": each.voice,
                    "revision": each.revision,
                    "value": each.value,
                    "raw": each.raw,
                    "channel": channel,
                    "typed_by": typed_by,
                    "at": now,
                }
                for each in revisions
            ],
        )


_BEGIN = insert(responses)


def begin_response(
    tx: Tx, facts: Asked, *, channel: str, mode: str, typed_by: str, notice_version_id: int | None, now: datetime
) -> int:
    """Make the invitation's response, still partial; gives its id."""
    made = tx.execute(
        _BEGIN,
        {
            "invitation_id": facts.invitation_id,
            "round_id": facts.round_id,
            "instrument_id": facts.instrument_id,
            "session_id": facts.session_row,
            "notice_version_id": notice_version_id,
            "state": "partial",
            "channel": channel,
            "last_channel": channel,
            "mode": mode,
            "typed_by": typed_by,
            "started_at": now,
            "changed_at": now,
        },
    )
    key = made.inserted_primary_key
    if key is None:
        raise LookupError("the database gave no id for the response it made")
    return int(key[0])


_TOUCH = (
    update(responses)
    .where(responses.c.id == bindparam("response"))
    .values(
        changed_at=bindparam("at", type_=UtcTime()),
        last_channel=bindparam("by_channel"),
        mode=bindparam("by_mode"),
        typed_by=bindparam("by_whom"),
    )
)


def touch_response(tx: Tx, response_id: int, *, channel: str, mode: str, typed_by: str, now: datetime) -> None:
    """Note that it is answered from another channel, in another mode or by another hand from now on."""
    tx.execute(
        _TOUCH, {"response": response_id, "at": now, "by_channel": channel, "by_mode": mode, "by_whom": typed_by}
    )


def complete_response(tx: Tx, response_id: int, now: datetime) -> None:
    """Mark it as sent; the first time of sending stays."""
    tx.execute(
        update(responses)
        .where(responses.c.id == response_id)
        .values(state="complete", submitted_at=func.coalesce(responses.c.submitted_at, bindparam("at", now, UtcTime())))
    )


def set_voices(tx: Tx, response_id: int, consulted: Mapping[str, str], now: datetime) -> None:
    """Replace whose voices the return carries: perspective -> how they were asked."""
    tx.execute(voice_rows.delete().where(voice_rows.c.response_id == response_id))
    if consulted:
        tx.execute(
            insert(voice_rows),
            [
                {"response_id": response_id, "perspective": perspective, "how": how, "at": now}
                for perspective, how in consulted.items()
            ],
        )


_SEEN = select(received_events.c.event_id).where(
    received_events.c.channel == bindparam("by_channel"), received_events.c.event_id == bindparam("event")
)
_NOTE_EVENT = insert(received_events)


def first_seen(tx: Tx, channel: str, event_id: str, now: datetime) -> bool:
    """Note a platform's event; False if it was handled before.

    Platforms' names for events hold those of people and of their chats, so a digest is what stays.
    """
    event_id = hashlib.sha256(event_id.encode()).hexdigest()
    if tx.execute(_SEEN, {"by_channel": channel, "event": event_id}).first() is not None:
        return False
    tx.execute(_NOTE_EVENT, {"channel": channel, "event_id": event_id, "at": now})
    return True


def answered_values(current: Mapping[VoicedKey, StoredAnswer]) -> dict[AnswerKey, AnswerValue | None]:
    """The return's own values, as routing wants them; what was said for a voice is left out."""
    return {(item, row): each.value for (item, row, voice), each in current.items() if not voice}
