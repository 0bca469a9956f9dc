"""A claimed line and what is known of it, made into the letter that a channel words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from channels.base import Letter, RecordedAnswer, WaitingSurvey
from schedules.first_pages import asked_at_once
from schedules.outcomes import TickSettings
from schedules.unheard import unheard_words
from storage.letter_facts import LetterFacts
from storage.remembered import Remembered
from surveys.answer_text import display
from surveys.answer_values import AnswerKey, AnswerValue, answer_name, is_answered
from surveys.burden import about_minutes
from surveys.clock_times import say_moment, zone_of
from surveys.delivery import LineKind
from surveys.instrument import ItemType, Question
from surveys.moment_words import days_left
from surveys.moved_close import close_known
from surveys.panel import Address
from surveys.piped_values import answers_to_come, piped_answers, piped_values, session_asked_about
from surveys.piping import fill, titled
from surveys.programme import Mode
from surveys.routing import progress, shown_items
from surveys.text import Text
from surveys.tokens import Purpose, seal
from surveys.unlinked import unlinked_page

Answers = Mapping[AnswerKey, AnswerValue | None]
_NO_ANSWERS: Answers = {}
_AT_FIRST: Remembered[tuple[int, int, int]] = Remembered(most=256)
_ON_ONE_PAGE: Remembered[tuple[int, int, int]] = Remembered(most=64)
# Only these say how far the person has come, or what they said.
TELLING = frozenset({LineKind.REMINDER, LineKind.NOTICE, LineKind.RECEIPT})


def form_link(public_url: str, secret: str, invitation_id: int, generation: int) -> str:
    """The person's own link: its last segment is the token."""
    return f"{public_url}/f/{seal(secret, Purpose.ANSWER, invitation_id, generation)}"


def letter_of(
    known: LetterFacts, address: Address, settings: TickSettings, now: datetime, answers: Answers = _NO_ANSWERS
) -> Letter:
    """The letter for one line; `answers` matter to the kinds in `TELLING` only.

    Where people are asked in the message itself, it carries the page that is to be answered next.
    """
    programme, person, round_ = known.stored.programme, known.facts.participant, known.round
    instrument = known.instrument
    language = person.language or instrument.language
    zone = zone_of(programme, person)
    perspectives = frozenset(perspective for _, perspective in known.facts.voices)
    session = session_asked_about(
        programme, known.invitation.session or round_.session, {each.session for each in person.attendances}
    )
    values: dict[str, str] = piped_values(
        programme=programme,
        name=person.name,
        greeting=person.greeting,
        organisation=person.organisation,
        own_area=person.area,
        areas=(area for area, _ in known.facts.voices),
        session=session,
        closes_at=round_.closes_at,
        zone=zone,
        language=language,
        about=known.facts.about,
    )
    unlinked = round_.mode is Mode.UNLINKED
    told = _NO_ANSWERS if unlinked else answers
    # All questions stand in the mail at once, so what a later one takes from an earlier one is still to be said.
    values.update(answers_to_come(instrument, language))
    if told:
        values.update(piped_answers(instrument, told, language))
    answered, total, minutes = _measured(known, told, perspectives)
    asked = asked_at_once(known, address, told, values, language=language, zone=zone, now=now)
    told_close = close_known(round_, known.facts)
    return Letter(
        key=known.line.key,
        kind=known.line.kind,
        number=known.line.number,
        thread_key=known.thread_key,
        language=language,
        address=address.value,
        name=person.name,
        greeting=person.greeting or person.name,
        cc=person.cc,
        sender=programme.sender,
        programme=programme.key,
        programme_title=programme.title.within(language),
        round=round_.name,
        mode=round_.mode,
        fewer_than=known.fewer_than,
        in_bulk=known.in_bulk,
        instrument=instrument,
        instrument_ref=known.instrument_ref,
        perspectives=perspectives,
        values=values,
        form=form_link(settings.public_url, settings.secret, known.invitation.id, known.invitation.generation),
        notice=f"{settings.public_url}/privacy/{programme.key}",
        reference=known.invitation.reference,
        mail_token=known.invitation.mail_token,
        written_at=now,
        closes=values["close"],
        closed_before="" if told_close == round_.closes_at else say_moment(told_close, zone, language),
        closes_earlier=round_.closes_at < told_close,
        left=days_left(round_.closes_at, now, zone, language),
        answered=answered,
        total=total,
        minutes=minutes,
        given_by=str(known.detail.get("given_by", "")),
        reason=str(known.detail.get("reason", "")),
        next_steps=_next_steps(known),
        recorded=_recorded(known, told, perspectives, values, language) if known.line.kind is LineKind.RECEIPT else (),
        unclear=_unclear(known, values, language),
        besides=bool(known.detail.get("besides")),
        unheard=unheard_words(known.detail, programme, language),
        invitation_id=known.invitation.id,
        page_key="" if asked is None else asked[0].key,
        page=None if asked is None else asked[1],
    )


