"""Each kind of message as it stands in a chat: the line that notifications show, its elements, what is kept of it."""

from __future__ import annotations

from dataclasses import dataclass

from channels.base import Letter, unheard_lines
from channels.chat import prompts
from channels.chat.drawing import Drawing, Element
from channels.chat.prompts import BEGIN, FORM, WEB, Place, Surroundings
from channels.chat.words import Words
from channels.form.views import LineView
from channels.form.words import Words as FormWords
from surveys.delivery import LineKind
from surveys.piping import fill, placeholders, titled
from surveys.programme import Mode

_INVITING = frozenset({LineKind.INVITATION, LineKind.DELEGATE})
_WAYS = ("not-me", "someone-else", "joint-return", "later", "no-thank-you", "stop")


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """`text` is the line of notifications, shielded; `kept` what is stored, without answers and links."""

    text: str
    elements: tuple[Element, ...]
    kept: str


def said_of(draw: Drawing, letter: Letter) -> Said:
    """The message for a letter."""
    words = Words(letter.language)
    said = fill(letter.instrument.title.within(letter.language, letter.instrument.language), letter.values)
    title = titled(said, letter.values)
    if letter.besides_this:
        subject, above, below, asking = _several(draw, letter, title, words)
    else:
        subject, above = _top(draw, letter, title, words)
        below, asking = _below(draw, letter, words, above)
    kept = "" if letter.kind is LineKind.RECEIPT else "\n".join([subject, *draw.texts(above)])
    text = draw.shielded(" ".join(subject.split()))
    return Said(text=text, elements=tuple(above + below + asking), kept=kept)


def ways_of(words: FormWords) -> tuple[tuple[str, str], ...]:
    """The reasons not to answer, as the form names them."""
    return tuple((way, words("way_" + way.replace("-", "_"))) for way in _WAYS)


def _top(draw: Drawing, letter: Letter, title: str, words: Words) -> tuple[str, list[Element]]:
    if letter.kind in _INVITING:
        return words("invitation", title=title, closes=letter.closes), _invitation(draw, letter, title, words)
    if letter.kind is LineKind.REMINDER:
        return words("reminder", title=title, closes=letter.closes), _reminder(draw, letter, title, words)
    if letter.kind is LineKind.RECEIPT:
        return words("receipt", title=title), _receipt(draw, letter, title, words)
    if letter.kind is LineKind.THANKS:
        return words("thanks", title=title), [
            *draw.said(words("thanks", title=title), words),
            *_next(draw, letter, words),
        ]
    if letter.kind is LineKind.CANCELLATION:
        return words("cancelled", title=title), draw.said(words("cancelled", title=title), words)
    return words("moved", title=title, closes=letter.closes), _notice(draw, letter, title, words)


def _several(
    draw: Drawing, letter: Letter, title: str, words: Words
) -> tuple[str, list[Element], list[Element], list[Element]]:
    """Links alone: several surveys wait, and one message is enough."""
    every = [(title, letter.closes, letter.form), *((one.title, one.closes, one.form) for one in letter.besides_this)]
    subject = words("several", number=len(every), programme=letter.programme_title)
    above = draw.said(subject, words)
    for name, closes, form in every:
        above += draw.said(words("several_each", title=name, closes=closes), words)
        above.append(draw.row([draw.button(words("on_the_web"), WEB, url=form)]))
    return subject, above, _small(draw, letter, words), []


def _below(draw: Drawing, letter: Letter, words: Words, above: list[Element]) -> tuple[list[Element], list[Element]]:
    """The small print, and the page that asks or the button that leads to it."""
    small = _small(draw, letter, words)
    if letter.kind not in (*_INVITING, LineKind.REMINDER):
        links = [draw.button(words("on_the_web"), WEB, url=letter.form)]
        return ([draw.row(links)] if letter.kind in {LineKind.RECEIPT, LineKind.NOTICE} else []), small
    around = Surroundings(link=letter.form, ways=ways_of(FormWords(letter.language)), asks_first=True)
    place = Place(invitation_id=letter.invitation_id, page=letter.page_key)
    asking = None
    if letter.page is not None:
        asking = prompts.prompt_under(draw, [*above, *small], letter.page, place, around, words)
    if asking is not None:
        return small, asking
    unlinked = letter.mode is Mode.UNLINKED
    begun = letter.answered > 0 and not unlinked
    action = FORM if unlinked else BEGIN
    buttons = [
        draw.button(words("go_on" if begun else "begin"), action, place.value, primary=True),
        draw.button(words("on_the_web"), WEB, url=letter.form),
    ]
    return small, [
        draw.row(buttons, f"go:{letter.invitation_id}"),
        *draw.ways_row(letter.invitation_id, around.ways, words),
    ]


