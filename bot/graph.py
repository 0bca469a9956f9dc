"""What the settings say of Microsoft Graph, made into what speaks to it."""

from __future__ import annotations

from bot.microsoft import MicrosoftSignIn
from bot.settings import Settings
from channels.mail.graph.client import GRAPH, GraphClient, GraphMailbox


def graph_client(settings: Settings, *, timeout: float = 30) -> GraphClient:
    """A connection to the mailbox of GRAPH_MAILBOX, with tokens of its own; none is made here."""
    host = settings.graph_test_host
    mailbox = GraphMailbox(address=settings.graph_mailbox.lower(), base=f"http://{host}/v1.0" if host else GRAPH)
    return GraphClient(mailbox, sign_in(settings), timeout=timeout)


def sign_in(settings: Settings) -> MicrosoftSignIn:
    """The app of the GRAPH_ settings."""
    return MicrosoftSignIn(
        tenant=settings.graph_tenant_id,
        client_id=settings.graph_client_id,
        secret=settings.graph_client_secret,
        certificate=settings.graph_client_certificate,
        test_host=settings.graph_test_host,
    )
