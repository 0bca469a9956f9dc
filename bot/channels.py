"""The channels that the settings turn on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parseaddr

from bot.settings import Settings, without_secrets
from channels.base import Channel
from channels.mail.account import MailAccount, read_imap, read_smtp
from channels.mail.channel import MailChannel
from channels.mail.mailbox import Mailbox
from channels.mail.render import MailSettings
from channels.mail.smtp import SmtpChannel
from channels.slack.settings import SlackSettings
from channels.tokens import Tokens
from storage.engine import Store


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelState:
    """One channel: on, or off and why."""

    name: str
    on: bool
    words: str


def open_channels(settings: Settings, store: Store, *, timeout: float = 30) -> Mapping[str, Channel]:
    """The channels by name; one without settings is left out. No connection is made here.

    `store`: where a chat is, a channel may have to look up.
    """
    found: dict[str, Channel] = {}
    # Each is loaded only where it is on: their libraries take long.
    if settings.smtp_url:
        found["mail"] = MailChannel(mail_settings(settings), smtp_channel(settings, timeout=timeout))
    elif settings.graph_on:
        from bot.graph import graph_client  # noqa: PLC0415
        from channels.mail.graph.sending import GraphMailChannel  # noqa: PLC0415

        found["mail"] = GraphMailChannel(mail_settings(settings), graph_client(settings, timeout=timeout))
    if settings.slack_on:
        from channels.slack.channel import SlackChannel  # noqa: PLC0415

        found["slack"] = SlackChannel(slack_settings(settings), timeout=int(timeout))
    if settings.teams_on:
        from bot.teams.wiring import teams_channel  # noqa: PLC0415

        found["teams"] = teams_channel(settings, store)
    return found


def slack_settings(settings: Settings) -> SlackSettings:
    """How Slack is spoken to."""
    base = settings.slack_api_url or "https://slack.com/api/"
    return SlackSettings(token=settings.slack_bot_token, secret=settings.secret_key, base_url=f"{base.rstrip('/')}/")


def smtp_channel(settings: Settings, *, timeout: float = 30) -> SmtpChannel:
    """The account that mails are sent through."""
    account = read_smtp(settings.smtp_url).with_ca(settings.mail_ca_file)
    return SmtpChannel(account, timeout=timeout, tokens=_tokens(settings, account))


def open_mailboxes(settings: Settings, *, timeout: float = 30) -> Sequence[Mailbox]:
    """Every mailbox that is read for replies. No connection is made here."""
    found: list[Mailbox] = []
    for url in settings.imap_url:
        from channels.mail.imap import ImapMailbox  # noqa: PLC0415 - slow to load, and only needed here

        account = read_imap(url).with_ca(settings.mail_ca_file)
        found.append(ImapMailbox(account, timeout=timeout, tokens=_tokens(settings, account)))
    if settings.graph_on:
        from bot.graph import graph_client  # noqa: PLC0415 - slow to load, and only needed here
        from channels.mail.graph.inbox import GraphInbox  # noqa: PLC0415

        found.append(GraphInbox(graph_client(settings, timeout=timeout)))
    return tuple(found)


def _tokens(settings: Settings, account: MailAccount) -> Tokens | None:
    """Where an account gets what it signs in with, if that is no password."""
    if not account.oauth:
        return None
    from bot.graph import outlook_tokens  # noqa: PLC0415 - slow to load, and only needed here

    return outlook_tokens(settings)


def mail_settings(settings: Settings) -> MailSettings:
    """What mails need to know; where MAIL_FROM is left out, each programme's own sender is used."""
    name, address = parseaddr(settings.mail_from)
    # Graph sends as its mailbox, and reads that one.
    own = settings.graph_mailbox if settings.graph_on else ""
    return MailSettings(
        from_name=name,
        from_address=address or ("" if settings.smtp_url else own),
        reply_to=parseaddr(settings.mail_reply_to)[1] or own,
        plus_addressing=settings.mail_plus_addressing,
        bounce_address=parseaddr(settings.mail_bounce_to)[1],
        public_url=settings.public_url,
        secret=settings.secret_key,
        replies_read=settings.replies_on,
    )


def _replies(settings: Settings) -> ChannelState:
    reads = [f"reads {without_secrets(url)}" for url in settings.imap_url]
    if settings.graph_on:
        reads.append(f"reads {settings.graph_mailbox} by Microsoft Graph")
    if settings.mail_listen:
        reads.append(f"takes what mail servers hand over at {settings.mail_listen}")
    says = [*reads]
    if settings.graph_missing:
        says.append(_graph_lacks(settings))
    if settings.replies_on and not reads:
        says.append("as MAIL_REPLIES says, a mail server delivers into `soundings mail receive`")
    if not settings.replies_on:
        says.append(
            "MAIL_REPLIES is off, and mails ask for none"
            if reads
            else "IMAP_URL, GRAPH_MAILBOX and MAIL_LISTEN are not set, nor MAIL_REPLIES"
        )
    return ChannelState(name="replies by mail", on=settings.replies_on or bool(reads), words="; ".join(says))


def _sends(settings: Settings) -> str:
    if settings.smtp_url:
        return "sends by SMTP"
    if settings.graph_on:
        return f"sends by Microsoft Graph as {settings.graph_mailbox}"
    return _graph_lacks(settings) if settings.graph_missing else "SMTP_URL and GRAPH_MAILBOX are not set"


def _graph_lacks(settings: Settings) -> str:
    return f"GRAPH_MAILBOX needs {' and '.join(settings.graph_missing)} too"


def _slack_words(settings: Settings) -> str:
    if not settings.slack_on:
        return "SLACK_BOT_TOKEN is not set"
    ways = []
    if settings.slack_app_token:
        ways.append("hears by Socket Mode")
    if settings.slack_signing_secret:
        ways.append(f"hears at {settings.public_url}/slack/events")
    deaf = "hears nothing: set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET"
    return f"sends; {' and '.join(ways) or deaf}"


def _teams_words(settings: Settings) -> str:
    if settings.teams_missing:
        return f"TEAMS_APP_ID needs {' and '.join(settings.teams_missing)} too"
    if not settings.teams_on:
        return "TEAMS_APP_ID is not set"
    return f"sends; hears at {settings.public_url}/api/messages"


def channel_states(settings: Settings) -> tuple[ChannelState, ...]:
    """Every channel there is, as the settings have it."""
    mail = _sends(settings)
    if settings.smtp_url and not settings.mail_from:
        mail += "; MAIL_FROM is not set: only programmes that name a sender can write"
    slack = _slack_words(settings)
    return (
        ChannelState(name="web form", on=True, words=settings.public_url),
        ChannelState(name="mail", on=settings.mail_on, words=mail),
        _replies(settings),
        ChannelState(name="Slack", on=settings.slack_on, words=slack),
        ChannelState(name="Teams", on=settings.teams_on, words=_teams_words(settings)),
    )