def _invitation(draw: Drawing, letter: Letter, title: str, words: Words) -> list[Element]:
    made = draw.heading(title, words)
    if letter.kind is LineKind.DELEGATE and letter.given_by:
        made += draw.said(words("delegate", given_by=letter.given_by), words)
    intro = letter.instrument.intro
    template = intro.within(letter.language, letter.instrument.language) if intro else ""
    text = fill(template, letter.values) if template else words("why", programme=letter.programme_title)
    if not {"participant.greeting", "participant.name"} & set(placeholders(template)):
        text = f"{words('dear', greeting=letter.greeting)}\n\n{text}"
    made += draw.said(text, words)
    return made + draw.said(f"{_much(letter, words)} {words('until', closes=letter.closes)}", words)


def _much(letter: Letter, words: Words) -> str:
    if letter.mode is Mode.UNLINKED:
        return words("much.unlinked", count=letter.total)
    if letter.total == 1:
        return words("much.one")
    if not letter.minutes:
        return words("much", count=letter.total)
    minutes = words("minutes.one") if letter.minutes == 1 else words("minutes.many", number=letter.minutes)
    return words("much.timed", count=letter.total, minutes=minutes)


def _reminder(draw: Drawing, letter: Letter, title: str, words: Words) -> list[Element]:
    begun = letter.answered > 0 and letter.mode is not Mode.UNLINKED
    lines = [words("reminder_begun" if begun else "reminder_lead", title=title)]
    if begun and letter.total > letter.answered:
        lines.append(words("reminder_left", number=letter.total - letter.answered, total=letter.total))
    lines += unheard_lines(letter.unheard, words, str)
    lines.append(_closes(letter, words))
    return draw.said("\n".join(lines), words)


def _receipt(draw: Drawing, letter: Letter, title: str, words: Words) -> list[Element]:
    made = draw.said(words("receipt", title=title), words)
    shown = letter.recorded if letter.mode is not Mode.UNLINKED else ()
    lead = [words("receipt_lead" if shown else "receipt_bare")]
    if letter.mode is not Mode.UNLINKED:
        lead.append(words("done_change", close=letter.closes))
    made += draw.said(" ".join(lead), words)
    lines = [LineView(ask=f"{each.number}. {each.ask}", answer=each.answer) for each in shown]
    return [*made, *prompts.record(draw, lines, words), *_next(draw, letter, words)]


def _notice(draw: Drawing, letter: Letter, title: str, words: Words) -> list[Element]:
    lines = [words("moved_earlier" if letter.closes_earlier else "moved", title=title, closes=letter.closes)]
    if letter.closed_before:
        lines.append(words("moved_before", before=letter.closed_before))
    if letter.reason:
        lines.append(words("moved_reason", reason=letter.reason))
    return draw.said("\n".join(lines), words)


def _next(draw: Drawing, letter: Letter, words: Words) -> list[Element]:
    if letter.next_steps is None:
        return []
    text = fill(letter.next_steps.within(letter.language, letter.instrument.language), letter.values)
    return draw.said(f"{words('next_steps')}\n{text}", words)


def _closes(letter: Letter, words: Words) -> str:
    if letter.left:
        return words("closes", left=letter.left, closes=letter.closes)
    return words("closes_at", closes=letter.closes)


def _small(draw: Drawing, letter: Letter, words: Words) -> list[Element]:
    """Who sees what, whom to ask, where the notice stands; no more than one block of small print."""
    said = []
    if letter.kind in _INVITING:
        said.append(words(f"mode.{letter.mode}"))
    if letter.sender is not None:
        who = f"{letter.sender.name}, {letter.sender.email}" if letter.sender.name else letter.sender.email
        said.append(words("questions", who=who))
    said.append(f"{words('privacy')}: {letter.notice}")
    return draw.aside(" ".join(said), words)
