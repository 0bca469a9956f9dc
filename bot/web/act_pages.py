"""What the pages of the one-tap reasons say and ask."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TypedDict

from bot.web.links import WAYS
from bot.web.sight import Sight
from channels.form.inputs import Inputs, first_of
from channels.form.views import ActView, AskView, OptionView
from surveys.moment_words import say_day
from surveys.typed_dates import DateUnclear, read_date, say_date

__all__ = ["WAYS", "Offer", "act_view", "done_words", "snooze_offer"]

_FAULTS = {
    "name": ("_name", "needs_name"),
    "email": ("_email", "needs_email"),
    "self": ("_email", "someone_else_self"),
    "refused": ("_email", "someone_else_refused"),
    "many": ("_email", "someone_else_many"),
    "scope": ("_scope", "stop_choose"),
}


class Offer(TypedDict):
    """What replaces parts of a page: its words, further buttons, links."""

    paragraphs: tuple[str, ...]
    choices: tuple[tuple[str, str], ...]
    links: tuple[tuple[str, str], ...]
    button: str
    asks: tuple[AskView, ...]


def act_view(sight: Sight, way: str, inputs: Inputs, *, fault: str = "") -> ActView:
    """One reason's page, with what was typed and what is wrong with it."""
    words, key = sight.words, way.replace("-", "_")
    back = ((words("go_to_form"), sight.links.form),)
    if way == "later":
        return ActView(
            heading=words("later_ask_heading"),
            paragraphs=(words("later_ask_body", close=sight.close),),
            button=words("later_ask_button"),
            asks=(_day(sight, inputs, fault),),
            links=back,
        )
    asks: tuple[AskView, ...] = ()
    body = words(f"{key}_body")
    if way == "someone-else":
        body = words("someone_else_body", name=sight.person.name)
        asks = (
            _ask(sight, inputs, fault, "_name", "someone_else_name", "text"),
            _ask(sight, inputs, fault, "_email", "someone_else_email", "email"),
        )
    elif way == "stop":
        asks = (_scope(sight, inputs, fault),)
    return ActView(
        heading=words(f"{key}_heading"),
        paragraphs=(body,),
        button=words(f"{key}_button"),
        asks=asks,
        links=back,
    )


def done_words(sight: Sight, way: str, scope: str) -> str:
    """What will happen now, as a heading."""
    if way == "stop":
        programme = sight.setting.say(sight.form.programme.title)
        key = "stop_done_programme" if scope == "programme" else "stop_done_round"
        return sight.words(key, programme=programme) if scope == "programme" else sight.words(key)
    return sight.words(f"{way.replace('-', '_')}_done")


def snooze_offer(sight: Sight, last_day: date | None, inputs: Inputs | None = None) -> Offer:
    """What can still be offered before the close: the last day, or someone else. `inputs`: a later day was asked."""
    words, asked = sight.words, inputs is not None
    view = act_view(sight, "later", inputs or {}, fault="past" if asked else "")
    else_link = (words("way_someone_else"), sight.links.way("someone-else"))
    if last_day is None:
        return Offer(
            paragraphs=(words("later_ask_no_day", close=sight.close),),
            choices=(),
            links=(*view.links, else_link),
            button="",
            asks=(),
        )
    last = words("later_ask_last", date=say_day(last_day, words.tag))
    return Offer(
        paragraphs=view.paragraphs,
        choices=(("last", last),) if asked else (),
        links=(*view.links, else_link) if asked else view.links,
        button=view.button,
        asks=view.asks,
    )


def _day(sight: Sight, inputs: Inputs, fault: str) -> AskView:
    words, error = sight.words, ""
    if fault == "past":
        day = read_date(first_of(inputs, "_day"))
        error = words("later_ask_past", date=say_day(day, words.tag), close=sight.close)
    elif fault == "gone":
        error = words("later_ask_gone")
    return day_asked(sight, inputs, label=words("later_ask_label"), fault=fault, error=error)


def day_asked(sight: Sight, inputs: Inputs, *, label: str, fault: str, error: str) -> AskView:
    """A day to be chosen, from tomorrow on; `error` is what is wrong with the one typed, unless it is no day at all."""
    typed = next(iter(inputs.get("_day", ())), "")
    try:
        day = read_date(typed) if typed else None
    except DateUnclear:
        day = None
    # A day that could be chosen: the day after today.
    example = say_date((sight.setting.today or date.min) + timedelta(days=1), sight.words.tag)
    if fault == "unclear":
        error = sight.words("later_ask_unclear", date=example)
    return AskView(
        id="day",
        name="_day",
        # Words that are no date would vanish from a date's input.
        kind="text" if typed and day is None else "date",
        label=label,
        hint=sight.words("date_hint", date=example),
        value=typed if day is None else day.isoformat(),
        error=error,
    )


def _ask(sight: Sight, inputs: Inputs, fault: str, name: str, label: str, kind: str) -> AskView:
    field, what = _FAULTS.get(fault, ("", ""))
    return AskView(
        id=name.removeprefix("_"),
        name=name,
        kind=kind,
        label=sight.words(label),
        value=next(iter(inputs.get(name, ())), ""),
        error=sight.words(what) if field == name else "",
    )


def _scope(sight: Sight, inputs: Inputs, fault: str) -> AskView:
    words = sight.words
    programme = sight.setting.say(sight.form.programme.title)
    # The lesser of the two stands ready, so that one tap is enough.
    chosen = next(iter(inputs.get("_scope", ())), "round")
    offered = (("round", words("stop_round")), ("programme", words("stop_programme", programme=programme)))
    return AskView(
        id="scope-round",
        name="_scope",
        kind="radios",
        label=words("stop_scope"),
        error=words("stop_choose") if fault == "scope" else "",
        options=tuple(
            OptionView(id=f"scope-{value}", value=value, label=label, checked=value == chosen)
            for value, label in offered
        ),
    )
