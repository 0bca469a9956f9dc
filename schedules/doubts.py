"""Lines left claimed by a sender that is gone: given back, looked up, or settled by kind where an attempt was open."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from channels.base import CannotBeSaid, Channel, Doubt, LookingUp, NotReady
from schedules.letters import TELLING, letter_of
from schedules.news import address_of
from schedules.outcomes import Tally, TickSettings
from schedules.posting import place_of
from schedules.settling import Handed, look_at_person, settle_doubt, settle_sent
from storage import attempts, invitations, ledger, rounds
from storage.attempts import Abandoned
from storage.engine import Store, Tx
from storage.ledger import Claimed
from storage.letter_facts import answers_of, letter_facts
from storage.steps import Step, reached
from surveys.delivery import LineKind, LineState, NotSent, Sent, Unknown, WentOut
from surveys.panel import Address

_AT_ONCE = 200
# A platform that can't be asked for so long is not waited for any more: the line is settled by its kind.
_ASKED_FOR = timedelta(days=1)


def settle_doubts(
    store: Store, channels: Mapping[str, Channel], settings: TickSettings, tally: Tally, now: datetime
) -> None:
    """Settle every claimed line whose lease ran out; all that are claimed where no other sender can be alive.

    A line without an open attempt has not been sent and waits again. One with an open attempt may or may not have
    gone: its channel is asked where that can tell, a lease after the attempt began; else its kind decides (design:
    The life of one reminder, 4).
    """
    asked = {channel.account: channel for channel in channels.values() if isinstance(channel, LookingUp)}
    while True:
        with store.reading() as tx:
            if not attempts.abandoned(tx, now, everything=settings.takes_over, but_not=asked.keys(), limit=1):
                break
        with store.writing() as tx:
            found = attempts.abandoned(tx, now, everything=settings.takes_over, but_not=asked.keys(), limit=_AT_ONCE)
            for each in found:
                _settle_by_kind(tx, each, tally, now, reason="the sender was stopped while sending")
        if found:
            reached(Step.DOUBT_SETTLED)
    if asked:
        _look_up(store, asked, settings, tally, now)


def _look_up(store: Store, asked: Mapping[str, Channel], settings: TickSettings, tally: Tally, now: datetime) -> None:
    with store.reading() as tx:
        found = attempts.to_look_up(tx, now, asked.keys())
    for each in found:
        channel = asked[each.account]
        if settings.stopping() or not isinstance(channel, LookingUp) or each.attempt_id is None:
            return
        doubt = Doubt(
            key=each.line.key,
            kind=each.line.kind,
            ref=each.ref,
            draft=each.draft,
            address=each.address or _place(store, each, channel.name),
            started_at=each.started_at or now,
        )
        # Outside any transaction, as a message is sent. Of two that ask at once the first to write settles it.
        answer = channel.look_up(doubt)
        reached(Step.DOUBT_LOOKED_UP)
        with store.writing() as tx:
            match answer:
                case WentOut(ref=ref):
                    tally.counts["in_doubt"] += 1
                    _went_out(tx, each, channel, ref, settings, tally, now)
                case NotSent():
                    tally.counts["in_doubt"] += 1
                    if attempts.end_attempt(tx, each.attempt_id, outcome="not_sent", reason="looked up", now=now):
                        ledger.put_back(tx, each.line.id, due_at=now, reason="looked up: it had not been sent", tried=1)
                case Unknown(reason=reason) if doubt.started_at < now - _ASKED_FOR:
                    _settle_by_kind(tx, each, tally, now, reason=f"it could not be looked up: {reason}")
                case Unknown():
                    continue
        if isinstance(answer, NotSent):
            # The line stands free again before the draft goes: a crash in between leaves a draft that nobody sends.
            channel.discard(doubt)
        reached(Step.DOUBT_SETTLED)


def _place(store: Store, each: Abandoned, channel: str) -> str:
    """Where news or a post went, whose attempt has no address of the panel."""
    with store.reading() as tx:
        if each.line.kind is LineKind.NEWS:
            return address_of(tx, each.line, channel)
        round_ = None if each.line.kind is not LineKind.POST else rounds.round_by_id(tx, each.line.round_id or 0)
        return "" if round_ is None else place_of(tx, round_, channel)


def _settle_by_kind(tx: Tx, each: Abandoned, tally: Tally, now: datetime, *, reason: str) -> None:
    if each.attempt_id is None:
        ledger.put_back(tx, each.line.id, due_at=each.line.due_at, reason=each.line.reason)
        return
    settle_doubt(
        tx,
        each.line,
        each.attempt_id,
        each.started_at or now,
        each.doubts,
        tally,
        now,
        reason=reason,
        again_at=now,
    )


def _went_out(
    tx: Tx, each: Abandoned, channel: Channel, ref: str, settings: TickSettings, tally: Tally, now: datetime
) -> None:
    """It is settled as sent, and what was sent is kept: replies are read by it, so it is written once more."""
    look_at_person(tx, each.line)
    known = letter_facts(tx, [Claimed(line=each.line, detail=each.detail)]).get(each.line.id)
    if known is not None and each.address_id is not None and each.attempt_id is not None:
        started_at = each.started_at or now
        address = Address(id=each.address_id, channel=channel.name, value=each.address)
        answers = answers_of(tx, known.invitation.id) if each.line.kind in TELLING else {}
        letter = letter_of(known, address, settings, started_at, answers)
        with suppress(CannotBeSaid, NotReady):
            handed = Handed(
                known=known,
                address=address,
                attempt_id=each.attempt_id,
                letter=letter,
                envelope=channel.compose(letter),
                outcome=Sent(ref=ref),
            )
            if settle_sent(tx, handed, tally, now, sent_at=started_at, reason="looked up: it had been sent"):
                return
    if each.attempt_id is not None and attempts.end_attempt(
        tx, each.attempt_id, outcome="sent", reason="looked up", now=now
    ):
        ledger.settle(tx, each.line.id, LineState.SENT, now=now, reason="looked up: it had been sent", tried=1)
        if each.line.invitation_id is not None:
            invitations.note_contact(tx, each.line.invitation_id, each.line.kind, each.started_at or now)
