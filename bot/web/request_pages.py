"""What the pages say on which a person asks for a copy of what is stored, or to be erased."""

from __future__ import annotations

from datetime import datetime

from bot.web.choice_pages import act_page, back_to_choices
from bot.web.sight import Sight
from channels.form.views import ActView
from surveys.moment_words import say_day
from surveys.person_requests import PersonRequest, RequestKind, answer_by


def copy_page(sight: Sight) -> str:
    """What is stored goes to the stored mailbox; without one the organisers are asked."""
    words = sight.words
    if _has_mailbox(sight):
        body, button = words("copy_body"), words("copy_button")
    else:
        body = words("copy_by_hand", date=_by(sight, _asked_at(sight, RequestKind.COPY)))
        button = words("copy_button_by_hand")
    view = ActView(heading=words("copy_heading"), paragraphs=(body,), button=button, links=(back_to_choices(sight),))
    return act_page(sight, "my-answers", view)


def erase_page(sight: Sight) -> str:
    """What erasing means and when it is done; for whoever has asked already, how it stands and the way back."""
    words = sight.words
    request = next((each for each in sight.requests if each.kind is RequestKind.ERASURE), None)
    mailbox = _has_mailbox(sight)
    if request is None:
        said = [
            words("erase_body", programme=sight.programme, date=_by(sight, sight.desk.clock())),
            words("erase_body_mail" if mailbox else "erase_body_no_mail"),
            words("erase_body_back_mail" if mailbox else "erase_body_back_no_mail"),
            words("erase_body_until"),
            words("erase_body_stays"),
        ]
        return act_page(sight, "erase", _view(sight, said, words("erase_button")))
    asked = say_day(request.asked_at.astimezone(sight.zone).date(), words.tag, year=True)
    waits = words("erase_waits", date=asked, until=said_by(sight, request))
    if request.confirmed_at is not None:
        return act_page(sight, "erase", _view(sight, [waits, words("erase_waits_confirmed")], ""))
    if not mailbox:
        return act_page(sight, "erase", _view(sight, [waits], words("erase_back"), value="back"))
    said = [waits, words("erase_waits_unconfirmed")]
    back = ("back", words("erase_back"))
    return act_page(sight, "erase", _view(sight, said, words("erase_again"), choices=(back,)))


def said_by(sight: Sight, request: PersonRequest) -> str:
    """The last day for an answer to the request."""
    return _by(sight, request.asked_at)


def _view(
    sight: Sight, said: list[str], button: str, *, value: str = "next", choices: tuple[tuple[str, str], ...] = ()
) -> ActView:
    return ActView(
        heading=sight.words("erase_heading"),
        paragraphs=tuple(said),
        button=button,
        value=value,
        choices=choices,
        links=(back_to_choices(sight),),
    )


def _has_mailbox(sight: Sight) -> bool:
    return any(each.channel == "mail" for each in sight.person.usable_addresses)


def _asked_at(sight: Sight, kind: RequestKind) -> datetime:
    return next((each.asked_at for each in sight.requests if each.kind is kind), sight.desk.clock())


def _by(sight: Sight, asked_at: datetime) -> str:
    return say_day(answer_by(asked_at, sight.zone), sight.words.tag, year=True)
