"""A letter on its way into words, and what many kinds of mail have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from channels.base import Letter
from channels.mail import blocks
from channels.mail.blocks import Block
from channels.mail.safety import for_body
from channels.mail.words import Words


@dataclass(frozen=True, kw_only=True, slots=True)
class Saying:
    """A letter with everything in it made safe to be put into a text."""

    letter: Letter
    words: Words
    title: str
    values: Mapping[str, str]
    replies_read: bool

    def say(self, key: str, **values: str | int) -> str:
        return self.words[key].format(**values)


def dear(saying: Saying) -> Block:
    """The salutation."""
    letter = saying.letter
    return blocks.paragraph(saying.say("dear", greeting=for_body(letter.greeting or letter.name)))


def choices(saying: Saying) -> tuple[str, str]:
    """Where a person decides what they hear, how far they are quoted, and what becomes of what is stored."""
    return saying.say("choices"), f"{saying.letter.form}/choices"


def own_pages(saying: Saying) -> Block:
    """For mails without a form to fill in: the person's page comes first even there (contract), then their choices."""
    return blocks.links("", [(saying.say("page"), saying.letter.form), choices(saying)])


def questions(saying: Saying) -> Block:
    """Whom a person can write to."""
    sender = saying.letter.sender
    if sender is None:
        return Block("", "")
    key = "questions" if sender.name else "questions.unnamed"
    return blocks.paragraph(saying.say(key, name=for_body(sender.name), email=for_body(sender.email)))
