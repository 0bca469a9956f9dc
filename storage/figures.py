"""What reports read of a round, in a fixed number of statements however many people it asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select

from storage.engine import Tx
from storage.rounds import was_loaded_late
from storage.subjects import SUBJECTS, subject_columns, subject_in
from storage.tables.answers import answers, consents, responses, unlinked_returns, voices
from storage.tables.delivery import attempts, deliveries, messages
from storage.tables.people import opt_outs, participants
from storage.tables.programme import areas, sessions
from storage.tables.rounds import invitation_voices, invitations, rounds
from surveys.answer_values import AnswerValue
from surveys.delivery import LineKind, LineState
from surveys.dispositions import Disposition
from surveys.panel import Subject
from surveys.rounds import Round, RoundState

Pair = tuple[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Invited:
    """One invitation with the person it went to; `voices` are the (area, perspective)s it speaks for.

    `area` is the person's own; `session` the one it asks about, "" for none; `about` whom an informant is asked about.
    """

    invitation_id: int
    participant_id: int
    key: str
    name: str
    phone: str
    area: str
    session: str
    disposition: Disposition
    voices: frozenset[Pair]
    delegated_from: int | None
    generation: int
    entry_generation: int
    invited_at: datetime | None
    last_contact_at: datetime | None
    snoozed_until: datetime | None
    reminders_sent: int
    opted_out: bool
    about: Subject | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class GivenAnswer:
    """The latest words for one question; `voice` is the perspective it was answered for, "" for the return itself."""

    item: str
    row: str
    voice: str
    value: AnswerValue | None
    raw: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Returned:
    """One response with what it holds; `consulted` is perspective -> how, `quotes` item -> level agreed to."""

    response_id: int
    invitation_id: int
    state: str
    channel: str
    last_channel: str
    mode: str
    typed_by: str
    submitted_at: datetime | None
    given: tuple[GivenAnswer, ...]
    consulted: Mapping[str, str]
    quotes: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class UnlinkedReturn:
    """A return that belongs to nobody; `answers` and `raw` by `item`, `item.row`, or either with `@voice`."""

    id: str
    answers: Mapping[str, AnswerValue]
    raw: Mapping[str, str]
    area: str
    perspectives: tuple[str, ...]
    state: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TroubledLine:
    """A message that did not go as it should: deferred (`state` queued) or refused, with why."""

    kind: LineKind
    state: LineState
    name: str
    key: str
    due_at: datetime
    attempts: int
    reason: str


def invited(tx: Tx, round_id: int) -> tuple[Invited, ...]:
    """Everyone invited to the round, by name."""
    spoken: dict[int, set[Pair]] = {}
    pairs = (select(invitation_voices).join(invitations, invitations.c.id == invitation_voices.c.invitation_id)).where(
        invitations.c.round_id == round_id
    )
    for row in tx.execute(pairs):
        spoken.setdefault(row.invitation_id, set()).add((row.area, row.perspective))
    out = (
        select(opt_outs.c.id)
        .where(
            opt_outs.c.participant_id == participants.c.id,
            or_(opt_outs.c.round_id.is_(None), opt_outs.c.round_id == round_id),
        )
        .exists()
    )
    query = (
        select(
            invitations,
            participants.c.key.label("person_key"),
            participants.c.name,
            participants.c.phone,
            areas.c.key.label("area"),
            sessions.c.key.label("session"),
            or_(participants.c.opted_out_at.is_not(None), out).label("opted_out"),
            *subject_columns(),
        )
        .select_from(
            invitations.join(participants, participants.c.id == invitations.c.participant_id)
            .outerjoin(areas, areas.c.id == participants.c.area_id)
            .outerjoin(sessions, sessions.c.id == invitations.c.session_id)
            .outerjoin(SUBJECTS, SUBJECTS.c.id == invitations.c.about_id)
        )
        .where(invitations.c.round_id == round_id)
        .order_by(participants.c.name, participants.c.key, invitations.c.id)
    )
    return tuple(
        Invited(
            invitation_id=row.id,
            participant_id=row.participant_id,
            key=row.person_key,
            name=row.name,
            phone=row.phone,
            area=row.area or "",
            session=row.session or "",
            disposition=Disposition(row.disposition),
            voices=frozenset(spoken.get(row.id, ())),
            delegated_from=row.delegated_from_id,
            generation=row.generation,
            entry_generation=row.entry_generation,
            invited_at=row.invited_at,
            last_contact_at=row.last_contact_at,
            snoozed_until=row.snoozed_until,
            reminders_sent=row.reminders_sent,
            opted_out=bool(row.opted_out),
            about=subject_in(row),
        )
        for row in tx.execute(query)
    )


def returned(tx: Tx, round_id: int) -> tuple[Returned, ...]:
    """The round's responses, partial ones too, each answer in its latest revision; those taken back are left out.

    And so are responses whose answers were deleted, or cut from the person, at the end of their period.
    """
    here = (responses.c.round_id == round_id) & responses.c.cut_at.is_(None)
    latest: dict[int, dict[tuple[str, str, str], GivenAnswer]] = {}
    revisions = select(answers).join(responses, responses.c.id == answers.c.response_id).where(here)
    for row in tx.execute(revisions.order_by(answers.c.response_id, answers.c.revision)):
        latest.setdefault(row.response_id, {})[row.item, row.row, row.voice] = GivenAnswer(
            item=row.item, row=row.row, voice=row.voice, value=row.value, raw=row.raw
        )
    heard: dict[int, dict[str, str]] = {}
    for row in tx.execute(select(voices).join(responses, responses.c.id == voices.c.response_id).where(here)):
        heard.setdefault(row.response_id, {})[row.perspective] = row.how
    agreed: dict[int, dict[str, str]] = {}
    given = select(consents).join(responses, responses.c.id == consents.c.response_id).where(here)
    for row in tx.execute(given.order_by(consents.c.id)):
        # The newest word on an item holds; one that was withdrawn is as if it had not been given.
        agreed.setdefault(row.response_id, {})[row.item] = "none" if row.withdrawn_at else row.level
    return tuple(
        Returned(
            response_id=row.id,
            invitation_id=row.invitation_id,
            state=row.state,
            channel=row.channel,
            last_channel=row.last_channel,
            mode=row.mode,
            typed_by=row.typed_by,
            submitted_at=row.submitted_at,
            given=tuple(each for each in latest.get(row.id, {}).values() if each.value is not None),
            consulted=heard.get(row.id, {}),
            quotes=agreed.get(row.id, {}),
        )
        for row in tx.execute(select(responses).where(here).order_by(responses.c.id))
    )


def unlinked(tx: Tx, round_id: int) -> tuple[UnlinkedReturn, ...]:
    """The round's unlinked returns, in the order of their random ids, which says nothing."""
    query = select(unlinked_returns).where(unlinked_returns.c.round_id == round_id).order_by(unlinked_returns.c.id)
    return tuple(
        UnlinkedReturn(
            id=row.id,
            answers=row.answers,
            raw=row.raw,
            area=row.area or "",
            perspectives=tuple(row.perspectives),
            state=row.state,
        )
        for row in tx.execute(query)
    )


