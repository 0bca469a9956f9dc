"""What each kind of mail says, from the salutation to the reference."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

from channels.base import Letter, unheard_lines
from channels.mail import blocks, layout, mime
from channels.mail.blocks import Block
from channels.mail.own_letters import copy, erasure
from channels.mail.safety import for_body, mark_free, one_line
from channels.mail.saying import Saying, choices, dear, own_pages, questions
from channels.mail.words import words_in
from surveys.delivery import ASKED_FOR, LineKind
from surveys.piping import fill, placeholders, titled
from surveys.programme import Mode

# Where a person's form offers the same questions as a file.
WORD_FILE = "questionnaire.docx"
_WAYS = ("not-me", "someone-else", "joint-return", "later", "no-thank-you", "stop")
# So many surveys are counted in words.
_SPELT = 4
# Enough to know one's own words again.
_LONGEST_QUOTED = 200
_ADDRESSING = frozenset({"participant.greeting", "participant.name"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Fixed:
    """What doesn't change from person to person: the questionnaire, encoded already unless words are piped into it."""

    block: Block
    piped: bool
    text: bytes
    html: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Body:
    """A mail's subject and parts; `kept` is the text that is stored of it."""

    subject: str
    text: bytes
    html: bytes
    kept: str


def fixed_of(letter: Letter) -> Fixed:
    """The questionnaire as the letter's person gets it, before anything is piped into it."""
    parts = layout.questionnaire(letter.instrument, letter.perspectives, letter.language, words_in(letter.language))
    text = "\n\n".join(part.text for part in parts)
    html = "".join(part.html for part in parts)
    return Fixed(
        block=Block(text, html),
        piped="{" in text or "}" in text,
        text=mime.encoded(text),
        html=mime.encoded(html),
    )


def body_of(letter: Letter, fixed: Fixed, public_url: str, *, replies_read: bool = True) -> Body:
    """The letter's subject, text and HTML. `replies_read`: whoever replies is heard, so that it may be said."""
    values = {name: for_body(value) for name, value in letter.values.items()}
    said = fill(letter.instrument.title.within(letter.language, letter.instrument.language), values)
    title = one_line(titled(said, values))
    saying = Saying(
        letter=letter,
        words=words_in(letter.language),
        title=for_body(title),
        values=values,
        replies_read=replies_read,
    )
    subject, top = (_several if letter.besides_this else _KINDS[letter.kind])(saying, public_url)
    asks_here = letter.mode is not Mode.UNLINKED and not letter.besides_this
    carries_questions = letter.kind in (LineKind.INVITATION, LineKind.DELEGATE) and asks_here
    # By its reference a reply is taken for answers, which one to these mails is not.
    bare = letter.mode is Mode.UNLINKED or letter.kind in ASKED_FOR or bool(letter.besides_this)
    end = [] if bare else [blocks.paragraph(saying.say("reference", reference=letter.reference))]
    text = blocks.as_text(top)
    before, after = blocks.around(language=letter.language, title=subject)
    html = before + "".join(block.html for block in top)
    if not carries_questions:
        ending = blocks.as_text(end) if end else ""
        whole = text + ("\n" + ending if ending else "")
        html += "".join(block.html for block in end) + after
        # What a person said is kept as answers, not a second time as a mail.
        kept = "" if letter.kind in (LineKind.RECEIPT, LineKind.COPY) else whole
        return Body(subject=subject, text=mime.encoded(whole), html=mime.encoded(html), kept=kept)
    questions, text_part, html_part = fixed.block.text, fixed.text, fixed.html
    if fixed.piped:
        questions = fill(questions, values)
        text_part = mime.encoded(questions)
        html_part = mime.encoded(fill(fixed.block.html, {name: escape(value) for name, value in values.items()}))
    ending = "\n" + blocks.as_text(end)
    return Body(
        subject=subject,
        text=mime.encoded(text + "\n") + text_part + mime.encoded(ending),
        html=mime.encoded(html) + html_part + mime.encoded("".join(block.html for block in end) + after),
        kept=f"{text}\n{questions}\n{ending}",
    )


def _several(saying: Saying, public_url: str) -> tuple[str, list[Block]]:  # noqa: ARG001 - all kinds are called alike
    """Links alone: several surveys wait, and one message is enough."""
    letter = saying.letter
    every = [(saying.title, letter.closes, letter.form)]
    every += [(for_body(one_line(each.title)), each.closes, each.form) for each in letter.besides_this]
    many = len(every)
    count = str(many) if many > _SPELT else saying.say(f"several.{many}")
    lead = saying.say("several", count=count, programme=for_body(letter.programme_title))
    top = [dear(saying), blocks.paragraph(lead)]
    for title, closes, form in every:
        top.append(blocks.paragraph(saying.say("several.each", title=title, closes=closes)))
        top.append(blocks.button(saying.say("go"), form))
    # Each form has its own reasons not to answer; given here they would be given for the first alone.
    top += [blocks.links("", [(saying.say("notice"), letter.notice), choices(saying)]), questions(saying)]
    return saying.say("subject.several", count=count), top


