"""An organiser acts on what a person has asked for, by telephone say; one transaction with its audit line."""

from __future__ import annotations

from datetime import datetime

from handlers.dispositions import note_opted_out
from storage import audit
from storage.engine import Store, Tx
from storage.looks import look_again_at
from storage.people import participant
from storage.rights import live_invitations, note_opt_out, programme_id_of, programme_key_of, set_pause
from storage.silence import one_person
from surveys.authority import Actor, Deed
from surveys.rounds import Round


def pause(participant_id: int, until: datetime | None, store: Store, now: datetime, *, actor: Actor) -> None:
    """Send the person nothing before `until`; None ends the pause. Rounds are planned again at the next tick."""
    with store.writing() as tx:
        actor.must(Deed.CARE, programme_key_of(tx, participant_id) or "")
        standing = participant(tx, participant_id)
        before = standing.paused_until if standing is not None else None
        programme_id = programme_id_of(tx, participant_id)
        set_pause(tx, participant_id, until)
        look_again_at(tx, participant_id)
        _note(
            tx,
            participant_id,
            programme_id,
            now,
            actor,
            what="person paused" if until else "pause ended",
            before=before.isoformat() if before else None,
            after=until.isoformat() if until else None,
        )


def opt_out(participant_id: int, store: Store, now: datetime, *, actor: Actor) -> bool:
    """Send the person nothing more for the programme; False if that stood already. Answers are kept."""
    with store.writing() as tx:
        actor.must(Deed.CARE, programme_key_of(tx, participant_id) or "")
        people = one_person(tx, participant_id)
        fresh = [each for each in people if note_opt_out(tx, each, round_id=None, channel=actor.channel, now=now)]
        ended = [invitation for each in people for invitation, _ in live_invitations(tx, each)]
        note_opted_out(tx, ended if fresh else [], channel=actor.channel, now=now)
        for each in fresh:
            _note(tx, each, programme_id_of(tx, each), now, actor, what="person opted out")
    return bool(fresh)


def note_copy(participant_id: int, store: Store, now: datetime, *, actor: Actor) -> None:
    """All that is stored about the person is about to be written out: who has it done, and when."""
    with store.writing() as tx:
        actor.must(Deed.COPY, programme_key_of(tx, participant_id) or "")
        programme_id = programme_id_of(tx, participant_id)
        _note(tx, participant_id, programme_id, now, actor, what="copy of everything written")


def note_entry_links(round_: Round, store: Store, now: datetime, *, actor: Actor) -> None:
    """Links are handed out that open everyone's form of a round: what is entered by them leads back to this line."""
    actor.must(Deed.ENTER, round_.programme)
    with store.writing() as tx:
        audit.append(
            tx,
            at=now,
            actor=actor.name,
            channel=actor.channel,
            programme_id=round_.programme_id,
            what="links given to enter returns",
            subject=f"round:{round_.id}",
        )


def _note(
    tx: Tx,
    participant_id: int,
    programme_id: int,
    now: datetime,
    actor: Actor,
    *,
    what: str,
    before: str | None = None,
    after: str | None = None,
) -> None:
    audit.append(
        tx,
        at=now,
        actor=actor.name,
        channel=actor.channel,
        programme_id=programme_id,
        what=what,
        subject=f"participant:{participant_id}",
        before=before,
        after=after,
    )
