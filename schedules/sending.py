"""Delivering what is due through one channel (design: The life of one reminder, 3).

The settlement of one message and the attempt of the next are one transaction, so in a long run each message costs a
single commit, and there is never more than one open attempt on the connection.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from channels.base import (
    CannotBeSaid,
    Channel,
    DigestLetter,
    Doubt,
    Drafted,
    Drafting,
    Envelope,
    InDoubt,
    Letter,
    LookingUp,
    NewsLetter,
    NotReady,
    Pacing,
    PostLetter,
)
from schedules import settling
from schedules.digesting import DigestFacts, cancel_digest, digest_letter
from schedules.letters import TELLING, letter_of
from schedules.news import news_letter
from schedules.outcomes import Tally, TickSettings
from schedules.own_copies import with_copy, with_question
from schedules.patience import LONGEST_PAUSE
from schedules.posting import post_letter
from schedules.settling import Handed
from storage import attempts, invitation_facts, ledger, rounds, senders
from storage.engine import DatabaseBusyError, Store, Tx
from storage.ledger import Claimed
from storage.letter_facts import LetterFacts, answers_of, letter_facts
from storage.senders import Sender
from storage.silence import may_be_copied
from storage.steps import Step, reached
from surveys.addressing import addresses_in_order
from surveys.delivery import APART, Deferred, LineKind, Outcome, Refused, Unknown
from surveys.panel import Address
from surveys.still_wanted import NotWanted, Wanted, still_wanted

_BATCH = 200
# A message that has left must be settled: another writer's long transaction is waited for, again and again.
_PATIENCE = 20


class _Passed(Exception):
    """Another sender has taken the account: nothing more is to be settled or sent from here."""


@dataclass(slots=True)
class _Hand:
    """What this sender has claimed and not yet dealt with."""

    lines: deque[Claimed] = field(default_factory=deque)
    known: dict[int, LetterFacts] = field(default_factory=dict)
    claimed_now: bool = False


class Delivery:
    """One run of one channel."""

    def __init__(
        self,
        store: Store,
        channel: Channel,
        settings: TickSettings,
        tally: Tally,
        clock: Callable[[], datetime],
        *,
        reach: Collection[str],
    ) -> None:
        self._reach = reach
        self._store = store
        self._channel = channel
        self._settings = settings
        self._tally = tally
        self._clock = clock
        self._hand = _Hand()
        self._renewed_at = clock()

    def run(self) -> None:
        """Send everything of this channel that is due.

        1. Take the account, unless another has it or it is to rest until later.
        2. Settle the message before, claim if the hand is empty, look at the next line again, write its attempt.
        3. Send it, outside any transaction; then back to 2, until nothing is due or the channel takes nothing.
        4. Give back what is claimed, the account and the connection.
        """
        sender = self._take()
        if sender is None:
            return
        try:
            self._until_nothing_is_due(sender)
        except _Passed:
            return
        finally:
            self._let_go(sender)

    def _take(self) -> Sender | None:
        now, account = self._clock(), self._channel.account
        with self._store.reading() as tx:
            if not ledger.is_due(tx, self._channel.name, now) or self._rests():
                return None
        with self._store.writing() as tx:
            sender = senders.take(tx, account, holder=self._settings.holder, now=now, alone=self._settings.alone)
        if sender is None:
            return None
        self._renewed_at = now
        reached(Step.SENDER_TAKEN)
        # Further off than any pause of ours it was set by a clock that has since been put back.
        if sender.resume_at is not None and now < sender.resume_at <= now + LONGEST_PAUSE:
            with self._store.writing() as tx:
                senders.give_back(tx, sender, now=now)
            return None
        return sender

    def _until_nothing_is_due(self, sender: Sender) -> None:
        handed: Handed | None = None
        while True:
            last = self._settings.stopping() or (handed is not None and handed.stops) or self._rests()
            settled, handed = handed, self._turn(sender, handed, last=last)
            settling.mark_steps(settled)
            self._discard(settled)
            claimed = self._hand.claimed_now and not last
            if claimed:
                reached(Step.LINE_CLAIMED)
            if handed is None and claimed:
                # None of what was claimed is still wanted: there may be more, for a transaction of its own.
                continue
            if handed is None:
                return
            reached(Step.ATTEMPT_WRITTEN)
            handed = self._send(handed)
            reached(Step.MESSAGE_SENT)

    def _rests(self) -> bool:
        """Whether the platform has taken as much as it does for now: what is due goes when it takes more."""
        free = self._channel.free_at(self._clock()) if isinstance(self._channel, Pacing) else None
        if free is not None and free not in self._tally.resumes:
            self._tally.resumes.append(free)
        return free is not None

    def _turn(self, sender: Sender, handed: Handed | None, *, last: bool) -> Handed | None:
        """Settle one message and write the next attempt: one transaction, tried again while others write."""
        for tried in range(_PATIENCE):
            lines, known = deque(self._hand.lines), dict(self._hand.known)
            counted = self._tally.copy()
            try:
                with self._store.writing() as tx:
                    now = self._clock()
                    self._hold_account(tx, sender, now)
                    if handed is not None:
                        settling.settle(tx, handed, sender, self._reach, self._tally, now)
                    return None if last else self._next(tx, sender, now)
            except DatabaseBusyError:
                # The transaction is rolled back, and so is what we remember of it.
                self._hand = _Hand(lines=lines, known=known)
                self._tally.restore(counted)
                if tried == _PATIENCE - 1:
                    raise
        return None

    def _hold_account(self, tx: Tx, sender: Sender, now: datetime) -> None:
        """Make sure that the account is still ours, and stays so."""
        # Where the run lock keeps every other sender out, it is enough to renew the lease before it ends.
        if self._settings.alone and now - self._renewed_at < senders.LEASE / 4:
            return
        if not senders.renew(tx, sender, now=now):
            raise _Passed
        self._renewed_at = now

    def _next(self, tx: Tx, sender: Sender, now: datetime) -> Handed | None:
        """The next line that is still wanted and has somewhere to go, its attempt written.

        None if nothing is due, or if nothing in one handful claimed now is wanted: a transaction stays short however
        many lines have become useless.
        """
        self._hand.claimed_now = False
        while True:
            if not self._hand.lines and (self._hand.claimed_now or not self._claim(tx, now)):
                return None
            claimed = self._hand.lines.popleft()
            if claimed.line.kind in APART:
                told = self._apart(tx, claimed, sender, now)
                if told is not None:
                    return told
                continue
            known = self._hand.known.pop(claimed.line.id, None)
            if known is None:
                settling.cancel(tx, claimed.line, "what it was about is gone", self._tally, now)
                continue
            known, verdict = self._look_again(tx, known, now)
            if isinstance(verdict, NotWanted):
                if verdict.later:
                    # While it was in hand no plan could make another of it.
                    rounds.look_again(tx, known.round.id, None)
                settling.cancel(tx, claimed.line, verdict.reason, self._tally, now)
                continue
            address = self._address(known)
            if address is None:
                settling.nowhere_to_go(tx, known, self._tally, now)
                continue
            if not self._settings.alone and not attempts.hold(tx, claimed.line, holder=self._settings.holder, now=now):
                continue
            attempt = attempts.open_attempt(
                tx,
                claimed.line,
                ref=self._channel.ref(claimed.line.key),
                account=self._channel.account,
                fence=sender.fence,
                address_id=address.id,
                now=now,
            )
            letter = self._letter(tx, known, address, now)
            return Handed(known=known, address=address, attempt_id=attempt, letter=letter)

    def _letter(self, tx: Tx, known: LetterFacts, address: Address, now: datetime) -> Letter:
        kind = known.line.kind
        answers = answers_of(tx, known.invitation.id) if kind in TELLING else {}
        letter = letter_of(known, address, self._settings, now, answers)
        if letter.cc:
            letter = replace(letter, cc=_copies(tx, known, now))
        if kind is LineKind.COPY:
            return with_copy(tx, known, letter, now)
        return with_question(tx, known, letter, self._settings) if kind is LineKind.ERASURE else letter

    def _apart(self, tx: Tx, claimed: Claimed, sender: Sender, now: datetime) -> Handed | None:
        """What goes to an organiser or into a channel belongs to no invitation: what it says is read here and now."""
        line = claimed.line
        letter: DigestLetter | NewsLetter | PostLetter | str
        if line.kind is LineKind.DIGEST:
            letter = digest_letter(tx, line, now, by=self._channel.account)
        elif line.kind is LineKind.NEWS:
            letter = news_letter(tx, line, now, channel=self._channel.name)
        else:
            letter = post_letter(tx, line, self._settings, now, channel=self._channel.name)
        if isinstance(letter, str):
            cancel_digest(tx, line, letter, now)
            return None
        if not self._settings.alone and not attempts.hold(tx, line, holder=self._settings.holder, now=now):
            return None
        attempt = attempts.open_attempt(
            tx,
            line,
            ref=self._channel.ref(line.key),
            account=self._channel.account,
            fence=sender.fence,
            address_id=None,
            now=now,
        )
        known = DigestFacts(line=line, channel=self._channel.name)
        return Handed(known=known, address=None, attempt_id=attempt, letter=letter)

    def _claim(self, tx: Tx, now: datetime) -> bool:
        claimed = ledger.claim(tx, channel=self._channel.name, holder=self._settings.holder, now=now, limit=_BATCH)
        self._hand = _Hand(lines=deque(claimed), known=letter_facts(tx, claimed), claimed_now=bool(claimed))
        return bool(claimed)

    def _look_again(self, tx: Tx, known: LetterFacts, now: datetime) -> tuple[LetterFacts, Wanted | NotWanted]:
        round_, facts = invitation_facts.as_it_stands(tx, known.round, known.facts)
        known = replace(known, round=round_, facts=facts)
        if known.detail.get("anyway"):
            # An organiser has said to remind whatever the gap: what remains is whether there is anything to ask.
            facts = replace(facts, last_contact_at=None, snoozed_until=None)
        line = known.line
        coverage = bool(known.detail.get("coverage"))
        return known, still_wanted(line.kind, round_, facts, now, due_at=line.due_at, coverage=coverage)

    def _address(self, known: LetterFacts) -> Address | None:
        ordered = addresses_in_order(known.stored.programme, known.facts.participant)
        return next((each for each in ordered if each.channel == self._channel.name), None)

    def _send(self, handed: Handed) -> Handed:
        now = self._clock()
        try:
            envelope = self._channel.compose(handed.letter)
        except CannotBeSaid as error:
            return replace(handed, outcome=Refused(reason=f"it can't be written: {error}", address_is_bad=False))
        except NotReady as error:
            # It may be this programme alone that lacks a sender: the others' messages go on.
            return replace(handed, outcome=Deferred(until=now + LONGEST_PAUSE, reason=str(error)))
        outcome: Outcome | Unknown
        drafted: Envelope | Outcome | Unknown = envelope
        try:
            drafted = self._drafted(handed, envelope, now)
            outcome = self._channel.send(drafted, now) if isinstance(drafted, Envelope) else drafted
        except InDoubt as error:
            outcome = Unknown(reason=str(error))
        later = isinstance(self._channel, LookingUp)
        sent = drafted if isinstance(drafted, Envelope) else envelope
        return replace(handed, envelope=sent, outcome=outcome, looked_up_later=later)

    def _discard(self, settled: Handed | None) -> None:
        """Take back the draft of an attempt that was settled as not sent: only now does nobody look for it any more."""
        if settled is None or settled.envelope is None or not isinstance(self._channel, LookingUp):
            return
        if settled.envelope.draft and isinstance(settled.outcome, Deferred | Refused):
            line = settled.known.line
            self._channel.discard(
                Doubt(
                    key=line.key,
                    kind=line.kind,
                    ref=settled.envelope.ref,
                    draft=settled.envelope.draft,
                    address=settled.address.value if settled.address else "",
                    started_at=settled.letter.written_at,
                )
            )

    def _drafted(self, handed: Handed, envelope: Envelope, now: datetime) -> Envelope | Outcome | Unknown:
        """The envelope as it is to be sent: where the platform drafts first, with the draft's name, which is stored."""
        if not isinstance(self._channel, Drafting):
            return envelope
        drafted = self._channel.draft(envelope, now)
        if not isinstance(drafted, Drafted):
            return drafted
        reached(Step.DRAFT_MADE)
        if not self._noted(handed.attempt_id, drafted.draft):
            return Unknown(reason="the attempt was settled by another sender meanwhile")
        reached(Step.DRAFT_NOTED)
        return replace(envelope, draft=drafted.draft)

    def _noted(self, attempt_id: int, draft: str) -> bool:
        for tried in range(_PATIENCE):
            try:
                with self._store.writing() as tx:
                    return attempts.note_draft(tx, attempt_id, draft)
            except DatabaseBusyError:
                if tried == _PATIENCE - 1:
                    raise
        return False

    def _let_go(self, sender: Sender) -> None:
        self._channel.rest()
        # If the database stays busy, leases end by themselves.
        with suppress(DatabaseBusyError), self._store.writing() as tx:
            ledger.release(tx, [each.line.id for each in self._hand.lines], self._settings.holder)
            senders.give_back(tx, sender, now=self._clock())


def _copies(tx: Tx, known: LetterFacts, now: datetime) -> tuple[str, ...]:
    """Who gets copies of the person's mail: nobody who has asked for silence themselves."""
    programme, round_ = known.stored.id, known.round.id
    return tuple(each for each in known.facts.participant.cc if may_be_copied(tx, programme, round_, each, now))
