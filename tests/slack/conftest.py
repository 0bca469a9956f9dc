"""A workspace of our own on this machine, and a client of Slack's own library."""

from collections.abc import Iterator

import pytest
from slack_sdk import WebClient

from tests.clients.post_office import PostOffice
from tests.fakes.slack.server import SlackServer
from tests.fakes.slack.workspace import Workspace


class Hand:
    """A clock that stands until it is moved."""

    def __init__(self, at: float = 1_732_500_000.0) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def workspace(hand: Hand) -> Workspace:
    return Workspace(clock=hand)


@pytest.fixture
def server(workspace: Workspace) -> Iterator[SlackServer]:
    with SlackServer(workspace) as running:
        yield running


@pytest.fixture
def client(server: SlackServer, workspace: Workspace) -> WebClient:
    return WebClient(token=workspace.bot_token, base_url=server.url, retry_handlers=[])


@pytest.fixture
def post() -> Iterator[PostOffice]:
    with PostOffice() as office:
        yield office
