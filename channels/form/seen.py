"""How a person sees a questionnaire: in their language, with what is known of them and what they said piped in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo

from channels.form.pages import Setting
from channels.form.words import Words
from surveys.answer_values import AnswerKey, AnswerValue
from surveys.instrument import Instrument
from surveys.panel import Participant, Subject
from surveys.piped_values import piped_answers, piped_values, session_asked_about
from surveys.programme import Mode, Programme
from surveys.replies import QuoteLevel


def setting_for(
    *,
    programme: Programme,
    instrument: Instrument,
    person: Participant,
    areas: Iterable[str],
    session: str,
    mode: Mode,
    answers: Mapping[AnswerKey, AnswerValue | None],
    closes_at: datetime,
    consulted: tuple[str, ...],
    quotes: Mapping[str, QuoteLevel],
    language: str,
    zone: tzinfo,
    now: datetime,
    about: Subject | None = None,
) -> Setting:
    """The setting of one person's pages. `session`: the one asked about, "" for none; `zone` is the person's own."""
    unlinked = mode is Mode.UNLINKED
    piped = piped_values(
        programme=programme,
        name=person.name,
        greeting=person.greeting,
        organisation=person.organisation,
        own_area=person.area,
        areas=areas,
        session=session_asked_about(programme, session, (each.session for each in person.attendances)),
        closes_at=closes_at,
        zone=zone,
        language=language,
        about=about,
    )
    piped |= piped_answers(instrument, answers, language)
    mail = next((each.value for each in person.addresses if each.channel == "mail"), "")
    known = {
        "participant.name": person.name,
        "participant.greeting": person.greeting,
        "participant.organisation": person.organisation,
        "participant.area": piped["participant.area"],
        "participant.email": mail,
        "participant.phone": person.phone,
    }
    return Setting(
        instrument=instrument,
        words=Words(language),
        language=language,
        piped=piped,
        voices={each.key: each.label for each in programme.perspectives},
        known={} if unlinked else known,
        consulted=() if unlinked else consulted,
        quotes=quotes,
        asks_quotes=not unlinked,
        today=now.astimezone(zone).date(),
        leaves_out_personal=mode is Mode.CONFIDENTIAL,
    )
