"""A person in Teams: sees cards, fills them in, presses buttons, types; the activities go to the bot's address."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.teams.cards import INPUTS, elements, problems_of
from tests.fakes.teams.tenant import APP, TENANT, Post, Tenant, User

# An invoke that takes longer is shown as failed.
INVOKE_SECONDS = 3.0


@dataclass
class Reply:
    """What the bot answered to one activity."""

    status: int
    body: Mapping[str, Any]
    took: float

    @property
    def card(self) -> Mapping[str, Any] | None:
        return self.body.get("value") if str(self.body.get("type", "")).endswith("card.adaptive") else None

    @property
    def said(self) -> str:
        return str(self.body.get("value", "")) if str(self.body.get("type", "")).endswith("activity.message") else ""


@dataclass
class Member:
    """`old`: a client that does not know Action.Execute, and sends its fallback."""

    tenant: Tenant
    user: User
    bot_url: str
    service_url: str
    token: str = ""
    old: bool = False
    filled: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def posts(self) -> list[Post]:
        return self.tenant.of(self.user)

    @property
    def texts(self) -> list[str]:
        return [text_of(post) for post in self.posts]

    def activity(self, kind: str, **more: object) -> dict[str, Any]:
        return {
            "type": kind,
            "id": str(uuid.uuid4()),
            "timestamp": "2025-01-01T10:00:00Z",
            "serviceUrl": self.service_url,
            "channelId": "msteams",
            "from": {"id": self.user.bot_id, "name": self.user.name, "aadObjectId": self.user.aad},
            "conversation": {"conversationType": "personal", "tenantId": TENANT, "id": self.user.conversation},
            "recipient": {"id": f"28:{APP}", "name": "Soundings"},
            "channelData": {"tenant": {"id": TENANT}},
            **more,
        }

    def send(self, activity: Mapping[str, Any]) -> Reply:
        headers = {"Content-Type": "application/json"} | (
            {"Authorization": f"Bearer {self.token}"} if self.token else {}
        )
        request = urllib.request.Request(self.bot_url, json.dumps(activity).encode(), headers, method="POST")
        began = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return Reply(response.status, json.loads(response.read() or b"{}"), time.monotonic() - began)
        except urllib.error.HTTPError as error:
            return Reply(error.code, {}, time.monotonic() - began)

    def install(self) -> Reply:
        self.user.installed = True
        added = [{"id": f"28:{APP}"}]
        self.send(self.activity("conversationUpdate", membersAdded=added))
        return self.send(self.activity("installationUpdate", action="add"))

    def uninstall(self) -> Reply:
        self.user.installed = False
        return self.send(self.activity("installationUpdate", action="remove"))

    def say(self, text: str, **more: object) -> Reply:
        return self.send(self.activity("message", text=text, textFormat="plain", **more))

    def fill(self, post: Post, name: str, value: str) -> None:
        """Fill an input in by its label or id; options by their titles."""
        found = next(
            (i for i in inputs_of(post.card) if name in {i["id"], i["label"], i["id"].removeprefix("f:")}), None
        )
        assert found is not None, f"{name} is none of {[i['id'] for i in inputs_of(post.card)]}"
        if found["type"] == "Input.ChoiceSet":
            titles = {each["title"]: each["value"] for each in found["choices"]}
            value = ",".join(titles[each] for each in value.split(";"))
        self.filled.setdefault(post.id, {})[found["id"]] = value

    def press(self, post: Post, title: str, **changed: object) -> Reply:
        """Press a button; `changed` data are what a client of somebody's own might send."""
        buttons = {each["title"]: each for each in elements(post.card) if each["type"] == "Action.Execute"}
        assert title in buttons, f"{title} is none of {list(buttons)}"
        button = buttons[title]["fallback"] if self.old else buttons[title]
        data = dict(button["data"])
        if button.get("associatedInputs") != "none":
            data |= self._inputs(post)
        data |= changed
        where: dict[str, object] = {}
        if post.conversation != self.user.conversation:
            # In a channel each thread is a conversation of its own.
            thread = f"{post.conversation};messageid={post.id}"
            where["conversation"] = {"conversationType": "channel", "isGroup": True, "tenantId": TENANT, "id": thread}
        if button["type"] == "Action.Submit":
            reply = self.send(self.activity("message", value=data, replyToId=post.id, **where))
        else:
            action = {"type": "Action.Execute", "verb": button["verb"], "data": data}
            value = {"action": action, "trigger": "manual"}
            reply = self.send(
                self.activity("invoke", name="adaptiveCard/action", value=value, replyToId=post.id, **where)
            )
            assert reply.took < INVOKE_SECONDS, f"an invoke took {reply.took:.1f} s"
        if reply.card is not None:
            assert problems_of(dict(reply.card)) == []
        return reply

    def _inputs(self, post: Post) -> dict[str, str]:
        """What Teams sends of inputs: as they stand or were filled in, all as text, nothing of those that are empty."""
        found = {}
        for each in inputs_of(post.card):
            value = str(each.get("value", "")) if each["type"] != "Input.Toggle" else str(each.get("value", "false"))
            value = self.filled.get(post.id, {}).get(each["id"], value)
            if each["type"] == "Input.Number" and value.endswith(".0"):
                value = value.removesuffix(".0")
            if each.get("isRequired"):
                assert value, f"{each['id']} must be filled in: {each['errorMessage']}"
            if value:
                found[each["id"]] = value
        self.filled.pop(post.id, None)
        return found


def inputs_of(card: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [each for each in elements(dict(card)) if each["type"] in INPUTS]


def text_of(post: Post) -> str:
    words = [each["text"] for each in elements(post.card) if each["type"] == "TextBlock"]
    return "\n".join([str(post.activity.get("text", "")), *words])
