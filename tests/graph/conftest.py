from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.microsoft import MicrosoftSignIn
from channels.mail.graph.client import GraphClient, GraphMailbox
from tests.fakes.graph_server import MAILBOX, GraphServer
from tests.fakes.graph_sign_in import CLIENT, SECRET, TENANT


@pytest.fixture
def graph() -> Iterator[GraphServer]:
    with GraphServer() as running:
        yield running


@pytest.fixture
def sign_in(graph: GraphServer) -> MicrosoftSignIn:
    return MicrosoftSignIn(tenant=TENANT, client_id=CLIENT, secret=SECRET, test_host=graph.host)


@pytest.fixture
def client(graph: GraphServer, sign_in: MicrosoftSignIn) -> Iterator[GraphClient]:
    client = GraphClient(GraphMailbox(address=MAILBOX, base=graph.base), sign_in, timeout=2)
    yield client
    client.rest()
