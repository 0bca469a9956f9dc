"""Our own words in chats, in the languages we have them in."""

from __future__ import annotations

from channels.chat.words_cy import CY
from channels.chat.words_en import EN

_TABLES = {"en": EN, "cy": CY}


class Words:
    """Looks up a phrase: `words("submit")`, `words("left", number=3, total=9)`; another language gets the English."""

    def __init__(self, language: str) -> None:
        base = language.split("-")[0].lower()
        self.tag = language if base in _TABLES else "en-GB"
        self._table = _TABLES.get(base, EN)

    def __call__(self, key: str, /, **parts: object) -> str:
        phrase = self._table[key]
        return phrase.format(**parts) if parts else phrase
