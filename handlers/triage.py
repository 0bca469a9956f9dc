"""An organiser places what could not be placed by itself; the words stay as they were written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from handlers.replies import Saved, record_reply, takes_answers
from handlers.submitting import submit
from storage import audit, people, tombstones, triage_queue
from storage.engine import Store, Tx
from storage.figures import latest_trace
from storage.forms import Form, form_of
from storage.looks import look_again_at
from storage.triage_queue import Waiting
from surveys.addresses import is_mail_address
from surveys.answer_values import AnswerKey, answer_key, answer_name
from surveys.authority import Actor, Deed
from surveys.programme import Mode
from surveys.replies import IncomingReply
from surveys.rounds import RoundState


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """The words are recorded, as answers to these questions.

    `unclear`: what could not be taken as it stands, and waits in an entry of its own. `learnt`: the sender's address
    is the person's from now on.
    """

    answers: tuple[str, ...]
    unclear: tuple[str, ...] = ()
    learnt: bool = False
    # Words of the entry that were not assigned wait in one of their own.
    left: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class NotPlaced:
    """Nothing was changed, and why."""

    why: str


def assign(
    entry_id: int,
    question: str,
    store: Store,
    now: datetime,
    *,
    actor: Actor,
    invitation_id: int | None = None,
    words: str = "",
) -> Placed | NotPlaced:
    """Record an entry's text, or the `words` of it, as the answer to a question: a number, `item` or `item.row`.

    What `words` leave of the text waits on, in an entry of its own: it may answer another question.
    `invitation_id` says whose answer it is where the entry does not.
    """
    with store.reading() as tx:
        entry = triage_queue.entry(tx, entry_id)
        form = _form(tx, entry, invitation_id)
    _must_sort(actor, entry, form)
    if entry is None or entry.settled_how:
        return NotPlaced(why=_gone(entry))
    if form is None:
        return NotPlaced(why="it belongs to no invitation yet; say whose it is with --round and --person")
    key = _key(form, question)
    if key is None:
        return NotPlaced(why=f"the questionnaire has no question '{question}'")
    told = words or entry.text
    if words and " ".join(words.split()) not in " ".join(entry.text.split()):
        return NotPlaced(why="these words do not stand in the entry; an answer keeps the words it was given in")
    placed = _record(entry, form, {key: told}, store, now, actor=actor, how="assigned")
    rest = _without(entry.text, words) if words else ""
    if isinstance(placed, Placed) and rest:
        with store.writing() as tx:
            triage_queue.keep_apart(tx, entry, reason=f"what is left of entry {entry.id}", text=rest)
        return replace(placed, left=True)
    return placed


def answer(
    entry_id: int, store: Store, now: datetime, *, actor: Actor, typed_by: str = "", same_person: bool = False
) -> Placed | NotPlaced:
    """Record the answers of a held mail as the invited person's.

    `typed_by` names a colleague who answered for them. `same_person`: it is they who wrote, from an address that is
    theirs from now on.
    """
    with store.reading() as tx:
        entry = triage_queue.entry(tx, entry_id)
        form = _form(tx, entry, None)
    _must_sort(actor, entry, form)
    if entry is None or entry.settled_how:
        return NotPlaced(why=_gone(entry))
    if form is None or not (entry.fields or same_person):
        return NotPlaced(why="no question is known that it answers; use soundings triage assign")
    learnt = False
    if same_person:
        learned = _learn(entry, form, store, now, actor)
        if isinstance(learned, NotPlaced):
            return learned
        learnt = learned
        if not entry.fields:
            return Placed(answers=(), learnt=learnt)
    given = {
        answer_key(name): words if isinstance(words, str) else "\n".join(words) for name, words in entry.fields.items()
    }
    placed = _record(entry, form, given, store, now, actor=actor, how="answered", typed_by=typed_by)
    return replace(placed, learnt=learnt) if isinstance(placed, Placed) else placed


def discard(entry_id: int, store: Store, now: datetime, *, actor: Actor, reason: str = "") -> NotPlaced | None:
    """Take an entry out of the queue; it is kept, marked as dealt with. None when done."""
    with store.writing() as tx:
        entry = triage_queue.entry(tx, entry_id)
        _must_sort(actor, entry, None)
        if entry is None or not triage_queue.settle(tx, entry_id, f"discarded {reason}".strip(), now):
            return NotPlaced(why=_gone(entry))
        _note(tx, entry, now, actor, "triage entry discarded", typed=reason)
    return None


def _without(text: str, words: str) -> str:
    """The text without those words, however its lines are broken; "" if nothing is left that says anything."""
    pattern = r"\s+".join(map(re.escape, words.split()))
    rest = re.sub(pattern, "", text, count=1).strip()
    return rest if any(each.isalnum() for each in rest) else ""


def _must_sort(actor: Actor, entry: Waiting | None, form: Form | None) -> None:
    """The right is needed where the entry belongs and where its words go; what belongs nowhere is an admin's."""
    if entry is not None:
        actor.must(Deed.SORT, entry.programme)
    if form is not None:
        actor.must(Deed.SORT, form.programme.key)


