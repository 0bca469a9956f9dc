"""Plain pages that say what happened and what to do; what a person typed is shown back, never lost."""

from __future__ import annotations

from flask import Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from bot.web.desk import Desk
from channels.form.inputs import Inputs
from channels.form.parse import is_typed
from channels.form.views import Frame
from channels.form.words import Words
from channels.web import render

HTML = "text/html; charset=utf-8"
# One page's post. Above it nothing is read: the page says so, and the browser still has the words.
LARGEST_POST = 8 * 1024 * 1024


def page_response(html: str, status: int = 200) -> Response:
    """A personal page: kept by nobody on its way."""
    answer = Response(html, status=status, content_type=HTML)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def inputs_of_request() -> Inputs:
    """The fields of the post, each with all its values, in order."""
    return {name: request.form.getlist(name) for name in request.form}


def no_such_link(desk: Desk, inputs: Inputs) -> Response:
    """A link cut off in a message, replaced by a newer one, or made up; or one of someone who was erased."""
    with desk.store.reading() as tx:
        erased = desk.was_erased(tx, str((request.view_args or {}).get("token", "")))
    if erased:
        return gone(desk, inputs)
    return _problem(desk, "no_such_link", 404, typed=inputs)


def gone(desk: Desk, inputs: Inputs) -> Response:
    """The person was erased, perhaps while they were typing: nothing is stored, and their words are shown back."""
    words = Words(request.accept_languages.best_match(["en-GB", "cy"]) or "en-GB")
    typed = any(is_typed(name) and any(map(str.strip, values)) for name, values in inputs.items())
    html = render.problem_page(
        words,
        Frame(styles=desk.styles, banner=desk.settings.banner),
        heading=words("gone"),
        paragraphs=(words("gone_body"), *((words("gone_typed"),) if typed else ())),
        typed=inputs,
    )
    return page_response(html, 410)


def no_such_page(desk: Desk) -> Response:
    """An address that leads nowhere."""
    return _problem(desk, "no_such_page", 404)


def not_our_form(desk: Desk, language: str, inputs: Inputs) -> Response:
    """A post that no page of ours has made."""
    return _problem(desk, "not_our_form", 403, typed=inputs, language=language)


def link_used(desk: Desk, inputs: Inputs) -> Response:
    """An entry link after its Submit."""
    return _problem(desk, "link_used", 410, typed=inputs)


def too_much(desk: Desk) -> Response:
    """A post larger than the limit; it was not read."""
    return _problem(desk, "too_much", 413)


def went_wrong(desk: Desk) -> Response:
    """A fault of ours."""
    return _problem(desk, "went_wrong", 500, typed=_readable_inputs())


def not_saved(desk: Desk) -> Response:
    """The database was busy: nothing was stored; a button sends the same words again."""
    inputs = _readable_inputs()
    words = Words("en-GB")
    fields = [(name, value) for name, values in inputs.items() for value in values]
    frame = Frame(styles=desk.styles, banner=desk.settings.banner, action=desk.base + request.path)
    html = render.problem_page(
        words,
        frame,
        heading=words("not_saved"),
        # A tap has no words of its own: nothing is shown back, so nothing is said to be.
        paragraphs=(words("not_saved_body" if _typed_words(inputs) else "not_saved_tap"),),
        typed=inputs,
        retry=fields,
    )
    answer = page_response(html, 503)
    answer.headers["Retry-After"] = "5"
    return answer


def _typed_words(inputs: Inputs) -> bool:
    return any(value.strip() for name, values in inputs.items() if name[:1] != "_" and name != "go" for value in values)


def _readable_inputs() -> Inputs:
    try:
        return inputs_of_request()
    except RequestEntityTooLarge:
        return {}


def _problem(desk: Desk, key: str, status: int, *, typed: Inputs | None = None, language: str = "en-GB") -> Response:
    words = Words(language)
    html = render.problem_page(
        words,
        Frame(styles=desk.styles, banner=desk.settings.banner),
        heading=words(key),
        paragraphs=(words(f"{key}_body"),),
        typed=typed,
    )
    return page_response(html, status)
