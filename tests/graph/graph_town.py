"""The town whose mail goes through Microsoft Graph."""

from __future__ import annotations

from dataclasses import dataclass

from bot.microsoft import MicrosoftSignIn
from channels.mail.graph.client import GraphClient, GraphMailbox
from channels.mail.graph.sending import GraphMailChannel
from tests.fakes.graph_server import MAILBOX
from tests.fakes.graph_sign_in import CLIENT, SECRET, TENANT
from tests.schedules.town import PROGRAMME, Town


@dataclass
class GraphTown(Town):
    """`smtp_url` is `graph://HOST:PORT`; the programme's sender is the mailbox itself."""

    programme: str = PROGRAMME.replace("email: maya@example.org", f"email: {MAILBOX}")

    def channel(self) -> GraphMailChannel:
        host = self.smtp_url.removeprefix("graph://")
        sign_in = MicrosoftSignIn(tenant=TENANT, client_id=CLIENT, secret=SECRET, test_host=host)
        client = GraphClient(GraphMailbox(address=MAILBOX, base=f"http://{host}/v1.0"), sign_in, timeout=self.timeout)
        return GraphMailChannel(self.mail_settings(), client)
