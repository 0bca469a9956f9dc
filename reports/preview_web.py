"""How a questionnaire looks on the web form, before any round uses it."""

from __future__ import annotations

from dataclasses import replace

from channels.form.pages import Setting, inputs_for, page_view
from channels.form.views import Frame
from channels.form.words import Words
from channels.web.render import question_page
from reports.preview import SAMPLE
from surveys.instrument import Instrument
from surveys.pages import pages
from surveys.text import Text


def as_web(instrument: Instrument, language: str, perspectives: frozenset[str] | None = None) -> str:
    """Every page as HTML, one document after the other, each under a comment with its key; None = everyone's pages.

    Conditions are left aside, so that each question can be seen.
    """
    everyone = frozenset(perspective for item in instrument.items() for perspective in item.audience)
    asked = everyone if perspectives is None else perspectives
    shown = replace(
        instrument,
        sections=tuple(
            replace(section, when="", items=tuple(replace(item, when="") for item in section.items))
            for section in instrument.sections
        ),
    )
    setting = Setting(
        instrument=shown,
        words=Words(language),
        language=language,
        piped=SAMPLE,
        voices={perspective: Text.plain(perspective) for perspective in sorted(asked)},
        known=SAMPLE,
    )
    frame = Frame(programme=SAMPLE["programme"])
    documents = []
    questions = shown.questions()
    for page in pages(shown, {}, asked):
        view = page_view(setting, page, inputs=inputs_for(setting, page, {}), all_questions=questions)
        html = question_page(view, setting.words, frame, person=SAMPLE["participant.name"])
        documents.append(f"<!-- page {page.key} -->\n{html}")
    return "\n".join(documents) + "\n"
