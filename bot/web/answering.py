"""The form's pages: a person's own link, and an organiser's entry link. GET and HEAD only ever read."""

from __future__ import annotations

from flask import Blueprint, Response, request

from bot.web.desk import Desk
from bot.web.links import Links, is_ours
from bot.web.problems import inputs_of_request, link_used, no_such_link, not_our_form, page_response
from bot.web.screens import (
    closed_screen,
    done_screen,
    entered_screen,
    later_screen,
    question_screen,
    review_screen,
)
from bot.web.sight import NOTES, Sight, language_of, sight_of
from channels.web.inputs import Inputs
from channels.web.parse import ELSE, SELF, TYPING, ParsedForm, parse
from handlers.replies import NotAdmitted, Read, Saved, TooLate, record_post
from handlers.submitting import StillMissing, Submitted, submit
from handlers.unlinked import AlreadyReturned, NotYet, Returned, record_unlinked
from storage.asked import Asked
from storage.engine import Tx
from storage.forms import Form, form_of
from surveys.answer_values import AnswerKey
from surveys.dispositions import Disposition
from surveys.pages import Page, first_unanswered_page, page_of, pages
from surveys.replies import IncomingReply, ReturnMode
from surveys.rounds import RoundState
from surveys.tokens import Purpose, invitation_of

CHANNEL = "web"
_PURPOSES = {"f": Purpose.ANSWER, "e": Purpose.ENTRY}


def answering_routes(desk: Desk) -> Blueprint:
    """`/f/TOKEN` and `/e/TOKEN`."""
    routes = Blueprint("answering", __name__)

    @routes.get("/<any(f, e):kind>/<token>")
    def show(kind: str, token: str) -> Response:
        return _show(desk, desk.links(token, _PURPOSES[kind]))

    @routes.post("/<any(f, e):kind>/<token>")
    def take(kind: str, token: str) -> Response:
        return _take(desk, desk.links(token, _PURPOSES[kind]))

    return routes


def _show(desk: Desk, links: Links) -> Response:
    with desk.store.reading() as tx:
        form = _admitted(tx, desk, links)
        if form is None:
            return _refuse_reading(tx, desk, links)
        sight = sight_of(tx, desk, links, form)
    return page_response(_screen(sight))


def _screen(sight: Sight) -> str:
    form, place = sight.form, request.args.get("at", "")
    notes = [note for note in request.args.getlist("note") if note in NOTES]
    if sight.unlinked and form.asked.disposition is Disposition.COMPLETE:
        return done_screen(sight)
    if not _is_open(sight):
        return closed_screen(sight)
    if place == "later" and not sight.unlinked:
        return later_screen(sight)
    wanted, preset = request.args.get("page", ""), _preset(sight)
    if sight.unlinked:
        return question_screen(sight, sight.shown[0] if sight.shown else _nothing(), preset=preset)
    page = page_of(sight.shown, wanted or next(iter(preset), "").partition(".")[0])
    if page is not None:
        return question_screen(sight, page, notes=notes, preset=preset, back=bool(request.args.get("back")))
    if form.asked.response is not None and form.asked.response.complete:
        return done_screen(sight, notes=notes)
    page = first_unanswered_page(form.instrument, form.answers, form.asked.perspectives)
    if place == "review" or page is None:
        return review_screen(sight, notes=notes)
    return question_screen(sight, page, notes=notes)


def _is_open(sight: Sight) -> bool:
    facts = sight.form.asked
    return facts.state is RoundState.OPEN and sight.desk.clock() < facts.closes_at


def _nothing() -> Page:
    return Page(key="", section=None, items=(), questions=())


def _preset(sight: Sight) -> Inputs:
    """`?set=item:value`: what a tap in a message chose; it only fills in, and only what the person is asked."""
    chosen: dict[str, list[str]] = {}
    for each in request.args.getlist("set"):
        name, _, value = each.partition(":")
        if page_of(sight.shown, name.partition(".")[0]) is not None:
            chosen.setdefault(name, []).append(value)
    return chosen


