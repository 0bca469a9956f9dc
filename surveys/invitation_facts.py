"""What is known of one invitation when it is decided what to say next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from surveys.dispositions import Disposition
from surveys.panel import Participant, Subject

# Only these are reminded, told of a moved close, or still invited.
STILL_TO_ANSWER = frozenset({Disposition.PENDING, Disposition.PARTIAL})


@dataclass(frozen=True, kw_only=True, slots=True)
class InvitationFacts:
    """One person's invitation to a round, or one still to be made (`invitation_id` None). All times are aware.

    `session` is the session the invitation is for, "" where it is for the person. `voices`: the (area, perspective)
    pairs it speaks for. `invited_at`: when the invitation was sent; while it waits in the ledger
    (`invitation_pending`), when it was due, or None. `reminders_sent` counts every reminder that was sent or counts
    as sent, whatever it was for; `last_reminder_number` is the highest that a line in the ledger bears, also one that
    was refused: no other can have it. `last_contact_at`: the last message of any kind. `reminder_outstanding`: a
    reminder is queued or claimed; `notice_outstanding`: a notice is. `invitation_refused`: no server takes it, so
    nothing can follow it.
    `told_moves`: the number of the latest move of the close that a notice has told; `last_notice_number`: of the latest
    whose notice stands in the ledger, sent or not.
    `asked_again_at`: when the invitation last went back to being still to answer, after it had been settled;
    reminder times before that are not made up for. `delegate`: the person was named by an invitee. `called_off`: the
    session that it is for was cancelled; `told_called_off`: the person has been told, or is about to be.
    `about`: the participant whom an informant is asked about.
    """

    invitation_id: int | None
    participant: Participant
    session: str
    voices: frozenset[tuple[str, str]]
    disposition: Disposition
    created_at: datetime
    invited_at: datetime | None = None
    invitation_pending: bool = False
    invitation_refused: bool = False
    reminders_sent: int = 0
    last_reminder_at: datetime | None = None
    last_reminder_number: int = 0
    last_contact_at: datetime | None = None
    reminder_outstanding: bool = False
    notice_outstanding: bool = False
    snoozed_until: datetime | None = None
    opted_out: bool = False
    told_moves: int = 0
    last_notice_number: int = 0
    thanked: bool = False
    asked_again_at: datetime | None = None
    delegate: bool = False
    called_off: bool = False
    told_called_off: bool = False
    about: Subject | None = None

    @property
    def part(self) -> str:
        """What tells it from the person's other invitations to the round: the session, or whom it is about."""
        return self.session or ("" if self.about is None else self.about.key)

    @property
    def next_reminder_number(self) -> int:
        """The number of the reminder that comes next."""
        return max(self.reminders_sent, self.last_reminder_number) + 1

    @property
    def silenced(self) -> bool:
        """Whether nothing may be sent any more: opted out of the round or the programme, or taken off the panel."""
        return self.opted_out or self.participant.opted_out or self.participant.removed