def waiting_of(known: LetterFacts, settings: TickSettings) -> WaitingSurvey:
    """A survey that goes along in another one's message: its title, when it closes, and its link."""
    programme, person, round_ = known.stored.programme, known.facts.participant, known.round
    language = person.language or known.instrument.language
    about = known.facts.about
    values = {"about.name": "" if about is None else about.name}
    title = titled(fill(known.instrument.title.within(language, known.instrument.language), values), values)
    return WaitingSurvey(
        title=title,
        closes=say_moment(round_.closes_at, zone_of(programme, person), language),
        form=form_link(settings.public_url, settings.secret, known.invitation.id, known.invitation.generation),
    )


def _measured(known: LetterFacts, answers: Answers, perspectives: frozenset[str]) -> tuple[int, int, int]:
    """How many questions are answered, of how many, and how many minutes all of them take."""

    def measure_page() -> tuple[int, int, int]:
        questions = unlinked_page(known.instrument, known.asked_as).questions
        return 0, len(questions), about_minutes(questions)

    def measure() -> tuple[int, int, int]:
        shown = {item.key for item in shown_items(known.instrument, answers, perspectives)}
        minutes = about_minutes(each for each in known.instrument.questions() if each.item.key in shown)
        return (*progress(known.instrument, answers, perspectives), minutes)

    if known.round.mode is Mode.UNLINKED:
        return _ON_ONE_PAGE.get((known.instrument_ref, known.asked_as), measure_page)
    # Before the first answer it is the same for everyone with these perspectives.
    return measure() if answers else _AT_FIRST.get((known.instrument_ref, perspectives), measure)


def _next_steps(known: LetterFacts) -> Text | None:
    if known.line.kind is LineKind.THANKS and known.entry is not None and known.entry.thanks:
        return known.entry.thanks
    return known.instrument.thanks


def _unclear(known: LetterFacts, values: Mapping[str, str], language: str) -> tuple[RecordedAnswer, ...]:
    """The questions that a mail answered in a way we can't take, and how: those words wait in triage."""
    names = known.detail.get("unclear", ())
    found = []
    for each in known.instrument.questions() if names else ():
        name = answer_name((each.item.key, each.row))
        if name in names:
            asked = _asked(known, each, values, language)
            found.append(RecordedAnswer(number=each.number, ask=asked, answer=known.unclear.get(name, "")))
    return tuple(found)


def _asked(known: LetterFacts, question: Question, values: Mapping[str, str], language: str) -> str:
    fallback = known.instrument.language
    ask = fill(question.item.ask.within(language, fallback), values)
    rows = question.item.rows
    label = next((each.label.within(language, fallback) for each in rows if each.key == question.row), "")
    return f"{ask}: {label}" if label else ask


def _recorded(
    known: LetterFacts, answers: Answers, perspectives: frozenset[str], values: Mapping[str, str], language: str
) -> tuple[RecordedAnswer, ...]:
    """What a receipt lists: every question that was shown and answered."""
    instrument = known.instrument
    shown = {item.key for item in shown_items(instrument, answers, perspectives)}
    labels = {each.key: each.label for each in known.stored.programme.perspectives}
    found = []
    for question in instrument.questions():
        item, row = question.item, question.row
        if item.key not in shown or item.type is ItemType.STATEMENT or not is_answered(answers, (item.key, row)):
            continue
        answer = display(item, row, answers[item.key, row], language, voices=labels)
        found.append(
            RecordedAnswer(number=question.number, ask=_asked(known, question, values, language), answer=answer)
        )
    return tuple(found)