def _invitation(saying: Saying, public_url: str) -> tuple[str, list[Block]]:
    letter = saying.letter
    top = _opening(saying)
    if letter.kind is LineKind.DELEGATE:
        key = "delegate" if letter.given_by else "delegate.unnamed"
        top.insert(0, blocks.paragraph(saying.say(key, given_by=for_body(letter.given_by))))
    unlinked = letter.mode is Mode.UNLINKED
    top.append(blocks.paragraph(f"{_how_much(saying, top)} {saying.say('until', closes=letter.closes)}"))
    go = blocks.button(saying.say("go"), letter.form)
    # The first link to us in the text is the person's own, whatever the organiser's words hold (contract).
    if any(public_url in block.text for block in top):
        top.insert(0, go)
    else:
        top.append(go)
    top.append(blocks.paragraph(f"{saying.say('who')}: {_who_sees(saying)}"))
    top += _foot(saying)
    if not unlinked and saying.replies_read:
        top.append(blocks.paragraph(saying.say("by-reply")))
        top.append(blocks.links("", [(saying.say("by-word"), f"{letter.form}/{WORD_FILE}")]))
    return saying.say("subject.invitation", title=saying.title, closes=letter.closes), top


def _who_sees(saying: Saying) -> str:
    """What the round's mode promises. Where few are asked it can't promise as much, and doesn't."""
    letter = saying.letter
    promise, few = saying.say(f"mode.{letter.mode}"), letter.fewer_than
    if not few or letter.mode is Mode.IDENTIFIED:
        return promise
    said = saying.say(f"few.{letter.mode}", number=few)
    return said if letter.mode is Mode.UNLINKED else f"{promise} {said}"


def _how_much(saying: Saying, top: list[Block]) -> str:
    letter = saying.letter
    if letter.mode is Mode.UNLINKED:
        return saying.say("much.unlinked", count=letter.total)
    if letter.total == 1:
        return saying.say("much.one")
    # An introduction that names a time of its own is not contradicted.
    timed = any(word in block.text for block in top for word in (" minute", " munud"))
    if timed or not letter.minutes:
        return saying.say("much", count=letter.total)
    minutes = saying.say("minutes.one" if letter.minutes == 1 else "minutes", minutes=letter.minutes)
    return saying.say("much.timed", count=letter.total, minutes=minutes)


def _opening(saying: Saying) -> list[Block]:
    letter = saying.letter
    intro = letter.instrument.intro
    if not intro:
        why = saying.say("why", programme=for_body(letter.programme_title))
        return [dear(saying), blocks.paragraph(why)]
    template = intro.within(letter.language, letter.instrument.language)
    words = blocks.paragraph(mark_free(fill(template, saying.values)))
    return [words] if _ADDRESSING.intersection(placeholders(template)) else [dear(saying), words]


def _reminder(saying: Saying, public_url: str) -> tuple[str, list[Block]]:  # noqa: ARG001 - all kinds are called alike
    letter = saying.letter
    begun = letter.answered > 0 and letter.mode is not Mode.UNLINKED
    top = [dear(saying), blocks.paragraph(saying.say("remind.partial" if begun else "remind", title=saying.title))]
    subject = saying.say("subject.reminder", title=saying.title, closes=letter.closes)
    if begun:
        to_go = max(letter.total - letter.answered, 0)
        top.append(blocks.paragraph(saying.say("to-go", to_go=to_go, total=letter.total)))
        if to_go:
            subject = saying.say("subject.partial", title=saying.title, to_go=to_go, total=letter.total)
        else:
            top.append(blocks.paragraph(saying.say("to-send")))
    top += [blocks.paragraph(words) for words in unheard_lines(letter.unheard, saying.say, for_body)]
    top += [_closes(saying), blocks.button(saying.say("go.on" if begun else "go"), letter.form), *_foot(saying)]
    return subject, top


