"""How long things are kept, in sentences for the privacy notice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from channels.form.words import Words
from surveys.text import Text

# Numbers after which Welsh has another form of the word than after the rest.
_OWN_FORMS = {
    ("cy", "day", 2): "2 ddiwrnod",
    ("cy", "month", 2): "2 fis",
    ("cy", "year", 2): "2 flynedd",
    ("cy", "year", 3): "3 blynedd",
    ("cy", "year", 4): "4 blynedd",
    ("cy", "year", 6): "6 blynedd",
}


def kept_sentences(words: Words, kept: Sequence[Mapping[str, object]], language: str) -> list[str]:
    """One sentence for each entry of a notice's `kept`: what, amount, unit, then, and for some a round's title."""
    return [_sentence(words, each, language) for each in kept]


def _sentence(words: Words, each: Mapping[str, object], language: str) -> str:
    what, then = str(each["what"]), str(each["then"])
    key = f"kept_{what}_{then}" if then == "anonymise" else f"kept_{what}"
    said = words(key, period=period_words(words, int(str(each["amount"])), str(each["unit"])))
    title = each.get("round")
    if not title:
        return said
    named = Text(title).within(language) if isinstance(title, Mapping) else str(title)
    return words("kept_of_round", round=named, said=said)


def period_words(words: Words, amount: int, unit: str) -> str:
    """`2 years`, `90 diwrnod`."""
    own = _OWN_FORMS.get((words.spoken, unit, amount))
    return own or words.counted(f"period_{unit}", amount)
