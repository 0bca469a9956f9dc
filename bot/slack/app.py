"""The Bolt app: which of Slack's payloads leads where. Each is stored before it is acknowledged."""

from __future__ import annotations

import logging
import re
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.chat import typed
from bot.chat.acting import way_of
from bot.chat.answering import Answering, answer_click
from bot.logs import what_failed
from bot.slack import choosing, commands, forms, sharing, ways
from bot.slack.clicks import click_of
from bot.slack.desk import SlackDesk
from bot.slack.home import home_of
from channels.chat.posts import SHARE
from channels.chat.prompts import FORM, WAYS, place_of
from channels.chat.words import Words
from channels.slack import reading
from storage.engine import DatabaseBusyError

Ack = Callable[..., Any]


def make_slack_app(desk: SlackDesk, *, signing_secret: str, token: str) -> App:
    """The app on that desk. Nothing is asked of Slack here: it must start while Slack can't be reached."""
    # It warns that the token stands in the environment as well, as it does for every deployer.
    logging.getLogger("slack_bolt.App").setLevel(logging.ERROR)
    client = WebClient(token=token, base_url=desk.client.base_url, retry_handlers=[])
    app = App(
        client=client,
        signing_secret=signing_secret,
        # One workspace and one token: no call is needed to know who we are.
        authorize=lambda enterprise_id, team_id: AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, bot_token=token
        ),
        request_verification_enabled=bool(signing_secret),
        ignoring_self_events_enabled=True,
        raise_error_for_unhandled_request=False,
    )

    @app.action(re.compile(".*"))
    def pressed(ack: Ack, body: dict[str, Any]) -> None:
        _guarded(desk, ack, lambda: _pressed(desk, ack, body))

    @app.view(forms.CALLBACK)
    def form_sent(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        _guarded(desk, ack, lambda: ack(**forms.submit_form(desk, view, body["user"]["id"])))

    @app.view(forms.REVIEW)
    def review_sent(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        _guarded(desk, ack, lambda: ack(**forms.submit_review(desk, view, body["user"]["id"])))

    @app.view(ways.CALLBACK)
    def way_sent(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        user = str(body["user"]["id"])
        _guarded(desk, ack, lambda: ack(**ways.submit_way(desk, view, user)))
        _show_home(desk, user)

    @app.view(choosing.CALLBACK)
    def choice_sent(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        user = str(body["user"]["id"])
        _guarded(desk, ack, lambda: ack(**choosing.submit_choice(desk, view, user)))
        _show_home(desk, user)

    @app.view(commands.CALLBACK)
    def command_confirmed(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        _guarded(desk, ack, lambda: ack(**commands.submit_command(desk, view, body["user"]["id"])))

    @app.command("/soundings")
    def commanded(ack: Ack, body: dict[str, Any]) -> None:
        _guarded(desk, ack, lambda: _commanded(desk, ack, body))

    @app.event("app_home_opened")
    def home_opened(ack: Ack, event: dict[str, Any]) -> None:
        _guarded(desk, ack, lambda: _home(desk, ack, event))

    @app.event("message")
    def said(ack: Ack, event: dict[str, Any], body: dict[str, Any]) -> None:
        _guarded(desk, ack, lambda: _said(desk, ack, event, body))

    return app


def _pressed(desk: SlackDesk, ack: Ack, body: dict[str, Any]) -> None:
    click = click_of(body)
    if click is None:
        ack()
        return
    if click.action == WAYS:
        way = way_of(click.value)
        ack()
        view = None if way is None else ways.way_modal(desk, *way, click.user, click.conversation)
        _open(desk, body, view, click.conversation, click.user)
    elif click.action.startswith(choosing.CHOOSE):
        ack()
        _open(desk, body, choosing.choice_modal(desk, click.value, click.user), click.conversation, click.user)
    elif click.action == SHARE:
        ack()
        _open(desk, body, sharing.share_modal(desk, click.value, click.user), click.conversation, click.user)
    elif click.action == FORM:
        place = place_of(click.value)
        ack()
        view = None if place is None else forms.form_modal(desk, place, click.user)
        _open(desk, body, view, click.conversation, click.user)
    elif click.action.startswith((typed.WHICH, typed.NONE_OF_THESE)):
        try:
            typed.answer_which(desk, click)
        except DatabaseBusyError:
            desk.whisper(click.conversation, click.user, Words("en-GB")("not_saved"))
        ack()
    else:
        place = place_of(click.value)
        if place is None:
            ack()
            return
        _in_turn(desk, ack, click.conversation, answer_click(desk, click, place))


def _in_turn(desk: SlackDesk, ack: Ack, conversation: str, answering: Answering) -> None:
    """Store and acknowledge here; leave to others what follows, which must not keep the next payload waiting.

    The conversation's turn ends only after that, so that what is typed next meets the question it answers.
    """
    with ExitStack() as held:
        held.enter_context(desk.turns.of(conversation))
        next(answering, None)
        ack()
        turn = held.pop_all()

    def follow_up() -> None:
        with turn:
            _guarded(desk, lambda: None, lambda: deque(answering, maxlen=0))

    desk.follow_ups.submit(follow_up)


def _said(desk: SlackDesk, ack: Ack, event: dict[str, Any], body: dict[str, Any]) -> None:
    # Edits, deletions and what bots write come as messages too.
    if event.get("channel_type") != "im" or event.get("subtype") or event.get("bot_id"):
        ack()
        return
    conversation, user = str(event.get("channel", "")), str(event.get("user", ""))
    try:
        words, event_id = reading.typed(str(event.get("text", ""))), str(body.get("event_id", ""))
        _in_turn(desk, ack, conversation, typed.typed_message(desk, user, conversation, words, event_id))
    except DatabaseBusyError:
        ack()
        desk.post(conversation, Words("en-GB")("not_saved_typed"), [])


def _commanded(desk: SlackDesk, ack: Ack, body: dict[str, Any]) -> None:
    said, view = commands.answer_command(desk, str(body["user_id"]), str(body.get("text", "")))
    if view is None:
        ack(**said)
        return
    ack()
    desk.call("views.open", trigger_id=body.get("trigger_id"), view=view)


def _home(desk: SlackDesk, ack: Ack, event: dict[str, Any]) -> None:
    ack()
    if event.get("tab", "home") == "home":
        _show_home(desk, str(event.get("user", "")))


def _show_home(desk: SlackDesk, user: str) -> None:
    """As things stand; a choice or a reason given there shows at once."""

    def publish() -> None:
        _guarded(desk, lambda: None, lambda: desk.call("views.publish", user_id=user, view=home_of(desk, user)))

    desk.follow_ups.submit(publish)


def _open(desk: SlackDesk, body: dict[str, Any], view: dict[str, Any] | None, conversation: str, user: str) -> None:
    if view is None:
        desk.whisper(conversation, user, Words("en-GB")("not_yours"))
    else:
        desk.call("views.open", trigger_id=body.get("trigger_id"), view=view)


def _guarded(desk: SlackDesk, ack: Ack, act: Callable[[], object]) -> None:
    """Whatever goes wrong is noted without its words; Slack gets its answer all the same."""
    try:
        act()
    except Exception as error:  # noqa: BLE001 - one bad payload must not end the listener
        desk.log.warning("a payload from Slack failed", **what_failed(error))
        ack()
