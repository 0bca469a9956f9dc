"""How the bot speaks in Teams: what a click changes goes back with the answer to it, and into the chat for good."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Empty, Queue
from typing import Any, ClassVar

from bot.chat.desk import ChatDesk, Click
from bot.teams.wiring import CHANNEL, StoredBook
from channels.base import InDoubt
from channels.chat.drawing import Drawing, Element
from channels.chat.prompts import TAP, option_tapped
from channels.form.inputs import Inputs
from channels.form.views import PageView
from channels.teams import elements as cards
from channels.teams import kit
from channels.teams.calling import TO_TRY_AGAIN, Answered, Connector, Failed
from channels.teams.channel import Whereabouts
from channels.teams.reading import inputs_of, tapped

# An invoke is to be answered within three seconds; what is stored by then is told without its card.
_PATIENCE = 1.5
# What follows is tried so often, within the time that a person waits.
_TRIES, _LONGEST_WAIT = 3, 5.0


class Expected:
    """What clicks wait for: the first thing that is shown in the place of their message, or said about it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[tuple[str, str], Queue[Element | str]] = {}

    @contextmanager
    def at(self, conversation: str, message: str) -> Iterator[Queue[Element | str]]:
        """For one click; a second one on the same message takes its place."""
        made: Queue[Element | str] = Queue()
        with self._lock:
            self._waiting[conversation, message] = made
        try:
            yield made
        finally:
            with self._lock:
                if self._waiting.get((conversation, message)) is made:
                    del self._waiting[conversation, message]

    def show(self, conversation: str, message: str, card: Element) -> bool:
        """Whether a click waited for it."""
        with self._lock:
            found = self._waiting.get((conversation, message))
        if found is not None:
            found.put(card)
        return found is not None

    def say(self, conversation: str, text: str) -> bool:
        """The same for words, to whichever click waits in the conversation."""
        with self._lock:
            found = next((each for (where, _), each in self._waiting.items() if where == conversation), None)
        if found is not None:
            found.put(text)
        return found is not None


def next_shown(queue: Queue[Element | str]) -> Element | str | None:
    """What came within the time that Teams waits; None where nothing did."""
    try:
        return queue.get(timeout=_PATIENCE)
    except Empty:
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class TeamsDesk(ChatDesk):
    """`connector` speaks for the bot, `book` knows where each chat is."""

    channel: ClassVar[str] = CHANNEL

    connector: Connector
    book: StoredBook
    expected: Expected = field(default_factory=Expected)
    sleep: Callable[[float], None] = time.sleep

    @property
    def draw(self) -> Drawing:
        return kit

    def inputs(self, click: Click, view: PageView, names: Sequence[str]) -> Inputs:
        if click.action.startswith(TAP):
            return tapped(view, option_tapped(click.value))
        return inputs_of(click.state, view, names)

    def post(self, conversation: str, text: str, elements: Sequence[Element]) -> tuple[str, str]:
        data = self._sent(conversation, "", cards.activity(text, elements))
        return ("", "") if data is None else (conversation, str(data.get("id", "")))

    def update(self, conversation: str, message: str, text: str, elements: Sequence[Element]) -> bool:
        self.show(conversation, message, elements)
        return self._sent(conversation, message, cards.activity(text, elements)) is not None

    def show(self, conversation: str, message: str, elements: Sequence[Element]) -> None:
        self.expected.show(conversation, message, cards.card(elements))

    def whisper(self, conversation: str, user: str, text: str) -> None:  # noqa: ARG002 - a personal chat is private
        if not self.expected.say(conversation, text):
            self._sent(conversation, "", cards.activity(text, ()))

    def _sent(self, conversation: str, message: str, activity: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """A follow-up: what Teams answered, or None where it would not; nothing that was stored depends on it."""
        where = self.book.named(conversation)
        if where is None:
            service = self.book.service()
            if not service:
                return None
            # A channel of a team is nobody's own chat.
            where = Whereabouts(conversation=conversation, service_url=service)
        for tried in range(1, _TRIES + 1):
            try:
                answer: Answered | Failed = (
                    self.connector.put(where.service_url, conversation, message, activity)
                    if message
                    else self.connector.post(where.service_url, conversation, activity)
                )
            except InDoubt:
                self.log.warning("a call to Teams was lost")
                return None
            if isinstance(answer, Answered):
                return answer.data
            wait = answer.retry_after if answer.retry_after is not None else float(tried)
            if answer.status not in TO_TRY_AGAIN or tried == _TRIES or wait > _LONGEST_WAIT:
                self.log.warning("Teams refused a call", status=answer.status, error=answer.code)
                return None
            self.sleep(wait)
        return None
