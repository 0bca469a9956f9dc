"""The Teams channel: cards of the bot in people's own chats."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from channels.base import AnyLetter, CannotBeSaid, DigestLetter, Envelope, InDoubt, NewsLetter, PostLetter
from channels.chat.letters import said_of
from channels.chat.posts import post_of
from channels.chat.words import Words
from channels.teams import elements, kit
from channels.teams.calling import Answered, Connector, Failed, outcome_of
from channels.teams.installing import Installer
from channels.teams.people import MOST_AT_ONCE, People
from channels.teams.settings import TeamsSettings
from surveys.delivery import Deferred, FoundAddress, NobodyThere, Outcome, Refused, Sent

_FORBIDDEN, _NOT_FOUND, _SOON = 403, 404, timedelta(seconds=10)


@dataclass(frozen=True, kw_only=True, slots=True)
class Whereabouts:
    """A conversation, and the address of the connector that it is reached through."""

    conversation: str
    service_url: str
    open: bool = True


class Book(Protocol):
    """What is remembered of conversations; asked outside any transaction."""

    def find(self, user: str) -> Whereabouts | None:
        """The personal chat with that user."""

    def named(self, conversation: str) -> Whereabouts | None:
        """The conversation of that name."""

    def keep(self, user: str, found: Whereabouts) -> None:
        """A personal chat that was made."""

    def service(self) -> str:
        """Where Teams was heard from last, "" if never."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Directory:
    """What the app may ask of the tenant by Microsoft Graph, each where the permission is there."""

    people: People
    installer: Installer


class TeamsChannel:
    """Sends through one bot. What became of a message that is in doubt can't be asked."""

    name = "teams"
    max_open = 1

    most_at_once = MOST_AT_ONCE

    def __init__(
        self, settings: TeamsSettings, connector: Connector, book: Book, directory: Directory | None = None
    ) -> None:
        """`directory`: what is asked of Microsoft Graph; None where nothing can be."""
        self._settings, self._connector, self._book, self._directory = settings, connector, book, directory

    @property
    def account(self) -> str:
        return f"teams:{self._settings.app_id}"

    def ref(self, key: str) -> str:
        """Teams takes no name of ours; the stored attempt carries this one."""
        return hashlib.sha256(f"teams|{key}".encode()).hexdigest()[:32]

    def compose(self, letter: AnyLetter) -> Envelope:
        """The message as an activity.

        Raises:
            CannotBeSaid: it is a letter that Teams is not used for.
        """
        if isinstance(letter, DigestLetter):
            raise CannotBeSaid("the digest goes by mail")
        if isinstance(letter, NewsLetter):
            words = Words("en-GB")
            made = [*elements.said("\n".join(letter.lines), words), *elements.aside(letter.programme_title, words)]
            return self._envelope(letter, letter.lines[0], "", elements.activity(letter.lines[0], made))
        if isinstance(letter, PostLetter):
            text, made = post_of(kit, letter)
            return self._envelope(letter, text, "", elements.activity(text, made, letter.language))
        said = said_of(kit, letter)
        token = letter.form.rstrip("/").rpartition("/")[2]
        kept = said.kept.replace(token, "[link]") if token else said.kept
        return self._envelope(letter, said.text, kept, elements.activity(said.text, said.elements, letter.language))

    def _envelope(self, letter: AnyLetter, subject: str, body: str, activity: dict[str, Any]) -> Envelope:
        return Envelope(
            ref=self.ref(letter.key),
            kind=letter.kind,
            address=letter.address,
            recipients=(letter.address,),
            return_path="",
            subject=subject,
            body=body,
            content=json.dumps(activity).encode(),
        )

    def send(self, envelope: Envelope, now: datetime) -> Outcome:
        """Post it into the person's chat, which is made where there is none yet.

        Raises:
            InDoubt: the connection was lost after it may have left.
        """
        found = self._whereabouts(envelope.address, now)
        if not isinstance(found, Whereabouts):
            return found
        if not found.open:
            return Refused(reason="the app was taken away in Teams", address_is_bad=True)
        answer = self._connector.post(found.service_url, found.conversation, json.loads(envelope.content))
        if isinstance(answer, Failed):
            return outcome_of(answer, now)
        return Sent(ref=f"{found.conversation}:{answer.data.get('id', '')}")

    def _whereabouts(self, address: str, now: datetime) -> Whereabouts | Deferred | Refused:
        if address.startswith(("19:", "a:")):
            known = self._book.named(address)
            return known or Whereabouts(conversation=address, service_url=self._service())
        known = self._book.find(address)
        if known is not None:
            return known
        service = self._service()
        try:
            answer = self._connector.open_conversation(service, address)
            if (
                self._lacks_the_app(answer)
                and self._directory is not None
                and self._directory.installer.install(address)
            ):
                answer = self._connector.open_conversation(service, address)
        except InDoubt:
            # Nothing has been said to anyone: making it twice gives the same chat.
            return outcome_of(Failed(status=0, code="unreachable"), now)
        if isinstance(answer, Answered) and answer.data.get("id"):
            made = Whereabouts(conversation=str(answer.data["id"]), service_url=service)
            self._book.keep(address, made)
            return made
        failed = answer if isinstance(answer, Failed) else Failed(status=0, code="unreachable")
        if failed.status == _NOT_FOUND and self._settings.is_test(service) and not self._book.service():
            # Where on a test host the connector is, the first activity from it tells.
            return Deferred(until=now + _SOON, reason="the test host has not been heard from yet", asked=True)
        return outcome_of(failed, now)

    def _lacks_the_app(self, answer: Answered | Failed) -> bool:
        return isinstance(answer, Failed) and answer.status == _FORBIDDEN

    def _installed_for(self, user: str) -> bool:
        return self._directory is not None and self._directory.installer.install(user)

    def _service(self) -> str:
        return self._book.service() or self._settings.first_service

    def find_many(self, emails: Sequence[str], now: datetime) -> Mapping[str, FoundAddress | NobodyThere]:
        """Who in the tenant has these mail addresses; none where Graph can't be asked, or not now."""
        return {} if self._directory is None else self._directory.people.find(emails, now).found

    def rest(self) -> None:
        """Nothing more to send for now."""
        self._connector.close()

    def hang_up(self) -> None:
        """A call in hand ends by its own time-out."""
