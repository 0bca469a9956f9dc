"""Cards of Teams drawn as a page of HTML, to be looked at without a tenant; it is no picture of Teams' own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, Undefined

from channels.chat.drawing import Element
from channels.teams.elements import texts

_TEMPLATES = Path(__file__).resolve().parent / "templates"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    # Elements lack most of what they may hold: what is not there draws nothing.
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=Undefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters["plain"] = lambda element: "".join(texts([element]))
    return made


def draw(messages: Sequence[tuple[str, Sequence[Element]]], *, title: str, language: str) -> str:
    """The messages, each (what it is, its elements), one beneath the other."""
    page = _environment().get_template("preview.html")
    return page.render(messages=messages, title=title, language=language)
