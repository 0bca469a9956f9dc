"""Delivering what is due through one channel (design: The life of one reminder, 3).

The settlement of messages and the attempts of the next are one transaction. Where a message that ends in doubt can be
looked up, a transaction opens as many attempts as go in a moment: what is asked of the database costs less so, and
what was looked at again is still true when they go. Elsewhere it is one: never more than one open attempt.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from channels.base import (
    Channel,
    DigestLetter,
    Letter,
    NewsLetter,
    Pacing,
    PostLetter,
)
from schedules import settling
from schedules.digesting import DigestFacts, cancel_digest, digest_letter
from schedules.handing import Handing
from schedules.letters import TELLING, letter_of, waiting_of
from schedules.news import news_letter
from schedules.outcomes import Tally, TickSettings
from schedules.own_copies import with_copy, with_question
from schedules.patience import LONGEST_PAUSE
from schedules.posting import post_letter
from schedules.settling import NOT_TRIED, Handed
from schedules.together import riders_still_wanted
from schedules.unheard import Unheard, told_of
from storage import attempts, invitation_facts, ledger, senders
from storage.engine import DatabaseBusyError, Store, Tx
from storage.ledger import Claimed
from storage.letter_facts import LetterFacts, answers_of, letter_facts
from storage.looks import look_again_at
from storage.senders import Sender
from storage.silence import may_be_copied
from storage.steps import Step, reached
from surveys.addressing import addresses_in_order
from surveys.delivery import APART, LineKind
from surveys.panel import Address
from surveys.still_wanted import NotWanted, Wanted, still_wanted

_BATCH = 200
# A message that has left must be settled: another writer's long transaction is waited for, again and again.
_PATIENCE = 20
# What is opened together goes within this time: nobody who has just answered waits longer to be left alone.
_TOGETHER = 0.1
# Where it takes longer than that all the same, what has not gone is put back to be looked at again.
_TOO_LONG = 1.0


# What others may go along with, where a week has no room for all.
_LEADING = frozenset({LineKind.INVITATION, LineKind.REMINDER})


class _Passed(Exception):
    """Another sender has taken the account: nothing more is to be settled or sent from here."""


@dataclass(slots=True)
class _Hand:
    """What this sender has claimed and not yet dealt with."""

    lines: deque[Claimed] = field(default_factory=deque)
    known: dict[int, LetterFacts] = field(default_factory=dict)
    claimed_now: bool = False
    # What stands of the next few, read in the transaction that looks at them again.
    standing: invitation_facts.Standing = field(default_factory=dict)


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
        self._handing = Handing(store, channel, clock)
        self._hand = _Hand()
        self._unheard = Unheard(clock)
        self._renewed_at = clock()
        self._a_message: float | None = None

    def run(self) -> None:
        """Send everything of this channel that is due.

        1. Take the account, unless another has it or it is to rest until later.
        2. Settle what has gone, claim if the hand is empty, look at the next lines again, write their attempts.
        3. Send them, outside any transaction; then back to 2, until nothing is due or the channel takes nothing.
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
            sender = senders.take(tx, account, holder=self._settings.holder, now=now, alone=self._settings.takes_over)
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
        handed: Sequence[Handed] = ()
        while True:
            last = self._settings.stopping() or any(each.stops for each in handed) or self._rests()
            settled, handed = handed, self._turn(sender, handed, last=last)
            for each in settled:
                settling.mark_steps(each)
                self._handing.discard(each)
            claimed = self._hand.claimed_now and not last
            if claimed:
                reached(Step.LINE_CLAIMED)
            if not handed and claimed:
                # None of what was claimed is still wanted: there may be more, for a transaction of its own.
                continue
            if not handed:
                return
            reached(Step.ATTEMPT_WRITTEN)
            handed = self._send_all(handed)

    def _send_all(self, opened: Sequence[Handed]) -> list[Handed]:
        """Send what is open, until something says that nothing more gets through, or it takes too long."""
        began = time.monotonic()
        done: list[Handed] = []
        for handed in opened:
            if done and (done[-1].stops or self._takes_too_long(began) or self._settings.stopping() or self._rests()):
                break
            done.append(self._handing.send(handed))
            reached(Step.MESSAGE_SENT)
        self._a_message = (time.monotonic() - began) / len(done)
        return done + [replace(each, outcome=NOT_TRIED) for each in opened[len(done) :]]

    def _takes_too_long(self, began: float) -> bool:
        return time.monotonic() - began > _TOO_LONG

    def _together(self) -> int:
        """How many attempts may be open at once: what goes in a moment, and one until that is known."""
        if self._a_message is None:
            return 1
        return max(1, min(self._channel.max_open, int(_TOGETHER / max(self._a_message, 0.001))))

    def _rests(self) -> bool:
        """Whether the platform has taken as much as it does for now: what is due goes when it takes more."""
        free = self._channel.free_at(self._clock()) if isinstance(self._channel, Pacing) else None
        if free is not None and free not in self._tally.resumes:
            self._tally.resumes.append(free)
        return free is not None

    def _turn(self, sender: Sender, handed: Sequence[Handed], *, last: bool) -> Sequence[Handed]:
        """Settle what has gone and write the next attempts: one transaction, tried again while others write."""
        for tried in range(_PATIENCE):
            lines, known = deque(self._hand.lines), dict(self._hand.known)
            counted = self._tally.copy()
            try:
                with self._store.writing() as tx:
                    now = self._clock()
                    self._hold_account(tx, sender, now)
                    for each in handed:
                        settling.settle(tx, each, sender, self._reach, self._tally, now)
                    return () if last else self._open(tx, sender, now)
            except DatabaseBusyError:
                # The transaction is rolled back, and so is what we remember of it.
                self._hand = _Hand(lines=lines, known=known)
                self._tally.restore(counted)
                if tried == _PATIENCE - 1:
                    raise
        return ()

    def _hold_account(self, tx: Tx, sender: Sender, now: datetime) -> None:
        """Make sure that the account is still ours, and stays so."""
        # Where the run lock keeps every other sender out, it is enough to renew the lease before it ends.
        if self._settings.alone and now - self._renewed_at < senders.LEASE / 4:
            return
        if not senders.renew(tx, sender, now=now):
            raise _Passed
        self._renewed_at = now

    def _open(self, tx: Tx, sender: Sender, now: datetime) -> list[Handed]:
        """The next lines that are still wanted and have somewhere to go, their attempts written.

        Empty if nothing is due, or if nothing in one handful claimed now is wanted: a transaction stays short however
        many lines have become useless.
        """
        self._hand.claimed_now, self._hand.standing = False, {}
        opened: list[Handed] = []
        people: set[int] = set()
        while len(opened) < self._together():
            handed = self._next(tx, sender, now, people)
            if handed is None:
                break
            opened.append(handed)
            if not isinstance(handed.known, LetterFacts):
                break
            people.add(handed.known.invitation.participant_id)
        return opened

    def _next(self, tx: Tx, sender: Sender, now: datetime, people: Collection[int]) -> Handed | None:
        """One line, its attempt written; `people` are written to already in this transaction.

        Two messages to one person never go together: what the first of them does decides about the second.
        """
        while True:
            if people and (not self._hand.lines or self._must_wait(self._hand.lines[0], people)):
                return None
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
                    look_again_at(tx, known.invitation.participant_id)
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

    def _must_wait(self, claimed: Claimed, people: Collection[int]) -> bool:
        known = self._hand.known.get(claimed.line.id)
        return claimed.line.kind in APART or (known is not None and known.invitation.participant_id in people)

    def _letter(self, tx: Tx, known: LetterFacts, address: Address, now: datetime) -> Letter:
        kind = known.line.kind
        answers = answers_of(tx, known.invitation.id) if kind in TELLING else {}
        letter = letter_of(known, address, self._settings, now, answers)
        if kind in _LEADING:
            riders = riders_still_wanted(tx, known, now)
            letter = replace(letter, besides_this=tuple(waiting_of(each, self._settings) for each in riders))
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
        if known.invitation.id not in self._hand.standing:
            following = [self._hand.known.get(each.line.id) for each in list(self._hand.lines)[: self._together() - 1]]
            ids = [known.invitation.id, *(each.invitation.id for each in following if each is not None)]
            self._hand.standing = invitation_facts.standing(tx, ids)
        round_, facts = invitation_facts.as_it_stands(tx, known.round, known.facts, self._hand.standing)
        known = replace(known, round=round_, facts=facts)
        if known.detail.get("anyway"):
            # An organiser has said to remind whatever the gap: what remains is whether there is anything to ask.
            facts = replace(facts, last_contact_at=None, snoozed_until=None)
        line = known.line
        coverage = bool(known.detail.get("coverage"))
        if coverage and line.kind is LineKind.REMINDER:
            voices = self._unheard.voices(tx, known)
            if not voices:
                return known, NotWanted("whoever it was for has been heard meanwhile")
            known = replace(known, detail={**known.detail, **told_of(voices)})
        return known, still_wanted(line.kind, round_, facts, now, due_at=line.due_at, coverage=coverage)

    def _address(self, known: LetterFacts) -> Address | None:
        ordered = addresses_in_order(known.stored.programme, known.facts.participant)
        return next((each for each in ordered if each.channel == self._channel.name), None)

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
