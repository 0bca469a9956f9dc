"""The demo's pages: status with the clock, everyone's mail, one mail. No page changes anything on GET."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime

from flask import Flask, Response, abort, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from console.demo_answering import add_answering, names_of
from console.demo_views import Move, RoundView, SendBack, Sorting, Stage, Upcoming
from console.mail_links import own_links, with_links
from console.mailbox import MailboxMessage
from surveys.figures import CoverageState
from surveys.moment_words import say_moment

KINDS = {
    "invitation": ("Invitation", "invitations"),
    "reminder": ("Reminder", "reminders"),
    "receipt": ("Receipt", "receipts"),
    "thanks": ("Thanks", "thank-yous"),
    "notice": ("Notice", "notices"),
    "digest": ("Digest", "digests"),
}
SYMBOLS = {
    CoverageState.HEARD: "●",
    CoverageState.INVITED: "◐",
    CoverageState.MISSING: "○",
    CoverageState.NOT_ASKED: "–",
}
NEWEST = 10
BACK = {"status": "/demo/", "mail": "/demo/mail"}
_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# A mail is shown in a frame of its own: it runs nothing and loads nothing, whatever stands in it.
_MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation"
)


def make_demo_pages(stage: Stage, stylesheets: tuple[str, ...]) -> Flask:
    """The application behind `/demo`. `stylesheets` are the web form's own, as paths on the same server."""
    app = Flask("console")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    _guard(app)
    seal = secrets.token_urlsafe(24)
    _add_common(app, stage, stylesheets, seal)
    _add_status(app, stage, seal)
    _add_mail(app, stage)
    add_answering(app, stage, lambda number: _found(stage, number), lambda: _check(seal))
    return app


def _check(seal: str) -> None:
    """Only a page of this very demo may change anything."""
    if not hmac.compare_digest(request.form.get("_csrf", "").encode(), seal.encode()):
        abort(403)


def _add_common(app: Flask, stage: Stage, stylesheets: tuple[str, ...], seal: str) -> None:
    @app.context_processor
    def _common() -> dict[str, object]:
        def say(at: datetime, *, year: bool = False) -> str:
            return say_moment(at, stage.zone, year=year)

        return {
            "stage": stage,
            "seal": seal,
            "stylesheets": stylesheets,
            "say": say,
            "kinds": KINDS,
            "Move": Move,
            "asked_of": _asked_of,
        }


def _add_status(app: Flask, stage: Stage, seal: str) -> None:
    @app.get("/")
    def status() -> str:
        rounds = stage.rounds()
        return render_template(
            "demo/status.html",
            rounds=rounds,
            ahead=_ahead(rounds),
            symbols=SYMBOLS,
            waiting=stage.to_sort(),
            Sorting=Sorting,
            here="status",
        )

    @app.post("/clock")
    def clock() -> AnyResponse:
        _check(seal)
        asked = request.form.get("move", "")
        if asked not in set(Move):
            abort(400)
        stage.move(Move(asked))
        return redirect(BACK.get(request.form.get("back", ""), BACK["status"]), 303)


def _add_mail(app: Flask, stage: Stage) -> None:
    @app.get("/mail")
    def mail() -> str:
        people = stage.people()
        shelves = [(person, stage.mailbox.newest_first(person.addresses)) for person in people]
        return render_template(
            "demo/mail.html",
            shelves=shelves,
            newest=stage.mailbox.newest_first()[:NEWEST],
            who=names_of(people),
            ahead=_ahead(stage.rounds()),
            here="mail",
        )

    @app.get("/mail/of/<key>")
    def mail_of(key: str) -> str:
        person = next((each for each in stage.people() if each.key == key), None)
        if person is None:
            abort(404)
        return render_template(
            "demo/mail_of.html", person=person, messages=stage.mailbox.newest_first(person.addresses), here="mail"
        )

    @app.get("/mail/<int:number>")
    def message(number: int) -> str:
        found = _found(stage, number)
        links = own_links(found.text, stage.public_url)
        people = stage.people()
        return render_template(
            "demo/message.html",
            message=found,
            text=with_links(found.text, stage.public_url),
            form_link=links[0] if links else "",
            who=names_of(people),
            person=next((each for each in people if found.recipient in each.addresses), None),
            sent_back=stage.mailbox.sent_back(number),
            SendBack=SendBack,
            here="mail",
        )

    @app.get("/mail/<int:number>/html")
    def message_html(number: int) -> Response:
        # Links open the whole page, not the frame: the form refuses to be framed.
        words = Markup('<base target="_top">') + Markup(_found(stage, number).html)  # noqa: S704 - sandboxed
        return Response(words, mimetype="text/html", headers={"Content-Security-Policy": _MAIL_POLICY})


def _guard(app: Flask) -> None:
    @app.before_request
    def _only_for_this_machine() -> None:
        # A page elsewhere could point its own name at 127.0.0.1; its requests then carry that name.
        if request.host.rpartition(":")[0] not in {"127.0.0.1", "localhost"}:
            abort(403)

    @app.after_request
    def _guarded(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", _PAGE_POLICY)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["Cache-Control"] = "no-store"
        return response

    @app.errorhandler(400)
    @app.errorhandler(403)
    @app.errorhandler(404)
    @app.errorhandler(413)
    @app.errorhandler(503)
    def _problem(error: Exception) -> tuple[str, int]:
        code = getattr(error, "code", 500)
        return render_template("demo/problem.html", code=code, here=""), code


def _asked_of(came: Mapping[str, int]) -> Mapping[str, int]:
    """Without what went to the organisers."""
    return {kind: count for kind, count in came.items() if kind != "digest"}


def _found(stage: Stage, number: int) -> MailboxMessage:
    found = stage.mailbox.message(number)
    if found is None:
        abort(404)
    return found


def _ahead(rounds: tuple[RoundView, ...]) -> Upcoming | None:
    """The next to go, whatever the round."""
    return min((line for view in rounds for line in view.upcoming), key=lambda line: line.at, default=None)
