"""Everything one person's form needs, in few statements, and the answers with their history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    and_,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from storage.engine import Tx
from storage.tables.answers import answers as answer_rows
from storage.tables.answers import received_events, responses, unlinked_returns
from storage.tables.answers import voices as voice_rows
from storage.tables.base import UtcTime
from storage.tables.people import opt_outs, participants
from storage.tables.programme import areas, instruments, programmes, sessions
from storage.tables.rounds import invitation_voices, invitations, rounds
from surveys.answer_values import AnswerKey, AnswerValue
from surveys.dispositions import Disposition
from surveys.programme import Mode
from surveys.rounds import RoundState

# (item, row, voice): voice is the perspective answered for, "" for the return itself.
VoicedKey = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredAnswer:
    """The latest revision of one answer; value None means taken back."""

    id: int
    revision: int
    value: AnswerValue | None
    raw: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredResponse:
    """One invitation's response as it stands; `complete` once it has been sent."""

    id: int
    complete: bool
    mode: str
    typed_by: str
    last_channel: str
    submitted_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """An invitation with what its form depends on. `pairs`: the (area, perspective)s it speaks for.

    `area` is the participant's own, `session` the invitation's or the round's; `round_of_session` says that the
    round was made for it.
    """

    invitation_id: int
    reference: str
    generation: int
    entry_generation: int
    disposition: Disposition
    snoozed_until: datetime | None
    delegated: bool
    pairs: frozenset[tuple[str, str]]
    participant_id: int
    participant_key: str
    name: str
    greeting: str
    organisation: str
    area: str
    phone: str
    language: str
    timezone: str
    opted_out: bool
    round_id: int
    round_key: str
    entry: str
    mode: Mode
    state: RoundState
    opens_at: datetime
    closes_at: datetime
    session: str
    session_row: int | None
    round_of_session: bool
    programme_id: int
    programme_key: str
    programme_digest: str
    instrument_id: int
    instrument_digest: str
    response: StoredResponse | None

    @property
    def perspectives(self) -> frozenset[str]:
        return frozenset(perspective for _, perspective in self.pairs)

    @property
    def areas(self) -> frozenset[str]:
        return frozenset(area for area, _ in self.pairs if area)

    def ledger_key(self, suffix: str) -> str:
        """The key of one of this invitation's ledger lines; the session is named where the round isn't made for it."""
        person = self.participant_key
        if self.session and not self.round_of_session:
            person = f"{person}@{self.session}"
        return f"{self.programme_key}/{self.round_key}/{person}/{suffix}"


_UNIT, _RECORD = "\x1f", "\x1e"
_PAIRS = (
    select(
        func.aggregate_strings(invitation_voices.c.area.concat(_UNIT).concat(invitation_voices.c.perspective), _RECORD)
    )
    .where(invitation_voices.c.invitation_id == invitations.c.id)
    .correlate(invitations)
    .scalar_subquery()
)
_OPTED_OUT = exists().where(
    opt_outs.c.participant_id == invitations.c.participant_id,
    or_(opt_outs.c.round_id == invitations.c.round_id, opt_outs.c.round_id.is_(None)),
)
# One statement for everything: each further one costs a page's saving a tenth of its speed.
_ASKED = (
    select(
        invitations.c.id,
        invitations.c.reference,
        invitations.c.generation,
        invitations.c.entry_generation,
        invitations.c.disposition,
        invitations.c.snoozed_until,
        invitations.c.delegated_from_id,
        _PAIRS.label("pairs"),
        participants.c.id.label("participant_id"),
        participants.c.key.label("participant_key"),
        participants.c.name,
        participants.c.greeting,
        participants.c.organisation,
        areas.c.key.label("area"),
        participants.c.phone,
        participants.c.language,
        participants.c.timezone,
        _OPTED_OUT.label("opted_out"),
        rounds.c.id.label("round_id"),
        rounds.c.key.label("round_key"),
        rounds.c.entry,
        rounds.c.mode,
        rounds.c.state,
        rounds.c.opens_at,
        rounds.c.closes_at,
        sessions.c.key.label("session"),
        sessions.c.id.label("session_row"),
        rounds.c.session_id.label("round_session"),
        programmes.c.id.label("programme_id"),
        programmes.c.key.label("programme_key"),
        programmes.c.digest.label("programme_digest"),
        instruments.c.id.label("instrument_id"),
        instruments.c.digest.label("instrument_digest"),
        responses.c.id.label("response_id"),
        responses.c.state.label("response_state"),
        responses.c.mode.label("return_mode"),
        responses.c.typed_by,
        responses.c.last_channel,
        responses.c.submitted_at,
    )
    .select_from(
        invitations.join(rounds, rounds.c.id == invitations.c.round_id)
        .join(participants, participants.c.id == invitations.c.participant_id)
        .join(programmes, programmes.c.id == rounds.c.programme_id)
        .join(instruments, instruments.c.id == rounds.c.instrument_id)
        .outerjoin(areas, areas.c.id == participants.c.area_id)
        .outerjoin(sessions, sessions.c.id == func.coalesce(invitations.c.session_id, rounds.c.session_id))
        .outerjoin(responses, responses.c.invitation_id == invitations.c.id)
    )
    .where(invitations.c.id == bindparam("invitation"))
)


