"""The privacy notice of a programme, and the page at the root."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, request

from bot.web.desk import Desk
from bot.web.problems import no_such_page, page_response
from channels.web import render
from channels.web.kept_words import kept_sentences
from channels.web.views import Frame
from channels.web.words import Words
from storage.programmes import newest_notice, programme_by_key
from surveys.programme import Programme
from surveys.text import Text

_PARTS = ("controller", "contact", "dpo", "lawful_basis", "retention", "processors")


def notice_routes(desk: Desk) -> Blueprint:
    """`/privacy/PROGRAMME` and `/`."""
    routes = Blueprint("notices", __name__)

    @routes.get("/")
    def home() -> Response:
        words = Words("en-GB")
        frame = Frame(styles=desk.styles, banner=desk.settings.banner)
        return page_response(render.plain_page(words, frame, heading=words("home"), paragraphs=(words("home_body"),)))

    @routes.get("/privacy/<programme>")
    def privacy(programme: str) -> Response:
        with desk.store.reading() as tx:
            stored = programme_by_key(tx, programme)
            notice = None if stored is None else newest_notice(tx, stored.id)
        if stored is None:
            return no_such_page(desk)
        language = _language(stored.programme)
        words = Words(language)
        said = {} if notice is None else notice.words
        parts = [
            (words(f"notice_{part}"), _within(said.get(part), language), _points(said, part, words, language))
            for part in _PARTS
        ]
        parts = [each for each in parts if each[1] or each[2]]
        if not parts:
            parts = [(words("notice_contact"), words("notice_empty"), [])]
        url = str(said.get("url") or "")
        title = stored.programme.title.within(language)
        frame = Frame(programme=title, styles=desk.styles, banner=desk.settings.banner)
        return page_response(
            render.notice_page(
                words,
                frame,
                heading=words("notice_heading", programme=title),
                version="" if notice is None else words("notice_version", number=notice.version),
                parts_of=[*parts, (words("notice_rights"), words("notice_rights_body"), [])],
                url=url if url.startswith(("https://", "http://")) else "",
            )
        )

    return routes


def _language(programme: Programme) -> str:
    """The browser's language where the notice speaks it, else the first it was written in."""
    written = programme.title.languages() | (programme.privacy.controller or Text.plain("")).languages()
    best = request.accept_languages.best_match(sorted(written)) if written else None
    return best or "en-GB"


def _points(said: Mapping[str, object], part: str, words: Words, language: str) -> list[str]:
    """How long each kind of thing is kept, as it is really done."""
    kept = said.get("kept")
    return kept_sentences(words, kept, language) if part == "retention" and isinstance(kept, list) else []


def _within(words: object, language: str) -> str:
    """A part of the stored notice: plain words, or words by language."""
    if isinstance(words, Mapping):
        return Text({str(tag): str(text) for tag, text in words.items()}).within(language)
    return "" if words is None else str(words)
