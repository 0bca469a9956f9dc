"""A button pressed in Slack, in the terms of every chat."""

from __future__ import annotations

from typing import Any

from bot.chat.desk import Click


def click_of(body: dict[str, Any]) -> Click | None:
    """A `block_actions` payload; on the Home tab it has no conversation, and what follows goes to the person."""
    container, actions = body.get("container") or {}, body.get("actions") or []
    if container.get("type") not in {"message", "view"} or not actions:
        return None
    action = actions[0]
    chosen = action.get("selected_option") or {}
    return Click(
        user=str(body["user"]["id"]),
        # Posting to a person's id is posting into their conversation with the bot.
        conversation=str(container.get("channel_id") or body["user"]["id"]),
        message=str(container.get("message_ts", "")),
        action=str(action.get("action_id", "")),
        value=str(action.get("value") or chosen.get("value") or ""),
        state=(body.get("state") or {}).get("values") or {},
        # Slack gives a click no id of its own: who, on which message, when.
        event=f"{body['user']['id']}:{container.get('message_ts', '')}:{action.get('action_ts', '')}",
    )
