"""What becomes of a line after its attempt: sent, put off, refused or in doubt; in the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from channels.base import AnyLetter, Envelope, Letter
from schedules.digesting import DigestFacts
from schedules.outcomes import Tally
from schedules.patience import resume_at, retry_at
from storage import attempts, audit, invitations, ledger, people, senders
from storage.chat_prompts import PromptState, note_prompt
from storage.engine import Tx
from storage.letter_facts import LetterFacts, keep_message
from storage.looks import look_again_at
from storage.rounds import was_moved
from storage.senders import Sender
from storage.steps import Step, reached
from surveys.addressing import addresses_in_order
from surveys.authority import SCHEDULE
from surveys.delivery import (
    ASKED_FOR,
    SENT_AGAIN_IN_DOUBT,
    Deferred,
    Line,
    LineKind,
    LineState,
    Outcome,
    Refused,
    Sent,
    Unknown,
)
from surveys.dispositions import Act, after_act
from surveys.panel import Address

# After so many attempts that ended in doubt another one helps nobody: the person would have had it many times over.
_MOST_DOUBTS = 4
# A server that refuses the message itself, not the address, may think better of it within some two hours.
_MOST_REFUSALS = 8
_INVITING = frozenset({LineKind.INVITATION, LineKind.DELEGATE})


@dataclass(frozen=True, kw_only=True, slots=True)
class NotTried:
    """Nothing was sent: what went before it says that nothing gets through now, or the time was over."""


NOT_TRIED = NotTried()


@dataclass(frozen=True, kw_only=True, slots=True)
class Handed:
    """One open attempt, and, once it was made, how it went. A digest goes to no address of the panel.

    `looked_up_later`: if it ends in doubt it stays open until its channel can say what became of it.
    """

    known: LetterFacts | DigestFacts
    address: Address | None
    attempt_id: int
    letter: AnyLetter
    envelope: Envelope | None = None
    outcome: Outcome | Unknown | NotTried | None = None
    looked_up_later: bool = False

    @property
    def stops(self) -> bool:
        """Whether nothing more can go through the channel now."""
        return isinstance(self.outcome, Unknown) or (isinstance(self.outcome, Deferred) and self.outcome.whole_channel)


def settle(tx: Tx, handed: Handed, sender: Sender, reach: Collection[str], tally: Tally, now: datetime) -> None:
    """Write how the attempt went, and what follows; `reach` names the channels that are on."""
    if handed.known.line.kind in ASKED_FOR:
        # What is stored of a person goes to their mailbox alone.
        reach = {ledger.DEFAULT_CHANNEL}
    match handed.outcome:
        case Sent():
            if settle_sent(tx, handed, tally, now) and sender.failures:
                senders.clear_trouble(tx, sender)
        case Deferred() as deferred:
            _deferred(tx, handed, deferred, sender, reach, tally, now)
        case Refused() as refused:
            _refused(tx, handed, refused, reach, tally, now)
        case Unknown() as unknown:
            line = handed.known.line
            if not handed.looked_up_later:
                settle_doubt(tx, line, handed.attempt_id, now, handed.known.doubts, tally, now, reason=unknown.reason)
            _pause(tx, sender, unknown.reason, tally, now)
        case NotTried():
            if attempts.end_attempt(tx, handed.attempt_id, outcome="not_tried", reason="", now=now):
                ledger.put_back(tx, handed.known.line.id, due_at=handed.known.line.due_at, reason="")
        case None:
            raise ValueError("an attempt can't be settled before it was made")


def mark_steps(handed: Handed | None) -> None:
    """The points a crash could part, after the transaction that settled the attempt."""
    if handed is None:
        return
    match handed.outcome:
        case Sent():
            reached(Step.LINE_SETTLED)
        case Deferred():
            reached(Step.LINE_DEFERRED)
        case Refused():
            reached(Step.LINE_REFUSED)
        case NotTried():
            reached(Step.LINE_DEFERRED)
        case _:
            reached(Step.DOUBT_SETTLED)


def cancel(tx: Tx, line: Line, reason: str, tally: Tally, now: datetime) -> None:
    """The line is no longer wanted."""
    ledger.settle(tx, line.id, LineState.CANCELLED, now=now, reason=reason)
    tally.counts["cancelled"] += 1


def nowhere_to_go(tx: Tx, known: LetterFacts, tally: Tally, now: datetime) -> None:
    """The person has no address that can be used."""
    ledger.settle(tx, known.line.id, LineState.REFUSED, now=now, reason="there is no usable address")
    tally.counts["refused"] += 1
    _undeliverable(tx, known, "there is no usable address", tally, now)


def settle_doubt(
    tx: Tx,
    line: Line,
    attempt_id: int,
    started_at: datetime,
    doubts: int,
    tally: Tally,
    now: datetime,
    *,
    reason: str,
    again_at: datetime | None = None,
) -> None:
    """Nobody knows whether it went: some kinds are sent once more, the others count as sent (design: 4)."""
    tally.counts["in_doubt"] += 1
    if line.kind in SENT_AGAIN_IN_DOUBT and doubts < _MOST_DOUBTS:
        if attempts.end_attempt(tx, attempt_id, outcome="in_doubt_again", reason=reason, now=now):
            later = retry_at(line.key, line.attempts + 1, now) if again_at is None else again_at
            ledger.put_back(tx, line.id, due_at=later, reason=f"in doubt, sent once more: {reason}", tried=1)
        return
    if attempts.end_attempt(tx, attempt_id, outcome="in_doubt_sent", reason=reason, now=now):
        ledger.settle(tx, line.id, LineState.SENT, now=now, reason=f"in doubt, counts as sent: {reason}", tried=1)
        if line.invitation_id is not None:
            invitations.note_contact(tx, line.invitation_id, line.kind, started_at)
            look_at_person(tx, line)


def settle_sent(
    tx: Tx, handed: Handed, tally: Tally, now: datetime, *, sent_at: datetime | None = None, reason: str = ""
) -> bool:
    """It went, at `sent_at` if that is not `now`; False if the attempt was settled before."""
    known, address, envelope, went = handed.known, handed.address, handed.envelope, sent_at or now
    line = known.line
    if envelope is None or not attempts.end_attempt(tx, handed.attempt_id, outcome="sent", reason=reason, now=now):
        return False
    ref = _name_of(handed, envelope)
    _note_prompt(tx, handed, ref, went)
    message_id = keep_message(
        tx,
        channel=_channel_of(handed),
        kind=line.kind,
        address_id=address.id if address is not None else None,
        ref=ref,
        subject=envelope.subject,
        body=envelope.body,
        instrument_id=known.round.instrument_id if isinstance(known, LetterFacts) else None,
        now=went,
    )
    ledger.settle(tx, line.id, LineState.SENT, now=now, message_id=message_id, tried=1, reason=reason)
    if line.invitation_id is not None and isinstance(known, LetterFacts):
        invitations.note_contact(tx, line.invitation_id, line.kind, went)
        moves = known.round.moves
        if moves and went >= moves[-1].at and line.kind in (*_INVITING, LineKind.REMINDER):
            # It named the close as it now stands, so it has told what a notice still waiting would tell.
            ledger.settle_along(
                tx, line.invitation_id, LineKind.NOTICE, message_id, reason=f"said in the {line.kind}", now=now
            )
        if was_moved(tx, known.round):
            # It named a close that was moved while it was on its way: its person has to be told of that now.
            look_at_person(tx, line)
    tally.sent[line.kind] += 1
    return True


def look_at_person(tx: Tx, line: Line) -> None:
    """What came to be known of this line may have something else said to its person."""
    if line.participant_id is not None:
        look_again_at(tx, line.participant_id)


def _channel_of(handed: Handed) -> str:
    """What goes to an organiser has no address of the panel: news goes by the chat that made it, a digest by mail."""
    if handed.address is not None:
        return handed.address.channel
    return handed.known.channel if isinstance(handed.known, DigestFacts) else ledger.DEFAULT_CHANNEL


def _name_of(handed: Handed, envelope: Envelope) -> str:
    """The platform's name for the message: a mail keeps the one that we gave it, which replies name."""
    chat = _channel_of(handed) != ledger.DEFAULT_CHANNEL
    return handed.outcome.ref if chat and isinstance(handed.outcome, Sent) and handed.outcome.ref else envelope.ref


