"""The one-tap reasons in Teams: the card becomes a small form that says what will happen, and its button does it."""

from __future__ import annotations

from bot.chat.acting import Again, Told, act_on, way_of, way_offered
from bot.chat.answering import Answering, go_on
from bot.chat.desk import Click
from bot.teams.desk import TeamsDesk
from channels.chat.drawing import Element
from channels.chat.prompts import Place
from channels.chat.words import Words
from channels.form.inputs import Inputs
from channels.form.views import ActView, AskView, OptionView
from channels.teams import elements
from storage.chat_prompts import PromptState

DO, CANCEL = "way:do", "way:cancel"
_INPUT, _NOTHING = "w:", "-"


def offer_way(desk: TeamsDesk, click: Click) -> Answering:
    """Show the form of a reason in the place of the card."""
    yield False
    way = way_of(click.value)
    offered = None if way is None else way_offered(desk, *way, click.user)
    if way is None or offered is None:
        desk.whisper(click.conversation, click.user, Words("en-GB")("not_yours"))
        return
    sight, view = offered
    _show(desk, click, view, Words(sight.form.language))


def do_way(desk: TeamsDesk, click: Click) -> Answering:
    """Do it, and say so in the card's place."""
    way = way_of(click.value)
    with desk.web.store.reading() as tx:
        sight = None if way is None else desk.sight(tx, way[0], click.user)
    if way is None or sight is None:
        yield False
        desk.whisper(click.conversation, click.user, Words("en-GB")("not_yours"))
        return
    words = Words(sight.form.language)
    found = act_on(desk, sight, way[1], _inputs(click), click.user)
    yield False
    _show(desk, click, found.view if isinstance(found, Again) else found, words)
    if isinstance(found, Told):
        _keep(desk, click, way[0])


def leave_way(desk: TeamsDesk, click: Click) -> Answering:
    """Back to the questions: the next that is open is asked anew, and the form goes."""
    yield False
    way = way_of(click.value)
    with desk.web.store.reading() as tx:
        sight = None if way is None else desk.sight(tx, way[0], click.user)
    if sight is None:
        desk.whisper(click.conversation, click.user, Words("en-GB")("not_yours"))
        return
    words = Words(sight.form.language)
    desk.update(click.conversation, click.message, words("go_on"), desk.draw.aside(words("go_on"), words))
    _keep(desk, click, sight.form.asked.invitation_id)
    if sight.is_open and not sight.unlinked:
        go_on(desk, sight, click.conversation, after=None)


def _keep(desk: TeamsDesk, click: Click, invitation_id: int) -> None:
    """The card asks nothing any more: what it says is not to be brought up to date as a question."""
    desk.remember(click.conversation, click.message, Place(invitation_id=invitation_id, page=""), PromptState.OVER)


def _show(desk: TeamsDesk, click: Click, view: ActView | Told, words: Words) -> None:
    made: list[Element] = elements.heading(view.heading, words)
    for each in view.paragraphs:
        made += elements.said(each, words)
    if isinstance(view, ActView):
        for ask in view.asks:
            made += _asked(ask, words)
        buttons = [elements.button(view.button, DO, click.value, primary=True)] if view.button else []
        buttons.append(elements.button(words("back"), CANCEL, click.value))
        made.append(elements.row(buttons))
    desk.update(click.conversation, click.message, view.heading, made)


def _asked(ask: AskView, words: Words) -> list[Element]:
    made: list[Element] = elements.said(words("problem", what=ask.error), words) if ask.error else []
    hint = elements.aside(ask.hint, words)
    found: Element = {"id": f"{_INPUT}{ask.name}", "label": ask.label}
    if ask.kind in {"radios", "select"}:
        groups: list[OptionView] = [*ask.options, *(each for _, offered in ask.groups for each in offered)]
        # Nothing that stands for nothing may be empty.
        choices = [{"title": each.label or "–", "value": each.value or _NOTHING} for each in groups]
        style = "expanded" if ask.kind == "radios" else "filtered"
        found |= {"type": "Input.ChoiceSet", "choices": choices, "style": style, "wrap": True}
        chosen = next((each.value or _NOTHING for each in groups if each.checked), "")
        return [*made, found | {"value": chosen} if chosen else found, *hint]
    found["type"] = "Input.Date" if ask.kind == "date" else "Input.Text"
    return [*made, found | {"value": ask.value} if ask.value else found, *hint]


def _inputs(click: Click) -> Inputs:
    found: dict[str, list[str]] = {}
    for name, value in click.state.items():
        if name.startswith(_INPUT) and isinstance(value, str):
            found[name.removeprefix(_INPUT)] = ["" if value == _NOTHING else value]
    return found