def _take(desk: Desk, links: Links) -> Response:
    inputs = inputs_of_request()
    if not is_ours(_one(inputs, "_csrf"), desk.settings.secrets, links.token):
        with desk.store.reading() as tx:
            form = _admitted(tx, desk, links)
        return no_such_link(desk, inputs) if form is None else not_our_form(desk, language_of(form), inputs)
    invitation_id = invitation_of(links.token)
    if invitation_id is None:
        return no_such_link(desk, inputs)
    if _one(inputs, "_at") == "review":
        return _send(desk, links, invitation_id, inputs)
    if _one(inputs, "_as") == ELSE and links.purpose is Purpose.ANSWER:
        return _to(links.way("someone-else"))
    return _save(desk, links, invitation_id, inputs)


def _send(desk: Desk, links: Links, invitation_id: int, inputs: Inputs) -> Response:
    go = _one(inputs, "go")
    if go == "later":
        return _to(links.at("later"))
    if go == "back":
        with desk.store.reading() as tx:
            form = _admitted(tx, desk, links)
        if form is None:
            return no_such_link(desk, inputs)
        shown = pages(form.instrument, form.answers, form.asked.perspectives)
        return _to(links.page(shown[-1].key) if shown else links.form)
    entry = links.purpose is Purpose.ENTRY
    outcome = submit(
        invitation_id,
        desk.store,
        desk.clock(),
        channel=CHANNEL,
        admits=desk.admits(links.token, links.purpose),
        entry=entry,
    )
    match outcome:
        case Submitted():
            return _to(links.form)
        case StillMissing(keys=keys):
            sight = _sight_again(desk, links, outcome.form)
            return page_response(review_screen(sight, told=True, empty=not keys))
        case TooLate():
            return page_response(closed_screen(_sight_again(desk, links, outcome.form)))
        case NotAdmitted():
            return _refused(desk, links, outcome.asked, inputs)


def _save(desk: Desk, links: Links, invitation_id: int, inputs: Inputs) -> Response:
    admits = desk.admits(links.token, links.purpose)

    def read(form: Form, page: Page | None) -> IncomingReply:
        voices = [each.key for each in form.programme.perspectives]
        return _reply(form, links, parse(inputs, page or _nothing(), voices), page)

    if _one(inputs, "_one_go"):
        return _save_unlinked(desk, links, invitation_id, read, inputs)
    outcome = record_post(
        invitation_id, read, desk.store, desk.clock(), page=_one(inputs, "_page") or "-", channel=CHANNEL, admits=admits
    )
    match outcome:
        case Saved():
            return _after_saving(desk, links, outcome, inputs)
        case TooLate():
            sight = _sight_again(desk, links, outcome.form)
            return page_response(closed_screen(sight, typed=inputs, kept=outcome.kept))
        case NotAdmitted():
            return _refused(desk, links, outcome.asked, inputs)
        case _:
            return _to(links.form)


def _reply(form: Form, links: Links, parsed: ParsedForm, page: Page | None) -> IncomingReply:
    typed_by: str | None
    if links.purpose is Purpose.ENTRY:
        standing = form.asked.response
        entered = standing is not None and standing.mode != ReturnMode.SELF
        typed_by, mode = "organiser", parsed.mode or (None if entered else ReturnMode.TELEPHONE)
    else:
        typed_by, mode = {SELF: "", TYPING: parsed.typist or "someone else"}.get(parsed.speaking), None
    return IncomingReply(
        channel=CHANNEL,
        invitation_id=form.asked.invitation_id,
        given=parsed.given,
        page="" if page is None else page.key,
        for_voices=parsed.for_voices,
        quotes=parsed.quotes,
        seen=parsed.seen,
        typed_by=typed_by,
        mode=mode,
        strange={name: "\n".join(values) for name, values in parsed.strange.items()},
    )


