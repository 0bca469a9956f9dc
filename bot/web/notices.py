"""The privacy notice of a programme, and the page at the root."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request

from bot.web.desk import Desk
from bot.web.links import privacy_link
from bot.web.problems import no_such_page, page_response
from channels.form.kept_words import kept_sentences
from channels.form.views import Frame
from channels.form.words import Words
from channels.web import render
from storage.programmes import NoticeVersion, notice_versions_of, programme_by_key
from surveys.moment_words import say_day
from surveys.programme import Programme
from surveys.text import Text

_PARTS = ("controller", "contact", "dpo", "lawful_basis", "retention", "processors")


def notice_routes(desk: Desk) -> Blueprint:
    """`/privacy/PROGRAMME`, `/privacy/PROGRAMME/VERSION` and `/`."""
    routes = Blueprint("notices", __name__)

    @routes.get("/")
    def home() -> Response:
        words = Words("en-GB")
        frame = Frame(styles=desk.styles, banner=desk.settings.banner)
        return page_response(render.plain_page(words, frame, heading=words("home"), paragraphs=(words("home_body"),)))

    @routes.get("/privacy/<programme>")
    def privacy(programme: str) -> Response:
        return _show(desk, programme, None)

    @routes.get("/privacy/<programme>/<int:version>")
    def older(programme: str, version: int) -> Response:
        return _show(desk, programme, version)

    return routes


def _show(desk: Desk, key: str, version: int | None) -> Response:
    """The notice as it is now, or as it was in that version: whoever answered under it can read it for good."""
    with desk.store.reading() as tx:
        stored = programme_by_key(tx, key)
        versions = () if stored is None else notice_versions_of(tx, stored.id)
    newest = versions[0] if versions else None
    notice = newest if version is None else next((each for each in versions if each.version == version), None)
    if stored is None or (version is not None and notice is None):
        return no_such_page(desk)
    said = {} if notice is None else notice.words
    language = _language(stored.programme, said)
    words = Words(language)
    title = stored.programme.title.within(language)
    zone = ZoneInfo(stored.programme.timezone)
    own = privacy_link(desk.base, key)

    def dated(phrase: str, each: NoticeVersion) -> str:
        day = say_day(each.created_at.astimezone(zone).date(), words.tag, year=True)
        return words(phrase, number=each.version, date=day)

    old = notice is not None and newest is not None and notice.version != newest.version
    earlier = [(dated("notice_since", each), f"{own}/{each.version}") for each in versions[1:]]
    return page_response(
        render.notice_page(
            words,
            Frame(programme=title, styles=desk.styles, banner=desk.settings.banner),
            heading=words("notice_heading", programme=title),
            version="" if notice is None else dated("notice_older" if old else "notice_since", notice),
            parts_of=_parts(said, words, language),
            url=_url(said),
            present=(words("notice_present"), own) if old else None,
            earlier=[] if old else earlier,
        )
    )


def _parts(said: Mapping[str, object], words: Words, language: str) -> list[tuple[str, str, list[str]]]:
    """(title, words, points) of each part there is, what everyone may ask for among them."""
    parts = [
        (words(f"notice_{part}"), _within(said.get(part), language), _points(said, part, words, language))
        for part in _PARTS
    ]
    parts = [each for each in parts if each[1] or each[2]]
    if not parts:
        parts = [(words("notice_contact"), words("notice_empty"), [])]
    rights = filter(None, (_within(said.get("rights"), language), words("notice_rights_body")))
    return [*parts, (words("notice_rights"), "\n".join(rights), [])]


def _url(said: Mapping[str, object]) -> str:
    url = str(said.get("url") or "")
    return url if url.startswith(("https://", "http://")) else ""


def _language(programme: Programme, said: Mapping[str, object]) -> str:
    """The browser's language where that version of the notice speaks it, else the first it was written in."""
    controller = said.get("controller")
    spoken = [str(tag) for tag in controller] if isinstance(controller, Mapping) else []
    written = programme.title.languages() | {tag for tag in spoken if tag}
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
