"""Posts of open rounds in channels: each is brought up to date when that would change, and once after a start."""

from __future__ import annotations

from datetime import timedelta

from bot.chat.desk import ChatDesk
from channels.chat.posts import post_of
from schedules.posting import post_as_it_stands
from storage.open_posts import posted
from storage.rounds import round_by_id

_CLOSED = timedelta(days=7)


class Posts:
    """What the posts show."""

    def __init__(self) -> None:
        self._shown: dict[str, str] = {}

    def refresh(self, desk: ChatDesk) -> int:
        """Bring posts up to date; how many."""
        settings, now, changed = desk.web.settings, desk.now, 0
        with desk.web.store.reading() as tx:
            letters = []
            for each in posted(tx, desk.channel, closed_since=now - _CLOSED):
                round_ = round_by_id(tx, each.round_id)
                place, _, message = each.ref.rpartition(":")
                if round_ is not None and message:
                    letter = post_as_it_stands(
                        tx, round_, each.key, place, settings.public_url, settings.secrets[0], now
                    )
                    letters.append((place, message, letter))
        for place, message, letter in letters:
            text, made = post_of(desk.draw, letter)
            seen = repr(made)
            if self._shown.get(letter.key) == seen:
                continue
            if desk.update(place, message, text, made):
                changed += 1
            # One that can't be changed, as it was deleted, is not tried again until something else is to be said.
            self._shown[letter.key] = seen
        return changed