def _after_saving(desk: Desk, links: Links, saved: Saved, inputs: Inputs) -> Response:
    go, back = _one(inputs, "go"), bool(_one(inputs, "_back"))
    blocking = (
        saved.problems
        if go not in {"back", "later"}
        else {key: problem for key, problem in saved.problems.items() if problem.raw.strip()}
    )
    if blocking and saved.page is not None:
        sight = _sight_again(desk, links, saved.form)
        problems = {key: problem.what for key, problem in blocking.items()}
        return page_response(question_screen(sight, saved.page, typed=inputs, problems=problems, back=back))
    notes = {"note": _note(saved, back=back)} if _note(saved, back=back) else {}
    if saved.page is None:
        return _to(links.at("", **notes))
    form, keys = saved.form, [page.key for page in saved.shown]
    if go == "later":
        return _to(links.at("later", **notes))
    place = keys.index(saved.page.key)
    if go == "back":
        return _to(links.page(keys[place - 1], **notes) if place else links.at("", **notes))
    complete = form.asked.response is not None and form.asked.response.complete
    if back or complete:
        known = {page.key for page in saved.shown_before}
        new = next((key for key in keys if key not in known), None)
        if new is not None:
            return _to(links.page(new, back="1", **notes))
        return _to(links.at("" if complete else "review", **notes))
    return _to(links.at("review", **notes) if place + 1 == len(keys) else links.page(keys[place + 1], **notes))


def _note(saved: Saved, *, back: bool) -> str:
    if saved.unknown:
        return "strange"
    if saved.overtaken:
        return "window"
    if saved.spared:
        return "spared"
    return "saved" if back else ""


def _save_unlinked(desk: Desk, links: Links, invitation_id: int, read: Read, inputs: Inputs) -> Response:
    admits = desk.admits(links.token, links.purpose)
    outcome = record_unlinked(invitation_id, read, desk.store, desk.clock(), admits=admits)
    match outcome:
        case Returned() | AlreadyReturned():
            return _to(links.form)
        case NotYet(page=page, problems=found):
            sight = _sight_again(desk, links, outcome.form)
            problems: dict[AnswerKey, str] = {key: problem.what for key, problem in found.items()}
            if not problems and page.answer_keys:
                problems = {page.answer_keys[0]: sight.words("nothing_answered")}
            return page_response(question_screen(sight, page, typed=inputs, problems=problems))
        case TooLate():
            return page_response(closed_screen(_sight_again(desk, links, outcome.form), typed=inputs))
        case NotAdmitted():
            return _refused(desk, links, outcome.asked, inputs)


def _admitted(tx: Tx, desk: Desk, links: Links) -> Form | None:
    """The form the link opens; None if it opens nothing."""
    invitation_id = invitation_of(links.token)
    form = None if invitation_id is None else form_of(tx, invitation_id)
    return form if form is not None and desk.admits(links.token, links.purpose)(form.asked) else None


def _refuse_reading(tx: Tx, desk: Desk, links: Links) -> Response:
    """A link that opens nothing: perhaps it is an entry link that has done its work."""
    invitation_id = invitation_of(links.token)
    form = None if invitation_id is None else form_of(tx, invitation_id)
    if form is not None and links.purpose is Purpose.ENTRY and desk.is_spent(links.token, form.asked):
        return page_response(entered_screen(sight_of(tx, desk, links, form)))
    return no_such_link(desk, {})


def _refused(desk: Desk, links: Links, found: Asked | None, inputs: Inputs) -> Response:
    """A post through a link that opens nothing; what was typed is shown back."""
    if found is not None and links.purpose is Purpose.ENTRY and desk.is_spent(links.token, found):
        return link_used(desk, inputs)
    return no_such_link(desk, inputs)


def _sight_again(desk: Desk, links: Links, form: Form) -> Sight:
    """The form read anew, as it stands after what has just been stored."""
    with desk.store.reading() as tx:
        return sight_of(tx, desk, links, form_of(tx, form.asked.invitation_id) or form)


def _to(link: str) -> Response:
    answer = Response(status=303)
    answer.headers["Location"] = link
    return answer


def _one(inputs: Inputs, name: str) -> str:
    return next(iter(inputs.get(name, ())), "")
