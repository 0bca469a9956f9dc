"""How Slack's listeners speak: through the Web API, a few tries each; nothing that was stored depends on it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from slack_sdk import WebClient

from bot.chat.desk import ChatDesk, Click
from channels.base import InDoubt
from channels.chat.drawing import Drawing, Element
from channels.chat.prompts import TAP, option_tapped
from channels.form.inputs import Inputs
from channels.form.views import PageView
from channels.slack import kit
from channels.slack.calling import Answered, Failed, call
from channels.slack.reading import inputs_of, tapped

CHANNEL = "slack"
# A follow-up that Slack asks us to wait with is tried so often, within the time that a person waits.
_TRIES, _LONGEST_WAIT = 3, 5


@dataclass(frozen=True, kw_only=True, slots=True)
class SlackDesk(ChatDesk):
    """`client` speaks for the bot."""

    channel: ClassVar[str] = CHANNEL

    client: WebClient
    sleep: Callable[[float], None] = time.sleep

    @property
    def draw(self) -> Drawing:
        return kit

    def inputs(self, click: Click, view: PageView, names: Sequence[str]) -> Inputs:
        if click.action.startswith(TAP):
            return tapped(view, option_tapped(click.value))
        return inputs_of(click.state, view, names)

    def call(self, method: str, *, form: bool = False, **arguments: object) -> Mapping[str, Any] | None:
        """A follow-up: what Slack answered, or None where it would not; nothing that was stored depends on it."""
        for tried in range(1, _TRIES + 1):
            try:
                answer = call(self.client, method, arguments, form=form)
            except InDoubt:
                self.log.warning("a call to Slack was lost", method=method)
                return None
            if isinstance(answer, Answered):
                return answer.data
            if answer.error != "ratelimited" or tried == _TRIES or answer.retry_after > _LONGEST_WAIT:
                self._lament(method, answer)
                return None
            self.sleep(answer.retry_after)
        return None

    def _lament(self, method: str, failed: Failed) -> None:
        self.log.warning("Slack refused a call", method=method, error=failed.error)

    def post(self, conversation: str, text: str, elements: Sequence[Element]) -> tuple[str, str]:
        answer = self.call(
            "chat.postMessage",
            channel=conversation,
            text=kit.shielded(text),
            blocks=list(elements),
            mrkdwn=False,
            unfurl_links=False,
        )
        return ("", "") if answer is None else (str(answer["channel"]), str(answer["ts"]))

    def update(self, conversation: str, message: str, text: str, elements: Sequence[Element]) -> bool:
        said = kit.shielded(text)
        answer = self.call("chat.update", channel=conversation, ts=message, text=said, blocks=list(elements))
        return answer is not None

    def show(self, conversation: str, message: str, elements: Sequence[Element]) -> None:
        """Slack's acknowledgement carries nothing; `update` follows it."""

    def whisper(self, conversation: str, user: str, text: str) -> None:
        self.call("chat.postEphemeral", channel=conversation, user=user, text=kit.shielded(text))
