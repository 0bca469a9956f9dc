"""Words that can't be taken as an answer, and why."""

from __future__ import annotations


class Unclear(ValueError):
    """`key` names a message of `surveys.answer_messages`, `parts` what stands in it: words, numbers or days."""

    def __init__(self, key: str, **parts: object) -> None:
        super().__init__(key)
        self.key = key
        self.parts = parts