def asked(tx: Tx, invitation_id: int) -> Asked | None:
    """The invitation and what its form depends on; None if there is none of that number."""
    # A number longer than the database's own is no row's.
    if not 0 < invitation_id < 2**63:
        return None
    row = tx.execute(_ASKED, {"invitation": invitation_id}).first()
    return None if row is None else _asked(row)


def _asked(row: Any) -> Asked:
    response = None
    if row.response_id is not None:
        response = StoredResponse(
            id=row.response_id,
            complete=row.response_state == "complete",
            mode=row.return_mode,
            typed_by=row.typed_by,
            last_channel=row.last_channel,
            submitted_at=row.submitted_at,
        )
    pairs = (pair.split(_UNIT) for pair in (row.pairs or "").split(_RECORD) if pair)
    return Asked(
        invitation_id=row.id,
        reference=row.reference,
        generation=row.generation,
        entry_generation=row.entry_generation,
        disposition=Disposition(row.disposition),
        snoozed_until=row.snoozed_until,
        delegated=row.delegated_from_id is not None,
        pairs=frozenset((area, perspective) for area, perspective in pairs),
        participant_id=row.participant_id,
        participant_key=row.participant_key,
        name=row.name,
        greeting=row.greeting,
        organisation=row.organisation,
        area=row.area or "",
        phone=row.phone,
        language=row.language,
        timezone=row.timezone,
        opted_out=bool(row.opted_out),
        round_id=row.round_id,
        round_key=row.round_key,
        entry=row.entry,
        mode=Mode(row.mode),
        state=RoundState(row.state),
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        session=row.session or "",
        session_row=row.session_row,
        round_of_session=row.round_session is not None,
        programme_id=row.programme_id,
        programme_key=row.programme_key,
        programme_digest=row.programme_digest,
        instrument_id=row.instrument_id,
        instrument_digest=row.instrument_digest,
        response=response,
    )


_latest = answer_rows.alias("latest")
_CURRENT = select(
    answer_rows.c.id,
    answer_rows.c.item,
    answer_rows.c.row,
    answer_rows.c.voice,
    answer_rows.c.revision,
    answer_rows.c.value,
    answer_rows.c.raw,
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
        (row.item, row.row, row.voice): StoredAnswer(id=row.id, revision=row.revision, value=row.value, raw=row.raw)
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


def begin_response(
    tx: Tx, facts: Asked, *, channel: str, mode: str, typed_by: str, notice_version_id: int | None, now: datetime
) -> int:
    """Make the invitation's response, still partial; gives its id."""
    made = tx.execute(
        insert(responses).values(
            invitation_id=facts.invitation_id,
            round_id=facts.round_id,
            instrument_id=facts.instrument_id,
            session_id=facts.session_row,
            notice_version_id=notice_version_id,
            state="partial",
            channel=channel,
            last_channel=channel,
            mode=mode,
            typed_by=typed_by,
            started_at=now,
            changed_at=now,
        )
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
    """Note when, where and by whom it was last changed."""
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


def first_seen(tx: Tx, channel: str, event_id: str, now: datetime) -> bool:
    """Note a platform's event; False if it was handled before."""
    known = select(received_events.c.event_id).where(
        received_events.c.channel == channel, received_events.c.event_id == event_id
    )
    if tx.execute(known).first() is not None:
        return False
    tx.execute(insert(received_events).values(channel=channel, event_id=event_id, at=now))
    return True


def keep_unlinked(
    tx: Tx,
    return_id: str,
    round_id: int,
    *,
    answers: Mapping[str, object],
    raw: Mapping[str, str],
    area: str | None,
    perspectives: Iterable[str],
) -> None:
    """Store an unlinked return: apart from whoever gave it, under a random id, without a time."""
    tx.execute(
        insert(unlinked_returns).values(
            id=return_id,
            round_id=round_id,
            answers=dict(answers),
            raw=dict(raw),
            area=area,
            perspectives=sorted(perspectives),
        )
    )


def people_who_share(tx: Tx, round_id: int, pairs: frozenset[tuple[str, str]]) -> int:
    """How many invitations of the round speak for exactly these (area, perspective)s."""
    spoken: dict[int, set[tuple[str, str]]] = {}
    rows = tx.execute(
        select(invitations.c.id, invitation_voices.c.area, invitation_voices.c.perspective)
        .select_from(invitations.outerjoin(invitation_voices, invitation_voices.c.invitation_id == invitations.c.id))
        .where(invitations.c.round_id == round_id)
    )
    for row in rows:
        own = spoken.setdefault(row.id, set())
        if row.perspective is not None:
            own.add((row.area, row.perspective))
    return sum(1 for own in spoken.values() if own == pairs)


def answered_values(current: Mapping[VoicedKey, StoredAnswer]) -> dict[AnswerKey, AnswerValue | None]:
    """The return's own values, as routing wants them; what was said for a voice is left out."""
    return {(item, row): each.value for (item, row, voice), each in current.items() if not voice}
