"""Whether a line is still to go at the moment of sending, and whether a person may be reminded by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from surveys.delivery import APART, ASKED_FOR, LineKind
from surveys.dispositions import Disposition
from surveys.invitation_facts import STILL_TO_ANSWER, InvitationFacts
from surveys.moved_close import close_known
from surveys.next_reminder import COVERAGE_GAP, ON_TIME
from surveys.rounds import Round, RoundState

_INVITING = frozenset({LineKind.INVITATION, LineKind.DELEGATE})
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """It is to go."""


@dataclass(frozen=True, slots=True)
class NotWanted:
    """It is to be cancelled; `reason` in plain words. `later`: it may be wanted again, and is to be planned anew."""

    reason: str
    later: bool = False


def still_wanted(
    kind: LineKind,
    round: Round | None,  # noqa: A002 - the field's word
    facts: InvitationFacts | None,
    now: datetime,
    *,
    due_at: datetime | None = None,
    coverage: bool = False,
) -> Wanted | NotWanted:
    """The re-check of a claimed line against how things stand `now`.

    `due_at` is when the line was to go: a reminder from before a moved close has been planned anew. `coverage`: the
    line is a reminder for coverage, which needs only 24 hours since the last message. The line itself is the one
    outstanding, so `reminder_outstanding` and `invitation_pending` are not looked at. A line that belongs to no round
    or person (a digest) always goes, and so does what a person has asked for themselves.
    """
    if round is None or facts is None or kind in APART or kind in ASKED_FOR:
        return Wanted()
    if facts.silenced:
        return NotWanted("the person has opted out or left the panel")
    if kind is not LineKind.RECEIPT and _paused(facts, now):
        return NotWanted("the person has asked for a pause", later=True)
    match kind:
        case LineKind.RECEIPT:
            return Wanted()
        case LineKind.CANCELLATION:
            return _of_a_cancellation(round, facts)
        case LineKind.THANKS:
            answered = facts.disposition is Disposition.COMPLETE
            return Wanted() if answered else NotWanted("the person has not answered")
        case _:
            return _towards_the_close(kind, round, facts, now, due_at=due_at, coverage=coverage)


def _of_a_cancellation(round: Round, facts: InvitationFacts) -> Wanted | NotWanted:  # noqa: A002
    if facts.invited_at is None:
        return NotWanted("the person was never invited")
    if facts.disposition is Disposition.COMPLETE:
        return NotWanted("the person has answered")
    back = round.state is not RoundState.CANCELLED and not facts.called_off
    return NotWanted("it takes place after all") if back else Wanted()


def _towards_the_close(
    kind: LineKind,
    round: Round,  # noqa: A002
    facts: InvitationFacts,
    now: datetime,
    *,
    due_at: datetime | None,
    coverage: bool,
) -> Wanted | NotWanted:
    """Invitations, reminders and notices: all useless once the round is over or the person has answered."""
    over = _over(round, facts, now)
    if over:
        return NotWanted(over)
    if kind in _INVITING:
        return Wanted()
    if facts.invited_at is None:
        return NotWanted("the person has not been invited yet")
    if kind is LineKind.NOTICE:
        known = close_known(round, facts) == round.closes_at
        return NotWanted("the person knows the close as it stands") if known else Wanted()
    if due_at is not None and round.extended_at is not None and due_at <= round.extended_at:
        return NotWanted("the close has moved since, and the reminders with it")
    if facts.snoozed_until is not None and now < facts.snoozed_until:
        return NotWanted("the person asked to be left until a later day")
    needed = min(COVERAGE_GAP, _gap(round)) if coverage else _gap(round)
    # Not stricter than the plan, in which messages may be a little late and one day in spring is an hour short.
    needed -= ON_TIME + (_HOUR if needed >= _DAY else timedelta(0))
    if facts.last_contact_at is not None and now - facts.last_contact_at < needed:
        return NotWanted("too soon after the message before it")
    return Wanted()


def may_remind_now(
    round: Round,  # noqa: A002
    facts: InvitationFacts,
    now: datetime,
    *,
    anyway: bool = False,
) -> Wanted | NotWanted:
    """Whether an organiser may remind this person by hand.

    It counts in the cap and minds the gap, a day the person put it off to, and an absence that their mail has told,
    unless `anyway`. What `anyway` never overrides: an answer, an opt-out, a pause that was asked for, the close, an
    invitation that hasn't gone, a reminder already on its way.
    """
    over = "the person has opted out or left the panel" if facts.silenced else _over(round, facts, now)
    if over:
        return NotWanted(over)
    if _paused(facts, now):
        return NotWanted("the person has asked for a pause")
    if facts.invited_at is None or facts.invitation_pending:
        return NotWanted("the invitation has not gone yet")
    if facts.reminder_outstanding:
        return NotWanted("a reminder is on its way already")
    if anyway:
        return Wanted()
    cap = (round.reminders.cap if round.reminders is not None else 0) + round.extensions
    if facts.reminders_sent >= cap:
        return NotWanted(f"the person has had {facts.reminders_sent} of at most {cap} reminders")
    if facts.snoozed_until is not None and now < facts.snoozed_until:
        return NotWanted("the person asked to be left until a later day")
    if facts.participant.away_until is not None and now < facts.participant.away_until:
        return NotWanted("the person is away")
    if facts.last_contact_at is not None and now - facts.last_contact_at < _gap(round):
        return NotWanted("too soon after the message before it")
    return Wanted()


def _paused(facts: InvitationFacts, now: datetime) -> bool:
    paused_until = facts.participant.paused_until
    return paused_until is not None and now < paused_until


def _over(round: Round, facts: InvitationFacts, now: datetime) -> str:  # noqa: A002
    """Why there is nothing left to ask of this person; "" if there is."""
    if facts.disposition not in STILL_TO_ANSWER:
        return f"the person is no longer to answer: {facts.disposition.value.replace('_', ' ')}"
    if round.state is not RoundState.OPEN:
        return f"the round is {round.state.value}"
    return "the close has passed" if now >= round.closes_at else ""


def _gap(round: Round) -> timedelta:  # noqa: A002
    return round.reminders.gap if round.reminders is not None else COVERAGE_GAP
