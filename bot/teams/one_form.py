"""A round that carries no names is one form, sent in one go: the card becomes that form, and nothing of it waits."""

from __future__ import annotations

from bot.chat.answering import Answering, reply_of
from bot.chat.desk import Click
from bot.teams.desk import TeamsDesk
from bot.web.sight import Sight
from channels.chat.drawing import Element
from channels.chat.prompts import WEB, Place, place_of
from channels.chat.words import Words
from channels.form.views import PageView
from channels.teams import elements
from channels.teams.page_elements import parts_of
from channels.teams.reading import inputs_of
from handlers.replies import TooLate
from handlers.unlinked import AlreadyReturned, NotYet, Returned, record_unlinked
from storage.engine import DatabaseBusyError
from storage.forms import Form
from surveys.pages import Page
from surveys.replies import IncomingReply

SEND = "form:send"


def open_form(desk: TeamsDesk, click: Click) -> Answering:
    """Show the form in the place of the message that invites to it."""
    yield False
    sight = _sight(desk, click)
    if sight is None:
        desk.whisper(click.conversation, click.user, Words("en-GB")("not_yours"))
        return
    words = Words(sight.form.language)
    if not sight.is_open:
        _tell(desk, click, words("closed", when="").strip(), words)
    elif not sight.unlinked or sight.form.asked.disposition.value == "complete":
        _tell(desk, click, f"{words('done')} {words('done_unlinked')}", words)
    elif not sight.shown:
        _tell(desk, click, words("nothing_open"), words)
    else:
        _ask(desk, click, sight, desk.view(sight, sight.shown[0]))


def send_form(desk: TeamsDesk, click: Click) -> Answering:
    """Take the return whole, or say what is wrong; no word of it is kept anywhere but in its return."""
    sight = _sight(desk, click)
    if sight is None or not sight.unlinked or not sight.shown:
        yield False
        desk.whisper(click.conversation, click.user, Words("en-GB")("not_yours"))
        return
    words, page = Words(sight.form.language), sight.shown[0]
    inputs = inputs_of(click.state, desk.view(sight, page))

    def read(form: Form, found: Page | None) -> IncomingReply:
        return reply_of(form, found, inputs, desk.channel)

    try:
        invitation = sight.form.asked.invitation_id
        outcome = record_unlinked(invitation, read, desk.web.store, desk.now, admits=desk.admits(click.user))
    except DatabaseBusyError:
        yield False
        _ask(desk, click, sight, desk.view(sight, page, typed=inputs), above=words("not_saved"))
        return
    yield False
    match outcome:
        case Returned():
            _tell(desk, click, f"{words('done')} {words('done_unlinked')}", words)
        case AlreadyReturned():
            _tell(desk, click, sight.words("done_before"), words)
        case NotYet(page=asked, problems=found):
            wrong = {key: each.what for key, each in found.items()}
            if not wrong and asked.answer_keys:
                wrong = {asked.answer_keys[0]: sight.words("nothing_answered")}
            _ask(desk, click, sight, desk.view(sight, asked, typed=inputs, problems=wrong))
        case TooLate():
            _tell(desk, click, words("closed", when="").strip(), words)
        case _:
            desk.whisper(click.conversation, click.user, words("not_yours"))


def _sight(desk: TeamsDesk, click: Click) -> Sight | None:
    place = place_of(click.value)
    if place is None:
        return None
    with desk.web.store.reading() as tx:
        return desk.sight(tx, place.invitation_id, click.user)


def _ask(desk: TeamsDesk, click: Click, sight: Sight, view: PageView, *, above: str = "") -> None:
    made = form_of_round(desk, sight, view, above=above)
    desk.update(click.conversation, click.message, Words(sight.form.language)("form_title"), made)


def form_of_round(desk: TeamsDesk, sight: Sight, view: PageView, *, above: str = "") -> list[Element]:
    """The form in one card, or where it stands if none holds it; `above`: what there is to say first."""
    words = Words(sight.form.language)
    parts = parts_of(view, words, taps=False)
    link = elements.button(words("on_the_web"), WEB, url=desk.link(sight.form.asked))
    if len(parts) > 1:
        # It is answered in one piece, and nothing of it may wait with us: what needs several cards is for the web.
        made: list[Element] = [*elements.said(words("web_only"), words), elements.row([link])]
    else:
        place = Place(invitation_id=sight.form.asked.invitation_id, page=sight.shown[0].key)
        send = elements.button(words("form_send"), SEND, place.value, primary=True)
        made = [*elements.said(above, words), *elements.heading(view.title, words), *parts[0].elements]
        made += [elements.row([send, link])]
    return made


def _tell(desk: TeamsDesk, click: Click, text: str, words: Words) -> None:
    desk.update(click.conversation, click.message, text, elements.said(text, words))
