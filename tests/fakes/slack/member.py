"""A person at a Slack client: sees messages, fills in, clicks, types; only what a real client lets them do."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.slack.delivering import Ack, Door, EventQueue
from tests.fakes.slack.workspace import APP, BOT_USER, TEAM, Message, User, View, Workspace, shown_view

State = dict[str, dict[str, Any]]


class CannotDoThat(AssertionError):
    """The client does not offer it: no such button, an option that is not there, a needed field left empty."""


@dataclass
class Member:
    """One person; `taps` counts clicks and submissions, not typing."""

    workspace: Workspace
    user: User
    door: Door
    taps: int = 0
    filled: dict[str, State] = field(default_factory=dict)

    # -------------------------------------------------------------- what they see

    @property
    def messages(self) -> list[Message]:
        return [m for m in self.workspace.dm(self.user) if m.only_for in {"", self.user.id}]

    @property
    def last(self) -> Message:
        return next(m for m in reversed(self.messages) if m.user == BOT_USER)

    @property
    def modal(self) -> View:
        """The modal on top."""
        mine = [view for view in self.workspace.views.values() if view.user == self.user.id]
        if not mine:
            raise CannotDoThat("no modal is open")
        return mine[-1]

    def buttons(self, message: Message) -> list[str]:
        """The words on the buttons of a message."""
        return [_words(each) for _, each in _elements(message.blocks) if each["type"] == "button"]

    # -------------------------------------------------------------- what they do

    def say(self, text: str, *, channel: str = "", event_id: str = "") -> Ack:
        """Type into the direct message with the bot; Slack escapes &, < and > in what people type."""
        where = channel or self.workspace.direct(self.user.id).id
        ts = self.workspace.stamp()
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        self.workspace.channels[where].messages.append(Message(channel=where, ts=ts, user=self.user.id, text=escaped))
        event = {"type": "message", "channel_type": "im", "channel": where, "user": self.user.id}
        return self.event({**event, "text": escaped, "ts": ts, "event_ts": ts}, event_id=event_id)

    def open_home(self) -> Ack:
        event = {"type": "app_home_opened", "user": self.user.id, "tab": "home"}
        return self.event(
            {**event, "channel": self.workspace.direct(self.user.id).id, "event_ts": self.workspace.stamp()}
        )

    def event(self, event: dict[str, Any], *, event_id: str = "", queue: EventQueue | None = None) -> Ack:
        """Any event of the Events API in its envelope."""
        payload = {
            "token": "legacy",
            "team_id": TEAM,
            "api_app_id": APP,
            "event": event,
            "type": "event_callback",
            "event_id": event_id or f"Ev{secrets.token_hex(5).upper()}",
            "event_time": int(self.workspace.clock()),
            "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True, "is_enterprise_install": False}],
        }
        return (queue or EventQueue(self.workspace, self.door)).deliver(payload)

    def command(self, words: str, *, channel: str = "", command: str = "/soundings") -> Ack:
        """A slash command; what it answers at once stands in the Ack, the rest comes by its response URL."""
        where = channel or self.workspace.direct(self.user.id).id
        self.taps += 1
        payload = {
            "token": "legacy",
            "team_id": TEAM,
            "api_app_id": APP,
            "channel_id": where,
            "user_id": self.user.id,
            "user_name": self.user.name,
            "command": command,
            "text": words,
            "response_url": self._response_url(where, ""),
            "trigger_id": self.workspace.trigger(self.user.id),
        }
        return self.door.knock("slash_commands", payload)

    def fill(self, where: Message | View, label: str, value: object) -> None:
        """Fill in the control under that label (or of that block or action id); nothing is sent yet."""
        block_id, element = _control(_blocks(where), label)
        self.filled.setdefault(_key(where), {}).setdefault(block_id, {})[element["action_id"]] = _state(element, value)

    def click(self, message: Message | View, button: str, *, channel: str = "") -> Ack:
        """Press the button with those words, value or action id."""
        for block_id, element in _elements(_blocks(message)):
            if element["type"] == "button" and button in {
                _words(element),
                element.get("value"),
                element.get("action_id"),
            }:
                return self._act(message, block_id, element, {"value": element.get("value", "")})
        raise CannotDoThat(f"there is no button '{button}' among {[_words(e) for _, e in _elements(_blocks(message))]}")

    def choose(self, message: Message | View, action: str, value: object) -> Ack:
        """Choose in a select, radio or overflow that stands in an actions or section block, which sends at once."""
        for block_id, element in _elements(_blocks(message)):
            if element.get("action_id") == action and element["type"] != "button":
                chosen = _state(element, value)
                self.filled.setdefault(_key(message), {}).setdefault(block_id, {})[action] = chosen
                return self._act(message, block_id, element, {k: v for k, v in chosen.items() if k != "type"})
        raise CannotDoThat(f"there is nothing called {action} to choose in")

    def submit(self, view: View | None = None) -> Ack:
        """Press the modal's submit; the client holds back while needed fields are empty or too long."""
        view = view or self.modal
        state = self._state_of(view)
        for block in view.payload["blocks"]:
            if block["type"] == "input" and not block.get("optional", False):
                held = state.get(block["block_id"], {}).get(block["element"]["action_id"], {})
                if not any(v for k, v in held.items() if k != "type"):
                    raise CannotDoThat(f"a needed field is empty: {block['label']['text']}")
        self.taps += 1
        payload = self._base("view_submission") | {
            "trigger_id": self.workspace.trigger(self.user.id, view.root),
            "view": shown_view(view, state=state),
            "response_urls": [],
        }
        ack = self.door.knock("interactive", payload)
        if ack.ok:
            self._follow(view, ack.body or {})
        return ack

    def close(self, view: View | None = None) -> None:
        """Press the modal's close or the cross."""
        view = view or self.modal
        self.workspace.views.pop(view.id)
        if view.payload.get("notify_on_close"):
            payload = self._base("view_closed") | {"view": shown_view(view), "is_cleared": False}
            self.door.knock("interactive", payload)

    # -------------------------------------------------------------- parts

    def _act(self, where: Message | View, block_id: str, element: Mapping[str, Any], chosen: Mapping[str, Any]) -> Ack:
        self.taps += 1
        action = {"type": element["type"], "action_id": element["action_id"], "block_id": block_id}
        action |= {**chosen, "action_ts": self.workspace.stamp()}
        if element["type"] == "button":
            action["text"] = element["text"]
        payload = self._base("block_actions") | {"actions": [action]}
        if isinstance(where, View):
            payload |= {
                "view": shown_view(where, state=self._state_of(where)),
                "container": {"type": "view", "view_id": where.id},
                "trigger_id": self.workspace.trigger(self.user.id, where.root),
            }
            return self.door.knock("interactive", payload)
        payload |= {
            "container": {
                "type": "message",
                "message_ts": where.ts,
                "channel_id": where.channel,
                "is_ephemeral": bool(where.only_for),
            },
            "channel": {"id": where.channel, "name": "directmessage"},
            "trigger_id": self.workspace.trigger(self.user.id),
            "response_url": self._response_url(where.channel, where.ts),
            "state": {"values": self._state_of(where)},
        }
        if not where.only_for:
            shown = {"type": "message", "user": BOT_USER, "ts": where.ts, "text": where.text, "blocks": where.blocks}
            payload["message"] = {**shown, "metadata": where.metadata} if where.metadata else shown
        return self.door.knock("interactive", payload)

    def _base(self, kind: str) -> dict[str, Any]:
        return {
            "type": kind,
            "team": {"id": TEAM, "domain": "people"},
            "user": {"id": self.user.id, "username": self.user.name, "name": self.user.name, "team_id": TEAM},
            "api_app_id": APP,
            "token": "legacy",
        }

    def _response_url(self, channel: str, ts: str) -> str:
        path = f"/response/{secrets.token_hex(12)}"
        self.workspace.response_urls[path] = (channel, ts, self.user.id, self.workspace.clock(), 0)
        return f"{self.workspace.root}{path}"

    def _state_of(self, where: Message | View) -> State:
        """Every stateful control with what it holds now: what was filled in, else its initial value."""
        filled = self.filled.get(_key(where), {})
        found: State = {}
        for block_id, element in _elements(_blocks(where)):
            if element["type"] in {"button", "overflow"}:
                continue
            standing = filled.get(block_id, {}).get(element["action_id"]) or _initial(element)
            found.setdefault(block_id, {})[element["action_id"]] = standing
        return found

    def _follow(self, view: View, body: Mapping[str, Any]) -> None:
        """What the answer to a submission does in the client (docs: surfaces/modals)."""
        action = body.get("response_action")
        if action == "errors":
            inputs = {b["block_id"] for b in view.payload["blocks"] if b["type"] == "input"}
            strange = set(body["errors"]) - inputs
            if strange:
                raise CannotDoThat(f"errors for blocks that are no inputs: {strange}")
        elif action == "update":
            self.workspace.replace_view(view, body["view"])
        elif action == "push":
            self.workspace.push_view(view, body["view"])
        elif action == "clear":
            for each in [v for v in self.workspace.views.values() if v.root == view.root]:
                self.workspace.views.pop(each.id)
        else:
            self.workspace.views.pop(view.id, None)


