"""One invitation with everything its form depends on, in a single statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, func, or_, select

from storage.engine import Tx
from storage.subjects import SUBJECTS, subject_columns, subject_in
from storage.tables.answers import responses
from storage.tables.people import opt_outs, participants
from storage.tables.programme import areas, instruments, programmes, sessions
from storage.tables.rounds import invitation_voices, invitations, rounds
from surveys.dispositions import Disposition
from surveys.panel import Subject
from surveys.programme import Mode
from surveys.rounds import RoundState


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
    closed_at: datetime | None
    frozen_at: datetime | None
    session: str
    session_row: int | None
    round_of_session: bool
    programme_id: int
    programme_key: str
    programme_digest: str
    instrument_id: int
    instrument_digest: str
    response: StoredResponse | None
    about: Subject | None = None

    @property
    def perspectives(self) -> frozenset[str]:
        return frozenset(perspective for _, perspective in self.pairs)

    @property
    def ended_at(self) -> datetime:
        """When the round closed or will close: an organiser may have closed it before its time."""
        if self.state is not RoundState.CLOSED or self.closed_at is None:
            return self.closes_at
        return min(self.closed_at, self.closes_at)

    @property
    def areas(self) -> frozenset[str]:
        return frozenset(area for area, _ in self.pairs if area)

    def ledger_key(self, suffix: str) -> str:
        """The key of one of this invitation's ledger lines; the session is named where the round isn't made for it."""
        person = self.participant_key
        part = self.session if not self.round_of_session else ""
        if part := part or ("" if self.about is None else self.about.key):
            person = f"{person}@{part}"
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
        func.coalesce(func.nullif(participants.c.own_timezone, ""), participants.c.timezone).label("timezone"),
        _OPTED_OUT.label("opted_out"),
        rounds.c.id.label("round_id"),
        rounds.c.key.label("round_key"),
        rounds.c.entry,
        rounds.c.mode,
        rounds.c.state,
        rounds.c.opens_at,
        rounds.c.closes_at,
        rounds.c.closed_at,
        rounds.c.frozen_at,
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
        invitations.c.about_id,
        *subject_columns(),
    )
    .select_from(
        invitations.join(rounds, rounds.c.id == invitations.c.round_id)
        .join(participants, participants.c.id == invitations.c.participant_id)
        .join(programmes, programmes.c.id == rounds.c.programme_id)
        .join(instruments, instruments.c.id == rounds.c.instrument_id)
        .outerjoin(areas, areas.c.id == participants.c.area_id)
        .outerjoin(sessions, sessions.c.id == func.coalesce(invitations.c.session_id, rounds.c.session_id))
        .outerjoin(responses, responses.c.invitation_id == invitations.c.id)
        .outerjoin(SUBJECTS, SUBJECTS.c.id == invitations.c.about_id)
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
        closed_at=row.closed_at,
        frozen_at=row.frozen_at,
        session=row.session or "",
        session_row=row.session_row,
        round_of_session=row.round_session is not None,
        programme_id=row.programme_id,
        programme_key=row.programme_key,
        programme_digest=row.programme_digest,
        instrument_id=row.instrument_id,
        instrument_digest=row.instrument_digest,
        response=response,
        about=subject_in(row),
    )
