"""`/soundings` for organisers: an answer that only they see, or a form that shows what will happen before it does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.organising import Asked, Told, do, hear
from bot.slack.desk import CHANNEL, SlackDesk
from channels.chat.words import Words
from channels.slack import blocks
from channels.slack.blocks import Block
from handlers.organisers import actor_of
from storage.engine import DatabaseBusyError
from surveys.authority import Actor

CALLBACK = "organise"
_CLOSE, _REASON = "new_close", "reason"
_WORDS = Words("en-GB")


def actor_in(desk: SlackDesk, user: str) -> Actor | None:
    """The organiser of that Slack id; None for everyone else."""
    with desk.web.store.reading() as tx:
        return actor_of(tx, slack=user, channel=CHANNEL)


def answer_command(desk: SlackDesk, user: str, words: str) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """(what the command answers at once, a form to open or None)."""
    said = hear(desk.web.store, actor_in(desk, user), words, desk.now)
    if isinstance(said, Told):
        return told_payload(said), None
    return {}, _modal(said)


def submit_command(desk: SlackDesk, view: Mapping[str, Any], user: str) -> dict[str, Any]:
    """A form was sent: show what a new close would do, or do what was shown; as Slack's answer to the submission."""
    asked = json.loads(str(view.get("private_metadata") or "{}"))
    command, name, new_close = str(asked.get("command", "")), str(asked.get("round", "")), str(asked.get("close", ""))
    held = (view.get("state") or {}).get("values") or {}
    reason = str((held.get(_REASON) or {}).get(_REASON, {}).get("value") or "")
    actor = actor_in(desk, user)
    if asked.get("needs_close"):
        new_close = str((held.get(_CLOSE) or {}).get(_CLOSE, {}).get("value") or "")
        said = hear(desk.web.store, actor, f"{command} {name} {new_close}", desk.now)
        if isinstance(said, Told):
            return {"response_action": "errors", "errors": {_CLOSE: " ".join(said.lines)}}
        return {"response_action": "update", "view": _modal(said, reason=reason)}
    try:
        done = do(desk.web.store, actor, command, name, new_close, str(asked.get("reason", "")) or reason, desk.now)
    except DatabaseBusyError:
        done = Told(lines=(_WORDS("not_saved"),), refused=True)
    return {"response_action": "update", "view": _told_modal(done)}


def told_payload(said: Told) -> dict[str, Any]:
    """For a command's own answer: seen by whoever typed it, and by nobody else."""
    made = blocks.said("\n".join(said.lines), _WORDS)[: blocks.MOST_BLOCKS]
    text = blocks.shielded(said.lines[0] if said.lines else "")
    return {"response_type": "ephemeral", "text": text, "blocks": made}


def _modal(asked: Asked, *, reason: str = "") -> dict[str, Any]:
    made: list[Block] = blocks.said("\n".join(asked.lines), _WORDS)
    if asked.needs_close:
        element: Block = {"type": "plain_text_input", "action_id": _CLOSE, "max_length": 100}
        hint = "Like 2024-12-20 17:00 or 2024-12-20 close of play, in the programme's zone."
        made += blocks.asked("New close", element, _WORDS, block_id=_CLOSE, hint=hint, needed=True)
        why: Block = {"type": "plain_text_input", "action_id": _REASON, "max_length": 500}
        made += blocks.asked("Reason (kept in the record of changes)", why, _WORDS, block_id=_REASON)
    kept = {
        "command": asked.command,
        "round": asked.round,
        "close": asked.new_close,
        "needs_close": asked.needs_close,
        "reason": reason,
    }
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": json.dumps(kept),
        "title": blocks.plain("Soundings"),
        "submit": blocks.plain(asked.button),
        "close": blocks.plain(_WORDS("form_close")),
        "blocks": made,
    }


def _told_modal(said: Told) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": "told",
        "title": blocks.plain("Soundings"),
        "close": blocks.plain(_WORDS("form_close")),
        "blocks": blocks.said("\n".join(said.lines), _WORDS),
    }
