"""How a questionnaire looks in a chat, before any round uses it: invitation, pages, a page answered, reminder."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from channels.chat.drawing import Drawing, Element
from channels.chat.letters import said_of, ways_of
from channels.chat.preview import draw_page
from channels.chat.prompts import AROUND, Place, Surroundings, prompt, recorded
from channels.chat.words import Words
from channels.form.pages import Setting, inputs_for, page_view
from channels.form.views import LineView
from channels.form.words import Words as FormWords
from channels.slack import kit as slack
from channels.teams import kit as teams
from reports.preview import SAMPLE, sample_letter
from surveys.delivery import LineKind
from surveys.instrument import Instrument
from surveys.pages import pages
from surveys.piping import fill
from surveys.text import Text

LINK = "https://example.org/f/link"


def as_slack(instrument: Instrument, language: str, now: datetime, perspectives: frozenset[str] | None = None) -> str:
    """One HTML page with every message; None = the pages of everyone. Conditions are left aside."""
    title, messages = _messages(slack, instrument, language, now, perspectives)
    return draw_page(slack, messages, title=title, language=language, app="Slack")


def as_teams(instrument: Instrument, language: str, now: datetime, perspectives: frozenset[str] | None = None) -> str:
    """The same as cards."""
    title, messages = _messages(teams, instrument, language, now, perspectives)
    return draw_page(teams, messages, title=title, language=language, app="Teams")


def _messages(
    draw: Drawing, instrument: Instrument, language: str, now: datetime, perspectives: frozenset[str] | None
) -> tuple[str, list[tuple[str, list[Element]]]]:
    """The questionnaire's title, and each message: what it is, and what it is drawn with."""
    everyone = frozenset(perspective for item in instrument.items() for perspective in item.audience)
    asked = everyone if perspectives is None else perspectives
    shown = replace(
        instrument,
        sections=tuple(
            replace(section, when="", items=tuple(replace(item, when="") for item in section.items))
            for section in instrument.sections
        ),
    )
    form_words, words = FormWords(language), Words(language)
    setting = Setting(
        instrument=shown,
        words=form_words,
        language=language,
        piped=SAMPLE,
        # Where no question names a perspective, one stands for those of the programme.
        voices={each: Text.plain(each) for each in sorted(asked) or ["a perspective"]},
        known=SAMPLE,
        today=now.date(),
    )
    around = Surroundings(link=LINK, ways=ways_of(form_words))
    found = pages(shown, {}, asked)
    views = [
        page_view(
            setting,
            page,
            inputs=inputs_for(setting, page, {}),
            all_questions=shown.questions(),
            can_go_back=number > 0,
        )
        for number, page in enumerate(found)
    ]
    letter = replace(
        sample_letter(shown, language, now, perspectives),
        page_key=found[0].key if found else "",
        page=views[0] if views else None,
    )
    messages: list[tuple[str, list[Element]]] = [("invitation", list(said_of(draw, letter).elements))]
    for page, view in list(zip(found, views, strict=True))[1:]:
        for part in range(len(draw.parts_of(view, words, room=AROUND))):
            place = Place(invitation_id=0, page=page.key, part=part)
            called = f"page {page.key}" + (f", part {part + 1}" if part else "")
            messages.append((called, prompt(draw, view, place, around, words)))
    if views:
        lines = [LineView(ask=block.heading, answer="…") for block in views[0].blocks if not block.statement]
        place = Place(invitation_id=0, page=found[0].key)
        messages.append((f"page {found[0].key}, answered", recorded(draw, views[0], lines, place, words)))
    reminder = replace(letter, kind=LineKind.REMINDER)
    messages.append(("reminder", list(said_of(draw, reminder).elements)))
    title = fill(instrument.title.within(language, instrument.language), SAMPLE)
    return title, messages
