"""One tenant of Microsoft 365: its people, their chats with the bot, and what stands in them."""

from __future__ import annotations

import threading
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.graph_sign_in import CLIENT, TENANT

APP = CLIENT
__all__ = ["APP", "TENANT", "Post", "Tenant", "User"]
# https://learn.microsoft.com/en-us/microsoftteams/platform/bots/how-to/rate-limit, per bot per thread.
WINDOWS = ((1.0, 7), (2.0, 8), (30.0, 60), (3600.0, 1800))


@dataclass
class Post:
    """One message of the bot, as it stands now."""

    id: str
    conversation: str
    activity: dict[str, Any]
    changed: int = 0

    @property
    def card(self) -> dict[str, Any]:
        found = self.activity.get("attachments") or [{}]
        return dict(found[0].get("content") or {})


@dataclass
class User:
    """One person: the Entra object id, and the id that the bot alone knows them by."""

    name: str
    aad: str = field(default_factory=lambda: str(uuid.uuid4()))
    bot_id: str = field(default_factory=lambda: f"29:1{uuid.uuid4().hex}")
    conversation: str = field(default_factory=lambda: f"a:1{uuid.uuid4().hex}")
    installed: bool = True
    blocked: bool = False
    # Whether it was installed by other means meanwhile.
    asked_of: Callable[[], bool] = lambda: False

    @property
    def has_app(self) -> bool:
        return self.installed or self.asked_of()


@dataclass
class Tenant:
    """`limits`: whether the connector keeps to how often it may be called."""

    clock: Callable[[], float] = time.time
    limits: bool = True
    users: list[User] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    # Answers to the next calls instead of their own: (status, code, headers).
    failures: deque[tuple[int, str, dict[str, str]]] = field(default_factory=deque)
    # How many of the next posts are taken, and their answers lost.
    cut_next: int = 0
    calls: list[tuple[str, str]] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    _went: dict[str, deque[float]] = field(default_factory=dict)
    _number: int = 0

    def add(self, name: str) -> User:
        made = User(name=name)
        self.users.append(made)
        return made

    def user_of(self, member: str) -> User | None:
        return next((each for each in self.users if member in {each.aad, each.bot_id}), None)

    def in_chat(self, conversation: str) -> User | None:
        return next((each for each in self.users if each.conversation == conversation), None)

    def wait_for(self, conversation: str) -> float:
        """0 if one more may go there now, and then it counts."""
        now = self.clock()
        went = self._went.setdefault(conversation, deque())
        for span, most in WINDOWS:
            if len([at for at in went if at > now - span]) >= most:
                return span
        went.append(now)
        return 0.0

    def new_id(self) -> str:
        self._number += 1
        return str(1_700_000_000_000 + self._number)

    def of(self, user: User) -> list[Post]:
        return [each for each in self.posts if each.conversation == user.conversation]
