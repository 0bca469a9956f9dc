"""Each kind of message as it stands in Slack: the line that notifications show, its blocks, and what is kept of it."""

from __future__ import annotations

from dataclasses import dataclass

from channels.base import Letter
from channels.form.views import LineView
from channels.form.words import Words as FormWords
from channels.slack import blocks, prompts
from channels.slack.blocks import Block
from channels.slack.prompts import BEGIN, FORM, WEB, Place, Surroundings
from channels.slack.words import Words
from surveys.delivery import LineKind
from surveys.piping import fill, placeholders
from surveys.programme import Mode

_INVITING = frozenset({LineKind.INVITATION, LineKind.DELEGATE})
_WAYS = ("not-me", "someone-else", "joint-return", "later", "no-thank-you", "stop")


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """`text` is the line of notifications, shielded; `kept` what is stored, without answers and links."""

    text: str
    blocks: tuple[Block, ...]
    kept: str


def said_of(letter: Letter) -> Said:
    """The message for a letter."""
    words = Words(letter.language)
    title = fill(letter.instrument.title.within(letter.language, letter.instrument.language), letter.values)
    subject, above = _top(letter, title, words)
    below, asking = _below(letter, words, above)
    kept = "" if letter.kind is LineKind.RECEIPT else "\n".join([subject, *_texts(above)])
    text = blocks.shielded(" ".join(subject.split()))
    return Said(text=text, blocks=tuple(above + below + asking), kept=kept)


def ways_of(words: FormWords) -> tuple[tuple[str, str], ...]:
    """The reasons not to answer, as the form names them."""
    return tuple((way, words("way_" + way.replace("-", "_"))) for way in _WAYS)


def _top(letter: Letter, title: str, words: Words) -> tuple[str, list[Block]]:
    if letter.kind in _INVITING:
        return words("invitation", title=title, closes=letter.closes), _invitation(letter, title, words)
    if letter.kind is LineKind.REMINDER:
        return words("reminder", title=title, closes=letter.closes), _reminder(letter, title, words)
    if letter.kind is LineKind.RECEIPT:
        return words("receipt", title=title), _receipt(letter, title, words)
    if letter.kind is LineKind.THANKS:
        return words("thanks", title=title), [*blocks.said(words("thanks", title=title), words), *_next(letter, words)]
    if letter.kind is LineKind.CANCELLATION:
        return words("cancelled", title=title), blocks.said(words("cancelled", title=title), words)
    return words("moved", title=title, closes=letter.closes), _notice(letter, title, words)


def _below(letter: Letter, words: Words, above: list[Block]) -> tuple[list[Block], list[Block]]:
    """The small print, and the page that asks or the button that leads to it."""
    small = _small(letter, words)
    if letter.kind not in (*_INVITING, LineKind.REMINDER):
        links = [blocks.button(words("on_the_web"), WEB, url=letter.form)]
        return ([blocks.row(links)] if letter.kind in {LineKind.RECEIPT, LineKind.NOTICE} else []), small
    around = Surroundings(link=letter.form, ways=ways_of(FormWords(letter.language)), asks_first=True)
    place = Place(invitation_id=letter.invitation_id, page=letter.page_key)
    asking = None
    if letter.page is not None:
        asking = prompts.prompt_under([*above, *small], letter.page, place, around, words)
    if asking is not None:
        return small, asking
    unlinked = letter.mode is Mode.UNLINKED
    begun = letter.answered > 0 and not unlinked
    action = FORM if unlinked else BEGIN
    buttons = [
        blocks.button(words("go_on" if begun else "begin"), action, place.value, primary=True),
        blocks.button(words("on_the_web"), WEB, url=letter.form),
    ]
    return small, [
        blocks.row(buttons, block_id=f"go:{letter.invitation_id}"),
        prompts.ways_row(letter.invitation_id, around, words),
    ]


def _invitation(letter: Letter, title: str, words: Words) -> list[Block]:
    made = blocks.heading(title, words)
    if letter.kind is LineKind.DELEGATE and letter.given_by:
        made += blocks.said(words("delegate", given_by=letter.given_by), words)
    intro = letter.instrument.intro
    template = intro.within(letter.language, letter.instrument.language) if intro else ""
    text = fill(template, letter.values) if template else words("why", programme=letter.programme_title)
    if not {"participant.greeting", "participant.name"} & set(placeholders(template)):
        text = f"{words('dear', greeting=letter.greeting)}\n\n{text}"
    made += blocks.said(text, words)
    return made + blocks.said(f"{_much(letter, words)} {words('until', closes=letter.closes)}", words)


def _much(letter: Letter, words: Words) -> str:
    if letter.mode is Mode.UNLINKED:
        return words("much.unlinked", count=letter.total)
    if letter.total == 1:
        return words("much.one")
    if not letter.minutes:
        return words("much", count=letter.total)
    minutes = words("minutes.one") if letter.minutes == 1 else words("minutes.many", number=letter.minutes)
    return words("much.timed", count=letter.total, minutes=minutes)


def _reminder(letter: Letter, title: str, words: Words) -> list[Block]:
    begun = letter.answered > 0 and letter.mode is not Mode.UNLINKED
    lines = [words("reminder_begun" if begun else "reminder_lead", title=title)]
    if begun and letter.total > letter.answered:
        lines.append(words("reminder_left", number=letter.total - letter.answered, total=letter.total))
    lines.append(_closes(letter, words))
    return blocks.said("\n".join(lines), words)


def _receipt(letter: Letter, title: str, words: Words) -> list[Block]:
    made = blocks.said(words("receipt", title=title), words)
    shown = letter.recorded if letter.mode is not Mode.UNLINKED else ()
    lead = [words("receipt_lead" if shown else "receipt_bare")]
    if letter.mode is not Mode.UNLINKED:
        lead.append(words("done_change", close=letter.closes))
    made += blocks.said(" ".join(lead), words)
    lines = [LineView(ask=f"{each.number}. {each.ask}", answer=each.answer) for each in shown]
    return [*made, *prompts.record(lines, words), *_next(letter, words)]


def _notice(letter: Letter, title: str, words: Words) -> list[Block]:
    lines = [words("moved_earlier" if letter.closes_earlier else "moved", title=title, closes=letter.closes)]
    if letter.closed_before:
        lines.append(words("moved_before", before=letter.closed_before))
    if letter.reason:
        lines.append(words("moved_reason", reason=letter.reason))
    return blocks.said("\n".join(lines), words)


def _next(letter: Letter, words: Words) -> list[Block]:
    if letter.next_steps is None:
        return []
    text = fill(letter.next_steps.within(letter.language, letter.instrument.language), letter.values)
    return blocks.said(f"{words('next_steps')}\n{text}", words)


def _closes(letter: Letter, words: Words) -> str:
    if letter.left:
        return words("closes", left=letter.left, closes=letter.closes)
    return words("closes_at", closes=letter.closes)


def _small(letter: Letter, words: Words) -> list[Block]:
    """Who sees what, whom to ask, where the notice stands; no more than one block of small print."""
    said = []
    if letter.kind in _INVITING:
        said.append(words(f"mode.{letter.mode}"))
    if letter.sender is not None:
        who = f"{letter.sender.name}, {letter.sender.email}" if letter.sender.name else letter.sender.email
        said.append(words("questions", who=who))
    said.append(f"{words('privacy')}: {letter.notice}")
    return blocks.aside(" ".join(said), words)


def _texts(made: list[Block]) -> list[str]:
    return [each["text"]["text"] for each in made if "text" in each]
