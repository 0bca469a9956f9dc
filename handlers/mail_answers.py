"""A person's mail: what it answers is recorded, what can't be placed is kept for an organiser, a receipt follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from channels.mail.layout import questionnaire
from channels.mail.reading.asked import Asked, asked_of
from channels.mail.reading.kinds import MailKind
from channels.mail.reading.lines import readings_of
from channels.mail.reading.opened import Opened, mailboxes
from channels.mail.reading.reply import Understood, understand
from channels.mail.words import words_in
from channels.word.layout import lines_of, text_of
from handlers import mail_receipts
from handlers.mail_attachments import Attached, attached
from handlers.mail_placing import Placed, Unplaced
from handlers.replies import Duplicate, Saved, TooLate, record_reply, takes_answers
from handlers.submitting import Submitted, submit
from storage import mail_threads, people, raw_mail, triage
from storage.engine import Store, Tx
from storage.figures import latest_trace
from storage.forms import Form, form_of
from surveys.answer_values import AnswerKey, answer_name
from surveys.answers import Invalid, check
from surveys.clock_times import zone_named
from surveys.piping import EXAMPLE_YEAR
from surveys.programme import Mode
from surveys.replies import IncomingReply
from surveys.rounds import RoundState
from surveys.routing import is_asked

_LONGEST_KEPT = 200_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Read:
    """A mail read beside the form it answers."""

    form: Form
    asked: Asked
    understood: Understood
    files: Attached


def read(mail: Opened, placed: Placed | Unplaced, store: Store, now: datetime) -> Read | None:
    """What the mail says, by the questions it was sent in answer to; None if they are not known."""
    if not isinstance(placed, Placed):
        return None
    with store.reading() as tx:
        form = form_of(tx, placed.invitation_id)
        if form is None:
            return None
        texts = (*mail_threads.sent_texts(tx, placed.invitation_id), _questions(form))
    today = (mail.written_at or now).astimezone(zone_named(form.programme.timezone)).date()
    asked = asked_of(form.instrument, {each.key: each.label for each in form.programme.perspectives}, today)
    said = understand(mail, texts, asked, _senders(form, mail))
    files = attached(mail, (*texts, _word_file(form)), asked) if mail.attachments else Attached()
    if files.answers or files.leftover:
        # What is written in the mail itself was written last.
        leftover = "\n\n".join(filter(None, (said.leftover, files.leftover)))
        said = replace(said, answers={**files.answers, **said.answers}, leftover=leftover)
    return Read(form=form, asked=asked, understood=said, files=files)


def record(message_id: int, mail: Opened, placed: Placed, found: Read, store: Store, now: datetime) -> str:
    """Record a person's mail; gives `mapped`, `triage` or `unlinked`."""
    form, said = found.form, found.understood
    if form.asked.mode is Mode.UNLINKED:
        return _unlinked(message_id, mail, placed, store, now)
    given = _given(found)
    if not placed.own:
        return _held(message_id, mail, placed, found, given, store, now)
    problems: dict[AnswerKey, str] = {}
    late = completed = False
    with store.reading() as tx:
        moment = _time_of(tx, form, now)
    if given:
        outcome = record_reply(
            IncomingReply(
                channel="mail",
                invitation_id=placed.invitation_id,
                given=given,
                event_id=f"raw-{message_id}",
                address=mail.sender[1],
            ),
            store,
            moment,
        )
        late = isinstance(outcome, TooLate)
        if isinstance(outcome, Saved | Duplicate):
            problems = _problems(found, given)
            sent = submit(placed.invitation_id, store, moment, channel="mail")
            completed = isinstance(sent, Submitted) and sent.first
    with store.writing() as tx:
        people.note_heard_from(tx, mail.sender[1])
        entry, besides = _keep_rest(tx, mail, placed, found, given, problems, now)
        if takes_answers(form.asked, moment) and (given or besides):
            unclear = [answer_name(key) for key in problems]
            told = mail_receipts.Told(unclear=unclear, entry=entry, besides=besides, completed=completed)
            silent = mail_receipts.tell(tx, form.asked, mail.sender[1], told, moment)
            if silent:
                _keep(tx, mail, placed, silent, "", now, kind=MailKind.OTHER)
        outcome_word = "mapped" if given and not late else "triage"
        raw_mail.settle(
            tx,
            message_id,
            outcome_word,
            now,
            participant_id=placed.participant_id,
            invitation_id=placed.invitation_id,
        )
    return outcome_word if not (given and not said.answers) else "mapped"


def whole_text(mail: Opened) -> str:
    """What the mail says, as a reader sees it."""
    lines = next(readings_of(mail)).lines
    return "\n".join(f"{'> ' * line.depth}{line.words}" for line in lines).strip()[:_LONGEST_KEPT]


def _questions(form: Form) -> str:
    """The questionnaire as this person is sent it, should no mail of ours be kept."""
    language = form.asked.language or form.instrument.language
    parts = questionnaire(form.instrument, form.asked.perspectives, language, words_in(language))
    year = str(form.asked.closes_at.year)
    return "\n\n".join(part.text for part in parts).replace(f"{{{EXAMPLE_YEAR}}}", year)


def _word_file(form: Form) -> str:
    """The words of the questionnaire as a Word file."""
    language = form.asked.language or form.instrument.language
    return text_of(lines_of(form.instrument, language, form.asked.perspectives, reference=form.asked.reference))


def _senders(form: Form, mail: Opened) -> tuple[str, ...]:
    sender = form.programme.sender
    ours = [sender.name, sender.email] if sender is not None else []
    ours += [address for _, address in mailboxes(mail.all("to"))]
    return tuple(each for each in ours if each)


