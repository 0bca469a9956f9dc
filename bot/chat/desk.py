"""What listeners of a chat work with, and whose invitations somebody there may answer."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from weakref import WeakValueDictionary

from structlog.typing import FilteringBoundLogger

from bot.web.desk import Desk
from bot.web.sight import Sight, sight_of
from channels.chat.drawing import Drawing, Element
from channels.chat.letters import ways_of
from channels.chat.prompts import Place, Surroundings, prompt
from channels.chat.words import Words
from channels.form.inputs import Inputs
from channels.form.pages import inputs_for, page_view
from channels.form.views import PageView
from schedules.letters import form_link
from storage.asked import Asked
from storage.chat_prompts import PromptState, note_prompt, owners_of
from storage.engine import Tx
from storage.forms import Form, form_of
from surveys.answer_values import AnswerKey
from surveys.pages import Page
from surveys.tokens import Purpose, seal

_LONGEST_TURN = 1.0
_AT_ONCE = 2


class Turns:
    """One thing at a time in each conversation: what is typed right after a click waits for the question it answers."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held: WeakValueDictionary[str, _Turn] = WeakValueDictionary()

    @contextmanager
    def of(self, conversation: str) -> Iterator[None]:
        """Wait for the turn before, but never so long that the platform would lose its patience."""
        with self._guard:
            turn = self._held.setdefault(conversation, _Turn())
        taken = turn.lock.acquire(timeout=_LONGEST_TURN)
        try:
            yield
        finally:
            if taken:
                turn.lock.release()


class _Turn:
    def __init__(self) -> None:
        self.lock = threading.Lock()


@dataclass(frozen=True, kw_only=True, slots=True)
class Click:
    """One button pressed in a message: whose, where, which, and what the message's controls held."""

    user: str
    conversation: str
    message: str
    action: str
    value: str
    state: Mapping[str, Any]
    event: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ChatDesk(ABC):
    """`web` has the database, the settings and the clock; each platform says how it speaks.

    `follow_ups` makes the calls that follow an acknowledged payload: few at once, so that payloads come first.
    """

    channel: ClassVar[str]

    web: Desk
    log: FilteringBoundLogger
    turns: Turns = field(default_factory=Turns)
    follow_ups: Executor = field(default_factory=lambda: ThreadPoolExecutor(_AT_ONCE, "chat-follow-up"))

    @property
    @abstractmethod
    def draw(self) -> Drawing:
        """What its messages are drawn with."""

    @abstractmethod
    def post(self, conversation: str, text: str, elements: Sequence[Element]) -> tuple[str, str]:
        """Post a message; (conversation, message) as the platform names them, ("", "") where it would not take it."""

    @abstractmethod
    def update(self, conversation: str, message: str, text: str, elements: Sequence[Element]) -> bool:
        """Put other words in the place of a message."""

    @abstractmethod
    def show(self, conversation: str, message: str, elements: Sequence[Element]) -> None:
        """Let whoever just clicked in a message see this at once, where the answer to a click can carry it.

        `update` is what puts it there for good.
        """

    @abstractmethod
    def whisper(self, conversation: str, user: str, text: str) -> None:
        """Say something that only that person sees."""

    @abstractmethod
    def inputs(self, click: Click, view: PageView, names: Sequence[str]) -> Inputs:
        """What the click sends for these inputs of the page."""

    @property
    def now(self) -> datetime:
        return self.web.clock()

    def sight(self, tx: Tx, invitation_id: int, user: str) -> Sight | None:
        """The form as its person sees it; None where there is none, or it is not this user's to answer."""
        form = form_of(tx, invitation_id)
        if form is None or form.asked.participant_id not in owners_of(tx, self.channel, user):
            return None
        return self._seen(tx, form)

    def sight_of(self, tx: Tx, invitation_id: int) -> Sight | None:
        """The form whoever looks; for messages that are brought up to date."""
        form = form_of(tx, invitation_id)
        return None if form is None else self._seen(tx, form)

    def seen_again(self, tx: Tx, sight: Sight, form: Form) -> Sight:
        """The same form after something was stored in this transaction."""
        return sight_of(tx, self.web, sight.links, form, person=sight.person, with_first=False)

    def _seen(self, tx: Tx, form: Form) -> Sight:
        token = seal(self.web.settings.secrets[0], Purpose.ANSWER, form.asked.invitation_id, form.asked.generation)
        return sight_of(tx, self.web, self.web.links(token, Purpose.ANSWER), form, with_first=False)

    def admits(self, user: str) -> Callable[[Asked], bool]:
        """Whether that user may answer an invitation, as the panel stands now."""
        with self.web.store.reading() as tx:
            owners = owners_of(tx, self.channel, user)
        return lambda asked: asked.participant_id in owners

    def link(self, asked: Asked) -> str:
        """The person's own web form."""
        settings = self.web.settings
        return form_link(settings.public_url, settings.secrets[0], asked.invitation_id, asked.generation)

    def around(self, sight: Sight, *, editing: bool = False) -> Surroundings:
        ways = (
            () if sight.form.asked.response is not None and sight.form.asked.response.complete else ways_of(sight.words)
        )
        return Surroundings(link=self.link(sight.form.asked), ways=ways, editing=editing)

    def ask(
        self, sight: Sight, page: Page, conversation: str, *, part: int = 0, message: str = "", editing: bool = False
    ) -> None:
        """Ask a page: in a new message, or in the place of `message`; and remember where it stands."""
        words = Words(sight.form.language)
        place = Place(invitation_id=sight.form.asked.invitation_id, page=page.key, part=part)
        view = self.view(sight, page)
        made = prompt(self.draw, view, place, self.around(sight, editing=editing), words)
        text = words("fallback", title=view.title, what=view.where)
        if message:
            self.update(conversation, message, text, made)
        else:
            conversation, message = self.post(conversation, text, made)
        if message:
            self.remember(conversation, message, place, PromptState.ASKING)

    def say(self, conversation: str, text: str, words: Words) -> None:
        """Post a few words."""
        self.post(conversation, text, self.draw.said(text, words))

    def remember(self, conversation: str, message: str, place: Place, state: PromptState) -> None:
        """Note how a message stands, so that it can be brought up to date later."""
        with self.web.store.writing() as tx:
            note_prompt(
                tx,
                channel=self.channel,
                conversation=conversation,
                message=message,
                invitation_id=place.invitation_id,
                page=place.page,
                part=place.part,
                state=state,
                now=self.now,
            )

    def view(
        self,
        sight: Sight,
        page: Page,
        *,
        typed: Mapping[str, Sequence[str]] | None = None,
        problems: Mapping[AnswerKey, str] | None = None,
    ) -> PageView:
        """How the page looks: as it was `typed` with what is wrong, else as recorded."""
        recorded = inputs_for(sight.setting, page, sight.form.answers)
        recorded |= {f"_voice.{voice}.{item}": [said] for (voice, (item, _)), said in sight.said_by.items()}
        return page_view(
            sight.setting,
            page,
            inputs=recorded if typed is None else {**recorded, **typed},
            all_questions=sight.questions,
            problems=problems,
            can_go_back=bool(sight.shown) and page.key != sight.shown[0].key,
        )
