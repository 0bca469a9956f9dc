"""Open rounds in channels: who presses "Share your view" answers in a window of their own."""

from __future__ import annotations

from typing import Any

from bot.slack.desk import CHANNEL, SlackDesk
from bot.slack.forms import form_modal, told
from channels.chat.prompts import Place
from channels.chat.words import Words
from handlers.visiting import LONGEST_NAME, NotOpen, Visiting, visit
from storage.engine import DatabaseBusyError
from storage.rounds import round_by_id
from surveys.programme import Mode, RoundKind


def share_modal(desk: SlackDesk, value: str, user: str) -> dict[str, Any]:
    """The form for whoever pressed the button; or what there is to say instead."""
    words = Words("en-GB")
    number = int(value) if value.isascii() and value.isdigit() and len(value) <= 18 else 0  # noqa: PLR2004
    with desk.web.store.reading() as tx:
        round_ = round_by_id(tx, number)
    if round_ is None or round_.kind is not RoundKind.OPEN:
        return told(words, words("elsewhere_gone"))
    # Nobody's name is asked for where none is kept.
    name = "" if round_.mode is Mode.UNLINKED else _name(desk, user)
    try:
        outcome = visit(number, desk.web.store, desk.now, name=name, account=(CHANNEL, user))
    except DatabaseBusyError:
        return told(words, words("not_saved"))
    if isinstance(outcome, Visiting):
        made = form_modal(desk, Place(invitation_id=outcome.invitation_id, page=""), user)
        return made if made is not None else told(words, words("not_yours"))
    closed = isinstance(outcome, NotOpen) and outcome.begun
    return told(words, words("closed", when="").strip() if closed else words("not_open"))


def _name(desk: SlackDesk, user: str) -> str:
    answer = desk.call("users.info", form=True, user=user) or {}
    profile = (answer.get("user") or {}).get("profile") or {}
    return str(profile.get("real_name") or profile.get("display_name") or "")[:LONGEST_NAME]
