"""Open rounds in channels: who presses "Share your view" answers in a window of their own; the post counts along."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.slack.desk import CHANNEL, SlackDesk
from bot.slack.forms import form_modal, told
from channels.chat.posts import post_of
from channels.chat.prompts import Place
from channels.chat.words import Words
from channels.slack import kit
from handlers.visiting import LONGEST_NAME, NotOpen, Visiting, visit
from schedules.posting import post_as_it_stands
from storage.engine import DatabaseBusyError
from storage.open_posts import posted
from storage.rounds import round_by_id
from surveys.programme import Mode, RoundKind

_CLOSED = timedelta(days=7)


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


class Posts:
    """What the posts show: each is brought up to date when that would change, and once after a start."""

    def __init__(self) -> None:
        self._shown: dict[str, str] = {}

    def refresh(self, desk: SlackDesk) -> int:
        """Bring posts up to date; how many."""
        settings, now, changed = desk.web.settings, desk.now, 0
        with desk.web.store.reading() as tx:
            letters = []
            for each in posted(tx, CHANNEL, closed_since=now - _CLOSED):
                round_ = round_by_id(tx, each.round_id)
                place, _, message = each.ref.partition(":")
                if round_ is not None and message:
                    letter = post_as_it_stands(
                        tx, round_, each.key, place, settings.public_url, settings.secrets[0], now
                    )
                    letters.append((place, message, letter))
        for place, message, letter in letters:
            text, made = post_of(kit, letter)
            seen = repr(made)
            if self._shown.get(letter.key) == seen:
                continue
            if desk.update(place, message, text, made):
                changed += 1
            # One that can't be changed, as it was deleted, is not tried again until something else is to be said.
            self._shown[letter.key] = seen
        return changed
