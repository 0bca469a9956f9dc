"""What a workspace holds: people, conversations, messages, views, the app's tokens and scopes."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.slack.block_kit import problems_of_view, view_is_too_large

TEAM, APP, BOT_USER, BOT = "T0TEAM0001", "A0APP00001", "U0BOT00001", "B0BOT00001"
SCOPES = frozenset(
    {
        *("chat:write", "commands", "im:history", "im:read", "im:write", "users:read", "users:read.email"),
        *("channels:history", "groups:history"),
    }
)
TRIGGER_SECONDS = 3.0
MOST_PUSHED = 3


@dataclass
class User:
    """One member; `active` is whether the account still is."""

    id: str
    name: str
    email: str
    tz: str = "Europe/London"
    active: bool = True


@dataclass
class Message:
    """One message as the conversation holds it."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] | None = None
    edited: bool = False
    # Set for a message that only one person sees; it is in no history.
    only_for: str = ""


@dataclass
class Channel:
    """A channel or a direct message; `members` holds user ids, the bot's too where it is in."""

    id: str
    members: set[str] = field(default_factory=set)
    archived: bool = False
    messages: list[Message] = field(default_factory=list)


@dataclass
class View:
    """An open modal, or somebody's Home tab."""

    id: str
    user: str
    payload: dict[str, Any]
    hash: str
    root: str


@dataclass
class Workspace:
    """All of it; methods of the API and people's clicks change it under one lock.

    `clock` gives seconds and is the fake's whole sense of time: limits, triggers and redeliveries go by it.
    `limits` off is for measuring our own speed.
    """

    signing_secret: str = "8f742231b10e8888abcd99yyyzzz85a5"
    bot_token: str = "xoxb-1-soundings"
    app_token: str = "xapp-1-soundings"
    scopes: set[str] = field(default_factory=lambda: set(SCOPES))
    clock: Callable[[], float] = time.time
    limits: bool = True
    messages_tab: bool = True
    # An error every call answers from now on: "token_revoked", "account_inactive", "invalid_auth".
    broken: str = ""
    # method -> how often the next calls answer 429, and with what Retry-After.
    refuse_next: dict[str, tuple[int, int]] = field(default_factory=dict)
    # method -> how many calls from now are done, but never answered: the connection is cut.
    cut_next: dict[str, int] = field(default_factory=dict)
    # Where response URLs lead: the fake server's root.
    root: str = ""
    # method -> how many calls from now are done, and answered so many seconds later.
    slow_next: dict[str, tuple[int, float]] = field(default_factory=dict)
    # method -> how many calls from now arrive, and are never done.
    lose_next: dict[str, int] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _last_ts: float = 0.0
    _triggers: dict[str, tuple[float, str, str]] = field(default_factory=dict)
    _spent: set[str] = field(default_factory=set)
    response_urls: dict[str, tuple[str, str, str, float, int]] = field(default_factory=dict)

    def number(self) -> int:
        return next(self._numbers)

    def add_user(self, email: str, name: str = "", *, tz: str = "Europe/London") -> User:
        user = User(id=f"U0{self.number():08d}", name=name or email.split("@", maxsplit=1)[0], email=email, tz=tz)
        self.users[user.id] = user
        return user

    def add_channel(self, *, bot: bool = True) -> Channel:
        channel = Channel(id=f"C0{self.number():08d}", members={BOT_USER} if bot else set())
        self.channels[channel.id] = channel
        return channel

    def direct(self, user_id: str) -> Channel:
        """The direct message of the bot and that person; it is there before anyone opens it."""
        wanted = f"D{user_id[1:]}"
        return self.channels.setdefault(wanted, Channel(id=wanted, members={BOT_USER, user_id}))

    def stamp(self) -> str:
        """A message's `ts`: unique in the workspace, growing."""
        with self.lock:
            self._last_ts = max(self.clock(), self._last_ts + 0.000001)
            return f"{self._last_ts:.6f}"

    def trigger(self, user: str, root: str = "") -> str:
        """A new `trigger_id`, good once and for three seconds; `root` is the modal it was clicked in."""
        made = f"{self.number()}.{self.number()}.{self.number():x}"
        self._triggers[made] = (self.clock(), user, root)
        return made

    def exchange(self, trigger: str) -> tuple[str, str] | str:
        """(user, root view) for a trigger; else the error. Good once, even where the call then fails."""
        found = self._triggers.get(trigger)
        if found is None:
            return "invalid_trigger_id"
        if trigger in self._spent:
            return "exchanged_trigger_id"
        if self.clock() - found[0] > TRIGGER_SECONDS:
            return "expired_trigger_id"
        self._spent.add(trigger)
        return found[1], found[2]

    def keep_view(self, payload: dict[str, Any], user: str, *, root: str = "") -> View:
        """A new modal; `root` is the one it is pushed on."""
        view_id = f"V0{self.number():08d}"
        view = View(id=view_id, user=user, payload=payload, hash=self.stamp(), root=root or view_id)
        self.views[view_id] = view
        return view

    def replace_view(self, view: View, payload: Mapping[str, Any]) -> None:
        view.payload, view.hash = accepted_view(payload), self.stamp()

    def push_view(self, view: View, payload: Mapping[str, Any]) -> None:
        if sum(1 for each in self.views.values() if each.root == view.root) >= MOST_PUSHED:
            raise AssertionError("no more than three views stand on each other")
        self.keep_view(accepted_view(payload), view.user, root=view.root)

    def message(self, channel: str, ts: str) -> Message | None:
        held = self.channels.get(channel)
        return next((each for each in held.messages if each.ts == ts), None) if held else None

    def dm(self, user: User | str) -> list[Message]:
        """What stands in a person's direct message with the bot, the oldest first."""
        return self.direct(user if isinstance(user, str) else user.id).messages

    def texts(self, user: User | str) -> list[str]:
        return [each.text for each in self.dm(user)]


def accepted_view(payload: Mapping[str, Any]) -> dict[str, Any]:
    """A view that came in the answer to a submission: one that Slack refuses never reaches the person."""
    problems = problems_of_view(payload)
    if problems or view_is_too_large(payload):
        raise AssertionError(f"Slack refuses this view: {problems or 'too large'}")
    return named(payload)


def named(view: Mapping[str, Any]) -> dict[str, Any]:
    """The view with an id for each of its blocks."""
    return {**view, "blocks": with_ids(view["blocks"])}


def with_ids(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """With a block id for every block, as Slack gives those that have none."""
    return [{"block_id": f"b{n}", **each} for n, each in enumerate(blocks)]


def as_history(message: Message, *, metadata: bool) -> dict[str, Any]:
    """A message as `conversations.history` gives it."""
    found: dict[str, Any] = {"type": "message", "user": message.user, "ts": message.ts, "text": message.text}
    if message.user == BOT_USER:
        found |= {"bot_id": BOT, "app_id": APP, "team": TEAM}
    if message.blocks:
        found["blocks"] = message.blocks
    if metadata and message.metadata is not None:
        found["metadata"] = message.metadata
    if message.edited:
        found["edited"] = {"user": message.user, "ts": message.ts}
    return found


def shown_view(view: View, *, state: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A view as the API and its payloads give it."""
    return {
        **view.payload,
        "id": view.id,
        "team_id": TEAM,
        "app_id": APP,
        "bot_id": BOT,
        "root_view_id": view.root,
        "hash": view.hash,
        "state": {"values": dict(state or {})},
    }
