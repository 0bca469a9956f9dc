"""What a person's own page and the pages it leads to say and ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.web.choosing import ahead, choice_view
from bot.web.reach import reached_words
from bot.web.sight import Sight
from channels.form.inputs import Inputs
from channels.form.pages import question_words
from channels.form.parse import QUOTE
from channels.form.views import ActView, ChoicesView, ChoiceView, OptionView, QuotedView, QuotesView
from channels.web import render
from surveys.answer_text import display
from surveys.instrument import Item
from surveys.moment_words import say_day, say_moment
from surveys.person_requests import RequestKind
from surveys.replies import QuoteLevel

_NOTHING: Mapping[str, Sequence[str]] = {}


def choices_page(sight: Sight) -> str:
    """Everything a person may decide, with how it stands."""
    words = sight.words
    parts = [_messages(sight)]
    if _quotable(sight):
        parts.append(_quotes(sight))
    parts.append(_stored(sight))
    view = ChoicesView(
        heading=words("choices"),
        paragraphs=(words("choices_lead", name=sight.person.name),),
        parts=tuple(parts),
        links=((words("to_form"), sight.links.form),) if sight.is_open else (),
    )
    return render.choices_page(view, words, sight.frame())


def choice_page(sight: Sight, way: str, inputs: Inputs = _NOTHING, *, fault: str = "") -> str:
    """A pause, or the channel and the time zone; with what was chosen and what is wrong with it."""
    if way == "pause" and sight.person.opted_out:
        words = sight.words
        return outcome_page(sight, words("choices_stopped", programme=sight.programme), (words("pause_stopped"),))
    view = choice_view(sight, way, inputs, fault=fault)
    return act_page(sight, way, replace(view, links=(back_to_choices(sight),)))


def quotes_page(sight: Sight, *, notes: Sequence[str] = ()) -> str:
    """Each answer that may be quoted with how far, to be changed until the freeze."""
    words, frozen_at = sight.words, sight.form.asked.frozen_at
    quotes = tuple(_quoted(sight, item) for item in _answered(sight))
    said = []
    if frozen_at is not None:
        said.append(words("quotes_frozen", date=say_moment(frozen_at, sight.zone, words.tag, year=True)))
        if sight.contact:
            said.append(words("quotes_frozen_who", who=sight.contact))
    else:
        said.append(words("quotes_lead") if quotes else words("quotes_nothing"))
    changing = bool(quotes) and frozen_at is None
    agreed = any(level is not QuoteLevel.NONE for level in sight.setting.quotes.values())
    view = QuotesView(
        heading=words("quotes_heading"),
        paragraphs=tuple(said),
        quotes=quotes,
        button=words("quotes_save") if changing else "",
        choices=(("none", words("quotes_withdraw_all")),) if changing and agreed else (),
        links=(back_to_choices(sight),),
    )
    return render.quotes_page(view, words, sight.frame(action=sight.links.way("quotes"), notes=notes))


def act_page(sight: Sight, way: str, view: ActView) -> str:
    """A page that says what will happen, with its button."""
    return render.act_page(view, sight.words, sight.frame(action=sight.links.way(way)))


def outcome_page(sight: Sight, heading: str, paragraphs: tuple[str, ...] = ()) -> str:
    """What has happened, and the way back."""
    links = (back_to_choices(sight),)
    return render.done_page(sight.words, sight.frame(), heading=heading, paragraphs=paragraphs, links=links)


def back_to_choices(sight: Sight) -> tuple[str, str]:
    """The link back to the person's own page."""
    return sight.words("back_to_choices"), sight.links.choices


def _messages(sight: Sight) -> ChoiceView:
    words, person = sight.words, sight.person
    paused, away = ahead(sight, person.paused_until), ahead(sight, person.away_until)
    stop = (words("way_stop"), sight.links.way("stop"))
    pause = (words("choices_pause_change" if paused or away else "choices_pause"), sight.links.way("pause"))
    if person.opted_out:
        return ChoiceView(
            heading=words("choices_messages"), paragraphs=(words("choices_stopped", programme=sight.programme),)
        )
    said = [words("choices_stopped_round")] if sight.form.asked.opted_out else []
    if paused:
        said.append(words("choices_paused", date=paused))
    elif away:
        said.append(words("choices_away", date=away))
    if not said:
        said.append(words("choices_asked", programme=sight.programme))
    said.append(reached_words(sight))
    reach = (words("choices_reach"), sight.links.way("reach"))
    return ChoiceView(heading=words("choices_messages"), paragraphs=tuple(said), links=(reach, pause, stop))


def _quotes(sight: Sight) -> ChoiceView:
    words = sight.words
    number = sum(
        sight.setting.quotes.get(item.key, QuoteLevel.NONE) is not QuoteLevel.NONE for item in _answered(sight)
    )
    link = "choices_quotes_frozen_link" if sight.form.asked.frozen_at else "choices_quotes_link"
    return ChoiceView(
        heading=words("choices_quotes"),
        paragraphs=(words.counted("choices_quotes_some", number) if number else words("choices_quotes_none"),),
        links=((words(link), sight.links.way("quotes")),),
    )


def _stored(sight: Sight) -> ChoiceView:
    words, said, erase = sight.words, [], "choices_erase"
    for request in sight.requests:
        if request.kind is RequestKind.COPY:
            said.append(words("choices_copy_waits"))
        else:
            day = request.asked_at.astimezone(sight.zone).date()
            said.append(words("choices_erase_waits", date=say_day(day, words.tag, year=True)))
            erase = "choices_erase_see"
    return ChoiceView(
        heading=words("choices_stored"),
        paragraphs=tuple(said),
        links=(
            (words("choices_privacy"), sight.frame().privacy),
            (words("choices_copy"), sight.links.way("my-answers")),
            (words(erase), sight.links.way("erase")),
        ),
    )


def _quotable(sight: Sight) -> bool:
    return not sight.unlinked and any(item.quote for item in sight.form.instrument.items())


def _answered(sight: Sight) -> list[Item]:
    """What could be quoted: the words that stand, and whatever a consent stands for although its answer has gone."""
    answers, agreed = sight.form.answers, sight.setting.quotes
    return [
        item
        for item in sight.form.instrument.items()
        if item.quote and not sight.unlinked and (answers.get((item.key, "")) is not None or item.key in agreed)
    ]


def _quoted(sight: Sight, item: Item) -> QuotedView:
    words = sight.words
    level = sight.setting.quotes.get(item.key, QuoteLevel.NONE)
    question = next(each for each in sight.form.instrument.questions() if each.item.key == item.key)
    said = display(item, "", sight.form.answers.get((item.key, "")), sight.setting.language)
    return QuotedView(
        name=QUOTE + item.key,
        ask=question_words(sight.setting, question),
        words=said or words("quotes_no_answer"),
        standing=words(f"quotes_standing_{level.value}"),
        options=tuple(
            OptionView(
                id=f"quote-{item.key}-{each.value}",
                value=each.value,
                label=words(f"quote_{each.value}"),
                checked=each is level,
            )
            for each in QuoteLevel
        ),
    )
