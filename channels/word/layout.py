"""What stands in the Word file, line by line: a mail's layout (design: Mail layout) with a box for each answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from channels.mail import layout
from channels.mail.safety import mark_free, one_line
from channels.mail.words import words_in
from surveys.answer_text import SOME_YEAR
from surveys.instrument import Instrument
from surveys.piped_values import answers_to_come
from surveys.piping import EXAMPLE_YEAR, fill, placeholders


class Place(StrEnum):
    """What a line is. An answer follows `ANSWER`, where the file has a box."""

    TITLE = "title"
    TEXT = "text"
    HEADING = "heading"
    ASK = "ask"
    HELP = "help"
    ANSWER = "answer"
    END = "end"


@dataclass(frozen=True, slots=True)
class Said:
    """One line of the file."""

    place: Place
    words: str


def lines_of(
    instrument: Instrument, language: str, perspectives: frozenset[str], *, reference: str = ""
) -> tuple[Said, ...]:
    """The file's lines. Nothing is piped in: a file comes back months later, and is held against these very words."""
    words = words_in(language)
    title = instrument.title.within(language, instrument.language)
    found = [Said(Place.TITLE, one_line(fill(title, {})))]
    intro = instrument.intro.within(language, instrument.language) if instrument.intro else ""
    if intro and not placeholders(intro):
        found += [Said(Place.TEXT, line) for line in mark_free(intro).split("\n") if line.strip()]
    found.append(Said(Place.TEXT, words["word.how"]))
    for block in layout.questionnaire(instrument, perspectives, language, words):
        text = fill(block.text, {EXAMPLE_YEAR: SOME_YEAR, **answers_to_come(instrument, language)})
        if block.asks:
            ask, *rest = text.split("\n")
            found.append(Said(Place.ASK, ask))
            found += [Said(Place.HELP, line) for line in rest[:-1]]
            found.append(Said(Place.ANSWER, rest[-1]))
        else:
            place = Place.HEADING if block.heads else Place.TEXT
            found += [Said(place, line) for line in text.split("\n") if line.strip()]
    found.append(Said(Place.END, words["reference"].format(reference=reference) if reference else "[END]"))
    return tuple(found)


def text_of(lines: tuple[Said, ...]) -> str:
    """The same as one text, as a reply is held against it."""
    return "\n".join(each.words for each in lines)
