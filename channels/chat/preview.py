"""Messages of a chat drawn as a page of HTML, to be looked at without an account; no picture of the platform's own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, Undefined

from channels.chat.drawing import Drawing, Element

_TEMPLATES = Path(__file__).resolve().parent / "templates"


def draw_page(
    draw: Drawing, messages: Sequence[tuple[str, Sequence[Element]]], *, title: str, language: str, app: str
) -> str:
    """The messages, each (what it is, its elements), one beneath the other, as `app` has them."""
    environment = Environment(
        loader=FileSystemLoader([_TEMPLATES, draw.TEMPLATES]),
        autoescape=True,
        # Elements lack most of what they may hold: what is not there draws nothing.
        undefined=Undefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["plain"] = lambda element: "".join(draw.texts([element]))
    page = environment.get_template("preview.html")
    return page.render(macros="message.html", messages=messages, title=title, language=language, app=app)
