"""The one-tap reasons in Slack: a small form that says what will happen, and its button does it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.chat.acting import Again, Told, act_on, way_offered
from bot.slack.desk import SlackDesk
from bot.slack.small_forms import USER, errors, inputs_of_view, modal, told, updated
from bot.web.act_pages import WAYS
from channels.chat.words import Words
from channels.form.views import ActView
from channels.slack import blocks
from channels.slack.blocks import Block

CALLBACK = "way"


def way_modal(desk: SlackDesk, invitation_id: int, way: str, user: str, conversation: str) -> dict[str, Any] | None:
    """The form of a reason; None where the invitation is not this user's."""
    offered = way_offered(desk, invitation_id, way, user)
    if offered is None:
        return None
    sight, view = offered
    words = Words(sight.form.language)
    if isinstance(view, Told):
        return told(words, view.heading, view.paragraphs)
    return _modal(view, invitation_id, way, conversation, words)


def submit_way(desk: SlackDesk, view: Mapping[str, Any], user: str) -> dict[str, Any]:
    """Do it; what Slack is to answer the submission with."""
    invitation, way, conversation = str(view.get("private_metadata", "")).split("|", 2)
    invitation_id, inputs = int(invitation), inputs_of_view(desk, view)
    with desk.web.store.reading() as tx:
        sight = desk.sight(tx, invitation_id, user)
    if sight is None or way not in WAYS:
        return updated(told(Words("en-GB"), Words("en-GB")("not_yours"), ()))
    words = Words(sight.form.language)
    found = act_on(desk, sight, way, inputs, user)
    if isinstance(found, Again):
        if found.busy:
            return updated(_modal(found.view, invitation_id, way, conversation, words))
        return errors(found.view, sight)
    return updated(told(words, found.heading, found.paragraphs))


def _modal(view: ActView, invitation_id: int, way: str, conversation: str, words: Words) -> dict[str, Any]:
    before: list[Block] = []
    delegating = way == "someone-else"
    if delegating:
        element: Block = {"type": "users_select", "action_id": USER}
        before = blocks.asked(words("pick_person"), element, words, block_id=USER, hint=words("pick_person_hint"))
    kept = f"{invitation_id}|{way}|{conversation}"
    return modal(view, CALLBACK, kept, words, before=tuple(before), needed=not delegating)