def _receipt(saying: Saying, public_url: str) -> tuple[str, list[Block]]:  # noqa: ARG001 - all kinds are called alike
    letter = saying.letter
    shown = letter.recorded if letter.mode is not Mode.UNLINKED else ()
    unclear = letter.unclear if letter.mode is not Mode.UNLINKED else ()
    top = [dear(saying)]
    if shown or not (unclear or letter.besides):
        top.append(blocks.paragraph(saying.say("received" if shown else "received.bare")))
    if unclear:
        top.append(blocks.paragraph(saying.say("unclear")))
        for each in unclear:
            told = [saying.say("recorded", number=each.number, ask=for_body(each.ask))]
            if each.answer:
                told.append(saying.say("written", words=one_line(mark_free(_shortened(each.answer)))))
            top.append(blocks.lines(told))
    if letter.besides and letter.mode is not Mode.UNLINKED:
        top.append(blocks.paragraph(saying.say("besides" if shown or unclear else "besides.only")))
    if letter.mode is not Mode.UNLINKED:
        change = saying.say("change", closes=letter.closes)
        by_reply = f" {saying.say('correct')}" if saying.replies_read else ""
        top += [blocks.button(saying.say("see"), letter.form), blocks.paragraph(change + by_reply)]
    for each in shown:
        asked = saying.say("recorded", number=each.number, ask=for_body(each.ask))
        top.append(blocks.lines([asked, *mark_free(each.answer).split("\n")]))
    own = own_pages(saying) if letter.mode is Mode.UNLINKED else blocks.links("", [choices(saying)])
    top += [*_next(saying), own, questions(saying)]
    return saying.say("subject.receipt", title=saying.title), top


def _shortened(words: str) -> str:
    return words if len(words) <= _LONGEST_QUOTED else f"{words[:_LONGEST_QUOTED].rstrip()} …"


def _thanks(saying: Saying, public_url: str) -> tuple[str, list[Block]]:  # noqa: ARG001 - all kinds are called alike
    thanked = blocks.paragraph(saying.say("thanked", title=saying.title))
    top = [dear(saying), thanked, *_next(saying), own_pages(saying), questions(saying)]
    return saying.say("subject.thanks", title=saying.title), top


def _notice(saying: Saying, public_url: str) -> tuple[str, list[Block]]:  # noqa: ARG001 - all kinds are called alike
    letter = saying.letter
    earlier = ".earlier" if letter.closes_earlier else ""
    told = [saying.say(f"moved{earlier}", title=saying.title, closes=letter.closes)]
    if letter.closed_before:
        told.append(saying.say("moved.before", before=letter.closed_before))
    top = [dear(saying), blocks.paragraph(" ".join(told))]
    if letter.reason:
        top.append(blocks.paragraph(saying.say("moved.reason", reason=for_body(letter.reason))))
    begun = letter.answered > 0 and letter.mode is not Mode.UNLINKED
    if begun:
        to_go = saying.say("to-go", to_go=max(letter.total - letter.answered, 0), total=letter.total)
        top.append(blocks.paragraph(f"{saying.say('moved.partial')} {to_go}"))
    top += [blocks.button(saying.say("go.on" if begun else "go"), letter.form), *_foot(saying)]
    return saying.say(f"subject.notice{earlier}", title=saying.title, closes=letter.closes), top


def _cancellation(saying: Saying, public_url: str) -> tuple[str, list[Block]]:  # noqa: ARG001 - all kinds are called alike
    told = blocks.paragraph(saying.say("cancelled", title=saying.title))
    top = [dear(saying), told, own_pages(saying), questions(saying)]
    return saying.say("subject.cancellation", title=saying.title), top


def _closes(saying: Saying) -> Block:
    letter = saying.letter
    if letter.left:
        return blocks.paragraph(saying.say("closes", left=letter.left, closes=letter.closes))
    return blocks.paragraph(saying.say("closes.at", closes=letter.closes))


def _next(saying: Saying) -> list[Block]:
    letter = saying.letter
    if not letter.next_steps:
        return []
    words = fill(letter.next_steps.within(letter.language, letter.instrument.language), saying.values)
    return [blocks.heading(saying.say("next")), blocks.paragraph(mark_free(words))]


def _foot(saying: Saying) -> list[Block]:
    """The privacy notice, the quiet ways out, and a person to write to."""
    letter = saying.letter
    ways = [(saying.say(way), f"{letter.form}/{way}") for way in _WAYS]
    return [
        blocks.links("", [(saying.say("notice"), letter.notice), choices(saying)]),
        blocks.links(saying.say("ways"), ways),
        questions(saying),
    ]


_KINDS: Mapping[LineKind, Callable[[Saying, str], tuple[str, list[Block]]]] = {
    LineKind.INVITATION: _invitation,
    LineKind.DELEGATE: _invitation,
    LineKind.REMINDER: _reminder,
    LineKind.RECEIPT: _receipt,
    LineKind.THANKS: _thanks,
    LineKind.NOTICE: _notice,
    LineKind.CANCELLATION: _cancellation,
    LineKind.COPY: copy,
    LineKind.ERASURE: erasure,
}
