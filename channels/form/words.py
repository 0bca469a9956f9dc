"""Our own words on the pages, in the languages we have them in; a questionnaire's words are its own."""

from __future__ import annotations

from channels.form.own_words import OWN_CY, OWN_EN
from channels.form.words_cy import CY
from channels.form.words_en import EN

_TABLES = {"en": EN | OWN_EN, "cy": CY | OWN_CY}


class Words:
    """Looks up a phrase: `words("save")`, `words("of", number=3, total=9)`."""

    def __init__(self, language: str) -> None:
        base = language.split("-")[0].lower()
        self.spoken = base if base in _TABLES else "en"
        # What <html lang> says: the person's own tag where we speak it.
        self.tag = language if base in _TABLES else "en-GB"
        self._table = _TABLES[self.spoken]

    def __call__(self, key: str, /, **parts: object) -> str:
        phrase = self._table[key]
        return phrase.format(**parts) if parts else phrase

    def counted(self, key: str, number: int) -> str:
        """A phrase that differs for one and for many: `key.one`, `key.many`."""
        return self(f"{key}.one" if number == 1 else f"{key}.many", number=number)
