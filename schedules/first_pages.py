"""The page that a message asks at once, where people answer in the message itself."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import datetime, tzinfo

from channels.form.pages import inputs_for, page_view
from channels.form.seen import setting_for
from channels.form.views import PageView
from storage.letter_facts import LetterFacts
from storage.remembered import Remembered
from surveys.answer_values import AnswerKey, AnswerValue
from surveys.delivery import LineKind
from surveys.pages import Page, first_unanswered_page, pages, piped_into
from surveys.panel import Address
from surveys.programme import Mode

# Where people answer in the message that asks them.
ASKING_CHANNELS = frozenset({"slack", "teams"})
_ASKING = frozenset({LineKind.INVITATION, LineKind.DELEGATE, LineKind.REMINDER})
_FIRST: Remembered[tuple[tuple[Page, ...], Page | None, frozenset[str]]] = Remembered(most=64)
_VIEWS: Remembered[PageView] = Remembered(most=64)


def asked_at_once(
    known: LetterFacts,
    address: Address,
    answers: Mapping[AnswerKey, AnswerValue | None],
    values: Mapping[str, str],
    *,
    language: str,
    zone: tzinfo,
    now: datetime,
) -> tuple[Page, PageView] | None:
    """The next page and how it looks; None where nothing is asked, and in an unlinked round, which is one form.

    `values` are the letter's piped words. Before the first answer a page is the same for whoever sees the same
    words in it, and is made once for all of them.
    """
    asks = address.channel in ASKING_CHANNELS and known.line.kind in _ASKING
    if not asks or known.round.mode is Mode.UNLINKED:
        return None
    perspectives = frozenset(perspective for _, perspective in known.facts.voices)

    def find() -> tuple[tuple[Page, ...], Page | None, frozenset[str]]:
        page = first_unanswered_page(known.instrument, answers, perspectives)
        piped = frozenset[str]() if page is None else piped_into(known.instrument, page)
        return pages(known.instrument, answers, perspectives), page, piped

    shown, page, piped = find() if answers else _FIRST.get((known.instrument_ref, perspectives), find)
    if page is None:
        return None
    asked = page

    def build() -> PageView:
        return _view(known, shown, asked, answers, language=language, zone=zone, now=now)

    if answers or any(item.prefill for item in page.items):
        return page, build()
    programme = known.stored.programme
    key: tuple[Hashable, ...] = (
        known.instrument_ref,
        perspectives,
        language,
        known.round.mode,
        now.astimezone(zone).date(),
        tuple((each.key, each.label.within(language)) for each in programme.perspectives),
        tuple(values.get(name, "") for name in sorted(piped)),
    )
    return page, _VIEWS.get(key, build)


def _view(
    known: LetterFacts,
    shown: tuple[Page, ...],
    page: Page,
    answers: Mapping[AnswerKey, AnswerValue | None],
    *,
    language: str,
    zone: tzinfo,
    now: datetime,
) -> PageView:
    setting = setting_for(
        programme=known.stored.programme,
        instrument=known.instrument,
        person=known.facts.participant,
        areas=[area for area, _ in known.facts.voices],
        session=known.invitation.session or known.round.session,
        mode=known.round.mode,
        answers=answers,
        closes_at=known.round.closes_at,
        consulted=(),
        quotes={},
        language=language,
        zone=zone,
        now=now,
        about=known.facts.about,
    )
    return page_view(
        setting,
        page,
        inputs=inputs_for(setting, page, answers),
        all_questions=[question for each in shown for question in each.questions],
        can_go_back=page.key != shown[0].key,
    )