def how_many_cut(tx: Tx, round_id: int) -> int:
    """How many returns of the round no longer have their answers: deleted, or cut from the person."""
    cut = (responses.c.round_id == round_id) & responses.c.cut_at.is_not(None)
    return int(tx.execute(select(func.count()).select_from(responses).where(cut)).scalar_one())


def heard_voices(tx: Tx, round_id: int) -> frozenset[Pair]:
    """(area, perspective)s heard in a round: complete returns speak for them, or carry their voices.

    It reads the complete returns alone, however many people were asked.
    """
    spoken = (
        select(invitation_voices.c.area, invitation_voices.c.perspective)
        .join(invitations, invitations.c.id == invitation_voices.c.invitation_id)
        .where(invitations.c.round_id == round_id, invitations.c.disposition == Disposition.COMPLETE)
        .distinct()
    )
    return collated(tx, round_id) | {(row.area, row.perspective) for row in tx.execute(spoken)}


def collated(tx: Tx, round_id: int) -> frozenset[Pair]:
    """(area, perspective)s heard through somebody else's return: each area it speaks for, each voice it carries.

    Only returns that were sent count, as with any other voice.
    """
    query = (
        select(invitation_voices.c.area, voices.c.perspective)
        .select_from(
            voices.join(responses, responses.c.id == voices.c.response_id).join(
                invitation_voices, invitation_voices.c.invitation_id == responses.c.invitation_id
            )
        )
        .where(responses.c.round_id == round_id, responses.c.state == "complete")
        .distinct()
    )
    return frozenset((row.area, row.perspective) for row in tx.execute(query))


