"""The one-tap reasons: each a page that says what it will do, and a button that does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from flask import Blueprint, Response

from bot.web.act_pages import WAYS, act_view, done_words, snooze_offer
from bot.web.desk import Desk
from bot.web.links import Links, is_ours
from bot.web.problems import inputs_of_request, no_such_link, no_such_page, not_our_form, page_response
from bot.web.screens import closed_screen
from bot.web.sight import Sight, sight_of
from channels.form.inputs import Inputs, first_of
from channels.web import render
from handlers import acts
from handlers.acts import AlreadyAnswered, Noted, Over, PastClose, Snoozed, TooSoon
from handlers.delegation import CannotBeNamed, Delegated, OnceOnly, delegate
from handlers.replies import NotAdmitted
from storage.asked import Asked
from storage.forms import Form, form_of
from surveys.dispositions import Disposition
from surveys.moment_words import say_day
from surveys.tokens import Purpose, invitation_of
from surveys.typed_dates import DateUnclear, read_date

CHANNEL = "web"
ActResult = (
    Noted | AlreadyAnswered | Over | NotAdmitted | Snoozed | PastClose | TooSoon | Delegated | OnceOnly | CannotBeNamed
)


def act_routes(desk: Desk) -> Blueprint:
    """`/f/TOKEN/not-me` and its like."""
    routes = Blueprint("acts", __name__)

    @routes.get("/f/<token>/<way>")
    def ask(token: str, way: str) -> Response:
        if way not in WAYS:
            return no_such_page(desk)
        links = desk.links(token, Purpose.ANSWER)
        with desk.store.reading() as tx:
            form = desk.admitted(tx, links)
            if form is None:
                return no_such_link(desk, {})
            sight = sight_of(tx, desk, links, form)
            last_day = acts.last_reminder_day(tx, form, desk.clock()) if way == "later" else None
        ended = _ended(sight, way)
        if ended:
            return page_response(ended)
        view = act_view(sight, way, {})
        if way == "later":
            view = replace(view, **snooze_offer(sight, last_day))
        hidden = () if last_day is None else (("_last", last_day.isoformat()),)
        return page_response(render.act_page(view, sight.words, sight.frame(action=links.way(way), hidden=hidden)))

    @routes.post("/f/<token>/<way>")
    def act(token: str, way: str) -> Response:
        if way not in WAYS:
            return no_such_page(desk)
        inputs, links = inputs_of_request(), desk.links(token, Purpose.ANSWER)
        invitation_id = invitation_of(token)
        with desk.store.reading() as tx:
            form = desk.admitted(tx, links)
        if form is None or invitation_id is None:
            return no_such_link(desk, inputs)
        if way == "stop" and first_of(inputs, "List-Unsubscribe") == "One-Click":
            # Sent by a mail program, which has no page of ours and no cookie (RFC 8058): out of the whole programme.
            inputs = {"_scope": ("programme",)}
        elif not is_ours(first_of(inputs, "_csrf"), desk.settings.secrets, token):
            return not_our_form(desk, form.language, inputs)
        fault = fault_in(way, inputs)
        if fault:
            return _again(desk, links, form, way, inputs, fault)
        admits = desk.admits(links.token, Purpose.ANSWER)
        outcome = do_act(desk, way, invitation_id, inputs, channel=CHANNEL, admits=admits)
        return _answer(desk, links, way, inputs, outcome)

    return routes


def do_act(
    desk: Desk, way: str, invitation_id: int, inputs: Inputs, *, channel: str, admits: Callable[[Asked], bool]
) -> ActResult:
    """Do what the reason asks for, from whichever channel it came; `inputs` as its page, or its like, sends them.

    Raises:
        DateUnclear: the day of "later" can't be read; `fault_in` sees that before.
        DatabaseBusyError: it could not be stored in time; nothing was.
    """
    common = {"channel": channel, "admits": admits}
    store, now = desk.store, desk.clock()
    match way:
        case "not-me":
            return acts.not_me(invitation_id, store, now, **common)  # type: ignore[arg-type]  # keywords as a mapping
        case "joint-return":
            return acts.joint_return(invitation_id, store, now, **common)  # type: ignore[arg-type]
        case "no-thank-you":
            return acts.decline(invitation_id, store, now, **common)  # type: ignore[arg-type]
        case "stop":
            whole = first_of(inputs, "_scope") == "programme"
            return acts.opt_out(invitation_id, store, now, whole_programme=whole, **common)  # type: ignore[arg-type]
        case "later":
            day = _day_meant(inputs)
            return acts.snooze(invitation_id, day, store, now, **common)  # type: ignore[arg-type]
        case _:
            name, email = first_of(inputs, "_name"), first_of(inputs, "_email")
            return delegate(invitation_id, name, email, store, now, **common)  # type: ignore[arg-type]


def fault_in(way: str, inputs: Inputs) -> str:
    """What can be seen to be missing before anything is tried."""
    if way == "stop" and first_of(inputs, "_scope") not in {"round", "programme"}:
        return "scope"
    if way == "later":
        try:
            _day_meant(inputs)
        except DateUnclear:
            return "unclear"
    return ""


def _day_meant(inputs: Inputs) -> date:
    return read_date(first_of(inputs, "_last" if first_of(inputs, "go") == "last" else "_day"))


def _answer(desk: Desk, links: Links, way: str, inputs: Inputs, outcome: ActResult) -> Response:
    if isinstance(outcome, NotAdmitted):
        return no_such_link(desk, inputs)
    if isinstance(outcome, CannotBeNamed):
        return _again(desk, links, outcome.form, way, inputs, outcome.fault)
    if isinstance(outcome, TooSoon):
        return _again(desk, links, outcome.form, way, inputs, "gone")
    with desk.store.reading() as tx:
        sight = sight_of(tx, desk, links, form_of(tx, outcome.form.asked.invitation_id) or outcome.form)
    words = sight.words
    if isinstance(outcome, PastClose):
        view = replace(act_view(sight, way, inputs), **snooze_offer(sight, outcome.last_day, inputs))
        hidden = () if outcome.last_day is None else (("_last", outcome.last_day.isoformat()),)
        return page_response(render.act_page(view, words, sight.frame(action=links.way(way), hidden=hidden)))
    if isinstance(outcome, Over):
        return page_response(closed_screen(sight, act=True))
    return page_response(_outcome_page(sight, *said_after(sight, way, inputs, outcome)))


def said_after(
    sight: Sight,
    way: str,
    inputs: Inputs,
    outcome: AlreadyAnswered | OnceOnly | Snoozed | Delegated | Noted,
) -> tuple[str, tuple[str, ...]]:
    """What has become of it: a heading, and what else is to be said."""
    words = sight.words
    match outcome:
        case AlreadyAnswered():
            return words("act_complete"), ()
        case OnceOnly():
            return words("someone_else_once"), ()
        case Snoozed(day=day):
            return words("later_ask_done", date=say_day(day, words.tag)), (words("later_ask_done_body"),)
        case Delegated(name=name, already=already):
            key = "someone_else_already" if already else "someone_else_done"
            return words(key, delegate=name), _way_back(sight)
        case Noted():
            answered = outcome.form.asked.disposition is Disposition.COMPLETE
            after = (words("act_complete_stop"),) if answered else _way_back(sight)
            return done_words(sight, way, first_of(inputs, "_scope")), after


def _ended(sight: Sight, way: str) -> str:
    """The page that says why the act changes nothing any more; "" where it does."""
    if way == "stop":
        return ""
    if sight.form.asked.disposition is Disposition.COMPLETE:
        return _outcome_page(sight, sight.words("act_complete"), ())
    if way == "someone-else" and sight.form.asked.disposition is Disposition.DELEGATED:
        return _outcome_page(sight, sight.words("someone_else_once"), ())
    return "" if sight.is_open else closed_screen(sight, act=True)


def _way_back(sight: Sight) -> tuple[str, ...]:
    return (sight.words("act_back", close=sight.close),) if sight.is_open else ()


def _outcome_page(sight: Sight, heading: str, paragraphs: tuple[str, ...]) -> str:
    links = ((sight.words("go_to_form"), sight.links.form),) if sight.is_open else ()
    return render.done_page(sight.words, sight.frame(), heading=heading, paragraphs=paragraphs, links=links)


def _again(desk: Desk, links: Links, form: Form, way: str, inputs: Inputs, fault: str) -> Response:
    """The same page with what is wrong, and what was typed."""
    with desk.store.reading() as tx:
        sight = sight_of(tx, desk, links, form)
        last = acts.last_reminder_day(tx, form, desk.clock()) if way == "later" else None
    view = act_view(sight, way, inputs, fault=fault)
    hidden = () if last is None else (("_last", last.isoformat()),)
    return page_response(render.act_page(view, sight.words, sight.frame(action=links.way(way), hidden=hidden)))
