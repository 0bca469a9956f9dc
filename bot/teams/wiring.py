"""What the settings say of Teams, made into what speaks to it."""

from __future__ import annotations

from functools import lru_cache

from bot.microsoft import GRAPH_SCOPE, MicrosoftSignIn
from bot.settings import Settings
from bot.wiring import clock_now
from channels.teams.calling import Connector
from channels.teams.channel import Directory, TeamsChannel, Whereabouts
from channels.teams.installing import Installer
from channels.teams.people import GRAPH, People
from channels.teams.settings import TeamsSettings
from channels.tokens import NoToken, Tokens
from storage.chat_conversations import (
    Conversation,
    conversation_named,
    conversation_with,
    day_of,
    keep_conversation,
    newest_service,
)
from storage.engine import Store

CHANNEL = "teams"
# https://learn.microsoft.com/en-us/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
SCOPE = "https://api.botframework.com/.default"
_NAMES = {
    "GRAPH_CLIENT_SECRET or GRAPH_CLIENT_CERTIFICATE": "TEAMS_APP_SECRET",
    "GRAPH_CLIENT_SECRET": "TEAMS_APP_SECRET",
    "GRAPH_CLIENT_ID": "TEAMS_APP_ID",
    "GRAPH_TENANT_ID": "TEAMS_TENANT_ID",
}


class _SignIn:
    """The bot's own tokens; what is wrong is told by the names of its own settings."""

    def __init__(self, inner: MicrosoftSignIn) -> None:
        self._inner = inner

    def token(self, *, fresh: bool = False) -> str:
        try:
            return self._inner.token(fresh=fresh)
        except NoToken as error:
            said = str(error)
            for theirs, ours in _NAMES.items():
                said = said.replace(theirs, ours)
            raise NoToken(said) from None


class StoredBook:
    """Conversations as the database has them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, user: str) -> Whereabouts | None:
        with self._store.reading() as tx:
            return _whereabouts(conversation_with(tx, CHANNEL, user))

    def named(self, conversation: str) -> Whereabouts | None:
        with self._store.reading() as tx:
            return _whereabouts(conversation_named(tx, CHANNEL, conversation))

    def keep(self, user: str, found: Whereabouts) -> None:
        with self._store.writing() as tx:
            keep_conversation(
                tx,
                Conversation(
                    channel=CHANNEL,
                    user=user,
                    conversation=found.conversation,
                    service_url=found.service_url,
                    at=day_of(clock_now()),
                ),
            )

    def service(self) -> str:
        with self._store.reading() as tx:
            return newest_service(tx, CHANNEL)


def _whereabouts(found: Conversation | None) -> Whereabouts | None:
    if found is None:
        return None
    return Whereabouts(conversation=found.conversation, service_url=found.service_url, open=found.open)


def teams_settings(settings: Settings) -> TeamsSettings:
    """How the connector is spoken to."""
    return TeamsSettings(
        app_id=settings.teams_app_id,
        tenant=settings.teams_tenant_id,
        test_hosts=tuple(each.lower() for each in settings.teams_test_service_hosts),
    )


@lru_cache(maxsize=4)
def connector(settings: Settings) -> Connector:
    """One for the whole process: what Teams takes in a second is reckoned over all that is said."""
    return Connector(teams_settings(settings), sign_in_of(settings))


def sign_in_of(settings: Settings, scope: str = SCOPE) -> Tokens:
    """What signs the bot's calls."""
    return _SignIn(
        MicrosoftSignIn(
            tenant=settings.teams_tenant_id,
            client_id=settings.teams_app_id,
            secret=settings.teams_app_secret,
            scope=scope,
            test_host=settings.graph_test_host,
        )
    )


def teams_channel(settings: Settings, store: Store) -> TeamsChannel:
    """The channel that the ledger sends by."""
    return TeamsChannel(teams_settings(settings), connector(settings), StoredBook(store), directory_of(settings))


def directory_of(settings: Settings) -> Directory | None:
    """What is asked of Microsoft Graph; None on test hosts alone, which know no directory."""
    host = settings.graph_test_host
    if settings.teams_test_service_hosts and not host:
        return None
    tokens, base = sign_in_of(settings, GRAPH_SCOPE), f"http://{host}/v1.0" if host else GRAPH
    return Directory(people=People(tokens, base=base), installer=Installer(tokens, settings.teams_app_id, base=base))
