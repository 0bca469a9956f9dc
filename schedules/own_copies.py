"""What a person's own copy of what is stored about them holds, read at the moment it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, tzinfo

from channels.base import Letter, OwnAnswer, OwnCopy, OwnRound
from schedules.outcomes import TickSettings
from storage.consents import consents_of
from storage.dossier import invitations_of_person
from storage.engine import Tx
from storage.forms import Form, form_of
from storage.letter_facts import LetterFacts
from storage.person_requests import request_of
from surveys.answer_text import display
from surveys.clock_times import zone_of
from surveys.instrument import ItemType
from surveys.moment_words import say_day
from surveys.panel import Participant
from surveys.person_requests import RequestKind, answer_by
from surveys.piped_values import piped_answers, piped_values, session_asked_about
from surveys.piping import fill, titled
from surveys.programme import Mode, Programme
from surveys.replies import QuoteLevel
from surveys.tokens import Purpose, seal


def with_copy(tx: Tx, known: LetterFacts, letter: Letter, now: datetime) -> Letter:
    """The letter with what is stored about its person, in every round of the programme."""
    person, programme = known.facts.participant, known.stored.programme
    forms = [form_of(tx, each) for each in invitations_of_person(tx, person.id)]
    zone = zone_of(programme, person)
    erasure = request_of(tx, person.id, RequestKind.ERASURE) is not None
    own = OwnCopy(
        about=tuple(_about(person, programme, letter, zone, now, erasure=erasure)),
        rounds=tuple(_round(tx, each, person, letter.language, zone) for each in forms if each is not None),
    )
    return replace(letter, own=own)


def with_question(tx: Tx, known: LetterFacts, letter: Letter, settings: TickSettings) -> Letter:
    """The letter with the link by which its person says whether it was they who asked to be erased."""
    person = known.facts.participant
    request = request_of(tx, person.id, RequestKind.ERASURE)
    if request is None:
        return letter
    token = seal(settings.secret, Purpose.ERASE, known.invitation.id, request.mark)
    zone = zone_of(known.stored.programme, person)
    return replace(
        letter,
        confirm=f"{settings.public_url}/r/{token}",
        answer_by=say_day(answer_by(request.asked_at, zone), letter.language, year=True),
    )


def _about(
    person: Participant, programme: Programme, letter: Letter, zone: tzinfo, now: datetime, *, erasure: bool
) -> Iterator[tuple[str, str]]:
    language = letter.language
    area = programme.area(person.area) if person.area else None
    hats = {each.key: each.label.within(language) for each in programme.perspectives}
    yield "name", person.name
    if person.organisation:
        yield "organisation", person.organisation
    if person.area:
        yield "area", person.area if area is None else area.name.within(language)
    for address in person.addresses:
        yield "address", address.value
    if person.phone:
        yield "phone", person.phone
    for each in person.attendances:
        session = programme.session(each.session)
        held = each.session if session is None else say_day(session.starts.astimezone(zone).date(), language, year=True)
        yield "session", f"{held} ({hats.get(each.perspective, each.perspective)})"
    if letter.given_by:
        yield "given_by", letter.given_by
    for what, until in (("paused", person.paused_until), ("away", person.away_until)):
        if until is not None and until > now:
            yield what, say_day(until.astimezone(zone).date(), language, year=True)
    if person.opted_out:
        yield "stopped", ""
    if erasure:
        yield "erasure", ""


def _round(tx: Tx, form: Form, person: Participant, language: str, zone: tzinfo) -> OwnRound:
    asked, programme, instrument = form.asked, form.programme, form.instrument
    values: dict[str, str] = piped_values(
        programme=programme,
        name=person.name,
        greeting=person.greeting,
        organisation=person.organisation,
        own_area=person.area,
        areas=asked.areas,
        session=session_asked_about(programme, asked.session, {each.session for each in person.attendances}),
        closes_at=asked.closes_at,
        zone=zone,
        language=language,
        about=asked.about,
    )
    values.update(piped_answers(instrument, form.answers, language))
    title = titled(fill(instrument.title.within(language, instrument.language), values), values)
    if asked.mode is Mode.UNLINKED:
        return OwnRound(title=title, apart=True, answers=())
    agreed = {} if asked.response is None else consents_of(tx, asked.response.id)
    labels = {each.key: each.label for each in programme.perspectives}
    found = []
    for question in instrument.questions():
        item, row = question.item, question.row
        said = {voice: each.value for (key, at, voice), each in form.current.items() if (key, at) == (item.key, row)}
        ask = fill(item.ask.within(language, instrument.language), values)
        rows = [each.label.within(language, instrument.language) for each in item.rows if each.key == row]
        for voice, value in sorted(said.items()):
            if value is None or item.type is ItemType.STATEMENT:
                continue
            whose = labels[voice].within(language) if voice in labels else voice
            answer = display(item, row, value, language, voices=labels) if not voice else str(value)
            found.append(
                OwnAnswer(
                    ask=" – ".join(part for part in (ask, *rows, whose) if part),
                    answer=answer,
                    quoted=agreed.get(item.key, QuoteLevel.NONE) if item.quote and not voice else None,
                )
            )
    return OwnRound(title=title, apart=False, answers=tuple(found))
