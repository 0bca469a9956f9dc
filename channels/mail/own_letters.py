"""What a person has asked for themselves: a copy of what is stored, and the question whether it was they who asked."""

from __future__ import annotations

from channels.base import OwnRound
from channels.mail import blocks
from channels.mail.blocks import Block
from channels.mail.safety import for_body, mark_free, one_line
from channels.mail.saying import Saying, dear, own_pages, questions


def copy(saying: Saying, public_url: str) -> tuple[str, list[Block]]:  # noqa: ARG001 - all kinds are called alike
    """What is stored about the person. Its lines bear no numbers, so that a reply to it is not taken for answers."""
    letter, own = saying.letter, saying.letter.own
    programme = for_body(letter.programme_title)
    top = [dear(saying), blocks.paragraph(saying.say("copy.lead", programme=programme)), own_pages(saying)]
    if own is not None:
        top.append(blocks.heading(saying.say("copy.about")))
        top.append(blocks.lines(saying.say(f"copy.{what}", value=for_body(value)) for what, value in own.about))
        for each in own.rounds:
            top += _round(saying, each)
    top += [
        blocks.paragraph(saying.say("copy.more")),
        blocks.paragraph(saying.say("copy.not-you")),
        questions(saying),
    ]
    return saying.say("subject.copy", programme=one_line(letter.programme_title)), top


def _round(saying: Saying, own: OwnRound) -> list[Block]:
    said = [blocks.heading(for_body(one_line(own.title)))]
    if own.apart:
        return [*said, blocks.paragraph(saying.say("copy.apart"))]
    if not own.answers:
        return [*said, blocks.paragraph(saying.say("copy.nothing"))]
    for each in own.answers:
        quoted = () if each.quoted is None else (saying.say(f"copy.quote.{each.quoted.value}"),)
        said.append(blocks.lines([for_body(each.ask), *mark_free(each.answer).split("\n"), *quoted]))
    return said


def erasure(saying: Saying, public_url: str) -> tuple[str, list[Block]]:  # noqa: ARG001 - all kinds are called alike
    """Whether it was the person who asked to be erased."""
    letter = saying.letter
    programme = for_body(letter.programme_title)
    top = [
        dear(saying),
        blocks.paragraph(saying.say("erasure.lead", programme=programme)),
        own_pages(saying),
        blocks.button(saying.say("erasure.confirm"), letter.confirm),
        blocks.paragraph(saying.say("erasure.yes", date=letter.answer_by)),
        blocks.paragraph(saying.say("erasure.no")),
        questions(saying),
    ]
    return saying.say("subject.erasure", programme=one_line(letter.programme_title)), top