def _note_prompt(tx: Tx, handed: Handed, ref: str, went: datetime) -> None:
    """A message that carries a page is kept up to date from now on."""
    letter, (conversation, _, message) = handed.letter, ref.rpartition(":")
    if handed.address is None or not message or not isinstance(letter, Letter) or letter.page is None:
        return
    note_prompt(
        tx,
        channel=handed.address.channel,
        conversation=conversation,
        message=message,
        invitation_id=letter.invitation_id,
        page=letter.page_key,
        part=0,
        state=PromptState.ASKING,
        now=went,
    )


def _deferred(
    tx: Tx,
    handed: Handed,
    deferred: Deferred,
    sender: Sender,
    reach: Collection[str],
    tally: Tally,
    now: datetime,
) -> None:
    line = handed.known.line
    if not attempts.end_attempt(tx, handed.attempt_id, outcome="deferred", reason=deferred.reason, now=now):
        return
    later = deferred.until if deferred.asked else max(deferred.until, retry_at(line.key, line.attempts + 1, now))
    following = _other_channel(handed, reach) if deferred.lasting else None
    if following is not None:
        ledger.put_back(tx, line.id, due_at=now, reason=deferred.reason, channel=following.channel, tried=1)
    else:
        ledger.put_back(tx, line.id, due_at=later, reason=deferred.reason, tried=1)
    tally.counts["deferred"] += 1
    if deferred.lasting:
        # The others are tried as well, each at once: whoever has another channel is moved to it.
        senders.pause(tx, sender, until=now, trouble=deferred.reason)
        tally.troubles[sender.account] = deferred.reason
    if deferred.whole_channel:
        _pause(tx, sender, deferred.reason, tally, max(deferred.until, now), asked=deferred.asked)