def state_of_blocks(blocks: list[dict[str, Any]]) -> State:
    """What `state.values` holds of blocks that nobody has touched."""
    found: State = {}
    for block_id, element in _elements(blocks):
        if element["type"] not in {"button", "overflow"}:
            found.setdefault(block_id, {})[element["action_id"]] = _initial(element)
    return found


def _key(where: Message | View) -> str:
    return where.id if isinstance(where, View) else where.ts


def _blocks(where: Message | View) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = where.payload["blocks"] if isinstance(where, View) else where.blocks
    return blocks


def _elements(blocks: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for block in blocks:
        found = block.get("elements", []) if block["type"] == "actions" else []
        found = [*found, *(block[part] for part in ("element", "accessory") if part in block)]
        for number, element in enumerate(found):
            yield block["block_id"], {"action_id": f"a{number}", **element}


def _words(element: Mapping[str, Any]) -> str:
    text = element.get("text")
    return str(text["text"]) if isinstance(text, Mapping) else ""


def _control(blocks: list[dict[str, Any]], label: str) -> tuple[str, dict[str, Any]]:
    for block in blocks:
        if block["type"] == "input" and label in {
            block["label"]["text"],
            block["block_id"],
            block["element"].get("action_id"),
        }:
            return block["block_id"], {"action_id": "a0", **block["element"]}
    for block_id, element in _elements(blocks):
        if element["type"] != "button" and label in {element["action_id"], block_id}:
            return block_id, element
    raise CannotDoThat(f"there is no field '{label}'")


def _state(element: Mapping[str, Any], value: object) -> dict[str, Any]:
    kind = element["type"]
    if kind in {"plain_text_input", "number_input"}:
        words = str(value)
        if kind == "plain_text_input" and not element.get("min_length", 0) <= len(words) <= element.get(
            "max_length", 3000
        ):
            raise CannotDoThat("the client takes no text of that length")
        return {"type": kind, "value": words or None}
    if kind == "datepicker":
        return {"type": kind, "selected_date": value}
    if kind == "users_select":
        return {"type": kind, "selected_user": value}
    options = [*element.get("options", ()), *(o for g in element.get("option_groups", ()) for o in g["options"])]
    if kind in {"checkboxes", "multi_static_select"}:
        wanted = list(value) if isinstance(value, (list, tuple, set)) else [value]
        return {"type": kind, "selected_options": [_option(options, each) for each in wanted]}
    return {"type": kind, "selected_option": _option(options, value)}


def _option(options: list[dict[str, Any]], wanted: object) -> dict[str, Any]:
    for option in options:
        if wanted in (option["value"], option["text"]["text"]):
            return option
    raise CannotDoThat(f"'{wanted}' is not among {[o['text']['text'] for o in options]}")


def _initial(element: Mapping[str, Any]) -> dict[str, Any]:
    kind = element["type"]
    if kind in {"plain_text_input", "number_input"}:
        return {"type": kind, "value": element.get("initial_value")}
    if kind == "datepicker":
        return {"type": kind, "selected_date": element.get("initial_date")}
    if kind == "users_select":
        return {"type": kind, "selected_user": element.get("initial_user")}
    if kind in {"checkboxes", "multi_static_select"}:
        return {"type": kind, "selected_options": element.get("initial_options", [])}
    return {"type": kind, "selected_option": element.get("initial_option")}
