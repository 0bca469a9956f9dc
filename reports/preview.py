"""How a questionnaire looks, before any round uses it: as plain text, and as it stands in a mail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from email import message_from_bytes, policy

from channels.base import Letter
from channels.mail.render import MailRenderer, MailSettings
from surveys.answer_text import options_in_ask, options_line
from surveys.delivery import LineKind
from surveys.instrument import Instrument, Item, ItemType, Question
from surveys.piped_values import answers_to_come
from surveys.piping import EXAMPLE_YEAR, fill
from surveys.programme import Mode
from surveys.routing import is_asked

# An invented person, so that piped words can be seen.
SAMPLE = {
    "participant.greeting": "Alex",
    "participant.name": "Alex Example",
    "participant.organisation": "Example Borough Council",
    "participant.area": "Exampleshire",
    "area": "Exampleshire",
    "session.date": "20 November 2024",
    "session.topic": "Working together",
    "close": "Monday 16 December, 5 pm",
    "programme": "Example programme",
}


def as_text(instrument: Instrument, language: str, perspectives: frozenset[str] | None = None) -> str:
    """Every question with its number, how it is answered, and when it is asked; None = for all perspectives."""
    return "\n".join(_text_lines(instrument, language, perspectives)).rstrip() + "\n"


def as_mail(instrument: Instrument, language: str, now: datetime, perspectives: frozenset[str] | None = None) -> str:
    """The text part of an invitation by mail, to an invented person."""
    settings = MailSettings(from_address="soundings@example.org", public_url="https://example.org", secret="preview")
    letter = sample_letter(instrument, language, now, perspectives)
    message = message_from_bytes(MailRenderer(settings).compose(letter).content, policy=policy.default)
    part = message.get_body(("plain",))
    return "" if part is None else str(part.get_content())


def sample_letter(instrument: Instrument, language: str, now: datetime, perspectives: frozenset[str] | None) -> Letter:
    """The invitation of an invented person; None = for all perspectives."""
    everyone = frozenset(perspective for item in instrument.items() for perspective in item.audience)
    return Letter(
        key="preview/round/person/invitation",
        kind=LineKind.INVITATION,
        language=language,
        address="alex@example.org",
        name=SAMPLE["participant.name"],
        greeting=SAMPLE["participant.greeting"],
        programme="preview",
        programme_title=SAMPLE["programme"],
        round="preview",
        mode=Mode.CONFIDENTIAL,
        instrument=instrument,
        instrument_ref="preview",
        perspectives=everyone if perspectives is None else perspectives,
        values={**SAMPLE, EXAMPLE_YEAR: str(now.year), **answers_to_come(instrument, language)},
        form="https://example.org/f/link",
        notice="https://example.org/privacy/preview",
        reference="K7Q2-9F",
        mail_token="preview234567abc",
        written_at=now,
        closes=SAMPLE["close"],
        left="in 21 days",
        total=len(instrument.questions()),
    )


def _text_lines(instrument: Instrument, language: str, perspectives: frozenset[str] | None) -> Iterator[str]:
    own = instrument.language
    yield instrument.title.within(language, own)
    if instrument.intro:
        yield from ("", fill(instrument.intro.within(language, own), SAMPLE))
    numbered: dict[str, list[Question]] = {}
    for question in instrument.questions():
        numbered.setdefault(question.item.key, []).append(question)
    for section in instrument.sections:
        items = [item for item in section.items if perspectives is None or is_asked(item, perspectives)]
        if not items:
            continue
        title = section.title.within(language, own) if section.title else ""
        yield from ("", f"== {title} ==" if title else "==")
        if section.when:
            yield f"   (shown if {section.when})"
        for item in items:
            yield ""
            yield from _item_lines(item, numbered.get(item.key, []), language, own)


def _item_lines(item: Item, questions: Iterable[Question], language: str, own: str) -> Iterator[str]:
    ask = fill(item.ask.within(language, own), SAMPLE)
    if item.type is ItemType.STATEMENT:
        yield ask
        return
    labels = {row.key: row.label.within(language, own) for row in item.rows}
    for question in questions:
        beside = options_in_ask(question.control, language)
        words = f"{ask}: {labels[question.row]}" if question.row else ask
        yield f"{question.number}. {words} {beside}".rstrip() + (" *" if item.required else "")
        line = options_line(question.control, language)
        yield f"   [{question.control.type.value}] {line}".rstrip()
    if item.hint:
        yield f"   {fill(item.hint.within(language, own), SAMPLE)}"
    if item.when:
        yield f"   (shown if {item.when})"
    if item.audience:
        yield f"   (asked of {', '.join(sorted(item.audience))})"
