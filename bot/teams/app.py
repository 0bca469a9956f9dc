"""`/api/messages`: what Teams sends leads where; each is stored before it is answered."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any

from flask import Flask, Response, jsonify, request

from bot.chat import typed
from bot.chat.answering import Answering, answer_click
from bot.chat.desk import Click
from bot.logs import what_failed
from bot.teams import commands, one_form, sharing, ways
from bot.teams.activity import EXECUTE, Activity, click_of, read_activity
from bot.teams.desk import TeamsDesk, next_shown
from bot.teams.tokens import Admission, NotAdmittedError
from channels.chat.posts import SHARE
from channels.chat.prompts import FORM, WAYS, place_of
from channels.chat.words import Words
from channels.teams import reading
from storage.chat_conversations import (
    Conversation,
    close_conversation,
    conversation_with,
    day_of,
    keep_conversation,
    usable_again,
    user_in_panel,
)
from storage.chat_prompts import newest_asking
from storage.engine import DatabaseBusyError
from surveys.addresses import folded

PATH = "/api/messages"
_LARGEST = 512 * 1024
_CARD, _SAID = "application/vnd.microsoft.card.adaptive", "application/vnd.microsoft.activity.message"
_WORDS = Words("en-GB")
Answer = tuple[Mapping[str, Any], int]


def add_route(flask: Flask, desk: TeamsDesk, admission: Admission) -> None:
    """Activities come in beside the form's pages."""

    def messages() -> tuple[Response, int]:
        if (request.content_length or 0) > _LARGEST:
            return jsonify({}), 413
        raw = request.get_json(silent=True)
        if not isinstance(raw, dict):
            return jsonify({}), 400
        try:
            admission.check(request.headers.get("Authorization"), raw)
        except NotAdmittedError as error:
            desk.log.warning("a request in Teams' name was refused", reason=error.reason)
            return jsonify({}), error.status
        answer, status = _guarded(desk, read_activity(raw))
        return jsonify(answer), status

    flask.add_url_rule(PATH, "teams_messages", messages, methods=["POST"])


def _guarded(desk: TeamsDesk, found: Activity) -> Answer:
    """Whatever goes wrong is noted without its words; Teams gets its answer all the same."""
    try:
        return _dispatch(desk, found)
    except DatabaseBusyError:
        if found.type == "invoke":
            return _said(_WORDS("not_saved")), 200
        if found.type == "message" and found.personal:
            desk.follow_ups.submit(lambda: desk.whisper(found.conversation, "", _WORDS("not_saved_typed")))
        return {}, 200
    except Exception as error:  # noqa: BLE001 - one bad activity must not end the listener
        desk.log.warning("an activity from Teams failed", **what_failed(error))
        return (_said(_WORDS("went_wrong")), 200) if found.type == "invoke" else ({}, 200)


def _dispatch(desk: TeamsDesk, found: Activity) -> Answer:
    if found.type in {"message", "invoke", "conversationUpdate", "installationUpdate"} and found.conversation:
        user = _remember(desk, found)
        if found.type == "message" or (found.type == "invoke" and found.name == EXECUTE):
            click = click_of(found, user)
            if click is not None and (found.personal or click.action == SHARE):
                return _clicked(desk, found, click)
            if click is None and found.type == "message":
                _heard(desk, found, user)
    return {}, 200


def _remember(desk: TeamsDesk, found: Activity) -> str:
    """Where the person's chat is now; which of their ids the panel knows."""
    with desk.web.store.reading() as tx:
        user = user_in_panel(tx, desk.channel, found.users)
        known = conversation_with(tx, desk.channel, user) if user else None
    if not user or not found.personal:
        return user
    removed = found.type == "installationUpdate" and found.action.startswith("remove")
    if removed:
        with desk.web.store.writing() as tx:
            close_conversation(tx, desk.channel, found.conversation, desk.now)
        return user
    now = Conversation(
        channel=desk.channel,
        user=user,
        also=next((each for each in found.users if each != user), ""),
        conversation=found.conversation,
        service_url=found.service_url,
        at=day_of(desk.now),
    )
    if known is not None and _same(desk, known, now):
        return user
    with desk.web.store.writing() as tx:
        keep_conversation(tx, now)
        # Whoever writes, or has installed the app, can be written to, whatever was said before.
        usable_again(tx, desk.channel, user)
    return user


