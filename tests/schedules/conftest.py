from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.engine import Store
from tests.fakes.smtp_server import SmtpServer
from tests.schedules.digests import READER
from tests.schedules.town import Town


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


@pytest.fixture
def town(store: Store, tmp_path: Path, server: SmtpServer) -> Town:
    return Town(store=store, folder=tmp_path, smtp_url=server.url)


@pytest.fixture
def read(town: Town) -> Town:
    """The town with an organiser who is to hear of it."""
    town.reword(("panel: panel.csv", f"panel: panel.csv\nnotify: [{READER}]"))
    return town
