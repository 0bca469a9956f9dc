"""What Teams sends, as far as it is heeded; whatever has another shape is nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.chat.desk import Click

EXECUTE = "adaptiveCard/action"
# Ids may be cut, what people write may not: an activity that is larger is refused whole.
_LONGEST_ID, _LONGEST_TEXT = 1000, 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Activity:
    """`users` are the sender's ids, the Entra object id first; `value` is what a card's button sent."""

    type: str
    name: str
    id: str
    service_url: str
    conversation: str
    personal: bool
    users: tuple[str, ...]
    sender: str
    reply_to: str
    text: str
    markup: bool
    action: str
    bot_concerned: bool
    value: Mapping[str, Any]


def read_activity(raw: Mapping[str, Any]) -> Activity:
    """The parts of it that we use, each of its right kind."""
    sender, conversation = _dict(raw.get("from")), _dict(raw.get("conversation"))
    where = _text(conversation.get("id"))
    kind = _text(conversation.get("conversationType"))
    ours = _text(_dict(raw.get("recipient")).get("id"))
    members = [*_list(raw.get("membersAdded")), *_list(raw.get("membersRemoved"))]
    return Activity(
        type=_text(raw.get("type")),
        name=_text(raw.get("name")),
        id=_text(raw.get("id")),
        service_url=_text(raw.get("serviceUrl")),
        # A thread in a channel carries its first message in the id; the channel alone is the conversation.
        conversation=where,
        personal=kind == "personal" or (not kind and not conversation.get("isGroup") and not where.startswith("19:")),
        users=tuple(filter(None, (_text(sender.get("aadObjectId")), _text(sender.get("id"))))),
        sender=_text(sender.get("name")),
        reply_to=_text(raw.get("replyToId")),
        text=_text(raw.get("text"), _LONGEST_TEXT),
        markup=_text(raw.get("textFormat")) == "xml",
        action=_text(raw.get("action")),
        bot_concerned=any(_text(_dict(each).get("id")) == ours for each in members),
        value=_dict(raw.get("value")),
    )


def click_of(found: Activity, user: str) -> Click | None:
    """The button that was pressed, by Action.Execute or, where that is not known, by Action.Submit."""
    data = found.value
    if found.type == "invoke":
        data = _dict(_dict(found.value.get("action")).get("data"))
    told = _dict(data.get("soundings"))
    action, value = _text(told.get("action")), _text(told.get("value"), 20_000)
    if not action:
        return None
    return Click(
        user=user,
        conversation=found.conversation,
        message=found.reply_to,
        action=action,
        value=value,
        state={name: each for name, each in data.items() if name != "soundings"},
        event=f"{found.conversation}|{found.id}" if found.id else "",
    )


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any, most: int = _LONGEST_ID) -> str:
    return value[:most] if isinstance(value, str) else ""
