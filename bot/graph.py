"""What the settings say of Microsoft Graph, made into what speaks to it."""

from __future__ import annotations

from bot.microsoft import GRAPH_SCOPE, MicrosoftSignIn
from bot.settings import Settings
from channels.mail.graph.client import GRAPH, GraphClient, GraphMailbox
from channels.tokens import NoToken, Tokens

# What IMAP and SMTP of Exchange Online take:
# https://learn.microsoft.com/en-us/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
OUTLOOK_SCOPE = "https://outlook.office365.com/.default"


def graph_client(settings: Settings, *, timeout: float = 30) -> GraphClient:
    """A connection to the mailbox of GRAPH_MAILBOX, with tokens of its own; none is made here."""
    host = settings.graph_test_host
    mailbox = GraphMailbox(address=settings.graph_mailbox.lower(), base=f"http://{host}/v1.0" if host else GRAPH)
    return GraphClient(mailbox, sign_in(settings), timeout=timeout)


def sign_in(settings: Settings, scope: str = GRAPH_SCOPE) -> MicrosoftSignIn:
    """The app of the GRAPH_ settings."""
    return MicrosoftSignIn(
        tenant=settings.graph_tenant_id,
        client_id=settings.graph_client_id,
        secret=settings.graph_client_secret,
        certificate=settings.graph_client_certificate,
        scope=scope,
        test_host=settings.graph_test_host,
    )


def outlook_tokens(settings: Settings) -> Tokens:
    """What `smtp+xoauth2` and `imap+xoauth2` sign in with: tokens of the same app."""
    if settings.app_missing:
        return _NoApp(settings.app_missing)
    return sign_in(settings, OUTLOOK_SCOPE)


class _NoApp:
    """There is no app to sign in as."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        self._missing = missing

    def token(self, *, fresh: bool = False) -> str:  # noqa: ARG002 - as every source of tokens
        raise NoToken(f"to sign in with a token, set {' and '.join(self._missing)}")