def _same(desk: TeamsDesk, known: Conversation, now: Conversation) -> bool:
    there = (known.conversation, known.service_url, known.open, known.also)
    return there == (now.conversation, now.service_url, now.open, folded(desk.channel, now.also))


def _clicked(desk: TeamsDesk, found: Activity, click: Click) -> Answer:
    """Do it; what goes in the card's place is the answer, and what follows it comes after."""
    if click.action == SHARE:
        return _said(sharing.share(desk, click.value, click.user, found.sender)), 200
    answering = _answering(desk, found, click)
    with desk.expected.at(click.conversation, click.message) as shown:
        # Where nothing is to be shown, nobody is kept waiting for it.
        _in_turn(desk, click.conversation, answering, finished=lambda: shown.put(""))
        if found.type != "invoke":
            return {}, 200
        came = next_shown(shown)
    if not came:
        return _said(_WORDS("recorded")), 200
    if isinstance(came, str):
        return _said(came), 200
    return {"statusCode": 200, "type": _CARD, "value": came}, 200


def _answering(desk: TeamsDesk, found: Activity, click: Click) -> Answering:
    match click.action:
        case _ if click.action == WAYS:
            return ways.offer_way(desk, click)
        case ways.DO:
            return ways.do_way(desk, click)
        case ways.CANCEL:
            return ways.leave_way(desk, click)
        case _ if click.action == FORM:
            return one_form.open_form(desk, click)
        case one_form.SEND:
            return one_form.send_form(desk, click)
        case commands.DO | commands.CLOSE:
            return commands.confirm(desk, click, found.users)
        case _ if click.action.startswith((typed.WHICH, typed.NONE_OF_THESE)):
            return _which(desk, click)
    place = place_of(click.value)
    return iter(()) if place is None else answer_click(desk, click, place)


def _which(desk: TeamsDesk, click: Click) -> Answering:
    typed.answer_which(desk, click)
    yield False


def _heard(desk: TeamsDesk, found: Activity, user: str) -> None:
    """Typed words: a command of an organiser, or a person's answer."""
    words = reading.typed(found.text, markup=found.markup)
    if commands.is_command(words) and _is_meant(desk, found, words):
        desk.follow_ups.submit(_quietly(desk, lambda: commands.answer_command(desk, found, words)))
        return
    if not found.personal:
        # What is said in a channel is no answer of anyone.
        return
    event = f"{found.conversation}|{found.id}" if found.id else ""
    _in_turn(desk, found.conversation, typed.typed_message(desk, user, found.conversation, words, event))


def _is_meant(desk: TeamsDesk, found: Activity, words: str) -> bool:
    """Whether it is a command: a bare word is an answer where its person is being asked something."""
    if commands.names_a_round(words):
        return True
    with desk.web.store.reading() as tx:
        asked = newest_asking(tx, desk.channel, found.conversation) is not None
    return not asked and commands.actor_in(desk, found.users) is not None


def _in_turn(
    desk: TeamsDesk, conversation: str, answering: Answering, finished: Callable[[], object] = lambda: None
) -> None:
    """Store here; leave to others what follows, then `finished`. The conversation's turn ends only after that.

    Raises:
        DatabaseBusyError: nothing was stored.
    """
    with ExitStack() as held:
        held.enter_context(desk.turns.of(conversation))
        if next(answering, False):
            # What stands in the card's place goes back with the answer itself.
            _quietly(desk, lambda: next(answering, False))()
        turn = held.pop_all()

    def follow_up() -> None:
        try:
            with turn:
                deque(answering, maxlen=0)
        finally:
            finished()

    desk.follow_ups.submit(_quietly(desk, follow_up))


def _quietly(desk: TeamsDesk, act: Callable[[], object]) -> Callable[[], None]:
    def done() -> None:
        try:
            act()
        except Exception as error:  # noqa: BLE001 - what follows must not end its thread
            desk.log.warning("what follows an activity failed", **what_failed(error))

    return done


def _said(text: str) -> Mapping[str, Any]:
    return {"statusCode": 200, "type": _SAID, "value": text}
