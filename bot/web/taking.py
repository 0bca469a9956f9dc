"""A post of the form: what was typed is stored, or shown back with what to do; then the next page."""

from __future__ import annotations

from dataclasses import replace

from flask import Response

from bot.web.act_pages import act_view
from bot.web.desk import Desk
from bot.web.links import Links, is_ours
from bot.web.problems import inputs_of_request, link_used, no_such_link, not_our_form, page_response
from bot.web.screens import NOTHING, closed_screen, done_screen, question_screen, review_screen, typed_by_question
from bot.web.sight import Sight, sight_of
from channels.form.inputs import Inputs, first_of
from channels.form.pages import inputs_for
from channels.form.parse import ELSE, SELF, TYPING, ParsedForm, is_typed, parse
from channels.web import render
from handlers.replies import NotAdmitted, Read, Saved, TooLate, record_post
from handlers.submitting import StillMissing, Submitted, submit
from handlers.unlinked import AlreadyReturned, NotYet, Returned, record_unlinked
from storage.asked import Asked
from storage.forms import Form, form_of
from surveys.answer_values import AnswerKey
from surveys.pages import Page, page_of, pages
from surveys.replies import ORGANISER, IncomingReply, ReturnMode
from surveys.tokens import Purpose, invitation_of

CHANNEL = "web"


def take_post(desk: Desk, links: Links) -> Response:
    """Store what the present request holds for that link; where to go on, or the page that says what happened."""
    inputs = inputs_of_request()
    if not is_ours(first_of(inputs, "_csrf"), desk.settings.secrets, links.token):
        with desk.store.reading() as tx:
            form = desk.admitted(tx, links)
        return no_such_link(desk, inputs) if form is None else not_our_form(desk, form.language, inputs)
    invitation_id = invitation_of(links.token)
    if invitation_id is None:
        return no_such_link(desk, inputs)
    if first_of(inputs, "_at") == "review":
        return _send(desk, links, invitation_id, inputs)
    if first_of(inputs, "_as") == ELSE and links.purpose is Purpose.ANSWER:
        return _ask_who(desk, links, invitation_id, inputs)
    return _save(desk, links, invitation_id, inputs)


def _ask_who(desk: Desk, links: Links, invitation_id: int, inputs: Inputs) -> Response:
    """Someone else is at the form: who should answer? What they typed is not the invitee's, so it is shown back."""
    with desk.store.reading() as tx:
        form = desk.admitted(tx, links)
        if form is None:
            return no_such_link(desk, inputs)
        sight = sight_of(tx, desk, links, form)
    if not sight.is_open:
        return _save(desk, links, invitation_id, inputs)
    page = page_of(sight.shown, first_of(inputs, "_page")) or NOTHING
    ready = inputs_for(sight.setting, page, form.answers)
    typed = {
        name: values
        for name, values in inputs.items()
        if is_typed(name) and any(map(str.strip, values)) and values != ready.get(name)
    }
    if not typed:
        return _to(links.way("someone-else"))
    view = act_view(sight, "someone-else", {})
    view = replace(view, paragraphs=(*view.paragraphs, sight.words("else_typed", name=sight.person.name)))
    frame = sight.frame(action=links.way("someone-else"))
    return page_response(render.act_page(view, sight.words, frame, typed=typed_by_question(sight, typed)))


def _send(desk: Desk, links: Links, invitation_id: int, inputs: Inputs) -> Response:
    go = first_of(inputs, "go")
    if go == "later":
        return _to(links.at("later"))
    if go == "back":
        with desk.store.reading() as tx:
            form = desk.admitted(tx, links)
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
        return _reply(form, links, parse(inputs, page or NOTHING, voices), page)

    if first_of(inputs, "_one_go"):
        return _save_unlinked(desk, links, invitation_id, read, inputs)
    outcome = record_post(
        invitation_id,
        read,
        desk.store,
        desk.clock(),
        page=first_of(inputs, "_page") or "-",
        channel=CHANNEL,
        admits=admits,
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
        typed_by, mode = ORGANISER, parsed.mode or (None if entered else ReturnMode.TELEPHONE)
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
        entered=links.purpose is Purpose.ENTRY,
        notice=parsed.notice,
        strange={name: "\n".join(values) for name, values in parsed.strange.items()},
    )


def _after_saving(desk: Desk, links: Links, saved: Saved, inputs: Inputs) -> Response:
    go, back = first_of(inputs, "go"), bool(first_of(inputs, "_back"))
    blocking = (
        saved.problems
        if go not in {"back", "later"}
        else {key: problem for key, problem in saved.problems.items() if problem.raw.strip()}
    )
    if blocking and saved.page is not None:
        sight = _sight_again(desk, links, saved.form)
        problems = {key: problem.what for key, problem in blocking.items()}
        said = [each for each in [_note(saved, back=False)] if each]
        return page_response(question_screen(sight, saved.page, notes=said, typed=inputs, problems=problems, back=back))
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
        case Returned():
            return _to(links.form)
        case AlreadyReturned():
            return page_response(done_screen(_sight_again(desk, links, outcome.form), typed=inputs))
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
