"""Messages of Slack drawn as a page of HTML, to be looked at without a workspace; it is no picture of Slack's own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, Undefined

from channels.slack.blocks import Block

_TEMPLATES = Path(__file__).resolve().parent / "templates"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    # Blocks lack most of what they may hold: what is not there draws nothing.
    return Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=Undefined, trim_blocks=True, lstrip_blocks=True
    )


def draw(messages: Sequence[tuple[str, Sequence[Block]]], *, title: str, language: str) -> str:
    """The messages, each (what it is, its blocks), one beneath the other."""
    page = _environment().get_template("preview.html")
    return page.render(messages=messages, title=title, language=language)
