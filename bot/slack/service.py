"""Slack under `serve`: the app that hears, by Socket Mode or by signed requests, and the messages kept up to date."""

from __future__ import annotations

import threading
from contextlib import suppress

from flask import Flask, Response, request
from slack_bolt import App
from slack_bolt.adapter.flask import SlackRequestHandler
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from structlog.typing import FilteringBoundLogger

from bot.channels import slack_settings
from bot.chat.posts import Posts
from bot.chat.refreshing import refresh_prompts
from bot.logs import what_failed
from bot.settings import Settings
from bot.slack.app import make_slack_app
from bot.slack.desk import SlackDesk
from bot.web.desk import Desk, WebSettings
from bot.wiring import clock_now
from storage.engine import DatabaseBusyError, Store

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
EVENTS_PATH = "/slack/events"


class SlackService:
    """One run. It starts also while Slack can't be reached, and goes on trying."""

    def __init__(self, settings: Settings, desk: SlackDesk, app: App) -> None:
        self._settings, self._desk, self._app = settings, desk, app
        self._stopping = threading.Event()
        self._posts = Posts()
        self._socket: SocketModeHandler | None = None

    def start(self) -> None:
        """Begin to listen where Socket Mode is set."""
        if self._settings.slack_app_token:
            threading.Thread(target=self._connect, name="slack-socket", daemon=True).start()

    def stop(self) -> None:
        """Hear nothing more. What is in hand has its own few seconds."""
        self._stopping.set()
        if self._socket is not None:
            with suppress(Exception):
                self._socket.close()  # type: ignore[no-untyped-call]  # the library's own

    def refresh(self) -> None:
        """Bring messages up to date that show less than what stands."""
        with suppress(DatabaseBusyError):
            refresh_prompts(self._desk)
            self._posts.refresh(self._desk)

    def _connect(self) -> None:
        base = slack_settings(self._settings).base_url
        pause = _FIRST_PAUSE
        while not self._stopping.is_set():
            try:
                client = WebClient(token=self._settings.slack_app_token, base_url=base)
                handler = SocketModeHandler(self._app, self._settings.slack_app_token, web_client=client)
                handler.connect()  # type: ignore[no-untyped-call]  # the library's own
            except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again
                self._desk.log.warning("Slack's Socket Mode can't be reached", **what_failed(error))
                self._stopping.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
                continue
            self._socket = handler
            self._desk.log.info("listening to Slack by Socket Mode")
            # From here on the library keeps the connection itself.
            return


def slack_service(
    settings: Settings, store: Store, web: WebSettings, flask: Flask, log: FilteringBoundLogger
) -> SlackService:
    """Slack for this run, its route added to the web application."""
    told = slack_settings(settings)
    client = WebClient(token=told.token, base_url=told.base_url, timeout=10, retry_handlers=[])
    desk = SlackDesk(web=Desk(store=store, settings=web, clock=clock_now), client=client, log=log)
    app = make_slack_app(desk, signing_secret=settings.slack_signing_secret, token=told.token)
    if settings.slack_signing_secret:
        add_route(flask, app)
    return SlackService(settings, desk, app)


def add_route(flask: Flask, app: App) -> None:
    """Signed requests come in beside the form's pages."""
    handler = SlackRequestHandler(app)

    def events() -> Response:
        return handler.handle(request)

    flask.add_url_rule(EVENTS_PATH, "slack_events", events, methods=["POST"])
