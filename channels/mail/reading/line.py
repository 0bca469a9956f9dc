"""One line of a mail's body."""

from __future__ import annotations

from typing import NamedTuple


class Line(NamedTuple):
    """Its words, and how deep it is quoted (0 = what the sender wrote, as far as marks say so)."""

    words: str
    depth: int
