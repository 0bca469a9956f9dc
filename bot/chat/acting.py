"""The one-tap reasons, done from a chat: what stands there afterwards, whichever platform shows it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.chat.desk import ChatDesk
from bot.web.act_pages import WAYS, act_view, snooze_offer
from bot.web.acts import do_act, fault_in, said_after
from bot.web.sight import Sight
from channels.chat.words import Words
from channels.form.inputs import Inputs
from channels.form.views import ActView
from handlers import acts
from handlers.acts import Over, PastClose, TooSoon
from handlers.delegation import CannotBeNamed
from handlers.replies import NotAdmitted
from storage.engine import DatabaseBusyError
from surveys.dispositions import Disposition


@dataclass(frozen=True, kw_only=True, slots=True)
class Again:
    """Something is wrong with what was given: the form once more. `busy`: nothing was stored, through no fault."""

    view: ActView
    busy: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """It is done, or can't be; said in these words."""

    heading: str
    paragraphs: tuple[str, ...] = ()


def way_of(value: str) -> tuple[int, str] | None:
    """(invitation, reason) of an option of the list of reasons."""
    number, bar, way = value.partition("|")
    return (int(number), way) if bar and number.isdigit() and len(number) <= 18 and way in WAYS else None  # noqa: PLR2004


def way_offered(desk: ChatDesk, invitation_id: int, way: str, user: str) -> tuple[Sight, ActView | Told] | None:
    """The form of a reason; None where the invitation is not this user's."""
    with desk.web.store.reading() as tx:
        sight = desk.sight(tx, invitation_id, user)
        last = None if sight is None or way != "later" else acts.last_reminder_day(tx, sight.form, desk.now)
    if sight is None:
        return None
    if way != "stop" and sight.form.asked.disposition is Disposition.COMPLETE:
        return sight, Told(heading=sight.words("act_complete"))
    if way != "stop" and not sight.is_open:
        return sight, Told(heading=sight.words("act_stopped_after_close"))
    view = act_view(sight, way, {})
    return sight, replace(view, **snooze_offer(sight, last)) if way == "later" else view


def act_on(desk: ChatDesk, sight: Sight, way: str, inputs: Inputs, user: str) -> Again | Told:
    """Do it. Nothing typed is lost when the database is busy: the form stays and says so."""
    fault = fault_in(way, inputs)
    if fault:
        return Again(view=act_view(sight, way, inputs, fault=fault))
    words = Words(sight.form.language)
    try:
        invitation = sight.form.asked.invitation_id
        outcome = do_act(desk.web, way, invitation, inputs, channel=desk.channel, admits=desk.admits(user))
    except DatabaseBusyError:
        again = act_view(sight, way, inputs)
        return Again(view=replace(again, paragraphs=(words("not_saved"), *again.paragraphs)), busy=True)
    match outcome:
        case NotAdmitted():
            return Told(heading=words("not_yours"))
        case CannotBeNamed(fault=wrong):
            return Again(view=act_view(sight, way, inputs, fault=wrong))
        case TooSoon():
            return Again(view=act_view(sight, way, inputs, fault="gone"))
        case PastClose(last_day=last):
            return Again(view=replace(act_view(sight, way, inputs), **snooze_offer(sight, last, inputs)))
        case Over():
            return Told(heading=sight.words("act_stopped_after_close"))
        case _:
            heading, paragraphs = said_after(sight, way, inputs, outcome)
            return Told(heading=heading, paragraphs=paragraphs)
