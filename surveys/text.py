"""Text for people: one string, or one for each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """Words for people, by language tag (`en-GB`); the key `""` holds words given without a language."""

    by_language: Mapping[str, str]

    @classmethod
    def plain(cls, words: str) -> Text:
        """The same words whatever the language."""
        return cls({"": words})

    def within(self, language: str, fallback: str = "") -> str:
        """The words in `language`, else in its base language, else in `fallback`, else the first given."""
        for wanted in (language, language.split("-")[0], fallback, ""):
            if wanted in self.by_language:
                return self.by_language[wanted]
        base = language.split("-")[0]
        for tag, words in self.by_language.items():
            if tag.split("-")[0] == base:
                return words
        return next(iter(self.by_language.values()), "")

    def languages(self) -> frozenset[str]:
        """The language tags given; empty for plain words."""
        return frozenset(tag for tag in self.by_language if tag)

    def __bool__(self) -> bool:
        return any(self.by_language.values())

    def __hash__(self) -> int:
        return hash(tuple(sorted(self.by_language.items())))