def _given(found: Read) -> dict[AnswerKey, str]:
    """Words by question; a text alone answers the one open question, if there is exactly one."""
    form, said = found.form, found.understood
    questions = found.asked.questions
    given = {
        (questions[number].item.key, questions[number].row): words
        for number, words in said.answers.items()
        if number in questions
    }
    if not given and said.leftover:
        open_ones = [
            each
            for number, each in questions.items()
            if found.asked.is_open(number) and is_asked(each.item, form.asked.perspectives) and not each.item.prefill
        ]
        if len(open_ones) == 1:
            return {(open_ones[0].item.key, open_ones[0].row): said.leftover}
    return given


def _problems(found: Read, given: Mapping[AnswerKey, str]) -> dict[AnswerKey, str]:
    problems: dict[AnswerKey, str] = {}
    for question in found.asked.questions.values():
        key = (question.item.key, question.row)
        if key in given:
            judged = check(
                question.item,
                question.row,
                given[key],
                language=found.form.asked.language,
                voices=found.asked.voices,
                today=found.asked.today,
            )
            if isinstance(judged, Invalid):
                problems[key] = judged.what
    return problems


def _time_of(tx: Tx, form: Form, now: datetime) -> datetime:
    """What time it is in the round's life: a past season played with `tick --at` is still open to its own mails."""
    asked = form.asked
    if asked.state is RoundState.OPEN and now >= asked.closes_at:
        trace = latest_trace(tx, asked.round_id)
        if trace is not None and trace < asked.closes_at:
            return trace
    return now


def _keep_rest(
    tx: Tx,
    mail: Opened,
    placed: Placed,
    found: Read,
    given: Mapping[AnswerKey, str],
    problems: Mapping[AnswerKey, str],
    now: datetime,
) -> tuple[int, bool]:
    """What is left: free text, answers that can't be taken as they stand, attachments, or nothing at all.

    Gives the entry of the answers that can't be taken (0 for none), and whether a person has more to read.
    """
    unclear = 0
    if problems:
        fields = {answer_name(key): given[key] for key in problems}
        why = "; ".join(f"{answer_name(key)}: {what}" for key, what in problems.items())
        unclear = _keep(
            tx,
            mail,
            placed,
            f"not clear: {why}",
            "\n\n".join(f"{name}: {words}" for name, words in fields.items()),
            now,
            fields,
        )
    why, words = _beside(mail, found, given)
    if why:
        _keep(tx, mail, placed, why, words, now)
    elif not given:
        _keep(tx, mail, placed, "nothing was found in it", whole_text(mail), now)
    return unclear, bool(why)


def _beside(mail: Opened, found: Read, given: Mapping[AnswerKey, str]) -> tuple[str, str]:
    """What a person has to read beside the answers, and why; ("", "") for nothing."""
    said, files = found.understood, found.files
    reasons, words = [], []
    if said.leftover and (said.answers or not given):
        reasons.append("free text beside the answers" if given else "free text")
        words.append(said.leftover)
    if files.kept:
        reasons.append(f"attached: {', '.join(files.kept)}")
        words += files.texts
    return "; ".join(reasons), "\n\n".join(words or [whole_text(mail)] if reasons else [])[:_LONGEST_KEPT]


_ELSEWHERE = "it comes from another address than the invited person's"


def _held(
    message_id: int,
    mail: Opened,
    placed: Placed,
    found: Read,
    given: Mapping[AnswerKey, str],
    store: Store,
    now: datetime,
) -> str:
    """From another address than the invited person's: an organiser says whose it is before anything is recorded."""
    fields = {answer_name(key): words for key, words in given.items()}
    words = "\n\n".join(f"{name}: {text}" for name, text in fields.items())
    leftover = found.understood.leftover if fields and found.understood.answers else ""
    why = f"held: {placed.doubt or _ELSEWHERE}"
    beside = f"; attached: {', '.join(found.files.kept)}" if found.files.kept else ""
    with store.writing() as tx:
        _keep(tx, mail, placed, why + beside, words or found.understood.leftover or whole_text(mail), now, fields)
        if leftover:
            # An entry of its own: it is not lost when the answers are taken.
            _keep(tx, mail, placed, f"{why}; free text beside the answers", leftover, now)
        raw_mail.settle(
            tx, message_id, "triage", now, participant_id=placed.participant_id, invitation_id=placed.invitation_id
        )
    return "triage"


def _unlinked(message_id: int, mail: Opened, placed: Placed, store: Store, now: datetime) -> str:
    """Of an unlinked round nothing is kept beside a person: that a mail came, and not a word of it."""
    with store.writing() as tx:
        _keep(tx, mail, placed, "this round is answered on its page only; what the mail said was not kept", "", now)
        raw_mail.settle(tx, message_id, "unlinked", now, participant_id=placed.participant_id, forget=True)
    return "unlinked"


def _keep(
    tx: Tx,
    mail: Opened,
    placed: Placed,
    reason: str,
    text: str,
    now: datetime,
    fields: Mapping[str, str] | None = None,
    kind: MailKind = MailKind.HUMAN,
) -> int:
    return triage.keep(
        tx,
        channel="mail",
        sender=mail.sender[1],
        reason=reason,
        text=text,
        fields=dict(fields or {}),
        now=now,
        kind=kind,
        round_id=placed.round_id,
        participant_id=placed.participant_id,
        invitation_id=placed.invitation_id,
    )
