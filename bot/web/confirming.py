"""`/r/TOKEN`: the stored mailbox says whether it was the person who asked to be erased. Only its mail has this link."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response

from bot.web.desk import Desk
from bot.web.links import is_ours
from bot.web.problems import inputs_of_request, no_such_link, not_our_form, page_response
from bot.web.request_pages import said_by
from bot.web.sight import Sight, sight_of
from channels.form.inputs import first_of
from channels.form.views import ActView, Frame
from channels.web import render
from handlers.own_requests import confirm_erasure, take_back_erasure
from handlers.replies import NotAdmitted
from storage.engine import Tx
from storage.forms import form_of
from storage.person_requests import request_of
from surveys.person_requests import RequestKind
from surveys.tokens import Purpose, invitation_of, opens

CHANNEL = "mail"


def confirm_routes(desk: Desk) -> Blueprint:
    """The question, and its two answers."""
    routes = Blueprint("confirming", __name__)

    @routes.get("/r/<token>")
    def ask(token: str) -> Response:
        with desk.store.reading() as tx:
            sight = _sight(tx, desk, token)
        if sight is None:
            return no_such_link(desk, {})
        words = sight.words
        view = ActView(
            heading=words("confirm_heading"),
            paragraphs=(
                words("confirm_lead", programme=sight.programme, name=sight.person.name, date=_by(sight)),
                words("erase_body_stays"),
            ),
            button=words("confirm_yes"),
            choices=(("no", words("confirm_no")),),
        )
        frame = _frame(sight, action=f"{desk.base}/r/{token}")
        return page_response(render.act_page(view, words, frame))

    @routes.post("/r/<token>")
    def answer(token: str) -> Response:
        inputs = inputs_of_request()
        with desk.store.reading() as tx:
            sight = _sight(tx, desk, token)
        if sight is None:
            return no_such_link(desk, inputs)
        if not is_ours(first_of(inputs, "_csrf"), desk.settings.secrets, token):
            return not_our_form(desk, sight.form.language, inputs)
        words, invitation_id, now = sight.words, sight.form.asked.invitation_id, desk.clock()
        request_id = sight.requests[0].id
        if first_of(inputs, "go") == "no":
            take_back_erasure(invitation_id, desk.store, now, channel=CHANNEL, request_id=request_id)
            said = (words("confirm_not_body", who=sight.contact),) if sight.contact else ()
            return page_response(render.done_page(words, _frame(sight), heading=words("confirm_not"), paragraphs=said))
        if isinstance(confirm_erasure(invitation_id, request_id, desk.store, now, channel=CHANNEL), NotAdmitted):
            return no_such_link(desk, {})
        said = (words("confirm_done_body", date=_by(sight)),)
        return page_response(render.done_page(words, _frame(sight), heading=words("confirm_done"), paragraphs=said))

    return routes


def _sight(tx: Tx, desk: Desk, token: str) -> Sight | None:
    """What the request is about, where the token is that of the one that stands."""
    invitation_id = invitation_of(token)
    form = None if invitation_id is None else form_of(tx, invitation_id)
    if form is None:
        return None
    request = request_of(tx, form.asked.participant_id, RequestKind.ERASURE)
    if request is None:
        return None
    if not opens(token, desk.settings.secrets, Purpose.ERASE, form.asked.invitation_id, request.mark):
        return None
    return replace(sight_of(tx, desk, desk.links(token, Purpose.ERASE), form), requests=(request,))


def _by(sight: Sight) -> str:
    return said_by(sight, sight.requests[0])


def _frame(sight: Sight, *, action: str = "") -> Frame:
    """What stands round the page; the link opens nothing else."""
    return replace(sight.frame(action=action), choices="")
