"""A person's own page: what they may decide about messages, quotes and what is stored. GET and HEAD only ever read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from flask import Blueprint, Response, request

from bot.web.choice_pages import choice_page, choices_page, outcome_page, quotes_page
from bot.web.choosing import do_choice, fault_of, said_after
from bot.web.desk import Desk
from bot.web.links import Links, is_ours
from bot.web.problems import inputs_of_request, no_such_link, not_our_form, page_response
from bot.web.request_pages import copy_page, erase_page, said_by
from bot.web.sight import Sight, sight_of
from channels.form.inputs import Inputs, first_of
from channels.form.parse import QUOTE
from handlers.choices import QuotesStand, agree_to_quotes
from handlers.own_requests import (
    CopyByHand,
    CopyOnceADay,
    CopyOnItsWay,
    ErasureStands,
    ask_for_copy,
    ask_for_erasure,
    take_back_erasure,
)
from handlers.replies import NotAdmitted
from storage.engine import Tx
from storage.forms import Form
from storage.person_requests import requests_of
from surveys.replies import QuoteLevel
from surveys.tokens import Purpose

CHANNEL = "web"
Ask = Callable[[Sight], str]
Act = Callable[[Links, Form, Inputs], Response]


def choice_routes(desk: Desk) -> Blueprint:
    """`/f/TOKEN/choices`, and the pages it leads to. An organiser's entry link opens none of them."""
    routes = Blueprint("choices", __name__)

    def route(way: str, ask: Ask, act: Act | None = None) -> None:
        routes.add_url_rule(f"/f/<token>/{way}", f"ask_{way}", lambda token: _ask(desk, token, ask))
        if act is not None:
            routes.add_url_rule(
                f"/f/<token>/{way}", f"do_{way}", lambda token: _act(desk, token, act), methods=["POST"]
            )

    route("choices", choices_page)
    route("pause", lambda sight: choice_page(sight, "pause"), partial(_choice, desk, "pause"))
    route("reach", lambda sight: choice_page(sight, "reach"), partial(_choice, desk, "reach"))
    route("my-answers", copy_page, lambda links, form, inputs: _copy(desk, links, form, inputs))
    route("erase", erase_page, lambda links, form, inputs: _erase(desk, links, form, inputs))
    route("quotes", _quotes, lambda links, form, inputs: _agree(desk, links, form, inputs))
    return routes


def _ask(desk: Desk, token: str, ask: Ask) -> Response:
    links = desk.links(token, Purpose.ANSWER)
    with desk.store.reading() as tx:
        form = desk.admitted(tx, links)
        if form is None:
            return no_such_link(desk, {})
        sight = _sight_of(tx, desk, links, form)
    return page_response(ask(sight))


def _act(desk: Desk, token: str, act: Act) -> Response:
    inputs, links = inputs_of_request(), desk.links(token, Purpose.ANSWER)
    with desk.store.reading() as tx:
        form = desk.admitted(tx, links)
    if form is None:
        return no_such_link(desk, inputs)
    if not is_ours(first_of(inputs, "_csrf"), desk.settings.secrets, token):
        return not_our_form(desk, form.language, inputs)
    return act(links, form, inputs)


def _sight(desk: Desk, links: Links, form: Form) -> Sight:
    with desk.store.reading() as tx:
        return _sight_of(tx, desk, links, desk.admitted(tx, links) or form)


def _sight_of(tx: Tx, desk: Desk, links: Links, form: Form) -> Sight:
    return replace(sight_of(tx, desk, links, form), requests=requests_of(tx, form.asked.participant_id))


def _choice(desk: Desk, way: str, links: Links, form: Form, inputs: Inputs) -> Response:
    admits = desk.admits(links.token, Purpose.ANSWER)
    outcome = do_choice(desk, way, form.asked.invitation_id, inputs, channel=CHANNEL, admits=admits)
    if isinstance(outcome, NotAdmitted):
        return no_such_link(desk, inputs)
    sight, fault = _sight(desk, links, form), fault_of(outcome)
    if fault:
        return page_response(choice_page(sight, way, inputs, fault=fault))
    return page_response(outcome_page(sight, said_after(sight, outcome)))


def _copy(desk: Desk, links: Links, form: Form, inputs: Inputs) -> Response:
    admits = desk.admits(links.token, Purpose.ANSWER)
    outcome = ask_for_copy(form.asked.invitation_id, desk.store, desk.clock(), channel=CHANNEL, admits=admits)
    if isinstance(outcome, NotAdmitted):
        return no_such_link(desk, inputs)
    sight = _sight(desk, links, outcome.form)
    words = sight.words
    match outcome:
        case CopyOnItsWay():
            said = (words("copy_done_body", who=sight.contact),) if sight.contact else ()
            return page_response(outcome_page(sight, words("copy_done"), said))
        case CopyOnceADay():
            return page_response(outcome_page(sight, words("copy_done_once"), (words("copy_done_once_body"),)))
        case CopyByHand(request=request_):
            said = (words("copy_done_by_hand_body", date=said_by(sight, request_)),)
            return page_response(outcome_page(sight, words("copy_done_by_hand"), said))


def _erase(desk: Desk, links: Links, form: Form, inputs: Inputs) -> Response:
    admits, invitation_id = desk.admits(links.token, Purpose.ANSWER), form.asked.invitation_id
    if first_of(inputs, "go") == "back":
        taken = take_back_erasure(invitation_id, desk.store, desk.clock(), channel=CHANNEL, admits=admits)
        if isinstance(taken, NotAdmitted):
            return no_such_link(desk, inputs)
        sight = _sight(desk, links, taken.form)
        if isinstance(taken, ErasureStands):
            return page_response(erase_page(sight), 409)
        return page_response(outcome_page(sight, sight.words("erase_taken_back")))
    asked = ask_for_erasure(invitation_id, desk.store, desk.clock(), channel=CHANNEL, admits=admits)
    if isinstance(asked, NotAdmitted):
        return no_such_link(desk, inputs)
    sight = _sight(desk, links, asked.form)
    words = sight.words
    what = words("erase_done_mail" if asked.mailed else "erase_done_no_mail")
    said = (what, words("erase_done_by", date=said_by(sight, asked.request)))
    return page_response(outcome_page(sight, words("erase_done"), said))


def _quotes(sight: Sight) -> str:
    return quotes_page(sight, notes=[note for note in request.args.getlist("note") if note == "quotes"])


def _agree(desk: Desk, links: Links, form: Form, inputs: Inputs) -> Response:
    levels = {level.value for level in QuoteLevel}
    said = {name.removeprefix(QUOTE): first_of(inputs, name) for name in inputs if name.startswith(QUOTE)}
    wanted = {item: QuoteLevel(level) for item, level in said.items() if level in levels}
    if first_of(inputs, "go") == "none":
        wanted = {item.key: QuoteLevel.NONE for item in form.instrument.items() if item.quote}
    admits = desk.admits(links.token, Purpose.ANSWER)
    outcome = agree_to_quotes(
        form.asked.invitation_id, wanted, desk.store, desk.clock(), channel=CHANNEL, admits=admits
    )
    if isinstance(outcome, NotAdmitted):
        return no_such_link(desk, inputs)
    if isinstance(outcome, QuotesStand):
        return page_response(quotes_page(_sight(desk, links, outcome.form)), 409)
    # The page is read anew, so that what it shows is what is stored now.
    return Response(status=303, headers={"Location": f"{links.way('quotes')}?note=quotes"})