def troubled_lines(tx: Tx, round_id: int | None = None) -> tuple[TroubledLine, ...]:
    """Messages that were put off after a try, and those refused for good; of one round, or of all."""
    put_off = and_(
        deliveries.c.state.in_([LineState.QUEUED, LineState.CLAIMED]),
        deliveries.c.attempts > 0,
        deliveries.c.reason != "",
    )
    query = (
        select(deliveries, participants.c.name, participants.c.key.label("person"))
        .select_from(deliveries.outerjoin(participants, participants.c.id == deliveries.c.participant_id))
        .where(or_(put_off, deliveries.c.state == LineState.REFUSED))
        .order_by(deliveries.c.due_at, deliveries.c.id)
    )
    if round_id is not None:
        query = query.where(deliveries.c.round_id == round_id)
    return tuple(
        TroubledLine(
            kind=LineKind(row.kind),
            state=LineState(row.state),
            name=row.name or "",
            key=row.person or "",
            due_at=row.due_at,
            attempts=row.attempts,
            reason=row.reason,
        )
        for row in tx.execute(query)
    )


def last_channels(tx: Tx, round_id: int) -> Mapping[int, str]:
    """Invitation -> channel of the last message sent to it."""
    query = (
        select(deliveries.c.invitation_id, messages.c.channel)
        .join(messages, messages.c.id == deliveries.c.message_id)
        .where(deliveries.c.round_id == round_id, deliveries.c.state == LineState.SENT)
        .order_by(messages.c.id)
    )
    return {row.invitation_id: row.channel for row in tx.execute(query) if row.invitation_id is not None}


def invited_by_round(tx: Tx) -> Mapping[int, int]:
    """How many invitations each round has; rounds without any are left out."""
    query = select(invitations.c.round_id, func.count().label("many")).group_by(invitations.c.round_id)
    return {row.round_id: row.many for row in tx.execute(query)}


def time_in_round(tx: Tx, round_: Round, now: datetime) -> datetime:
    """What time it is in the round's own life: `now`, unless a past season is being played with `tick --at`.

    A round that is stored as open after its close is in the middle of such a play (under `serve` it closes within
    seconds), so its own time is when something last happened in it. One that was loaded after its close, and held when
    the play came to it, is opened at its opening.
    """
    if round_.state is RoundState.OPEN and now >= round_.closes_at:
        trace = latest_trace(tx, round_.id)
        return trace if trace is not None and trace < round_.closes_at else now
    if round_.state is RoundState.HELD and now >= round_.closes_at and was_loaded_late(tx, round_.id):
        return round_.opens_at
    return now


def latest_trace(tx: Tx, round_id: int) -> datetime | None:
    """When something last happened in the round by its own clock: it opened, a message was queued, tried or settled."""
    query = select(
        func.max(deliveries.c.created_at), func.max(deliveries.c.settled_at), func.max(attempts.c.started_at)
    )
    tried = deliveries.outerjoin(attempts, attempts.c.delivery_id == deliveries.c.id)
    row = tx.execute(query.select_from(tried).where(deliveries.c.round_id == round_id)).one()
    opened = tx.execute(select(rounds.c.opened_at, rounds.c.extended_at).where(rounds.c.id == round_id)).one()
    return max((at for at in (*row, *opened) if at is not None), default=None)
