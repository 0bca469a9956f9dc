"""The web application: routes, stylesheets, and the headers that keep a page to itself."""

from __future__ import annotations

import hashlib
import logging
import re
import traceback
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Flask, Response, abort, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from bot.pulse import Pulse
from bot.web.acts import act_routes
from bot.web.answering import answering_routes
from bot.web.choices import choice_routes
from bot.web.confirming import confirm_routes
from bot.web.desk import Desk, WebSettings
from bot.web.links import base_of
from bot.web.notices import notice_routes
from bot.web.open_rounds import open_round_routes
from bot.web.problems import LARGEST_POST, gone, inputs_of_request, no_such_page, not_saved, too_much, went_wrong
from bot.web.sight import NobodyThereError
from bot.web.watching import watching_routes
from bot.web.word_file import word_file_routes
from channels.web.render import STATIC
from storage.engine import DatabaseBusyError, Store

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Frame-Options": "DENY",
}
_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]
# What may follow a link in a text, and is in none of ours.
_SENTENCE = ".,;:!?'\"()[]{}<>*|’”»…"
_PERSONAL = re.compile(r"/(f|e|o|privacy)/[^/]")
_A_YEAR = 365 * 24 * 3600


def make_app(
    store: Store, settings: WebSettings, clock: Callable[[], datetime], *, pulse: Pulse | None = None
) -> Flask:
    """The form's pages on that database; `clock` gives the moment it is (aware, UTC).

    `pulse` is that of the clock that runs in the same process, if one does.

    Raises:
        ValueError: there is no secret to make and check links with.
    """
    if not settings.secrets:
        raise ValueError("links need a SECRET_KEY")
    sheets = {path.name: path for path in (_bootstrap(), STATIC / "soundings.css")}
    marks = {name: hashlib.sha256(path.read_bytes()).hexdigest()[:12] for name, path in sheets.items()}
    base = base_of(settings.public_url)
    styles = tuple(f"{base}/assets/{marks[name]}/{name}" for name in sheets)
    desk = Desk(store=store, settings=settings, clock=clock, styles=styles)

    # Flask's own static folder is off: the two sheets have a route of their own.
    app = _App(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_POST
    # One field may be as large as the whole: what is too long for an answer is said beside it, with the words.
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_POST
    app.extensions["soundings"] = desk
    app.register_blueprint(answering_routes(desk))
    app.register_blueprint(act_routes(desk))
    app.register_blueprint(choice_routes(desk))
    app.register_blueprint(confirm_routes(desk))
    app.register_blueprint(notice_routes(desk))
    app.register_blueprint(open_round_routes(desk))
    app.register_blueprint(word_file_routes(desk))
    app.register_blueprint(watching_routes(desk, pulse))

    @app.get("/assets/<mark>/<name>")
    def asset(mark: str, name: str) -> Response:
        if marks.get(name) != mark:
            abort(404)
        answer = Response(_content(sheets[name]), content_type="text/css; charset=utf-8")
        answer.headers["Cache-Control"] = f"public, max-age={_A_YEAR}, immutable"
        return answer

    @app.before_request
    def without_the_sentence() -> Response | None:
        """A link at the end of a sentence may have its full stop, or the bracket around it, taken along."""
        meant = request.path.rstrip(_SENTENCE)
        if meant == request.path or request.method not in {"GET", "HEAD"} or not _PERSONAL.match(meant):
            return None
        answer = Response(status=302)
        answer.headers["Location"] = base + quote(meant)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @app.after_request
    def headers(answer: Response) -> Response:
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        return answer

    _problems(app, desk)
    if base:
        app.wsgi_app = _Under(app.wsgi_app, base)  # type: ignore[method-assign]  # Flask's own way to wrap it
    return app


def _problems(app: Flask, desk: Desk) -> None:
    """What goes wrong on the way to a route, or in one."""

    @app.errorhandler(DatabaseBusyError)
    def busy(_error: DatabaseBusyError) -> Response:
        return not_saved(desk)

    @app.errorhandler(NobodyThereError)
    def erased(_error: NobodyThereError) -> Response:
        return gone(desk, inputs_of_request())

    @app.errorhandler(RequestEntityTooLarge)
    def large(_error: RequestEntityTooLarge) -> Response:
        return too_much(desk)

    @app.errorhandler(404)
    def missing(_error: HTTPException) -> Response:
        return no_such_page(desk)

    @app.errorhandler(500)
    def fault(_error: Exception) -> Response:
        return went_wrong(desk)


@lru_cache(maxsize=4)
def _content(path: Path) -> bytes:
    return path.read_bytes()


def _bootstrap() -> Path:
    """The Bootstrap 5 stylesheet as its package ships it; the package's code is not loaded."""
    found = find_spec("flask_bootstrap")
    if found is None or found.origin is None:
        raise LookupError("the package bootstrap-flask, which brings the stylesheet, is not installed")
    return Path(found.origin).parent / "static" / "bootstrap5" / "css" / "bootstrap.min.css"


class _App(Flask):
    """Flask, whose line about a fault names the page and what kind of fault, but not the address or anyone's words."""

    def log_exception(self, exc_info: _ExcInfo | tuple[None, None, None], *_more: object) -> None:
        error = exc_info[1]
        place = traceback.extract_tb(error.__traceback__)[-1] if error is not None and error.__traceback__ else None
        where = f"{place.filename}:{place.lineno}" if place else ""
        log.error("a page failed: %s, %s at %s", request.endpoint, type(error).__name__, where)


class _Under:
    """Takes the path of PUBLIC_URL off each request, for a proxy that hands it on whole; one that takes it off, too."""

    def __init__(self, app: WSGIApplication, base: str) -> None:
        self._app = app
        self._base = base

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == self._base or path.startswith(f"{self._base}/"):
            environ["PATH_INFO"] = path[len(self._base) :] or "/"
        return self._app(environ, start_response)
