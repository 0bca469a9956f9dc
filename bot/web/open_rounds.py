"""`/o/TOKEN`: an open round. The page only shows; whoever presses its button gets a form and a link of their own."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request

from bot.web.desk import Desk
from bot.web.flood import Flood
from bot.web.links import is_ours, privacy_link
from bot.web.problems import inputs_of_request, no_such_link, not_our_form, page_response
from channels.form.inputs import Inputs, first_of
from channels.form.views import ActView, AskView, Frame
from channels.form.words import Words
from channels.web import render
from handlers.visiting import NameNeeded, NoSuchOpenRound, NotOpen, Visiting, visit
from schedules.letters import form_link
from storage.engine import Tx
from storage.instruments import instrument
from storage.programmes import StoredProgramme, programme_by_id
from storage.rounds import round_by_id
from surveys.burden import about_minutes
from surveys.instrument import Instrument
from surveys.moment_words import say_moment
from surveys.pages import one_page
from surveys.programme import Mode, RoundKind
from surveys.rounds import Round, RoundState
from surveys.tokens import Purpose, invitation_of, opens

NAME = "_name"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Offer:
    """An open round as its page shows it."""

    token: str
    round: Round
    stored: StoredProgramme
    instrument: Instrument
    words: Words
    language: str

    def say(self, key: str, **parts: object) -> str:
        return self.words(key, **parts)


def open_round_routes(desk: Desk) -> Blueprint:
    """The page and its button."""
    routes = Blueprint("open_rounds", __name__)
    flood = Flood()

    @routes.get("/o/<token>")
    def show_open(token: str) -> Response:
        with desk.store.reading() as tx:
            offer = _offer(tx, desk, token)
        return no_such_link(desk, {}) if offer is None else page_response(_page(desk, offer, {}))

    @routes.post("/o/<token>")
    def begin(token: str) -> Response:
        inputs = inputs_of_request()
        with desk.store.reading() as tx:
            offer = _offer(tx, desk, token)
        if offer is None:
            return no_such_link(desk, inputs)
        if not is_ours(first_of(inputs, "_csrf"), desk.settings.secrets, token):
            return not_our_form(desk, offer.language, inputs)
        if not flood.admits(request.remote_addr or ""):
            answer = page_response(_plain(desk, offer, "open_busy", "open_busy_body"), 429)
            answer.headers["Retry-After"] = "60"
            return answer
        return _begin(desk, offer, inputs)

    return routes


def _begin(desk: Desk, offer: _Offer, inputs: Inputs) -> Response:
    name = first_of(inputs, NAME) if offer.round.mode is Mode.IDENTIFIED else ""
    outcome = visit(offer.round.id, desk.store, desk.clock(), name=name, language=offer.language)
    match outcome:
        case Visiting(invitation_id=number, generation=generation):
            answer = Response(status=303)
            secret = desk.settings.secrets[0]
            answer.headers["Location"] = form_link(desk.base, secret, number, generation)
            answer.headers["Cache-Control"] = "no-store"
            return answer
        case NameNeeded(fault=fault):
            return page_response(_page(desk, offer, inputs, fault=fault))
        case NotOpen():
            with desk.store.reading() as tx:
                offer = _offer(tx, desk, offer.token) or offer
            return page_response(_page(desk, offer, inputs))
        case NoSuchOpenRound():
            return no_such_link(desk, inputs)


def _offer(tx: Tx, desk: Desk, token: str) -> _Offer | None:
    number = invitation_of(token)
    round_ = None if number is None or not 0 < number < 2**63 else round_by_id(tx, number)
    if round_ is None or round_.kind is not RoundKind.OPEN:
        return None
    if not opens(token, desk.settings.secrets, Purpose.SHARE, round_.id, 1):
        return None
    stored = programme_by_id(tx, round_.programme_id)
    if stored is None:
        return None
    asked = instrument(tx, round_.instrument_id)
    tags = sorted(asked.title.languages() | {asked.language})
    language = request.accept_languages.best_match([asked.language, *tags]) or asked.language
    return _Offer(token=token, round=round_, stored=stored, instrument=asked, words=Words(language), language=language)


def _page(desk: Desk, offer: _Offer, inputs: Inputs, *, fault: str = "") -> str:
    """What is asked, by whom, and who sees what; a button only while the round takes answers."""
    round_, zone = offer.round, ZoneInfo(offer.stored.programme.timezone)
    now = desk.clock()
    if round_.state is not RoundState.OPEN or now >= round_.closes_at:
        before = round_.opened_at is None and now < round_.closes_at
        key = "open_not_yet" if before else "open_over"
        when = say_moment(round_.opens_at if before else round_.closes_at, zone, offer.words.tag)
        return _plain(desk, offer, key, f"{key}_body", when=when)
    questions = one_page(offer.instrument, frozenset()).questions
    asks = offer.words.counted("questions", len(questions))
    minutes = offer.words.counted("minutes", about_minutes(questions))
    one_go = round_.mode is Mode.UNLINKED
    least = offer.stored.programme.min_group
    sees = "open_sees_unlinked" if one_go else f"sees_{round_.mode.value}"
    title = offer.instrument.title.within(offer.language, offer.instrument.language)
    view = ActView(
        heading=title,
        paragraphs=(
            offer.say("open_lead", programme=_title(offer)),
            offer.say("how_long_line_one_go" if one_go else "how_long_line", questions=asks, minutes=minutes),
            offer.say("open_until", close=say_moment(round_.closes_at, zone, offer.words.tag)),
            offer.words(sees, number=max(least, 1)) if one_go else offer.words(sees),
            *(() if one_go else (offer.say("open_own_link"),)),
        ),
        button=offer.say("open_begin"),
        asks=_name(offer, inputs, fault) if round_.mode is Mode.IDENTIFIED else (),
    )
    return render.act_page(view, offer.words, _frame(desk, offer, action=f"{desk.base}/o/{offer.token}"))


def _name(offer: _Offer, inputs: Inputs, fault: str) -> tuple[AskView, ...]:
    errors = {"missing": offer.say("needs_name"), "long": offer.say("open_long_name")}
    return (
        AskView(
            id="name",
            name=NAME,
            kind="text",
            label=offer.say("open_name"),
            value=first_of(inputs, NAME),
            error=errors.get(fault, ""),
            autocomplete="name",
        ),
    )


def _plain(desk: Desk, offer: _Offer, heading: str, body: str, **parts: object) -> str:
    said = (offer.say(body, **parts),)
    return render.plain_page(offer.words, _frame(desk, offer), heading=offer.say(heading), paragraphs=said)


def _frame(desk: Desk, offer: _Offer, *, action: str = "") -> Frame:
    programme = offer.stored.programme
    sender = programme.sender
    contact = ""
    if sender is not None:
        contact = f"{sender.name}, {sender.email}" if sender.name else sender.email
    return Frame(
        programme=_title(offer),
        privacy=privacy_link(desk.base, programme.key),
        contact=contact,
        styles=desk.styles,
        banner=desk.settings.banner,
        action=action,
        hidden=(("_csrf", desk.seal(offer.token)),) if action else (),
    )


def _title(offer: _Offer) -> str:
    return offer.stored.programme.title.within(offer.language)