def _pause(tx: Tx, sender: Sender, reason: str, tally: Tally, now: datetime, *, asked: bool = False) -> None:
    """Rest from `now` on for a while; `asked`: the platform has said that it takes messages again then."""
    until = now if asked else resume_at(sender.account, sender.failures + 1, now)
    senders.pause(tx, sender, until=until, trouble=reason)
    tally.troubles[sender.account] = reason


def _refused(tx: Tx, handed: Handed, refused: Refused, reach: Collection[str], tally: Tally, now: datetime) -> None:
    known, line = handed.known, handed.known.line
    if not attempts.end_attempt(tx, handed.attempt_id, outcome="refused", reason=refused.reason, now=now):
        return
    if isinstance(known, DigestFacts) or handed.address is None:
        # Tomorrow's tells it again: nothing that a refused one said counts as told.
        ledger.settle(tx, line.id, LineState.REFUSED, now=now, reason=refused.reason, tried=1)
        tally.counts["refused"] += 1
        return
    if refused.address_is_bad:
        people.mark_address_bad(tx, handed.address.id, refused.reason, now)
        audit.append(
            tx,
            at=now,
            actor=SCHEDULE.name,
            channel=handed.address.channel,
            programme_id=known.stored.id,
            what="address marked as not working",
            subject=f"participant:{known.facts.participant.id}",
            after=f"address:{handed.address.id}",
        )
        following = _following(known, handed.address, reach)
        if following is not None:
            ledger.put_back(tx, line.id, due_at=now, reason=refused.reason, channel=following.channel, tried=1)
            tally.counts["deferred"] += 1
            return
    elif line.kind in SENT_AGAIN_IN_DOUBT and handed.envelope is not None and _may_change_its_mind(tx, line):
        ledger.put_back(tx, line.id, due_at=retry_at(line.key, line.attempts + 1, now), reason=refused.reason, tried=1)
        tally.counts["deferred"] += 1
        return
    ledger.settle(tx, line.id, LineState.REFUSED, now=now, reason=refused.reason, tried=1)
    tally.counts["refused"] += 1
    if refused.address_is_bad:
        _undeliverable(tx, known, refused.reason, tally, now)
    elif line.kind is LineKind.REMINDER:
        # Its number and its time are used up: the next one goes at its own time, not at once.
        invitations.note_contact(tx, known.invitation.id, line.kind, now)


def _may_change_its_mind(tx: Tx, line: Line) -> bool:
    """Whether the server has not refused the message too often; being put off by it is no refusal."""
    return attempts.how_many(tx, line.id, "refused") < _MOST_REFUSALS


def _other_channel(handed: Handed, reach: Collection[str]) -> Address | None:
    """The person's next address that is not of this channel."""
    if isinstance(handed.known, DigestFacts) or handed.address is None:
        return None
    ordered = addresses_in_order(handed.known.stored.programme, handed.known.facts.participant)
    return next((each for each in ordered if each.channel != handed.address.channel and each.channel in reach), None)


def _following(known: LetterFacts, refused: Address, reach: Collection[str]) -> Address | None:
    ordered = addresses_in_order(known.stored.programme, known.facts.participant)
    return next((each for each in ordered if each.id != refused.id and each.channel in reach), None)


def _undeliverable(tx: Tx, known: LetterFacts, reason: str, tally: Tally, now: datetime) -> None:
    disposition = after_act(known.facts.disposition, Act.UNREACHABLE)
    if disposition is not known.facts.disposition:
        invitations.set_disposition(tx, [known.invitation.id], disposition, reason=reason, channel="mail", now=now)
        tally.counts["undeliverable"] += 1
