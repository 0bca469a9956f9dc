"""Organisers run rounds by messages to the bot; a card shows what will happen before it does."""

from __future__ import annotations

from dataclasses import replace

from bot.chat.answering import Answering
from bot.chat.desk import Click
from bot.organising import LOOKING, STEERING, Asked, Told, do, hear
from bot.teams.activity import Activity
from bot.teams.desk import TeamsDesk
from channels.chat.drawing import Element
from channels.chat.words import Words
from channels.teams import elements
from handlers.organisers import actor_of
from storage.engine import DatabaseBusyError
from surveys.authority import Actor

DO, CLOSE = "organise:do", "organise:close"
_CLOSE_INPUT, _REASON_INPUT = "c:close", "c:reason"
_WORDS = Words("en-GB")


def actor_in(desk: TeamsDesk, users: tuple[str, ...]) -> Actor | None:
    """The organiser with one of those ids; None for everyone else."""
    with desk.web.store.reading() as tx:
        found = (actor_of(tx, teams=each, channel=desk.channel) for each in users)
        return next((each for each in found if each is not None), None)


def is_command(words: str) -> bool:
    """Whether the words begin as a command does, and name a round, or are a bare command: not an answer of a person."""
    first, _, rest = words.strip().partition(" ")
    return first.lower() in (*LOOKING, *STEERING, "help") and (names_a_round(words) or not rest.strip())


def names_a_round(words: str) -> bool:
    """Whether the second word is a round's name: then it is a command, whoever says it."""
    parts = words.split()
    return len(parts) > 1 and "/" in parts[1]


def answer_command(desk: TeamsDesk, found: Activity, words: str) -> None:
    """Answer one line, or show what would happen; in their own chat alone, as the answer may name people."""
    if not found.personal:
        desk.post(found.conversation, _WORDS("organisers_alone"), ())
        return
    said = hear(desk.web.store, actor_in(desk, found.users), words, desk.now)
    if isinstance(said, Told):
        text = "\n".join(said.lines)
        desk.post(found.conversation, said.lines[0] if said.lines else "", elements.said(text, _WORDS))
    else:
        desk.post(found.conversation, said.lines[0], _card(said))


def confirm(desk: TeamsDesk, click: Click, users: tuple[str, ...]) -> Answering:
    """Show what a new close would do, or do what was shown; the right is looked at anew."""
    actor = actor_in(desk, users)
    command, _, rest = click.value.partition("|")
    name, _, new_close = rest.partition("|")
    reason = str(click.state.get(_REASON_INPUT) or "")[:500]
    if click.action == CLOSE:
        asked = str(click.state.get(_CLOSE_INPUT) or "")[:100]
        said: Told | Asked = hear(desk.web.store, actor, f"{command} {name} {asked}", desk.now)
        if isinstance(said, Told):
            # What can't be read is said above the field, which stays.
            again = hear(desk.web.store, actor, f"{command} {name}", desk.now)
            said = replace(again, lines=(*said.lines, *again.lines)) if isinstance(again, Asked) else said
    else:
        try:
            said = do(desk.web.store, actor, command, name, new_close, reason, desk.now)
        except DatabaseBusyError:
            said = Told(lines=(_WORDS("not_saved"),), refused=True)
    yield False
    made = elements.said("\n".join(said.lines), _WORDS) if isinstance(said, Told) else _card(said, reason=reason)
    desk.update(click.conversation, click.message, said.lines[0] if said.lines else "", made)


def _card(asked: Asked, *, reason: str = "") -> list[Element]:
    made: list[Element] = elements.said("\n".join(asked.lines), _WORDS)
    if asked.needs_close:
        hint = "Like 2024-12-20 17:00 or 2024-12-20 close of play, in the programme's zone."
        made += elements.aside(hint, _WORDS)
        made.append({"type": "Input.Text", "id": _CLOSE_INPUT, "label": "New close"})
    if asked.command == "extend":
        label = "Reason (kept in the record of changes)"
        why: Element = {"type": "Input.Text", "id": _REASON_INPUT, "label": label, "maxLength": 500}
        made.append(why | {"value": reason} if reason else why)
    action = CLOSE if asked.needs_close else DO
    value = f"{asked.command}|{asked.round}|{asked.new_close}"
    return [*made, elements.row([elements.button(asked.button, action, value, primary=True)])]
