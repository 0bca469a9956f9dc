"""A person's choices on the Home tab: a pause, the channel and time zone, the end of all messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.slack.desk import CHANNEL, SlackDesk
from bot.slack.small_forms import errors, inputs_of_view, modal, told, updated
from bot.web.choosing import CHOICES, ahead, choice_view, do_choice, fault_of, said_after
from bot.web.reach import reached_words
from bot.web.sight import Sight
from channels.chat.prompts import WAYS, WEB
from channels.chat.words import Words
from channels.form.views import ActView
from channels.slack import blocks
from channels.slack.blocks import Block
from handlers.replies import NotAdmitted
from storage.engine import DatabaseBusyError

CHOOSE, CALLBACK = "choose:", "choice"
_END = "_end"


def choices_blocks(desk: SlackDesk, sight: Sight, number: int) -> list[Block]:
    """How one programme's messages come to the person, and what they can change about that."""
    words, own = Words(sight.form.language), sight.words
    link = blocks.button(words("home_choose"), WEB, url=f"{desk.link(sight.form.asked)}/choices")
    if sight.person.opted_out:
        said = own("choices_stopped", programme=sight.programme)
        return [*blocks.said(said, words), blocks.row([link], block_id=f"choices:{number}")]
    paused, away = ahead(sight, sight.person.paused_until), ahead(sight, sight.person.away_until)
    lines = [sight.programme, reached_words(sight)]
    if paused or away:
        lines.append(own("choices_paused", date=paused) if paused else own("choices_away", date=away))
    invitation = sight.form.asked.invitation_id
    pause = own("choices_pause_change" if paused or away else "choices_pause")
    buttons = [
        blocks.button(own("choices_reach"), f"{CHOOSE}reach", f"{invitation}|reach"),
        blocks.button(pause, f"{CHOOSE}pause", f"{invitation}|pause"),
        blocks.button(own("way_stop"), WAYS, f"{invitation}|stop"),
        link,
    ]
    return [*blocks.said("\n".join(lines), words), blocks.row(buttons, block_id=f"choices:{number}")]


def choice_modal(desk: SlackDesk, value: str, user: str) -> dict[str, Any] | None:
    """The form of a choice; None where it is none, or the invitation is not this user's."""
    number, _, way = value.partition("|")
    sight = _sight(desk, number, user)
    if sight is None or way not in CHOICES:
        return None
    words = Words(sight.form.language)
    if way == "pause" and sight.person.opted_out:
        heading = sight.words("choices_stopped", programme=sight.programme)
        return told(words, heading, (sight.words("pause_stopped"),))
    return _form(choice_view(sight, way, {}), value, words)


def submit_choice(desk: SlackDesk, view: Mapping[str, Any], user: str) -> dict[str, Any]:
    """Do it; what Slack is to answer the submission with. What was chosen is not lost when the database is busy."""
    value, inputs = str(view.get("private_metadata", "")), dict(inputs_of_view(desk, view))
    number, _, way = value.partition("|")
    sight = _sight(desk, number, user)
    if sight is None or way not in CHOICES:
        return updated(told(Words("en-GB"), Words("en-GB")("not_yours"), ()))
    words = Words(sight.form.language)
    if any(inputs.get(_END, ())):
        inputs["go"] = ["end"]
    try:
        outcome = do_choice(desk.web, way, int(number), inputs, channel=CHANNEL, admits=desk.admits(user))
    except DatabaseBusyError:
        again = choice_view(sight, way, inputs)
        return updated(_form(again, value, words, said=words("not_saved")))
    if isinstance(outcome, NotAdmitted):
        return updated(told(words, words("not_yours"), ()))
    fault = fault_of(outcome)
    if fault:
        return errors(choice_view(sight, way, inputs, fault=fault), sight)
    return updated(told(words, said_after(_sight(desk, number, user) or sight, outcome), ()))


def _form(view: ActView, value: str, words: Words, *, said: str = "") -> dict[str, Any]:
    before: list[Block] = blocks.said(said, words) if said else []
    for go, label in view.choices:
        # A modal has one button: what a page offers as a further one is ticked here.
        made, _ = blocks.options([(go, label)])
        element: Block = {"type": "checkboxes", "action_id": _END, "options": made}
        before += blocks.asked(label, element, words, block_id=_END)
    return modal(view, CALLBACK, value, words, before=tuple(before), needed=not view.choices)


def _sight(desk: SlackDesk, number: str, user: str) -> Sight | None:
    if not (number.isascii() and number.isdigit() and len(number) <= 18):  # noqa: PLR2004 - longer than any row's
        return None
    with desk.web.store.reading() as tx:
        return desk.sight(tx, int(number), user)
