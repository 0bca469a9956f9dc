from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.engine import Store
from tests.fakes.smtp_server import SmtpServer
from tests.schedules.town import OPENS, Town


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


@pytest.fixture
def town(store: Store, tmp_path: Path, server: SmtpServer) -> Town:
    """A programme whose mails land in `server`; Bo has a second address."""
    return Town(store=store, folder=tmp_path, smtp_url=server.url, extra={"bo": "bo@home.test"})


@pytest.fixture
def invited(town: Town, server: SmtpServer) -> Town:
    town.load()
    town.tick(OPENS)
    assert len(server.taken) == 4
    return town