def _learn(entry: Waiting, form: Form, store: Store, now: datetime, actor: Actor) -> bool | NotPlaced:
    """The sender's address becomes the person's, unless whoever had it asked to be forgotten."""
    if entry.channel != "mail" or not is_mail_address(entry.sender):
        return NotPlaced(why="the entry names no address that it came from")
    with store.writing() as tx:
        if tombstones.standing(tx, form.asked.programme_id).bars_address(("mail", entry.sender)):
            return NotPlaced(why="whoever had that address was erased: it is never written to again")
        learnt = people.learn_address(tx, form.asked.participant_id, "mail", entry.sender)
        if learnt:
            look_again_at(tx, form.asked.participant_id)
            audit.append(
                tx,
                at=now,
                actor=actor.name,
                channel=actor.channel,
                programme_id=form.asked.programme_id,
                what="address learnt from a reply",
                subject=f"participant:{form.asked.participant_id}",
            )
    return learnt


def _form(tx: Tx, entry: Waiting | None, invitation_id: int | None) -> Form | None:
    wanted = invitation_id or (entry.invitation_id if entry is not None else None)
    return None if wanted is None else form_of(tx, wanted)


def _key(form: Form, question: str) -> AnswerKey | None:
    wanted = question.strip().lstrip("qQ") if question.strip().lstrip("qQ").isdigit() else question.strip()
    for each in form.instrument.questions():
        key = (each.item.key, each.row)
        if wanted in {str(each.number), answer_name(key)}:
            return key
    return None


def _record(
    entry: Waiting,
    form: Form,
    given: Mapping[AnswerKey, str],
    store: Store,
    now: datetime,
    *,
    actor: Actor,
    how: str,
    typed_by: str | None = None,
) -> Placed | NotPlaced:
    moment = _time_of(store, form, now)
    if not takes_answers(form.asked, moment):
        return NotPlaced(why=_shut(form))
    reply = IncomingReply(
        channel=entry.channel,
        invitation_id=form.asked.invitation_id,
        given=given,
        typed_by=typed_by,
    )
    outcome = record_reply(reply, store, moment)
    if not isinstance(outcome, Saved):
        return NotPlaced(why=_shut(form))
    bad = outcome.problems
    wrong = "; ".join(f"{answer_name(key)}: {problem.what}" for key, problem in bad.items())
    names = tuple(answer_name(key) for key in given if key not in bad)
    if not names:
        return NotPlaced(why=wrong)
    submit(form.asked.invitation_id, store, moment, channel=entry.channel)
    with store.writing() as tx:
        triage_queue.settle(tx, entry.id, f"{how} to {', '.join(names)} by {actor.name}", now)
        if bad:
            left = {answer_name(key): given[key] for key in bad}
            told = "\n\n".join(f"{name}: {words}" for name, words in left.items())
            triage_queue.keep_apart(tx, entry, reason=f"not clear: {wrong}", text=told, fields=left)
        _note(tx, entry, now, actor, f"triage entry {how}", ", ".join(names))
    return Placed(answers=names, unclear=tuple(answer_name(key) for key in bad))


def _shut(form: Form) -> str:
    if form.asked.mode is Mode.UNLINKED:
        return "this round is answered on its page only"
    return "the round is closed; reopen it first" if form.asked.state is RoundState.CLOSED else "the round is not open"


def _time_of(store: Store, form: Form, now: datetime) -> datetime:
    """The round's own time where a past season is played."""
    asked = form.asked
    if asked.state is RoundState.OPEN and now >= asked.closes_at:
        with store.reading() as tx:
            trace = latest_trace(tx, asked.round_id)
        if trace is not None and trace < asked.closes_at:
            return trace
    return now


def _gone(entry: Waiting | None) -> str:
    return "there is no such entry" if entry is None else f"it was dealt with before: {entry.settled_how}"


def _note(tx: Tx, entry: Waiting, now: datetime, actor: Actor, what: str, reason: str = "", *, typed: str = "") -> None:
    programme_id = None
    if entry.invitation_id is not None:
        form = form_of(tx, entry.invitation_id)
        programme_id = form.asked.programme_id if form is not None else None
    audit.append(
        tx,
        at=now,
        actor=actor.name,
        channel=actor.channel,
        programme_id=programme_id,
        what=what,
        subject=f"triage:{entry.id}",
        reason=reason,
        typed=typed,
    )
