"""Invitations: one person, one round (and one session where the round asks for each), and what became of it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Row, bindparam, func, insert, select, update

from storage.dialects import insert_into, was_numbered
from storage.engine import Tx
from storage.tables.base import UtcTime
from storage.tables.programme import sessions
from storage.tables.rounds import dispositions, invitation_voices, invitations, rounds
from surveys.delivery import LineKind
from surveys.dispositions import Disposition
from surveys.rounds import RoundState

# Letters and digits that are not taken for one another when read aloud or copied by hand.
_REFERENCE_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_TOKEN_SIGNS = "abcdefghijklmnopqrstuvwxyz234567"
_CHUNK = 400

Voice = tuple[str, str]
"""(area, perspective)"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Invitation:
    """One invitation as stored. `reference` and `mail_token` correlate mails; neither opens anything.

    `session` is the key of the session it is about, "" where it is for the person.
    """

    id: int
    round_id: int
    participant_id: int
    session: str
    session_id: int | None
    reference: str
    mail_token: str
    generation: int
    entry_generation: int
    disposition: Disposition
    snoozed_until: datetime | None
    delegated_from_id: int | None
    invited_at: datetime | None
    last_contact_at: datetime | None
    reminders_sent: int
    last_reminder_at: datetime | None
    created_at: datetime
    about_id: int | None = None

    @property
    def ref(self) -> int:
        """What tells it from the person's other invitations to the round."""
        return ref_of(self.session_id, self.about_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class NewInvitation:
    """An invitation to be made; `voices` are fixed now, so that figures don't move later."""

    round_id: int
    participant_id: int
    session_id: int | None = None
    voices: frozenset[Voice] = frozenset()
    delegated_from_id: int | None = None
    about_id: int | None = None


def ref_of(session_id: int | None, about_id: int | None) -> int:
    """The session's row, minus the row of whom an informant is asked about, or 0."""
    return session_id or -(about_id or 0)


_QUERY = select(invitations, sessions.c.key.label("session_key")).select_from(
    invitations.outerjoin(sessions, sessions.c.id == invitations.c.session_id)
)


def create(tx: Tx, wanted: Sequence[NewInvitation], now: datetime) -> tuple[int, ...]:
    """Make the invitations that don't exist yet; the ids of those made.

    Repeating it after a crash makes only what is missing.
    """
    made: list[int] = []
    for start in range(0, len(wanted), _CHUNK):
        missing = {_identity(each): each for each in wanted[start : start + _CHUNK]}
        # A reference that is taken already is passed over by the insert, and tried again with another.
        while missing:
            rows = [_row(each, now) for each in missing.values()]
            found = _inserted(tx, rows)
            _write_voices(tx, {found[key]: each.voices for key, each in missing.items() if key in found})
            made.extend(found[key] for key in missing if key in found)
            missing = {key: each for key, each in missing.items() if key not in found}
            for identity in _existing(tx, missing.values()) if missing else ():
                missing.pop(identity, None)
    return tuple(made)


def invitation(tx: Tx, invitation_id: int) -> Invitation | None:
    """The invitation of that id."""
    row = tx.execute(_QUERY.where(invitations.c.id == invitation_id)).one_or_none()
    return None if row is None else _invitation(row)


def of_participant(tx: Tx, round_id: int, participant_id: int) -> Invitation:
    """The invitation that a person has to the round for no session in particular; there must be one."""
    query = _QUERY.where(
        invitations.c.round_id == round_id,
        invitations.c.participant_id == participant_id,
        invitations.c.session_id.is_(None),
    )
    return _invitation(tx.execute(query).one())


def invitations_by_ids(tx: Tx, ids: Iterable[int]) -> dict[int, Invitation]:
    """The invitations of those rows; ask for no more than some hundreds at once."""
    rows = tx.execute(_QUERY.where(invitations.c.id.in_(list(ids))))
    return {row.id: _invitation(row) for row in rows}


def invitation_by_reference(tx: Tx, reference: str) -> Invitation | None:
    """The invitation that a mail's visible reference names."""
    row = tx.execute(_QUERY.where(invitations.c.reference == reference.upper())).one_or_none()
    return None if row is None else _invitation(row)


def invitation_by_mail_token(tx: Tx, token: str) -> Invitation | None:
    """The invitation that a plus-address names."""
    row = tx.execute(_QUERY.where(invitations.c.mail_token == token.lower())).one_or_none()
    return None if row is None else _invitation(row)


def invitations_of(tx: Tx, round_id: int) -> tuple[Invitation, ...]:
    """Every invitation of the round, in the order they were made."""
    rows = tx.execute(_QUERY.where(invitations.c.round_id == round_id).order_by(invitations.c.id))
    return tuple(_invitation(row) for row in rows)


def voices_of_round(tx: Tx, round_id: int) -> Mapping[int, frozenset[Voice]]:
    """By invitation: the pairs it speaks for."""
    query = select(invitation_voices).join(invitations, invitations.c.id == invitation_voices.c.invitation_id)
    found: dict[int, set[Voice]] = {}
    for row in tx.execute(query.where(invitations.c.round_id == round_id)):
        found.setdefault(row.invitation_id, set()).add((row.area, row.perspective))
    return {key: frozenset(pairs) for key, pairs in found.items()}


_SOME_INVITED = (
    select(invitations.c.id)
    .where(invitations.c.round_id == bindparam("round"))
    .limit(bindparam("least", type_=Integer()))
    .subquery()
)
_HOW_MANY = select(func.count()).select_from(_SOME_INVITED)


def fewer_invited(tx: Tx, round_id: int, least: int) -> bool:
    """Whether fewer than `least` people have been invited to the round; it counts no further than that."""
    found: int = tx.execute(_HOW_MANY, {"round": round_id, "least": least}).scalar_one()
    return found < least


def joint_and_complete(tx: Tx, round_id: int) -> tuple[tuple[int, Disposition, frozenset[Voice]], ...]:
    """(id, disposition, voices) of those who leant on a joint return and of those who sent one; () if none leant."""
    here = invitations.c.round_id == round_id
    leant = here & (invitations.c.disposition == Disposition.JOINT_RETURN)
    if tx.execute(select(invitations.c.id).where(leant).limit(1)).first() is None:
        return ()
    query = (
        select(invitations.c.id, invitations.c.disposition, invitation_voices.c.area, invitation_voices.c.perspective)
        .select_from(invitations.outerjoin(invitation_voices))
        .where(here, invitations.c.disposition.in_([Disposition.JOINT_RETURN, Disposition.COMPLETE]))
    )
    standing: dict[int, Disposition] = {}
    spoken: dict[int, set[Voice]] = {}
    for row in tx.execute(query):
        standing[row.id] = Disposition(row.disposition)
        voices = spoken.setdefault(row.id, set())
        if row.area is not None:
            voices.add((row.area, row.perspective))
    return tuple((key, disposition, frozenset(spoken[key])) for key, disposition in standing.items())


_SET_DISPOSITION = (
    update(invitations)
    .where(invitations.c.id == bindparam("wanted"))
    .values(disposition=bindparam("becomes", type_=invitations.c.disposition.type))
)
_NOTE_DISPOSITION = insert(dispositions)


def set_disposition(
    tx: Tx,
    invitation_ids: Iterable[int],
    disposition: Disposition,
    *,
    reason: str,
    channel: str,
    now: datetime,
) -> None:
    """Write what has become of invitations, and the line of its history."""
    ids = list(invitation_ids)
    if not ids:
        return
    tx.execute(_SET_DISPOSITION, [{"wanted": each, "becomes": disposition} for each in ids])
    tx.execute(
        _NOTE_DISPOSITION,
        [
            {
                "invitation_id": each,
                "disposition": disposition,
                "reason": reason,
                "channel": channel,
                "at": now,
            }
            for each in ids
        ],
    )


def open_invitations(tx: Tx, participant_ids: Sequence[int], standing: Iterable[Disposition]) -> tuple[int, ...]:
    """The invitations of these people, in rounds that are open, with one of these dispositions."""
    wanted = [str(each) for each in standing]
    found: list[int] = []
    for start in range(0, len(participant_ids), _CHUNK):
        query = (
            select(invitations.c.id)
            .join(rounds, rounds.c.id == invitations.c.round_id)
            .where(
                rounds.c.state == RoundState.OPEN,
                invitations.c.participant_id.in_(participant_ids[start : start + _CHUNK]),
                invitations.c.disposition.in_(wanted),
            )
        )
        found.extend(tx.execute(query).scalars())
    return tuple(found)


def settled_because(tx: Tx, invitation_ids: Sequence[int], reason: str) -> tuple[int, ...]:
    """Those of the invitations whose present disposition was given for that reason."""
    found: list[int] = []
    for start in range(0, len(invitation_ids), _CHUNK):
        part = invitation_ids[start : start + _CHUNK]
        latest = (
            select(func.max(dispositions.c.id))
            .where(dispositions.c.invitation_id.in_(part))
            .group_by(dispositions.c.invitation_id)
        )
        given = select(dispositions.c.invitation_id).where(dispositions.c.id.in_(latest))
        found.extend(tx.execute(given.where(dispositions.c.reason == reason)).scalars())
    return tuple(found)


def snooze(tx: Tx, invitation_id: int, until: datetime | None) -> None:
    """No reminder before then; None ends it."""
    tx.execute(update(invitations).where(invitations.c.id == invitation_id).values(snoozed_until=until))


def new_generation(tx: Tx, invitation_id: int, *, entry: bool = False) -> None:
    """End every older link of the person's, or of the organiser's entry."""
    column = invitations.c.entry_generation if entry else invitations.c.generation
    tx.execute(update(invitations).where(invitations.c.id == invitation_id).values({column: column + 1}))


# Said once for each message: building the statements anew would cost more than running them.
_AT = bindparam("at", type_=UtcTime())
_THAT = update(invitations).where(invitations.c.id == bindparam("invitation"))
_INVITED = _THAT.values(invited_at=_AT, last_contact_at=_AT)
_CONTACTED = {
    LineKind.INVITATION: _INVITED,
    LineKind.DELEGATE: _INVITED,
    LineKind.REMINDER: _THAT.values(
        reminders_sent=invitations.c.reminders_sent + 1, last_reminder_at=_AT, last_contact_at=_AT
    ),
    LineKind.NOTICE: _THAT.values(last_contact_at=_AT),
}


def note_contact(tx: Tx, invitation_id: int, kind: LineKind, at: datetime) -> None:
    """A message of that kind has gone (or counts as gone): what the gap, the cap and the plan are reckoned from."""
    contacted = _CONTACTED.get(kind)
    if contacted is not None:
        tx.execute(contacted, {"invitation": invitation_id, "at": at})


def was_made(tx: Tx, invitation_id: int) -> bool:
    """Whether there has ever been an invitation of that number, one that was erased since too."""
    return was_numbered(tx, invitations, invitation_id)


def latest_contact(tx: Tx, round_id: int) -> datetime | None:
    """When a message that asks last went to anyone of the round; None if none has."""
    query = select(func.max(invitations.c.last_contact_at)).where(invitations.c.round_id == round_id)
    found: datetime | None = tx.execute(query).scalar_one()
    return found


def _identity(wanted: NewInvitation) -> tuple[int, int, int]:
    return wanted.round_id, wanted.participant_id, ref_of(wanted.session_id, wanted.about_id)


def _inserted(tx: Tx, rows: Sequence[Mapping[str, object]]) -> dict[tuple[int, int, int], int]:
    """Write those that are not there; by identity, the ids of those written.

    One statement that says what it wrote: asking for it afterwards takes a server longer than writing.
    """
    written = (
        insert_into(tx, invitations)
        .on_conflict_do_nothing()
        .returning(invitations.c.id, invitations.c.round_id, invitations.c.participant_id, invitations.c.session_ref)
    )
    done = tx.execute(written, [dict(row) for row in rows])
    return {(row.round_id, row.participant_id, row.session_ref): row.id for row in done}


def _existing(tx: Tx, wanted: Iterable[NewInvitation]) -> dict[tuple[int, int, int], int]:
    each = list(wanted)
    query = select(
        invitations.c.id, invitations.c.round_id, invitations.c.participant_id, invitations.c.session_ref
    ).where(
        invitations.c.round_id.in_({one.round_id for one in each}),
        invitations.c.participant_id.in_({one.participant_id for one in each}),
    )
    return {(row.round_id, row.participant_id, row.session_ref): row.id for row in tx.execute(query)}


def _row(wanted: NewInvitation, now: datetime) -> dict[str, object]:
    signs = _random_signs(_REFERENCE_SIGNS, 6)
    return {
        "round_id": wanted.round_id,
        "participant_id": wanted.participant_id,
        "session_ref": ref_of(wanted.session_id, wanted.about_id),
        "session_id": wanted.session_id,
        "about_id": wanted.about_id,
        "reference": f"{signs[:4]}-{signs[4:]}",
        "mail_token": _random_signs(_TOKEN_SIGNS, 16),
        "generation": 0,
        "entry_generation": 0,
        "disposition": Disposition.PENDING,
        "delegated_from_id": wanted.delegated_from_id,
        "reminders_sent": 0,
        "created_at": now,
    }


def _random_signs(alphabet: str, many: int) -> str:
    # One draw for all of them: a draw for each sign took a third of the time that inviting thousands takes.
    number, signs = secrets.randbelow(len(alphabet) ** many), []
    for _ in range(many):
        number, place = divmod(number, len(alphabet))
        signs.append(alphabet[place])
    return "".join(signs)


def _write_voices(tx: Tx, voices: Mapping[int, frozenset[Voice]]) -> None:
    rows = [
        {"invitation_id": invitation_id, "area": area, "perspective": perspective}
        for invitation_id, pairs in voices.items()
        for area, perspective in sorted(pairs)
    ]
    if rows:
        tx.execute(insert_into(tx, invitation_voices).on_conflict_do_nothing(), rows)


def _invitation(row: Row[Any]) -> Invitation:
    return Invitation(
        id=row.id,
        round_id=row.round_id,
        participant_id=row.participant_id,
        session=row.session_key or "",
        session_id=row.session_id,
        reference=row.reference,
        mail_token=row.mail_token,
        generation=row.generation,
        entry_generation=row.entry_generation,
        disposition=Disposition(row.disposition),
        snoozed_until=row.snoozed_until,
        delegated_from_id=row.delegated_from_id,
        invited_at=row.invited_at,
        last_contact_at=row.last_contact_at,
        reminders_sent=row.reminders_sent,
        last_reminder_at=row.last_reminder_at,
        created_at=row.created_at,
        about_id=row.about_id,
    )
