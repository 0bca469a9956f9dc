"""An organiser takes a passage out of an answer: everywhere it is kept, in one transaction, then the file is swept."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from channels.mail.blotting import blot_mail
from handlers.redaction_targets import Ended, Job, NotRedacted, Redacted, Target, job_of, passages_of, target_of
from storage import audit, erasing, redacting, redactions, retention_looks
from storage.engine import Store, Tx
from storage.redacting import KeptReturn, Place
from surveys.answer_values import AnswerKey, AnswerValue, answer_name, voiced_key
from surveys.authority import Actor
from surveys.instrument import ItemType
from surveys.redaction import Passage, blot_value, without_value

# (mail, hash of what it held) -> without the passages, how often they stood there, attachments taken out.
_Prepared = Mapping[tuple[int, str], tuple[bytes, int, tuple[str, ...]]]


def redact(
    round_id: int,
    named: Sequence[str],
    passage: str,
    reason: str,
    store: Store,
    now: datetime,
    *,
    actor: Actor,
    dry_run: bool = False,
) -> Redacted | NotRedacted:
    """Take `passage` ("" for the whole answer) out of each answer named, and out of every copy of it.

    An answer is named `RETURN:QUESTION`: a return by its id or pseudonym in the export, or its person's panel id or
    address; a question by its number, `item` or `item.row`. Without `:QUESTION` all of the return is meant. All of
    them, or none. The reason is kept; the passage is not.

    Raises:
        NotAllowed: the actor has not the right.
        DatabaseBusyError: another writer held the database for too long; nothing was changed.
    """
    try:
        with store.reading() as tx:
            job = job_of(tx, round_id, passage, reason, actor, now)
            targets = [target_of(tx, job, each) for each in dict.fromkeys(named)]
            # Mails take long to take apart: it is done before, so that replies don't wait for it.
            prepared = _prepare(tx, job, targets)
        with store.writing() as tx:
            places: list[Place] = []
            attachments: list[str] = []
            for each in targets:
                places += _redact(tx, job, each, prepared, attachments)
            done = Redacted(places=tuple(places), attachments=tuple(dict.fromkeys(attachments)), swept=False)
            _end(done, dry_run=dry_run)
            retention_looks.owe_sweep(tx, job.programme_id)
    except Ended as ended:
        return ended.outcome
    return Redacted(places=done.places, attachments=done.attachments, swept=retention_looks.sweep_now(store))


def _end(done: Redacted, *, dry_run: bool) -> None:
    """A dry run ends by raising, so that the transaction rolls everything back."""
    if dry_run:
        raise Ended(done)


def _prepare(tx: Tx, job: Job, targets: Sequence[Target]) -> _Prepared:
    found: dict[tuple[int, str], tuple[bytes, int, tuple[str, ...]]] = {}
    for each in targets:
        passages, mark = passages_of(tx, job, each), each.mark(job)
        for mail_id, content in redacting.mails_of(tx, each.kept):
            found[mail_id, _digest(content)] = _without(content, passages, mark)
    return found


def _without(content: bytes, passages: Sequence[Passage], mark: str) -> tuple[bytes, int, tuple[str, ...]]:
    times = 0
    taken_out: tuple[str, ...] = ()
    for passage in passages:
        blotted = blot_mail(content, passage, mark)
        if blotted is not None:
            content, times, taken_out = blotted.content, times + blotted.times, (*taken_out, *blotted.taken_out)
    return content, times, taken_out


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _redact(tx: Tx, job: Job, target: Target, prepared: _Prepared, attachments: list[str]) -> list[Place]:
    """One answer with its copies. Looks at everything anew: another organiser may have been here since."""
    kept, mark = target.kept, target.mark(job)
    redacting.lock(tx, kept)
    if kept.participant_id is not None and erasing.on_its_way(tx, kept.participant_id, job.now):
        # Its sender would store the message again after we had changed it.
        raise Ended(NotRedacted(why="a message to this person is on its way at this moment; try again in two minutes"))
    passages = passages_of(tx, job, target)
    answered = redacting.blot_answers(tx, kept, target.key, _answer_blot(job, mark), job.now)
    if not answered and target.key is not None:
        raise Ended(NotRedacted(why=_not_there(tx, job, target)))

    def blot(words: str) -> tuple[str, int]:
        total = 0
        for passage in passages:
            words, times = passage.blot(words, mark)
            total += times
        return words, total

    copies = [
        *redacting.blot_copies(tx, kept, blot),
        *_blot_mails(tx, kept, passages, mark, prepared, attachments),
        *(redacting.forget_reasons(tx, job.programme_id, blot) if passages else ()),
    ]
    if not answered and not copies:
        raise Ended(NotRedacted(why=_not_there(tx, job, target)))
    names = [place.where.rpartition(", revision ")[0] or place.where for place in answered] or [""]
    redactions.note(
        tx,
        kept,
        names,
        whole=job.passage is None,
        reason=job.reason,
        actor=job.actor.name,
        channel=job.actor.channel,
        now=job.now,
    )
    _audit(tx, job, kept, names, len(answered) + len(copies))
    return [*answered, *copies]


def _answer_blot(job: Job, mark: str) -> redacting.BlotAnswer:
    types, passage = job.types, job.passage

    def blot(key: AnswerKey, value: AnswerValue | None, raw: str) -> tuple[AnswerValue | None, str, int]:
        type_ = types.get(key, ItemType.LONG_TEXT)
        if passage is not None:
            changed, in_value = blot_value(type_, value, passage, mark)
            words, in_raw = passage.blot(raw, mark)
            return changed, words, max(in_value, in_raw)
        gone = without_value(type_, mark) if value is not None else None
        return gone, mark, int(raw != mark or value != gone)

    return blot


def _blot_mails(
    tx: Tx,
    kept: KeptReturn,
    passages: Sequence[Passage],
    mark: str,
    prepared: _Prepared,
    attachments: list[str],
) -> list[Place]:
    places = []
    for mail_id, content in redacting.mails_of(tx, kept):
        ready = prepared.get((mail_id, _digest(content)))
        blotted, times, taken_out = ready or _without(content, passages, mark)
        if times:
            redacting.put_mail(tx, mail_id, blotted)
            attachments += taken_out
            places.append(Place(what="mail", where=str(mail_id), times=times))
    return places


def _not_there(tx: Tx, job: Job, target: Target) -> str:
    before = redactions.redacted_before(tx, target.kept, target.key)
    said = f"the passage does not stand in {target.called}" if job.passage else f"nothing is left of {target.called}"
    if before is not None:
        return f"{said}; something was redacted there on {before.at:%d %B %Y %H:%M} UTC by {before.actor}"
    alone = target.called.partition(":")[0]
    return f"{said}; {alone} without a question means all of the return" if target.key is not None else said


def _audit(tx: Tx, job: Job, kept: KeptReturn, names: Sequence[str], places: int) -> None:
    # An unlinked return is not named: the line has a time.
    subject = f"response:{kept.response_id}" if kept.response_id is not None else f"round:{job.round.id}"
    told = [answer_name(voiced_key(name)[0]) for name in dict.fromkeys(names)]
    audit.append(
        tx,
        at=job.now,
        actor=job.actor.name,
        channel=job.actor.channel,
        programme_id=job.programme_id,
        what="answer redacted",
        subject=subject,
        after={"answers": told, "places": places, "whole": job.passage is None},
        typed=job.reason,
    )
