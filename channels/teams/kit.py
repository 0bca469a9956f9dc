"""Teams as what chats are drawn with (`channels.chat.drawing.Drawing`)."""

from __future__ import annotations

from pathlib import Path

from channels.teams.elements import (
    LIMITS,
    aside,
    button,
    fits_button,
    heading,
    placed,
    row,
    said,
    shielded,
    size,
    texts,
    ways_row,
)
from channels.teams.page_elements import parts_of

__all__ = [
    "LIMITS",
    "TEMPLATES",
    "aside",
    "button",
    "fits_button",
    "heading",
    "parts_of",
    "placed",
    "row",
    "said",
    "shielded",
    "size",
    "texts",
    "ways_row",
]

TEMPLATES = Path(__file__).resolve().parent / "templates"
