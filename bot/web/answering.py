"""The form's pages: a person's own link, and an organiser's entry link. GET and HEAD only ever read."""

from __future__ import annotations

from flask import Blueprint, Response, request

from bot.web.desk import Desk
from bot.web.links import Links
from bot.web.problems import no_such_link, page_response
from bot.web.screens import (
    NOTHING,
    closed_screen,
    done_screen,
    entered_screen,
    later_screen,
    question_screen,
    review_screen,
)
from bot.web.sight import NOTES, Sight, sight_of
from bot.web.taking import take_post
from channels.form.inputs import Inputs
from storage.engine import Tx
from storage.forms import form_of
from surveys.dispositions import Disposition
from surveys.pages import first_unanswered_page, page_of
from surveys.tokens import Purpose, invitation_of

_PURPOSES = {"f": Purpose.ANSWER, "e": Purpose.ENTRY}


def answering_routes(desk: Desk) -> Blueprint:
    """`/f/TOKEN` and `/e/TOKEN`."""
    routes = Blueprint("answering", __name__)

    @routes.get("/<any(f, e):kind>/<token>")
    def show(kind: str, token: str) -> Response:
        return _show(desk, desk.links(token, _PURPOSES[kind]))

    @routes.post("/<any(f, e):kind>/<token>")
    def take(kind: str, token: str) -> Response:
        return take_post(desk, desk.links(token, _PURPOSES[kind]))

    return routes


def _show(desk: Desk, links: Links) -> Response:
    with desk.store.reading() as tx:
        form = desk.admitted(tx, links)
        if form is None:
            return _refuse_reading(tx, desk, links)
        sight = sight_of(tx, desk, links, form)
    return page_response(_screen(sight))


def _screen(sight: Sight) -> str:
    form, place = sight.form, request.args.get("at", "")
    notes = [note for note in request.args.getlist("note") if note in NOTES]
    if sight.unlinked and form.asked.disposition is Disposition.COMPLETE:
        return done_screen(sight)
    if not sight.is_open:
        return closed_screen(sight)
    if place == "later" and not sight.unlinked:
        return later_screen(sight)
    wanted, preset = request.args.get("page", ""), _preset(sight)
    if sight.unlinked:
        return question_screen(sight, sight.shown[0] if sight.shown else NOTHING, preset=preset)
    page = page_of(sight.shown, wanted or next(iter(preset), "").partition(".")[0])
    if page is not None:
        return question_screen(sight, page, notes=notes, preset=preset, back=bool(request.args.get("back")))
    if form.asked.response is not None and form.asked.response.complete:
        return done_screen(sight, notes=notes)
    page = first_unanswered_page(form.instrument, form.answers, form.asked.perspectives)
    if place == "review" or page is None:
        return review_screen(sight, notes=notes)
    return question_screen(sight, page, notes=notes)


def _preset(sight: Sight) -> Inputs:
    """`?set=item:value`: what a tap in a message chose; it only fills in, and only what the person is asked."""
    chosen: dict[str, list[str]] = {}
    for each in request.args.getlist("set"):
        name, _, value = each.partition(":")
        if page_of(sight.shown, name.partition(".")[0]) is not None:
            chosen.setdefault(name, []).append(value)
    return chosen


def _refuse_reading(tx: Tx, desk: Desk, links: Links) -> Response:
    """A link that opens nothing: perhaps it is an entry link that has done its work."""
    invitation_id = invitation_of(links.token)
    form = None if invitation_id is None else form_of(tx, invitation_id)
    if form is not None and links.purpose is Purpose.ENTRY and desk.is_spent(links.token, form.asked):
        return page_response(entered_screen(sight_of(tx, desk, links, form)))
    return no_such_link(desk, {})
