"""Teams in `serve`: its route, and messages that are brought up to date."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import requests
from flask import Flask
from structlog.typing import FilteringBoundLogger

from bot.chat.posts import Posts
from bot.chat.refreshing import refresh_prompts
from bot.settings import Settings
from bot.teams.app import add_route
from bot.teams.desk import TeamsDesk
from bot.teams.tokens import OPENID, Admission, Keys
from bot.teams.wiring import StoredBook, connector, teams_settings
from bot.web.desk import Desk, WebSettings
from bot.wiring import clock_now
from storage.engine import DatabaseBusyError, Store

_TIMEOUT = 5


class TeamsService:
    """One run."""

    def __init__(self, desk: TeamsDesk) -> None:
        self._desk = desk
        self._posts = Posts()

    def refresh(self) -> None:
        """Bring messages up to date that show less than what stands."""
        with suppress(DatabaseBusyError):
            refresh_prompts(self._desk)
            self._posts.refresh(self._desk)


def teams_service(
    settings: Settings, store: Store, web: WebSettings, flask: Flask, log: FilteringBoundLogger
) -> TeamsService:
    """Teams for this run, its route added to the web application."""
    desk = TeamsDesk(
        web=Desk(store=store, settings=web, clock=clock_now),
        log=log,
        connector=connector(settings),
        book=StoredBook(store),
    )
    host = settings.graph_test_host
    url = f"http://{host}/v1/.well-known/openidconfiguration" if host else OPENID
    add_route(flask, desk, Admission(teams_settings(settings), Keys(_page, time.monotonic, url)))
    return TeamsService(desk)


def _page(url: str) -> Mapping[str, Any]:
    response = requests.get(url, timeout=_TIMEOUT, allow_redirects=False)
    response.raise_for_status()
    found: Mapping[str, Any] = response.json()
    return found
