"""The one-tap reasons in Slack: a small form that says what will happen, and its button does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.slack.desk import CHANNEL, SlackDesk
from bot.slack.small_forms import USER, errors, inputs_of_view, modal, told, updated
from bot.web.act_pages import WAYS, act_view, snooze_offer
from bot.web.acts import do_act, fault_in, said_after
from channels.chat.words import Words
from channels.form.views import ActView
from channels.slack import blocks
from channels.slack.blocks import Block
from handlers import acts
from handlers.acts import Over, PastClose, TooSoon
from handlers.delegation import CannotBeNamed
from handlers.replies import NotAdmitted
from storage.engine import DatabaseBusyError
from surveys.dispositions import Disposition

CALLBACK = "way"


def way_of(value: str) -> tuple[int, str] | None:
    """(invitation, reason) of an option of the list of reasons."""
    number, bar, way = value.partition("|")
    return (int(number), way) if bar and number.isdigit() and len(number) <= 18 and way in WAYS else None  # noqa: PLR2004


def way_modal(desk: SlackDesk, invitation_id: int, way: str, user: str, conversation: str) -> dict[str, Any] | None:
    """The form of a reason; None where the invitation is not this user's."""
    with desk.web.store.reading() as tx:
        sight = desk.sight(tx, invitation_id, user)
        last = None if sight is None or way != "later" else acts.last_reminder_day(tx, sight.form, desk.now)
    if sight is None:
        return None
    words = Words(sight.form.language)
    if way != "stop" and sight.form.asked.disposition is Disposition.COMPLETE:
        return told(words, sight.words("act_complete"), ())
    if way != "stop" and not sight.is_open:
        return told(words, sight.words("act_stopped_after_close"), ())
    view = act_view(sight, way, {})
    if way == "later":
        view = replace(view, **snooze_offer(sight, last))
    return _modal(view, invitation_id, way, conversation, words)


def submit_way(desk: SlackDesk, view: Mapping[str, Any], user: str) -> dict[str, Any]:
    """Do it; what Slack is to answer the submission with.

    Nothing typed is lost when the database is busy: the form stays open and says so.
    """
    invitation, way, conversation = str(view.get("private_metadata", "")).split("|", 2)
    invitation_id, inputs = int(invitation), inputs_of_view(desk, view)
    with desk.web.store.reading() as tx:
        sight = desk.sight(tx, invitation_id, user)
    if sight is None or way not in WAYS:
        return updated(told(Words("en-GB"), Words("en-GB")("not_yours"), ()))
    words = Words(sight.form.language)
    fault = fault_in(way, inputs)
    if fault:
        return errors(act_view(sight, way, inputs, fault=fault), sight)
    try:
        outcome = do_act(desk.web, way, invitation_id, inputs, channel=CHANNEL, admits=desk.admits(user))
    except DatabaseBusyError:
        again = act_view(sight, way, inputs)
        again = replace(again, paragraphs=(words("not_saved"), *again.paragraphs))
        return updated(_modal(again, invitation_id, way, conversation, words))
    match outcome:
        case NotAdmitted():
            return updated(told(words, words("not_yours"), ()))
        case CannotBeNamed(fault=wrong):
            return errors(act_view(sight, way, inputs, fault=wrong), sight)
        case TooSoon():
            return errors(act_view(sight, way, inputs, fault="gone"), sight)
        case PastClose(last_day=last):
            offered = replace(act_view(sight, way, inputs), **snooze_offer(sight, last, inputs))
            return errors(offered, sight)
        case Over():
            return updated(told(words, sight.words("act_stopped_after_close"), ()))
        case _:
            heading, paragraphs = said_after(sight, way, inputs, outcome)
            return updated(told(words, heading, paragraphs))


def _modal(view: ActView, invitation_id: int, way: str, conversation: str, words: Words) -> dict[str, Any]:
    before: list[Block] = []
    delegating = way == "someone-else"
    if delegating:
        element: Block = {"type": "users_select", "action_id": USER}
        before = blocks.asked(words("pick_person"), element, words, block_id=USER, hint=words("pick_person_hint"))
    kept = f"{invitation_id}|{way}|{conversation}"
    return modal(view, CALLBACK, kept, words, before=tuple(before), needed=not delegating)
