"""Open rounds in channels: who presses "Share your view" is asked in their own chat, where nobody else sees it."""

from __future__ import annotations

from bot.chat.answering import go_on
from bot.teams.desk import TeamsDesk
from bot.teams.one_form import form_of_round
from channels.base import InDoubt
from channels.chat.words import Words
from channels.teams.calling import Answered
from channels.teams.channel import Whereabouts
from handlers.visiting import LONGEST_NAME, NotOpen, Visiting, visit
from storage.engine import DatabaseBusyError
from storage.rounds import round_by_id
from surveys.programme import Mode, RoundKind


def share(desk: TeamsDesk, value: str, user: str, name: str) -> str:
    """Begin to ask whoever pressed the button; what they alone are told at once."""
    words = Words("en-GB")
    number = int(value) if value.isascii() and value.isdigit() and len(value) <= 18 else 0  # noqa: PLR2004
    with desk.web.store.reading() as tx:
        round_ = round_by_id(tx, number)
    if round_ is None or round_.kind is not RoundKind.OPEN or not user:
        return words("elsewhere_gone")
    where = _own_chat(desk, user)
    if where is None:
        return words("open.not_here")
    # Nobody's name is kept where none is asked for.
    called = "" if round_.mode is Mode.UNLINKED else name[:LONGEST_NAME]
    try:
        outcome = visit(number, desk.web.store, desk.now, name=called, account=(desk.channel, user))
    except DatabaseBusyError:
        return words("not_saved")
    if isinstance(outcome, Visiting):
        invitation = outcome.invitation_id
        desk.follow_ups.submit(lambda: _ask(desk, invitation, user, where.conversation))
        return words("open.written")
    closed = isinstance(outcome, NotOpen) and outcome.begun
    return words("closed", when="").strip() if closed else words("not_open")


def _own_chat(desk: TeamsDesk, user: str) -> Whereabouts | None:
    known = desk.book.find(user)
    if known is not None:
        return known if known.open else None
    service = desk.book.service()
    if not service:
        return None
    try:
        answer = desk.connector.open_conversation(service, user)
    except InDoubt:
        return None
    if not isinstance(answer, Answered) or not answer.data.get("id"):
        return None
    made = Whereabouts(conversation=str(answer.data["id"]), service_url=service)
    desk.book.keep(user, made)
    return made


def _ask(desk: TeamsDesk, invitation_id: int, user: str, conversation: str) -> None:
    """The form or the next page; whoever has answered already is told so, and can change it where that can be."""
    with desk.web.store.reading() as tx:
        sight = desk.sight(tx, invitation_id, user)
    if sight is None:
        return
    words = Words(sight.form.language)
    if sight.unlinked:
        if sight.form.asked.disposition.value == "complete" or not sight.shown:
            desk.say(conversation, sight.words("done_before"), words)
        else:
            made = form_of_round(desk, sight, desk.view(sight, sight.shown[0]))
            desk.post(conversation, words("form_title"), made)
    elif sight.form.asked.response is not None and sight.form.asked.response.complete and sight.shown:
        desk.ask(sight, sight.shown[0], conversation, editing=True)
    else:
        go_on(desk, sight, conversation, after=None)
