"""Answers a whole questionnaire in the chat: whatever message asks is filled in and sent, until the bot says thanks."""

from __future__ import annotations

from collections.abc import Mapping

from tests.fakes.slack.member import Member
from tests.fakes.slack.workspace import Message
from tests.slack.season import until

SUBMIT = "page:submit"
MOST_PAGES = 60


def asking(member: Member) -> Message | None:
    """The newest message that still asks, by its buttons."""
    for message in reversed(member.messages):
        actions = {
            each["action_id"] for block in message.blocks for each in block.get("elements", ()) if "action_id" in each
        }
        if SUBMIT in actions or any(each.startswith("tap:") for each in actions):
            return message
    return None


def ended(member: Member) -> bool:
    return any("Thank you, your answers are in" in text for text in member.workspace.texts(member.user))


def answer_all(member: Member, answers: Mapping[str, object], *, stop_before: str = "") -> list[str]:
    """Answer page by page; the names of what was asked, in order. Stops where `stop_before` is asked."""
    asked: list[str] = []
    for _ in range(MOST_PAGES):
        message = until(lambda: asking(member) or ended(member))
        if not isinstance(message, Message):
            return asked
        names = [block["block_id"] for block in message.blocks if block["type"] == "input"]
        row = next((block for block in message.blocks if block["block_id"].startswith("taps:")), None)
        here = names or ([row["block_id"].removeprefix("taps:")] if row else [])
        if stop_before in here:
            return asked
        asked += here
        before = str(message.blocks)
        if row is not None:
            wanted = answers.get(here[0])
            buttons = {each["text"]["text"]: each for each in row["elements"]}
            assert wanted in buttons, f"{here[0]}: {wanted} is none of {list(buttons)}"
            assert member.click(message, str(wanted)).ok
        else:
            for name in names:
                if name in answers:
                    member.fill(message, name, answers[name])
            assert member.click(message, "Save and continue").ok
        until(lambda was=before, at=message: ended(member) or str(at.blocks) != was)
    raise AssertionError(f"no end after {MOST_PAGES} pages: {asked}")
