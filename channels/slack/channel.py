"""The Slack channel: messages of the bot to people, each marked with our key so that it can be found again."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from slack_sdk import WebClient

from channels.base import AnyLetter, CannotBeSaid, DigestLetter, Doubt, Envelope, InDoubt, NewsLetter, PostLetter
from channels.chat.letters import said_of
from channels.chat.posts import post_of
from channels.chat.words import Words
from channels.slack import blocks, kit
from channels.slack.blocks import Block
from channels.slack.calling import HALF_DONE, Failed, Line, call, outcome_of
from channels.slack.settings import SlackSettings
from surveys.delivery import FoundAddress, LookedUp, NobodyThere, NotSent, Outcome, Sent, Unknown, WentOut

EVENT_TYPE = "soundings_line"
_CLOCKS_DIFFER, _A_PAGE, _MOST_PAGES = 120, 200, 5
# "Several hundred a minute" in a workspace (docs.slack.dev: apis/web-api/rate-limits); where it is less, Slack says so.
MOST_A_MINUTE, _MINUTE = 300, timedelta(minutes=1)


class SlackChannel:
    """Sends through one bot; looks up what is in doubt in the conversation itself."""

    name = "slack"
    max_open = 32

    def __init__(
        self,
        settings: SlackSettings,
        *,
        timeout: int = 30,
        passing: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`timeout` in seconds; `passing` tells seconds that pass, whatever the clock says, and `sleep` waits them."""
        self._settings, self._passing, self._sleep = settings, passing, sleep
        self._last_to: dict[str, float] = {}
        # No retries of the library's own: the ledger alone decides what is sent again.
        self._posted: deque[datetime] = deque()
        self._line = Line(settings, timeout)
        self.client = WebClient(token=settings.token, base_url=settings.base_url, timeout=timeout, retry_handlers=[])

    @property
    def account(self) -> str:
        return f"slack:{hashlib.sha256(self._settings.token.encode()).hexdigest()[:12]}"

    def ref(self, key: str) -> str:
        """The mark that the message of that ledger key carries in its metadata."""
        digest = hmac.new(self._settings.secret.encode(), f"slack|{key}".encode(), hashlib.sha256)
        return digest.hexdigest()[:32]

    def compose(self, letter: AnyLetter) -> Envelope:
        """The message as `chat.postMessage` takes it.

        Raises:
            CannotBeSaid: it is a letter that Slack is not used for.
        """
        if isinstance(letter, DigestLetter):
            raise CannotBeSaid("the digest goes by mail")
        if isinstance(letter, NewsLetter):
            return self._news(letter)
        if isinstance(letter, PostLetter):
            return self._post(letter)
        said = said_of(kit, letter)
        ref = self.ref(letter.key)
        token = letter.form.rstrip("/").rpartition("/")[2]
        return Envelope(
            ref=ref,
            kind=letter.kind,
            address=letter.address,
            recipients=(letter.address,),
            return_path="",
            subject=said.text,
            body=said.kept.replace(token, "[link]") if token else said.kept,
            content=_content(letter.address, said.text, said.elements, ref),
        )

    def _post(self, letter: PostLetter) -> Envelope:
        ref = self.ref(letter.key)
        text, made = post_of(kit, letter)
        return Envelope(
            ref=ref,
            kind=letter.kind,
            address=letter.address,
            recipients=(letter.address,),
            return_path="",
            subject=text,
            body="",
            content=_content(letter.address, text, made, ref),
        )

    def _news(self, letter: NewsLetter) -> Envelope:
        """Nothing but its first line is kept: a reason is somebody's own words."""
        words, ref = Words("en-GB"), self.ref(letter.key)
        made = [*blocks.said("\n".join(letter.lines), words), *blocks.aside(letter.programme_title, words)]
        text = blocks.shielded(letter.lines[0])
        return Envelope(
            ref=ref,
            kind=letter.kind,
            address=letter.address,
            recipients=(letter.address,),
            return_path="",
            subject=text,
            body="",
            content=_content(letter.address, text, made[: blocks.MOST_BLOCKS], ref),
        )

    def send(self, envelope: Envelope, now: datetime) -> Outcome:
        """Post it.

        Raises:
            InDoubt: the connection was lost after it may have left.
        """
        self._posted.append(now)
        self._wait_for_turn(envelope.address)
        answer = self._line.call("chat.postMessage", envelope.content)
        if isinstance(answer, Failed):
            if answer.error in HALF_DONE:
                raise InDoubt("Slack met a fault of its own, and may have posted it")
            return outcome_of(answer, now)
        return Sent(ref=f"{answer.data['channel']}:{answer.data['ts']}")

    def _wait_for_turn(self, conversation: str) -> None:
        """One message a second to each conversation (docs.slack.dev: rate limits); two at once are rare."""
        at = self._passing()
        while self._last_to and self._last_to[oldest := next(iter(self._last_to))] <= at - 1:
            del self._last_to[oldest]
        last = self._last_to.pop(conversation, None)
        if last is not None:
            self._sleep(last + 1 - at)
        self._last_to[conversation] = self._passing()

    def free_at(self, now: datetime) -> datetime | None:
        """Not more in any minute than a workspace takes; a clock that was put back begins anew."""
        while self._posted and not now - _MINUTE < self._posted[0] <= now:
            self._posted.popleft()
        return self._posted[0] + _MINUTE if len(self._posted) >= MOST_A_MINUTE else None

    def find(self, email: str) -> FoundAddress | NobodyThere | None:
        """The id of whoever has that mail address in the workspace; None where Slack does not say now."""
        try:
            answer = call(self.client, "users.lookupByEmail", {"email": email}, form=True)
        except InDoubt:
            return None
        if isinstance(answer, Failed):
            return NobodyThere() if answer.error == "users_not_found" else None
        user = answer.data["user"]
        return NobodyThere() if user.get("deleted") or user.get("is_bot") else FoundAddress(value=str(user["id"]))

    def look_up(self, doubt: Doubt) -> LookedUp:
        """Look for our mark in the conversation since the attempt began."""
        if not doubt.address:
            return Unknown(reason="the address was taken out")
        try:
            where = self._conversation(doubt.address)
            return where if isinstance(where, Unknown) else self._found(where, doubt)
        except InDoubt as error:
            return Unknown(reason=str(error))

    def discard(self, doubt: Doubt) -> None:
        """Nothing lies at Slack that could still be sent."""

    def rest(self) -> None:
        """The kept connection is closed; calls that read have one of their own each."""
        self._line.close()

    def hang_up(self) -> None:
        """A call in hand ends by its own time-out."""

    def _conversation(self, address: str) -> str | Unknown:
        if not address.startswith(("U", "W")):
            return address
        answer = call(self.client, "conversations.open", {"users": address})
        if isinstance(answer, Failed):
            return Unknown(reason=f"Slack does not say ({answer.error})")
        return str(answer.data["channel"]["id"])

    def _found(self, where: str, doubt: Doubt) -> LookedUp:
        # Slack's clock may differ from ours.
        asked: dict[str, Any] = {
            "channel": where,
            "oldest": f"{doubt.started_at.timestamp() - _CLOCKS_DIFFER:.6f}",
            "include_all_metadata": "true",
            "limit": _A_PAGE,
        }
        for _ in range(_MOST_PAGES):
            answer = call(self.client, "conversations.history", asked, form=True)
            if isinstance(answer, Failed):
                return Unknown(reason=f"Slack does not say ({answer.error})")
            for message in answer.data.get("messages", ()):
                metadata = message.get("metadata") or {}
                if metadata.get("event_type") == EVENT_TYPE and metadata["event_payload"].get("ref") == doubt.ref:
                    return WentOut(ref=f"{where}:{message['ts']}")
            cursor = (answer.data.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return NotSent()
            asked["cursor"] = cursor
        return Unknown(reason="the conversation is too long to be looked through")


def _content(address: str, text: str, made: Sequence[Block], ref: str) -> bytes:
    """A message as `chat.postMessage` takes it, with our mark."""
    content = {
        "channel": address,
        "text": text,
        "blocks": list(made),
        "metadata": {"event_type": EVENT_TYPE, "event_payload": {"ref": ref}},
        "mrkdwn": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }
    return json.dumps(content).encode()
